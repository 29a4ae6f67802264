"""Ends the demo's programs if the one that started them is killed and can't: ``python -m outreach.demo.guard``.

Standard input is a pipe that only the supervisor holds; it brings one process number a line, and ends when the
supervisor does, however that came. Needs nothing but Python, so that it is running before anything heavy is.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable

GRACE_SECONDS = 6.0


def end(numbers: Iterable[int], *, grace: float = GRACE_SECONDS) -> None:
    """Ask every process to end, and after ``grace`` seconds end those that did not."""
    left = [number for number in numbers if _signal(number, signal.SIGTERM)]
    deadline = time.monotonic() + grace
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        left = [number for number in left if _signal(number, 0)]
    for number in left:
        _signal(number, signal.SIGKILL)


def _signal(number: int, which: int) -> bool:
    """Whether there was such a process."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(number, which)
        return True
    return False


def main() -> None:
    """Wait for the supervisor's end, then end what it leaves behind."""
    # A signal to the whole group is the supervisor's to answer.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    end([int(line) for line in sys.stdin])


if __name__ == "__main__":
    main()
