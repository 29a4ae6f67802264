"""Worker processes and what the kernel says of them: started, stopped, killed, measured through ``/proc`` (Linux)."""

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Mapping
from pathlib import Path

from .databases import ROOT

TICKS = os.sysconf("SC_CLK_TCK")
PR_SET_PDEATHSIG = 1
OPEN = {"01", "02", "08"}
"""States of a line that its program still holds: established, being opened, and closed by the other side only."""


def _die_with_driver() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Program:
    """A process in a session of its own, which ends with everything that it started, and when its driver ends."""

    def __init__(self, *command: str, environment: Mapping[str, str], log: Path) -> None:
        self._log = log.open("ab")
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
            start_new_session=True,
            preexec_fn=_die_with_driver,
        )

    @property
    def pid(self) -> int:
        return self.process.pid

    def line(self) -> str:
        """The next line on its standard output; raises ``RuntimeError`` if it ended without one."""
        assert self.process.stdout
        line = self.process.stdout.readline().decode().strip()
        if not line:
            raise RuntimeError(f"{self.process.args!r} ended at once; see {self._log.name}")
        return line

    def alive(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """SIGKILL to all of it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._end()

    def stop(self, seconds: float = 40) -> bool:
        """SIGTERM; whether it ended by itself within ``seconds``."""
        self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        self._end()
        return True

    def _end(self) -> None:
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        self._log.close()

    def members(self) -> list[int]:
        """The numbers of its processes: itself and what it started."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                with contextlib.suppress(OSError):
                    if int(_stat(int(entry.name))[3]) == self.pid:
                        found.append(int(entry.name))
        return found

    def cpu_seconds(self) -> float:
        """Processor time that it has used so far, in user and kernel."""
        total = 0.0
        for pid in self.members():
            with contextlib.suppress(OSError):
                fields = _stat(pid)
                total += (int(fields[11]) + int(fields[12])) / TICKS
        return total

    def peak_memory(self) -> int:
        """The most resident memory that it has had, in bytes."""
        return sum(peak_memory(pid) for pid in self.members())

    def connections(self, ports: Collection[int]) -> int:
        """How many of its lines to one of ``ports`` of this machine are open."""
        inodes = set()
        for pid in self.members():
            with contextlib.suppress(OSError):
                for entry in Path(f"/proc/{pid}/fd").iterdir():
                    with contextlib.suppress(OSError):
                        target = os.readlink(entry)
                        if target.startswith("socket:["):
                            inodes.add(target[8:-1])
        return len(inodes & open_sockets(ports))


def _stat(pid: int) -> list[str]:
    """The fields of ``/proc/<pid>/stat`` behind the name, which may hold blanks; the first is the state."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def peak_memory(pid: int) -> int:
    """The most resident memory that one process has had since its program began, in bytes; 0 if it is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def open_sockets(ports: Collection[int]) -> set[str]:
    """The inodes of open connections from this machine to one of ``ports``."""
    wanted = {f"{port:04X}" for port in ports}
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for row in Path(table).read_text().splitlines()[1:]:
                fields = row.split()
                if fields[3] in OPEN and fields[2].rpartition(":")[2] in wanted:
                    found.add(fields[9])
    return found


class Worker(Program):
    """``manage.py worker``."""

    def __init__(self, *, environment: Mapping[str, str], log: Path) -> None:
        super().__init__(sys.executable, "manage.py", "worker", environment=environment, log=log)
        self._ready = False

    @property
    def ready(self) -> bool:
        """Whether it has said that it is ready."""
        stdout = self.process.stdout
        if not self._ready and stdout and select.select([stdout], [], [], 0)[0]:
            self._ready = bool(stdout.readline())
        return self._ready

    def wait_ready(self) -> "Worker":
        """Return once it says that it is ready; raises ``RuntimeError`` if it ends before."""
        if not self._ready:
            self.line()
            self._ready = True
        return self

    def strike(self, ports: Collection[int]) -> int:
        """Kill it with SIGKILL in whatever it does; how many lines to ``ports`` it had open at that moment."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGSTOP)
        open_lines = self.connections(ports)
        self.kill()
        return open_lines


def machine_busy() -> tuple[float, float]:
    """Processor seconds of the whole machine so far: busy, and all."""
    fields = [int(value) / TICKS for value in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    idle = fields[3] + fields[4]
    return sum(fields) - idle, sum(fields)


def await_port(port: int, seconds: float = 10) -> None:
    """Return once somebody listens at ``port`` of this machine; raises ``TimeoutError``."""
    import socket

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.02)
    raise TimeoutError(f"nobody listens at port {port}")


def free_port() -> int:
    """A port of this machine at which nobody listens."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
