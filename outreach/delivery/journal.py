"""A worker's journal: which messages it had begun and what came of them, where the death of the process can't reach.

One file a worker and channel, only ever appended to: what was written is in the system's memory when the call returns,
so SIGKILL loses nothing. An outcome may wait until the next message begins, and go with it in one write: killed between
the two, a worker leaves uncertain one message of each line that it had open, as at any other time. The ledger is
written from it in batches; what is in the ledger is noted too, and dropped the next time the file is written anew:
told again days later, it would undo what people decided since. A lock on the file says that its worker lives.

    boot 6f0c…           the machine's start that the lines belong to
    b 17                 delivery 17 may arrive from now on
    a 17                 … and was accepted
    o {"number": 17, …}  … or this came of it
    f 17 18              what came of these is in the ledger

After a loss of power the last lines may be missing, so then everything that its worker held is doubtful.
"""

import errno
import fcntl
import json
import logging
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote

from .ledger import Outcome
from .models import Delivery

logger = logging.getLogger(__name__)

SUFFIX, UNFINISHED = ".journal", ".new"
REWRITE_BYTES = 4 * 1024 * 1024
BOOT = Path("/proc/sys/kernel/random/boot_id")


class Journal:
    """The journal of a living worker; ``owner`` is the name under which it claims."""

    def __init__(self, directory: Path, owner: str) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._path = directory / (quote(owner, safe="") + SUFFIX)
        self._begun: set[int] = set()
        self._ended: dict[int, Outcome] = {}
        self._file = -1
        self._size = 0
        self._soon = b""
        self._is_torn = False
        self._write_anew()

    def begin(self, number: int) -> None:
        """Note that a delivery may arrive from now on; raises ``OSError`` where that can't be noted."""
        self._append(b"b %d\n" % number)
        self._ended.pop(number, None)
        self._begun.add(number)

    def call_off(self, number: int) -> None:
        """It can't arrive until it is begun again; killed before that, its worker leaves it uncertain all the same."""
        self._begun.discard(number)

    def end(self, outcome: Outcome, *, soon: bool = False) -> None:
        """Note what came of a delivery; raises ``OSError``, and then keeps it in memory alone.

        ``soon`` keeps it until something else is noted, or until :meth:`flush`.
        """
        self._begun.discard(outcome.number)
        self._ended[outcome.number] = outcome
        if outcome.status == Delivery.Status.ACCEPTED and not outcome.provider_id:
            line = b"a %d\n" % outcome.number
        else:
            line = _line(outcome)
        if soon:
            self._soon += line
        else:
            self._append(line)

    def flush(self) -> None:
        """Note what was to be noted soon; raises ``OSError``."""
        if self._soon:
            self._append(b"")

    def forget(self, outcomes: Collection[Outcome]) -> None:
        """These are in the ledger; of a delivery that was tried again meanwhile, what came of that stays."""
        known = [each.number for each in outcomes if self._ended.get(each.number) is each]
        for number in known:
            del self._ended[number]
        try:
            if self._size > REWRITE_BYTES:
                self._write_anew()
            elif known:
                self._append(b"f %s\n" % " ".join(map(str, known)).encode())
        except OSError as error:
            logger.error("what is in the ledger can't be noted in the journal: %s", error)

    def close(self, *, keep: bool = False) -> None:
        """End it; the file stays for another worker to read where something is open or ``keep`` says so."""
        if not self._begun and not self._ended and not keep:
            self._path.unlink(missing_ok=True)
        else:
            with suppress(OSError):
                self.flush()
        os.close(self._file)

    def _append(self, line: bytes) -> None:
        if self._is_torn:
            # What was cut off must not run into the next line: everything that is known goes into a new file.
            self._write_anew()
        if self._soon:
            line, self._soon = self._soon + line, b""
        try:
            self._size += _written(self._file, line)
        except OSError:
            self._is_torn = True
            raise

    def _write_anew(self) -> None:
        """Into a new file, which takes the old one's place only when it is whole."""
        lines = [f"boot {_boot()}\n".encode()]
        lines += [b"b %d\n" % number for number in self._begun]
        lines += [_line(outcome) for outcome in self._ended.values()]
        fresh = self._path.with_suffix(UNFINISHED)
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            size = _written(file, b"".join(lines))
            fresh.replace(self._path)
        except OSError:
            os.close(file)
            fresh.unlink(missing_ok=True)
            raise
        if self._file >= 0:
            os.close(self._file)
        self._file, self._size, self._soon, self._is_torn = file, size, b"", False


def _written(file: int, data: bytes) -> int:
    """Write all of ``data`` or raise ``OSError``; a line that is cut off makes a reader doubt all of the file."""
    size = os.write(file, data)
    if size < len(data):
        raise OSError(errno.ENOSPC, "Only a part was written")
    return size


def _line(outcome: Outcome) -> bytes:
    return b"o %s\n" % json.dumps(outcome._asdict(), default=datetime.isoformat).encode()


@dataclass(frozen=True, slots=True)
class Remains:
    """What a dead worker's journal tells. ``is_complete`` is false where the machine was started anew since."""

    owner: str
    outcomes: tuple[Outcome, ...]
    begun: frozenset[int]
    is_complete: bool


def abandoned(directory: Path) -> list[Path]:
    """The journals that lie in ``directory``, of the living and of the dead."""
    return sorted(directory.glob(f"*{SUFFIX}"))


@contextmanager
def remains(path: Path) -> Iterator[Remains | None]:
    """What the journal at ``path`` tells, or ``None`` where its worker lives or another process reads it.

    The file is removed when the block ends without an error; meanwhile no other process reads it. Raises ``OSError``
    where it can't be read.
    """
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield None
        return
    try:
        if not _locked(file, path):
            yield None
            return
        yield _parsed(unquote(path.name.removesuffix(SUFFIX)), path)
        path.unlink(missing_ok=True)
        path.with_suffix(UNFINISHED).unlink(missing_ok=True)
    finally:
        os.close(file)


def _locked(file: int, path: Path) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    # Its worker may have written it anew between our opening and our locking.
    return path.exists() and os.fstat(file).st_ino == path.stat().st_ino


def _parsed(owner: str, path: Path) -> Remains:
    begun: set[int] = set()
    outcomes: dict[int, Outcome] = {}
    ended_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    is_complete = False
    # What stands behind the last line break was being written when the worker died, and nothing followed from it.
    for line in path.read_bytes().split(b"\n")[:-1]:
        kind, _space, rest = line.partition(b" ")
        try:
            if kind == b"boot":
                is_complete = rest.decode() == _boot()
            elif kind == b"b":
                outcomes.pop(int(rest), None)
                begun.add(int(rest))
            elif kind == b"f":
                for number in map(int, rest.split()):
                    outcomes.pop(number, None)
            else:
                outcome = _accepted(int(rest), ended_at) if kind == b"a" else _outcome(rest)
                outcomes[outcome.number] = outcome
                begun.discard(outcome.number)
        except (ValueError, TypeError, KeyError):
            # Not a line of ours: who knows what else is missing.
            is_complete = False
    return Remains(owner, tuple(outcomes.values()), frozenset(begun), is_complete)


def _accepted(number: int, at: datetime) -> Outcome:
    return Outcome(number, Delivery.Status.ACCEPTED, at=at, begun_at=at)


def _outcome(text: bytes) -> Outcome:
    fields = json.loads(text)
    times = {name: datetime.fromisoformat(fields[name]) for name in ("at", "begun_at", "due_at") if fields[name]}
    return Outcome(**{**fields, **times})


def _boot() -> str:
    return BOOT.read_text().strip() if BOOT.exists() else "unknown"
