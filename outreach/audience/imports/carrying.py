"""Takes an import through its file in a worker, a chunk a turn: so sending never waits for long, and a dead worker's
import goes on with another.

Each chunk is one transaction that also moves ``rows_done``, and that only succeeds for the worker that holds the lease:
no row is written twice. Who takes over reads the rows before again, to know the addresses that they hold.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.db.models import Q
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

State = Import.State
CHUNK = 2000
LEASE = timedelta(minutes=2)
BROKEN = (Unreadable, InvalidToken, ImportPart.DoesNotExist)
"""Failures of the kept file: trying again would not help."""


class LeaseLost(Exception):
    """Somebody dropped the import, or another worker took it over."""


@dataclass
class Job:
    """One import in the hands of this worker: where it is in the file, and whom it met so far."""

    row: Import
    lease: datetime
    rows: Any
    reader: Reader
    done: int = 0
    seen: set[bytes] = field(default_factory=set)


@dataclass
class Clerk:
    """Works on imports, the oldest first; ``clock`` gives UTC."""

    clock: Callable[[], datetime]
    _job: Job | None = None

    def work(self) -> bool:
        """One chunk; whether there was something to do. Raises what the database raises, after giving the job back."""
        try:
            if self._job is None:
                self._job = self._take()
            if self._job is None:
                return False
            if self._step(self._job):
                self._job = None
        except LeaseLost:
            self._job = None
        except Exception:
            self._give_back()
            raise
        return True

    def _give_back(self) -> None:
        if self._job is not None:
            held = Import.objects.filter(pk=self._job.row.pk, lease_until=self._job.lease)
            self._job = None
            held.update(lease_until=None)

    def _take(self) -> Job | None:
        now = self.clock()
        is_free = Q(lease_until=None) | Q(lease_until__lte=now)
        for row in Import.objects.filter(is_free, state__in=[State.TRYING, State.RUNNING]).order_by("id"):
            lease = now + LEASE
            claimed = Import.objects.filter(is_free, pk=row.pk, state=row.state, rows_done=row.rows_done)
            if claimed.update(lease_until=lease):
                return self._opened(row, lease)
        return None

    def _opened(self, row: Import, lease: datetime) -> Job | None:
        reader = Reader(
            columns=row.mapping,
            width=len(row.header),
            declared=Declaration.of(row),
            key=hash_key(),
            now=self.clock(),
        )
        job = Job(row, lease, iter(()), reader)
        try:
            job.rows = reading.rows(parts.opened(of=row), row.dialect)
            for number, cells in islice(job.rows, row.rows_done):
                person = reader.read(number, cells)
                if isinstance(person, Person):
                    note(person, job.seen)
                job.done += 1
        except BROKEN as error:
            _fail(job, error, self.clock())
            return None
        return job

    def _step(self, job: Job) -> bool:
        """The next chunk; whether it was the last."""
        try:
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
        job.done, job.lease, job.row.counts = job.done + len(rows), lease, counts
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


def _move(job: Job, rows: int, now: datetime) -> datetime:
    """Go on by so many rows and hold the lease for longer, if it is still held."""
    lease = now + LEASE
    held = Import.objects.filter(pk=job.row.pk, state=job.row.state, rows_done=job.done, lease_until=job.lease)
    if not held.update(rows_done=job.done + rows, lease_until=lease):
        raise LeaseLost
    return lease


def _writer(job: Job, now: datetime) -> Writer:
    row, declared = job.row, job.reader.declared
    return Writer(
        declared=declared,
        versions=declared.versions(row.pk),
        evidence=f"#{row.pk}: {declared.proof}"[:200],
        actor=row.options.get("actor"),
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
    """End an import whose kept file can't be read any more."""
    code, row = (error.code, error.row) if isinstance(error, Unreadable) else ("encoding", 0)
    Import.objects.filter(pk=job.row.pk, lease_until=job.lease).update(
        state=State.FAILED, failure=f"{code} {row}", ended_at=now, lease_until=None
    )
    parts.forget(of=job.row)
