"""Takes an import through its file in a worker, a chunk a turn: so sending never waits for long, and a dead worker's
import goes on with another.

Each chunk is one transaction that also moves ``rows_done``, and that only succeeds for the worker that holds the lease:
no row is written twice. Who takes over reads the rows before again, to know the addresses that they hold. A chunk over
which the program itself stumbles again and again ends its import, so that those behind it have their turn.
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q, QuerySet
from wagtail.log_actions import log

from outreach.audience.addresses import hash_key
from outreach.audience.choices import Purpose
from outreach.audience.models import Import, ImportPart, ImportRefusal
from outreach.audience.wording import current_version

from . import parts, reading
from .bulk import Row, insert
from .columns import Field
from .declared import Declaration
from .failures import Unreadable
from .outcomes import note, sort
from .people import Person, Reader, Refused
from .writing import Writer

logger = logging.getLogger(__name__)

State = Import.State
CHUNK = 2000
LEASE = timedelta(minutes=2)
BROKEN = (Unreadable, InvalidToken, ImportPart.DoesNotExist)
"""Failures of the kept file: trying again would not help."""
PASSING = (OperationalError, InterfaceError, OSError, MemoryError)
"""Failures of the machine: tried again until they are over."""
MOST_ATTEMPTS = 5
"""So often a chunk is tried over which the program itself stumbles."""


class LeaseLost(Exception):
    """Somebody dropped the import, or another worker took it over."""


@dataclass
class Job:
    """One import in the hands of this worker: where it is in the file, and whom it met so far."""

    row: Import
    lease: datetime
    reader: Reader
    rows: Any = None
    done: int = 0
    seen: set[bytes] = field(default_factory=set)


@dataclass
class Clerk:
    """Works on imports, the oldest first; ``clock`` gives UTC."""

    clock: Callable[[], datetime]
    _job: Job | None = None

    def work(self) -> bool:
        """One chunk; whether there was something to do.

        Raises what went wrong after giving the job back, unless it ended the import.
        """
        try:
            self._job = self._job or self._take()
            if self._job is None:
                return False
            if self._step(self._job):
                self._job = None
        except LeaseLost:
            self._job = None
        except Exception as error:
            if not self._give_back(error):
                raise
            logger.exception("an import was ended: its next chunk failed %s times", MOST_ATTEMPTS)
        return True

    def _give_back(self, error: Exception) -> bool:
        """Let go of the job that failed; whether it is not to be taken up again."""
        job, self._job = self._job, None
        if job is None:
            return False
        if isinstance(error, PASSING):
            _held(job).update(lease_until=None)
            return False
        if job.row.attempts + 1 >= MOST_ATTEMPTS:
            _fail(job, error, self.clock())
            return True
        _held(job).update(lease_until=None, attempts=F("attempts") + 1)
        return False

    def _take(self) -> Job | None:
        now = self.clock()
        is_free = Q(lease_until=None) | Q(lease_until__lte=now)
        for row in Import.objects.filter(is_free, state__in=[State.TRYING, State.RUNNING]).order_by("id"):
            lease = now + LEASE
            claimed = Import.objects.filter(is_free, pk=row.pk, state=row.state, rows_done=row.rows_done)
            if claimed.update(lease_until=lease):
                reader = Reader(
                    columns=row.mapping,
                    width=len(row.header),
                    declared=Declaration.of(row),
                    key=hash_key(),
                    now=now,
                )
                return Job(row, lease, reader)
        return None

    def _open(self, job: Job) -> None:
        """Come to the place in the file where the import stands; raises what ends it."""
        rows = reading.rows(parts.opened(of=job.row), job.row.dialect)
        for number, cells in islice(rows, job.row.rows_done):
            person = job.reader.read(number, cells)
            if isinstance(person, Person):
                note(person, job.seen)
            job.done += 1
        job.rows = rows

    def _step(self, job: Job) -> bool:
        """The next chunk; whether it was the last."""
        try:
            if job.rows is None:
                self._open(job)
            rows = [job.reader.read(number, cells) for number, cells in islice(job.rows, CHUNK)]
        except BROKEN as error:
            _fail(job, error, self.clock())
            return True
        now = self.clock()
        is_last = len(rows) < CHUNK
        with transaction.atomic():
            lease = _move(job, len(rows), now)
            counts = self._write(job, rows, now)
            if is_last:
                _finish(job, now)
        job.done, job.lease, job.row.counts, job.row.attempts = job.done + len(rows), lease, counts, 0
        return is_last

    def _write(self, job: Job, rows: Sequence[Person | Refused], now: datetime) -> dict[str, Any]:
        declared, is_trial = job.reader.declared, job.row.state == State.TRYING
        found = sort(rows, seen=job.seen, column=job.row.mapping[Field.ADDRESS], updates=declared.updates)
        counts = dict(job.row.counts)
        so_far: Counter[str] = Counter(counts.get("trial" if is_trial else "done", {}))
        if not is_trial:
            _writer(job, now).write(found, before=so_far["new"])
        counts["trial" if is_trial else "done"] = dict(so_far + found.counts)
        insert(ImportRefusal, [_refusal(job.row, refused) for refused in found.refused])
        Import.objects.filter(pk=job.row.pk).update(counts=counts)
        return counts


def _held(job: Job) -> "QuerySet[Import]":
    """The import, as long as nobody dropped it or took it over."""
    return Import.objects.filter(pk=job.row.pk, state=job.row.state, lease_until=job.lease)


def _move(job: Job, rows: int, now: datetime) -> datetime:
    """Go on by so many rows and hold the lease for longer, if it is still held."""
    lease = now + LEASE
    held = _held(job).filter(rows_done=job.done)
    if not held.update(rows_done=job.done + rows, lease_until=lease, attempts=0):
        raise LeaseLost
    return lease


def _writer(job: Job, now: datetime) -> Writer:
    row, declared = job.row, job.reader.declared
    return Writer(
        declared=declared,
        versions=declared.versions(row.pk),
        evidence=f"#{row.pk}: {declared.proof}"[:200],
        actor=row.options.get("actor"),
        actor_name=row.options.get("actor_name", ""),
        mails_from=datetime.fromisoformat(row.options["mails_from"]),
        asked_version=current_version(Purpose.MESSAGES),
        now=now,
    )


def _refusal(row: Import, refused: Refused) -> Row:
    column = row.header[refused.column] if refused.column >= 0 else ""
    return {"of_id": row.pk, "row": refused.row, "column": column[:120], "reason": refused.reason}


def _finish(job: Job, now: datetime) -> None:
    row = job.row
    if row.state == State.TRYING:
        Import.objects.filter(pk=row.pk).update(state=State.TRIED, lease_until=None)
        return
    Import.objects.filter(pk=row.pk).update(state=State.DONE, ended_at=now, lease_until=None)
    parts.forget(of=row)
    counts = Import.objects.values_list("counts", flat=True).get(pk=row.pk)
    log(instance=row, action="outreach.import.done", user=row.made_by, data={"counts": counts["done"]})


@transaction.atomic
def _fail(job: Job, error: Exception, now: datetime) -> None:
    """End an import whose kept file can't be read any more, or over which the program stumbles."""
    code, row = "program", 0
    if isinstance(error, Unreadable):
        code, row = error.code, error.row
    elif isinstance(error, BROKEN):
        code = "encoding"
    if _held(job).update(state=State.FAILED, failure=f"{code} {row}", ended_at=now, lease_until=None):
        parts.forget(of=job.row)
