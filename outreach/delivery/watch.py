"""Tells a worker, before every message and for next to nothing, whether something changed that could stop it.

A pause, a withdrawn consent and a suppression must act at once, and a query before each of ten thousand messages a
second would cost more than sending them. Triggers on the tables that can stop a message tell. On PostgreSQL they send a
notice (``outreach/migrations``), and looking for one asks only whether the line has something to read. On SQLite they
count (:mod:`.stops`), and the count is read only after a commit (:mod:`.commits`), which takes a microsecond to see.
"""

import contextlib
import select
import sqlite3
import time
from collections.abc import Callable
from typing import Protocol

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from . import commits, stops

NOTICE = "outreach_stop"
"""The PostgreSQL channel; triggers notify it."""

RETRY_SECONDS = 1.0
ASK_SECONDS = 15.0
"""How often the line is tried although nothing comes over it: one that broke on its way would be silent for ever."""
LINE = {"connect_timeout": 3, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}


class Watch(Protocol):
    """Asked from one thread."""

    def changed(self) -> bool:
        """Whether anything may have changed since the last call; ``True`` the first time."""

    def close(self) -> None:
        """Stop watching; never raises."""


class AlwaysChanged:
    """Reads the database before every message: for a worker that takes one step at a time."""

    def changed(self) -> bool:
        """Always."""
        return True

    def close(self) -> None:
        """Nothing is open."""


class CommitCounter:
    """SQLite's sign of commits, and only where it changed the count of stops.

    A worker's own claims and outcomes are commits too, and stop nothing. Where stops are not counted, each commit may
    be one.
    """

    def __init__(self) -> None:
        self._wrapper: BaseDatabaseWrapper | None = None
        self._raw: sqlite3.Connection | None = None
        self._sign: Callable[[], object] = object
        self._seen: object = None
        self._stops: int | None = None

    def changed(self) -> bool:
        """See :class:`Watch`."""
        if self._wrapper is None or self._raw is None or self._wrapper.connection is not self._raw:
            self._attach()
        assert self._raw
        seen = self._sign()
        if seen == self._seen:
            return False
        is_first, self._seen = self._seen is None, seen
        # Read after the sign: what is committed between the two changes the sign again.
        before, self._stops = self._stops, stops.count(self._raw)
        return is_first or self._stops is None or self._stops != before

    def _attach(self) -> None:
        """Turn to the connection that Django has now; until it was asked, nobody knows what happened."""
        self._wrapper = connections[DEFAULT_DB_ALIAS]
        self._wrapper.ensure_connection()
        self._raw, self._seen = self._wrapper.connection, None
        assert self._raw
        self._sign = commits.sign(self._raw)

    def close(self) -> None:
        """Nothing is open."""


class Notices:
    """Listens on a connection of its own to PostgreSQL; while that is broken, everything may have changed."""

    def __init__(self) -> None:
        self._listening: psycopg.Connection | None = None
        self._poll = select.poll()
        self._line = -1
        self._notices = 0
        self._retry_at = self._ask_at = 0.0

    def changed(self) -> bool:
        """See :class:`Watch`."""
        if self._listening is None:
            self._listen()
            return True
        if not self._poll.poll(0) and time.monotonic() < self._ask_at:
            return False
        return self._read()

    def close(self) -> None:
        """See :class:`Watch`."""
        listening, self._listening = self._listening, None
        if listening is not None:
            # A broken connection no longer knows its number.
            self._poll.unregister(self._line)
            with contextlib.suppress(psycopg.Error, OSError):
                listening.close()

    def _listen(self) -> None:
        if time.monotonic() < self._retry_at:
            return
        self._retry_at = time.monotonic() + RETRY_SECONDS
        parameters = connection.get_connection_params()
        wanted = {name: parameters[name] for name in parameters.keys() - {"cursor_factory", "context"}}
        try:
            listening = psycopg.connect(**{**LINE, **wanted}, autocommit=True)
            listening.add_notify_handler(self._noticed)
            listening.execute(f"LISTEN {NOTICE}")
        except psycopg.Error:
            return
        self._listening, self._line = listening, listening.fileno()
        self._poll.register(self._line, select.POLLIN)

    def _read(self) -> bool:
        self._ask_at = time.monotonic() + ASK_SECONDS
        before = self._notices
        try:
            assert self._listening is not None
            self._listening.execute("SELECT 1")
        except psycopg.Error:
            self.close()
            return True
        return self._notices != before

    def _noticed(self, _notice: object) -> None:
        self._notices += 1


def ring() -> None:
    """Have every worker look again before its next message, once the transaction is over that this is called in."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_notify(%s, '')", [NOTICE])
        else:
            cursor.execute(f"UPDATE {stops.TABLE} SET number = number + 1")  # noqa: S608


def watch() -> Watch:
    """The watch that fits the database of the settings."""
    return CommitCounter() if connection.vendor == "sqlite" else Notices()
