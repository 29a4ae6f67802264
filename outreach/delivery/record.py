"""What a worker writes down: at once in its journal, and a little later, many together, in the ledger."""

import logging
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError

from . import ledger
from .desk import Desk
from .journal import Journal
from .ledger import Outcome

logger = logging.getLogger(__name__)

MOST_UNWRITTEN = 2000
LONGEST_UNWRITTEN = timedelta(seconds=1)
"""How many outcomes stand in the journal alone, and for how long."""
MOST_BEHIND = 5000
"""With so many the database has to catch up first."""


class Record:
    """The outcomes of one worker on their way into the ledger. Used from the sending thread. Times are UTC."""

    def __init__(self, *, journal: Journal, desk: Desk, owner: str, now: datetime) -> None:
        self._journal = journal
        self._desk = desk
        self._owner = owner
        self._unwritten: list[Outcome] = []
        self._writing: tuple[Future[Any], list[Outcome]] | None = None
        self._written_at = now

    @property
    def is_behind(self) -> bool:
        """Whether so much is unwritten that nothing more should be sent for now."""
        return len(self._unwritten) >= MOST_BEHIND

    @property
    def is_empty(self) -> bool:
        """Whether everything is in the ledger."""
        return not self._unwritten and not self._writing

    def begin(self, number: int) -> None:
        """Note that a delivery may arrive from now on; raises ``OSError`` where that can't be noted."""
        self._journal.begin(number)

    def call_off(self, number: int) -> None:
        """Note that what was begun did not go."""
        self._journal.call_off(number)

    def end(self, outcome: Outcome, *, soon: bool = False) -> None:
        """Note an outcome; it is kept in memory also where ``OSError`` says that the journal can't be written.

        ``soon`` leaves that to :meth:`begin` or :meth:`flush`.
        """
        self._unwritten.append(outcome)
        self._journal.end(outcome, soon=soon)

    def flush(self) -> None:
        """Note what was to be soon; raises ``OSError``."""
        self._journal.flush()

    def keep_up(self, now: datetime) -> None:
        """Have outcomes written that waited long enough, or in number."""
        self._collect(wait=False)
        # Backwards too: the clock may have been set.
        is_soon = self._written_at <= now < self._written_at + LONGEST_UNWRITTEN
        if not self._writing and (not is_soon or len(self._unwritten) >= MOST_UNWRITTEN):
            self._write(now)

    def finish(self, now: datetime) -> None:
        """Write everything; raises what the database raises, and then has lost nothing."""
        self._collect(wait=True)
        self._write(now)
        self._collect(wait=True)

    def close(self, *, keep: bool) -> None:
        """End the journal; ``keep`` leaves it for another worker to read."""
        self._journal.close(keep=keep)

    def _write(self, now: datetime) -> None:
        if self._unwritten:
            outcomes, self._unwritten = self._unwritten, []
            self._writing = self._desk.submit(_settle, outcomes, self._owner), outcomes
        self._written_at = now

    def _collect(self, *, wait: bool) -> None:
        if self._writing and (wait or self._writing[0].done()):
            (writing, outcomes), self._writing = self._writing, None
            try:
                writing.result()
            except Exception:
                self._unwritten = outcomes + self._unwritten
                raise
            self._journal.forget(outcomes)


def _settle(outcomes: list[Outcome], owner: str) -> None:
    """Write outcomes together, or where one of them can't be written, each for itself."""
    try:
        ledger.settle(outcomes=outcomes, owner=owner)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("outcomes can't be written together")
        for outcome in outcomes:
            _settle_one(outcome, owner)


def _settle_one(outcome: Outcome, owner: str) -> None:
    try:
        ledger.settle(outcomes=[outcome], owner=owner)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("the outcome of delivery %s can't be written", outcome.number)
        ledger.doubt(owner=owner, numbers=[outcome.number])
