"""The receivers of a run as its driver holds them: two processes, their ports and their records."""

import sys
from collections.abc import Mapping
from pathlib import Path

from .mischief import Mischief
from .processes import Program
from .records import Arrival, Fault, read


class Receiver:
    """One running receiver."""

    def __init__(self, module: str, *, folder: Path, mischief: Mischief, environment: Mapping[str, str]) -> None:
        self._record = folder / f"{module}.record"
        self.program = Program(
            sys.executable,
            "-m",
            f"tests.ground.{module}",
            str(self._record),
            mischief.dumped(),
            environment=environment,
            log=folder / f"{module}.log",
        )
        self.port = int(self.program.line())

    def read(self) -> list[Arrival | Fault]:
        """Its record so far."""
        return list(read(self._record))

    def close(self) -> None:
        """Stop it."""
        self.program.kill()


def mail_server(*, folder: Path, environment: Mapping[str, str], mischief: Mischief = Mischief()) -> Receiver:
    """A mail server."""
    return Receiver("smtp_receiver", folder=folder, mischief=mischief, environment=environment)


def bot_api(*, folder: Path, environment: Mapping[str, str], mischief: Mischief = Mischief()) -> Receiver:
    """A Bot API server."""
    return Receiver("bot_api_receiver", folder=folder, mischief=mischief, environment=environment)
