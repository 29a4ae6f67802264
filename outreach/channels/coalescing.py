"""Lets what several lines say come together before it is read, as network cards do (interrupt coalescing).

A quick server has an answer every tenth of a millisecond. To be woken for each costs more than to read it, and where
the server runs on the same machine, it is interrupted by each of its own answers.
"""

QUICK_SECONDS = PAUSE_SECONDS = 0.0002
"""Who waited for less than the one sleeps for the other before the next answers are looked for: so long, the lines that
are left keep a server busy that is as quick as that.
"""
FEWEST_LINES = 4
"""With fewer, a server would soon wait for us."""


class Coalescing:
    """What one carrier knows of how quickly it is answered. Times are in seconds."""

    def __init__(self) -> None:
        self._is_quick = False

    def pause(self, *, busy: int) -> float:
        """How long to sleep before waiting for the next answer, while ``busy`` lines expect one."""
        return PAUSE_SECONDS if self._is_quick and busy >= FEWEST_LINES else 0.0

    def note(self, *, waited: float, heard: bool) -> None:
        """So long was waited, after a sleep or without one, and whether there was anything to read or write then."""
        self._is_quick = heard and waited < QUICK_SECONDS
