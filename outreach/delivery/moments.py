"""When each message of a worker may go: moments that were handed out to it, and which message took which."""

from collections import deque
from datetime import datetime, timedelta

from outreach.channels.protocol import Channel

from . import throttle

SET_BACK = timedelta(seconds=1)
"""By so much a clock does not go back of itself: moments that lie ahead were given by what it showed before."""


class Moments:
    """The moments of one worker on one channel. Times are UTC."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._ahead: deque[datetime] = deque()
        self._taken: dict[int, datetime] = {}
        self._asked_at: datetime | None = None

    def wait(self, *, number: int, count: int, now: datetime) -> float:
        """Seconds until delivery ``number`` may go; 0 uses up a moment for it. ``count`` are ready with it.

        Where none is left, as many are reserved as messages are ready.
        """
        if not self._channel.per_second:
            return 0.0
        if self._channel.strict:
            while self._ahead and now - self._ahead[0] > throttle.TOLERANCE:
                self._ahead.popleft()
        if self._asked_at and now < self._asked_at - SET_BACK:
            self._ahead.clear()
        self._asked_at = now
        if not self._ahead:
            start, gap = throttle.reserve(channel=self._channel, count=count, now=now), throttle.gap(self._channel)
            self._ahead = deque(start + place * gap for place in range(count))
        seconds = (self._ahead[0] - now).total_seconds()
        if seconds <= 0:
            self._taken[number] = self._ahead.popleft()
        return seconds

    def is_late(self, *, number: int, now: datetime) -> bool:
        """Whether the moment of a message has passed on a channel where that matters, so that it needs another one."""
        taken = self._taken.get(number) if self._channel.strict else None
        return taken is not None and now - taken > throttle.TOLERANCE

    def forget(self, number: int) -> None:
        """The message went, or did not."""
        self._taken.pop(number, None)

    def clear(self) -> None:
        """Give up what lies ahead."""
        self._ahead.clear()
