"""Runs several programs as one: they start together, and when one ends or somebody says stop, all end.

They stay in the process group of the terminal. Should the supervisor itself be killed, :mod:`outreach.demo.guard` ends
them.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent.parent
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Program:
    """One program to run. ``is_ready`` is asked again and again after the start, and must answer quickly.

    ``after`` names a program that must be ready before this one starts.
    """

    name: str
    command: Sequence[str]
    is_ready: Callable[[], bool] = lambda: True
    after: str = ""


class ProgramEnded(Exception):
    """A program ended by itself, or never became ready; the text is one line for the person at the terminal."""


class Signals:
    """Signals as something to wait for, so that nothing happens inside a handler."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    @contextlib.contextmanager
    def caught(self) -> Iterator["Signals"]:
        """Until the block ends, a stop signal or the end of a child only wakes :meth:`wait`."""
        self._read, write = os.pipe()
        os.set_blocking(write, False)
        before = {number: signal.signal(number, lambda *_: None) for number in (*STOPPING, signal.SIGCHLD)}
        wakeup = signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        try:
            yield self
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(self._read)
            os.close(write)

    def wait(self, seconds: float) -> bool:
        """Wait for ``seconds`` or until a signal; whether somebody said stop, now or before."""
        if select.select([self._read], [], [], seconds)[0]:
            self._seen.update(os.read(self._read, 1024))
        return not self._seen.isdisjoint(STOPPING)


class Supervisor:
    """Holds a set of programs. ``environment`` is theirs; ``grace`` is how long, in seconds, one may take to end."""

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        environment: Mapping[str, str],
        patience: float = 90.0,
        grace: float = 8.0,
        parent: int | None = None,
    ) -> None:
        self._programs = programs
        self._environment = environment
        self._patience = patience
        self._grace = grace
        self._parent = parent
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def run(self, when_ready: Callable[[], None]) -> None:
        """Start all, call ``when_ready`` once, and return after somebody said stop and all have ended.

        Raises :class:`ProgramEnded` after ending the others if one ends by itself or is not ready after ``patience``.
        """
        with Signals().caught() as signals:
            guard = self._start("guard", [sys.executable, "-m", "outreach.demo.guard"], stdin=subprocess.PIPE)
            try:
                if self._start_all(signals, guard.stdin):
                    when_ready()
                    while not self._told_to_stop(signals, 1.0):
                        self._check()
            finally:
                self._end_all()

    def _start_all(self, signals: Signals, guarded: IO[bytes] | None) -> bool:
        """Start each program once the one that it needs is ready; whether all were ready before somebody said stop."""
        deadline = time.monotonic() + self._patience
        waiting = list(self._programs)
        while waiting:
            not_ready = {program.name for program in waiting}
            for program in waiting:
                if program.name not in self._running and program.after not in not_ready:
                    self._guarded(guarded, self._start(program.name, program.command))
            if self._told_to_stop(signals, 0.2):
                return False
            self._check()
            waiting = [each for each in waiting if each.name not in self._running or not each.is_ready()]
            if waiting and time.monotonic() > deadline:
                late = next(program.name for program in waiting if program.name in self._running)
                raise ProgramEnded(f"{late} was not ready after {self._patience:.0f} seconds")
        return True

    def _start(self, name: str, command: Sequence[str], stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        # Held back from birth: what the terminal sends to the group is the supervisor's to answer, once and in order.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
        try:
            self._running[name] = subprocess.Popen(command, cwd=ROOT, env=dict(self._environment), stdin=stdin)
        except OSError as error:
            raise ProgramEnded(f"{name} could not be started: {error}") from error
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return self._running[name]

    @staticmethod
    def _guarded(pipe: IO[bytes] | None, program: subprocess.Popen[bytes]) -> None:
        assert pipe
        pipe.write(b"%d\n" % program.pid)
        pipe.flush()

    def _told_to_stop(self, signals: Signals, seconds: float) -> bool:
        return signals.wait(seconds) or (self._parent is not None and os.getppid() != self._parent)

    def _check(self) -> None:
        for name, program in self._running.items():
            status = program.poll()
            if status is not None:
                how = f"with status {status}" if status >= 0 else f"by signal {signal.Signals(-status).name}"
                raise ProgramEnded(f"{name} ended {how}")

    def _end_all(self) -> None:
        guard = self._running.pop("guard", None)
        for program in self._running.values():
            program.terminate()
        deadline = time.monotonic() + self._grace
        for program in self._running.values():
            try:
                program.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
        if guard:
            guard.kill()
            guard.wait()
            assert guard.stdin
            with contextlib.suppress(BrokenPipeError):
                guard.stdin.close()
