"""Which broadcasts may go on, as far as one worker knows; that quiet hours begin or a deadline passes, nobody tells."""

from collections.abc import KeysView
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any

from .claims import Source
from .desk import Desk

LOOK_EVERY = timedelta(seconds=1)
"""How often a worker looks whether what it has claimed may still be sent."""
LONGEST_UNSEEN = timedelta(seconds=2)
"""A look that is older, as after a machine's sleep, lets nothing go any more: the next one is waited for."""


class Going:
    """What one worker knows of its channel. Used from the sending thread. Times are UTC.

    ``source`` gives the numbers of the broadcasts that may be sent now; it is asked here or on the ``desk``.
    """

    def __init__(self, *, source: Source, desk: Desk, now: datetime) -> None:
        self._source = source
        self._desk = desk
        self._stopped: dict[int, Future[Any]] = {}
        self._looked_at = now
        self._looking: tuple[datetime, Future[Any]] | None = None

    @property
    def stopped(self) -> KeysView[int]:
        """The broadcasts that this worker stopped, until it saw that somebody let them go on."""
        return self._stopped.keys()

    def start_over(self) -> None:
        """Forget what was stopped and what the desk is looking for: a new round sees for itself."""
        self._stopped, self._looking = {}, None

    def stop(self, number: int, pausing: "Future[Any]") -> None:
        """Nothing of a broadcast goes any more; ``pausing`` is the job that tells everybody else."""
        self._stopped[number] = pausing

    def ask(self) -> set[int]:
        """The broadcasts that may be sent now, also one that was stopped here and that somebody has let go on since."""
        paused = [number for number, job in self._stopped.items() if job.done() and not job.exception()]
        going = set(self._source())
        for number in going.intersection(paused):
            del self._stopped[number]
        return going - self._stopped.keys()

    def has_slept(self, now: datetime) -> bool:
        """Whether nobody looked for so long that anything may have happened meanwhile."""
        return not self._looked_at <= now < self._looked_at + LONGEST_UNSEEN

    def look(self, now: datetime) -> set[int] | None:
        """What a new look saw going, where it is time for one; ``None`` while the desk looks, and lines go on.

        Raises what the database raises.
        """
        if self._looked_at <= now < self._looked_at + LOOK_EVERY:
            return None
        if self._stopped or self.has_slept(now):
            self._looking, self._looked_at = None, now
            return self.ask()
        if self._looking is None:
            self._looking = now, self._desk.submit(self._source)
        begun_at, looking = self._looking
        if not looking.done():
            return None
        self._looking, self._looked_at = None, begun_at
        return set(looking.result())
