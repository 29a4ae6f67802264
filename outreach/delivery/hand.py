"""What one worker holds: deliveries that are ready to go, those that its carrier has, and which of these have begun."""

from collections import deque
from collections.abc import Callable, KeysView
from dataclasses import dataclass
from datetime import datetime

from outreach.channels.protocol import Outgoing

from .ledger import Claimed


@dataclass(slots=True)
class _Out:
    claimed: Claimed
    outgoing: Outgoing
    begun_at: datetime | None = None


class Hand:
    """The deliveries of one worker on one channel. Used from the sending thread. Times are UTC.

    ``ready`` are those that wait for the carrier. What has begun may arrive, and stays until its outcome is known.
    """

    def __init__(self) -> None:
        self.ready: deque[Claimed] = deque()
        self._out: dict[int, _Out] = {}

    @property
    def out(self) -> KeysView[int]:
        """The numbers of those that the carrier has."""
        return self._out.keys()

    @property
    def begun(self) -> list[int]:
        """The numbers of those that have begun."""
        return [number for number, out in self._out.items() if out.begun_at]

    @property
    def waiting(self) -> dict[int, Claimed]:
        """Those that have not begun, by their numbers."""
        ready = {claimed.number: claimed for claimed in self.ready}
        return ready | {number: out.claimed for number, out in self._out.items() if not out.begun_at}

    def give_out(self, claimed: Claimed, outgoing: Outgoing) -> None:
        """The carrier has it, as ``outgoing``."""
        self._out[claimed.number] = _Out(claimed, outgoing)

    def is_out(self, outgoing: Outgoing) -> bool:
        """Whether the carrier has this very copy from us.

        What was taken away from it may meanwhile be claimed and given out anew, in another copy.
        """
        out = self._out.get(outgoing.number)
        return out is not None and out.outgoing is outgoing

    def begin(self, number: int, now: datetime) -> None:
        """It may arrive from now on."""
        self._out[number].begun_at = now

    def call_off(self, number: int) -> None:
        """It can't arrive until it is begun again."""
        self._out[number].begun_at = None

    def take_back(self, number: int) -> tuple[Claimed, datetime | None]:
        """The carrier has it no longer; with the moment at which it began, if it did."""
        out = self._out.pop(number)
        return out.claimed, out.begun_at

    def drop(self, may_stay: Callable[[Claimed], bool]) -> set[int]:
        """Part with what has not begun and may not stay; the numbers of these."""
        apart = {number for number, claimed in self.waiting.items() if not may_stay(claimed)}
        if apart:
            self.ready = deque(claimed for claimed in self.ready if claimed.number not in apart)
            for number in apart & self._out.keys():
                del self._out[number]
        return apart
