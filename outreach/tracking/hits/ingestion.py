"""Reads the journals of this machine's web processes into the database, each line exactly once.

How far a journal was read is written in the transaction that writes its rows, so a worker may die at any moment. A
journal that its process has left is removed once it was read to the end.
"""

import fcntl
import logging
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction

from outreach.tracking.models import Drop, JournalCursor
from outreach.tracking.web.counting import write_pages

from .clicks import write_hits
from .drops import count_drops
from .journal import SUFFIX, UNFINISHED
from .lines import Beacon, DamagedLine, Hit, Line, Refusal, View, parsed

logger = logging.getLogger(__name__)

CHUNK_BYTES = 128 * 1024
"""Read and written in one transaction: some two thousand lines."""
LONGEST_LINE = 4096


@dataclass
class Ingested:
    """What one reading brought: ``lines`` that were read, ``events`` and ``pages`` written, and what was dropped."""

    lines: int = 0
    events: int = 0
    pages: int = 0
    drops: Counter[str] = field(default_factory=Counter)


def read_journals(*, directory: Path, now: datetime) -> Ingested:
    """Write everything that stands in the journals in ``directory``; ``now`` is UTC.

    Does nothing while another process reads there. Raises what the database raises; what was not written stands in the
    journals still.
    """
    ingested = Ingested()
    if not directory.is_dir():
        return ingested
    with _alone(directory) as is_alone:
        if is_alone:
            for path in sorted(directory.glob(f"*{SUFFIX}")):
                _read(path, ingested, now)
            _remove_unfinished(directory)
    return ingested


@contextmanager
def _alone(directory: Path) -> Iterator[bool]:
    file = os.open(directory / "reader.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(file)


def _read(path: Path, ingested: Ingested, now: datetime) -> None:
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        # Asked before reading: whoever has left it has written everything that it will.
        is_left = _is_left(file)
        if not is_left and os.fstat(file).st_size == _read_before(path):
            return
        while _read_chunk(file, path, ingested, now):
            pass
        if is_left:
            _end(file, path, ingested, now)
    finally:
        os.close(file)


def _is_left(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read_before(path: Path) -> int:
    return JournalCursor.objects.filter(name=path.name).values_list("offset", flat=True).first() or 0


def _read_chunk(file: int, path: Path, ingested: Ingested, now: datetime) -> bool:
    """Write the next lines in one transaction; whether there were any."""
    with transaction.atomic():
        cursor = _cursor(path)
        data = os.pread(file, CHUNK_BYTES, cursor.offset)
        whole = data.rpartition(b"\n")[0]
        size = len(whole) + 1 if whole or data.startswith(b"\n") else 0
        if not size and len(data) > LONGEST_LINE:
            # No line of ours is so long.
            size, whole = len(data), b""
        if not size:
            return False
        batch = Ingested()
        _write(whole.split(b"\n"), batch, now)
        cursor.offset += size
        cursor.save(update_fields=["offset"])
    _sum_up(ingested, batch)
    return True


def _cursor(path: Path) -> JournalCursor:
    JournalCursor.objects.get_or_create(name=path.name)
    return JournalCursor.objects.select_for_update().get(name=path.name)


def _write(lines: Sequence[bytes], batch: Ingested, now: datetime) -> None:
    read: list[Line] = []
    for line in lines:
        try:
            read.append(parsed(line))
        except DamagedLine:
            batch.drops[Drop.Reason.DAMAGED.value] += 1
    for refusal in read:
        if isinstance(refusal, Refusal):
            batch.drops[refusal.reason] += refusal.number
    batch.lines = len(lines)
    batch.events = write_hits([line for line in read if isinstance(line, Hit)], now=now, drops=batch.drops)
    batch.pages = write_pages([line for line in read if isinstance(line, View | Beacon)], now=now, drops=batch.drops)
    count_drops(batch.drops, now=now)


def _end(file: int, path: Path, ingested: Ingested, now: datetime) -> None:
    """Remove a journal that was read to its end; half a line there is counted as such, once."""
    with transaction.atomic():
        cursor = _cursor(path)
        if not cursor.is_ended:
            batch = Ingested()
            if os.fstat(file).st_size > cursor.offset:
                batch.drops[Drop.Reason.CUT.value] = 1
                logger.warning("the journal %s ends in the middle of a line", path.name)
            count_drops(batch.drops, now=now)
            cursor.is_ended = True
            cursor.save(update_fields=["is_ended"])
            _sum_up(ingested, batch)
    path.unlink(missing_ok=True)
    cursor.delete()


def _sum_up(ingested: Ingested, batch: Ingested) -> None:
    ingested.lines += batch.lines
    ingested.events += batch.events
    ingested.pages += batch.pages
    ingested.drops += batch.drops


def _remove_unfinished(directory: Path) -> None:
    """Files of processes that died before the first line."""
    for path in directory.glob(f"*{UNFINISHED}"):
        with suppress(FileNotFoundError):
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                # A living process locks it a moment after it made it, and gives it its name a moment later.
                if path.stat().st_size == 0 and _is_old(path) and _is_left(file):
                    path.unlink(missing_ok=True)
            finally:
                os.close(file)


def _is_old(path: Path) -> bool:
    newest = max((each.stat().st_mtime for each in path.parent.iterdir() if each != path), default=0.0)
    return newest - path.stat().st_mtime > 60
