"""Where pages and the versions of their tags are kept: in Django's cache ``pages``, for all processes together.

A page is valid as long as its tags have the versions that they had when it was made. Looking at all of them for each
answer would take long, so there is one *generation* too, which changes with every emptying: as long as it is the one at
which a page was last found valid, the page still is.
"""

import os
import secrets
from collections.abc import Collection, Iterable
from functools import lru_cache

from django.conf import settings
from django.core.cache import BaseCache, caches, close_caches
from django.core.cache.backends.filebased import FileBasedCache
from django.core.signals import request_finished
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from .entry import Entry

GENERATION, TAG, FACTS = "generation", "tag:", "facts:"
EVERY = "every"
"""The tag that every page carries."""


def cache() -> BaseCache:
    """The cache of the settings."""
    return caches["pages"]


def leave_open() -> None:
    """Spare each answer the closing of caches, where none of them has anything to close.

    Django asks each one after every request, which takes as long as finding a page that is kept.
    """
    if all(type(each).close is BaseCache.close for each in map(caches.create_connection, settings.CACHES)):
        request_finished.disconnect(close_caches)


def generation() -> str:
    """Changes whenever anything is emptied."""
    kept = cache()
    if isinstance(kept, FileBasedCache):
        # Asked for with every answer: what the folder says of the file tells as much as its content, in a tenth of the
        # time, because every change makes another file.
        try:
            file = os.stat(_file(kept._dir, kept.make_key(GENERATION)))  # type: ignore[attr-defined]
        except FileNotFoundError:
            kept.set(GENERATION, _version(), None)
            return generation()
        return f"{file.st_ino}-{file.st_mtime_ns}"
    return str(kept.get_or_set(GENERATION, _version, None))


@lru_cache(maxsize=8)
def _file(folder: str, key: str) -> str:
    return str(caches["pages"]._key_to_file(GENERATION))  # type: ignore[attr-defined]


def versions(tags: Iterable[str]) -> dict[str, str]:
    """The version of each tag; a tag that had none, or lost it, gets one."""
    names = [TAG + tag for tag in tags]
    found = cache().get_many(names)
    return {name.removeprefix(TAG): found.get(name) or _first(name) for name in names}


def _first(name: str) -> str:
    return str(cache().get_or_set(name, _version, None))


def empty(tags: Collection[str]) -> None:
    """Drop every page that carries one of the tags: at once, and again when the transaction is committed.

    At once, because the rest of the transaction reads what it wrote; again, because until then others read what was.
    """
    _empty(tags)
    connection = transaction.get_connection()
    if connection.in_atomic_block:
        _at_commit(connection).tags.update(tags)


class _AtCommit:
    """What one transaction empties in the end, all of it together: publishing a page asks for it a dozen times."""

    def __init__(self) -> None:
        self.tags: set[str] = set()

    def empty(self) -> None:
        _empty(self.tags)


def _at_commit(connection: BaseDatabaseWrapper) -> _AtCommit:
    """The one that is noted already, unless a savepoint may be rolled back with it and without what is added now."""
    open_now = set(connection.savepoint_ids)
    for each in reversed(connection.run_on_commit):
        savepoints, called = each[:2]
        noted = getattr(called, "__self__", None)
        if isinstance(noted, _AtCommit) and open_now.issuperset(savepoints):
            return noted
    noted = _AtCommit()
    transaction.on_commit(noted.empty, robust=True)
    return noted


def _empty(tags: Iterable[str]) -> None:
    # The first change stops who makes a page from what was; the second sends who found it valid until now to look anew.
    kept = cache()
    kept.set(GENERATION, _version(), None)
    for tag in tags:
        kept.set(TAG + tag, _version(), None)
    kept.set(GENERATION, _version(), None)


def empty_all() -> None:
    """Drop every page."""
    empty([EVERY])


def put(key: str, entry: Entry, *, seconds: float) -> None:
    """Keep a page for so long at most."""
    cache().set(key, entry, seconds)


def find(key: str) -> Entry | None:
    """A page as it was kept, which may no longer be valid."""
    found = cache().get(key)
    return found if isinstance(found, Entry) else None


def facts(page: int) -> str | None:
    """What :func:`remember_facts` was told last of a page."""
    found = cache().get(f"{FACTS}{page}")
    return None if found is None else str(found)


def remember_facts(page: int, told: str) -> None:
    """Remember by what lists choose and order a page, once that is committed."""
    transaction.on_commit(lambda: cache().set(f"{FACTS}{page}", told, None), robust=True)


def _version() -> str:
    return secrets.token_urlsafe(9)
