"""Postfix's ``smtp-source`` and ``smtp-sink``: the fastest plain sender there is, and a mail server that costs little.

Taken from the machine, or from Debian's package unpacked into a folder: nothing is installed and no server is
started.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from tests.ground.processes import Program, await_port, free_port


class Postfix:
    """The two programs; raises ``RuntimeError`` where they can be had in neither way."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment: dict[str, str] = {"PATH": os.environ["PATH"]}
        self._programs = Path("/usr/sbin")
        if not (shutil.which("smtp-sink") and shutil.which("smtp-source")):
            self._unpack()

    def _unpack(self) -> None:
        try:
            subprocess.run(["apt-get", "download", "postfix"], cwd=self._folder, check=True, capture_output=True)
            package = next(self._folder.glob("postfix_*.deb"))
            subprocess.run(["dpkg", "-x", package, self._folder / "postfix"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError, StopIteration) as error:
            raise RuntimeError("smtp-sink is missing: install Debian's package postfix") from error
        self._programs = self._folder / "postfix/usr/sbin"
        self._environment["LD_LIBRARY_PATH"] = str(self._folder / "postfix/usr/lib/postfix")

    def sink(self, *, seconds: int = 0) -> "Sink":
        """A running mail server that keeps nothing, and lets so many ``seconds`` pass before it takes a mail's text."""
        return Sink(
            str(self._programs / "smtp-sink"),
            *(["-w", str(seconds)] if seconds else []),
            environment=self._environment,
            log=self._folder / "sink.log",
        )

    def source(self, *, port: int, size: int, count: int, sessions: int = 10) -> float:
        """Send ``count`` mails of ``size`` bytes over lasting sessions; messages per second."""
        begun = time.monotonic()
        subprocess.run(
            [
                *(str(self._programs / "smtp-source"), "-d", "-s", str(sessions), "-l", str(size), "-m", str(count)),
                *("-M", "source.example.org", "-f", "campaign@example.org", "-t", "person@example.org"),
                f"inet:127.0.0.1:{port}",
            ],
            env=self._environment,
            check=True,
        )
        return count / (time.monotonic() - begun)


class Sink(Program):
    """``smtp-sink`` at a free port, killed at the end of a ``with``."""

    def __init__(self, program: str, *options: str, environment: Mapping[str, str], log: Path) -> None:
        self.port = free_port()
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        super().__init__(
            program, *user, *options, f"inet:127.0.0.1:{self.port}", "1000", environment=environment, log=log
        )
        self.url = f"smtp://127.0.0.1:{self.port}"
        await_port(self.port)

    def __enter__(self) -> "Sink":
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()
