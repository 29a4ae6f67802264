"""What a worker takes out of the ledger: chunks ahead of its sending, of one broadcast after the other."""

import logging
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta

from outreach.channels.protocol import Channel

from . import ledger
from .desk import Desk
from .ledger import Claimed

logger = logging.getLogger(__name__)

FIRST_CHUNK, MOST_IN_CHUNK = 500, 2000
"""Each claim costs some milliseconds, whatever it holds, and what is held is doubtful after a loss of power: so a chunk
grows only where it is gone at once, and is what it was where sending slows down.
"""
QUICK, SLOW = timedelta(seconds=0.2), timedelta(seconds=1)
"""A chunk that lasts for less was gone at once, one that lasts for more was not."""
CHUNK_SECONDS = 2
"""A channel with a limit has this much in a chunk, at most the first one."""
HOLD_EVERY = ledger.LEASE / 9

Source = Callable[[], Sequence[int]]


class Claims:
    """One worker's claims on one channel. ``source`` gives the broadcasts that may be sent now. Times are UTC.

    ``is_exhausted`` says that the last claim found nothing, ``lease_was_lost`` that others may have decided about what
    was held; whoever reads that sets it back.
    """

    def __init__(
        self, *, channel: Channel, owner: str, source: Source, desk: Desk, clock: Callable[[], datetime]
    ) -> None:
        self._channel = channel
        self._owner = owner
        self._source = source
        self._desk = desk
        self._clock = clock
        self._coming: Future[list[Claimed]] | None = None
        self._without: Collection[int] = ()
        self._turn = 0
        self._after: dict[int, int] = {}
        self._size, self._asked_at, self._was_full = FIRST_CHUNK, clock(), False
        self._held_at: datetime | None = None
        self._hold_again_at = clock()
        self.is_exhausted = self.lease_was_lost = False

    @property
    def is_coming(self) -> bool:
        """Whether a claim is on its way."""
        return self._coming is not None

    @property
    def chunk(self) -> int:
        """How many are claimed at a time: what the channel takes in a short while."""
        if not self._channel.per_second:
            return self._size
        return max(1, min(FIRST_CHUNK, int(self._channel.per_second * CHUNK_SECONDS)))

    def has_source(self) -> bool:
        """Whether any broadcast may be sent."""
        return bool(self._source())

    def ask(self, *, without: Collection[int]) -> None:
        """Have the next chunk claimed, of no broadcast in ``without``."""
        self._without = without
        self._measure(self._clock())
        self._coming = self._desk.submit(self._claim)

    def collect(self, *, wait: bool) -> list[Claimed] | None:
        """What was claimed, or ``None`` while nothing came; raises what the claim raised."""
        if self._coming is None or not (wait or self._coming.done()):
            return None
        coming, self._coming = self._coming, None
        claimed = coming.result()
        self.is_exhausted = not claimed
        return claimed

    def start_over(self) -> None:
        """Rows were given back that lie before the last one claimed."""
        self._after.clear()

    def renew(self, now: datetime) -> None:
        """Keep the lease, however long the lines take and whatever is claimed meanwhile."""
        # As `_is_held` has it, without a call: this is asked three times for every message.
        if self._held_at and not self._held_at <= now < self._hold_again_at:
            self._note_held(now)
            self._desk.do(self._hold, now)

    def end(self) -> None:
        """Give the lease back; raises what the database raises."""
        self._desk.submit(ledger.end_lease, owner=self._owner).result()

    def _measure(self, now: datetime) -> None:
        """Take up how long the last chunk lasted."""
        lasted, self._asked_at = now - self._asked_at, now
        if lasted > SLOW:
            self._size = FIRST_CHUNK
        elif timedelta(0) <= lasted < QUICK and self._was_full:
            self._size = min(2 * self._size, MOST_IN_CHUNK)

    def _claim(self) -> list[Claimed]:
        """On the desk: the next chunk of the next broadcast that has one."""
        now = self._clock()
        if not self._is_held(now):
            self._hold(now)
        found = list(self._source())
        for place in range(len(found)):
            number = found[(self._turn + place) % len(found)]
            if number not in self._without and (claimed := self._claim_of(number, now)):
                self._turn += place + 1
                return claimed
        return []

    def _claim_of(self, broadcast: int, now: datetime) -> list[Claimed]:
        limit = self.chunk
        while True:
            after = self._after.get(broadcast, 0)
            numbers = ledger.claim(
                broadcast=broadcast,
                channel=self._channel.name,
                owner=self._owner,
                limit=limit,
                after=after,
                now=now,
            )
            # Behind the last one claimed come those never tried; what was deferred lies before it.
            self._was_full = len(numbers) == limit
            self._after[broadcast] = numbers[-1] if self._was_full else 0
            wanted = ledger.read(numbers, owner=self._owner)
            if len(wanted) < len(numbers):
                unwanted = set(numbers).difference(claimed.number for claimed in wanted)
                ledger.turn_away(numbers=unwanted, owner=self._owner, now=now)
            if wanted or not (numbers or after):
                return wanted

    def _is_held(self, now: datetime) -> bool:
        # Backwards too: the clock may have been set.
        return self._held_at is not None and self._held_at <= now < self._hold_again_at

    def _note_held(self, now: datetime) -> None:
        self._held_at, self._hold_again_at = now, now + HOLD_EVERY

    def _hold(self, now: datetime) -> None:
        """On the desk: renew the lease."""
        was_held = self._held_at is not None
        if not ledger.hold(owner=self._owner, channel=self._channel.name, now=now) and was_held:
            self.lease_was_lost = True
        self._note_held(now)
