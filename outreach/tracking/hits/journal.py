"""Where a web process notes what it answered: one write a hit into a file that is only appended to.

What was written is in the system's memory when the call returns, so SIGKILL loses nothing; a thread brings it to the
disk each tenth of a second, so that no reader waits for it. A lock on the file says that its process may write more. A
new file is begun when one is large or its day is over, and the worker removes what it has read to the end.
"""

import errno
import fcntl
import logging
import os
import secrets
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from outreach.broadcasts.office_time import office_zone

from .lines import Refusal

logger = logging.getLogger(__name__)

SUFFIX, UNFINISHED = ".hits", ".new"
ROLL_BYTES = 4 * 1024 * 1024
SYNC_SECONDS = 0.1
LOOK_SECONDS = 20.0
"""How often an idle journal looks whether its day is over."""
COMPLAIN_SECONDS = 10.0


class HitJournal:
    """The journal of this process, in ``directory``. Safe to use from several threads.

    ``clock`` gives seconds since 1970. With ``threaded`` a thread brings lines to the disk; otherwise
    :meth:`keep_up` has to be called.
    """

    def __init__(
        self,
        directory: Path,
        *,
        clock: Callable[[], float] = time.time,
        threaded: bool = True,
        roll_bytes: int = ROLL_BYTES,
    ) -> None:
        self.directory = directory
        self._clock, self._threaded, self._roll_bytes = clock, threaded, roll_bytes
        self._lock = threading.Lock()
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._file, self._size, self._until = -1, 0, 0.0
        self._done: list[int] = []
        self._refused: Counter[str] = Counter()
        self._complained_at = 0.0

    def write(self, line: bytes) -> bool:
        """Append ``line``. Where the disk takes nothing, the loss is logged and counted, and the answer is false."""
        try:
            with self._lock:
                self._append(line)
        except OSError as error:
            self._complain(error)
            self.refuse("lost")
            return False
        self._stir()
        return True

    def refuse(self, reason: str) -> None:
        """Count a request that was answered and is not counted as a hit; written with the next lines, as one."""
        with self._lock:
            self._refused[reason] += 1
        self._stir()

    def keep_up(self, *, is_ending: bool = False) -> None:
        """Bring to the disk what was written, note what was refused, and end the file of a day that is over."""
        with self._lock:
            try:
                self._note_refused()
            except OSError as error:
                self._complain(error)
            if self._file >= 0 and (is_ending or self._clock() >= self._until):
                self._leave()
            file, done, self._done = self._file, self._done, []
        for each in [*done, file]:
            if each >= 0:
                with suppress(OSError):
                    os.fdatasync(each)
        for each in done:
            os.close(each)

    def close(self) -> None:
        """End it; its file is whole and can be read and removed."""
        self._stopping.set()
        self._wake.set()
        if self._thread:
            self._thread.join()
        self.keep_up(is_ending=True)

    def _append(self, line: bytes) -> None:
        if self._file < 0 or self._size >= self._roll_bytes or self._clock() >= self._until:
            self._begin()
        size = os.write(self._file, line)
        if size < len(line):
            # Nothing may stand behind half a line.
            os.ftruncate(self._file, self._size)
            raise OSError(errno.ENOSPC, "Only a part was written")
        self._size += size

    def _begin(self) -> None:
        """A new file, which gets its name only when it is locked, so that nobody takes it for one that was left."""
        if self._file >= 0:
            self._leave()
        self.directory.mkdir(parents=True, exist_ok=True)
        now = self._clock()
        name = f"{socket.gethostname()[:30]}-{int(now * 1000)}-{os.getpid()}-{secrets.token_hex(6)}"
        fresh = self.directory / f"{name}{UNFINISHED}"
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fresh.rename(fresh.with_suffix(SUFFIX))
        except OSError:
            os.close(file)
            fresh.unlink(missing_ok=True)
            raise
        self._file, self._size, self._until = file, 0, end_of_day(now)

    def _leave(self) -> None:
        self._done.append(self._file)
        self._file = -1

    def _note_refused(self) -> None:
        at = int(self._clock() * 1000)
        for reason, count in list(self._refused.items()):
            self._append(Refusal(at, reason, count).line())
            del self._refused[reason]

    def _complain(self, error: OSError) -> None:
        now = self._clock()
        if now - self._complained_at >= COMPLAIN_SECONDS:
            self._complained_at = now
            logger.error("clicks and views are not counted while their journal can't be written: %s", error)

    # --- the thread that brings lines to the disk -------------------------------------------------------------------

    def _stir(self) -> None:
        if self._threaded and not self._wake.is_set():
            self._wake.set()
            if self._thread is None:
                self._start()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hits", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(LOOK_SECONDS)
            self._wake.clear()
            try:
                self.keep_up()
            except Exception:
                logger.exception("the journal of hits could not be kept up")
            self._stopping.wait(SYNC_SECONDS)


def end_of_day(now: float) -> float:
    """When the office's day ends that holds ``now``, both in seconds since 1970."""
    zone = office_zone()
    day = datetime.fromtimestamp(now, zone).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC).timestamp()
