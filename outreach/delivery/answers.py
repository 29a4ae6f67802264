"""What a channel's answer means for the ledger: each failure has its outcome; too many of one kind stop a broadcast."""

from collections import Counter, deque
from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

from outreach.audience.choices import ChannelName
from outreach.channels.failures import (
    AddressDead,
    AddressMoved,
    ChannelError,
    ChannelRefused,
    MessageRejected,
    OutcomeUnknown,
    ReceiverBlocked,
    TryLater,
)

from .ledger import LONGEST_PAUSE, Claimed, Outcome
from .meanings import GAVE_UP
from .models import Delivery

MOST_ATTEMPTS = 8
"""As :data:`~.meanings.GAVE_UP` has it."""
LONGEST_BACKOFF = timedelta(hours=4)
PAUSE_WITHOUT_ADVICE = timedelta(seconds=30)
WINDOW, TOO_MANY = 100, 40
"""A broadcast pauses itself when this many of the last ``WINDOW`` outcomes of one worker are of one bad kind."""

Status = Delivery.Status
ACCEPTED = Status.ACCEPTED
BAD: dict[str, str] = {
    Status.BOUNCED: gettext_noop("40 of its last 100 messages bounced."),
    Status.BLOCKED: gettext_noop("40 of its last 100 messages were blocked by their receivers."),
    Status.FAILED: gettext_noop("40 of its last 100 messages failed."),
    Status.REJECTED: gettext_noop("40 of its last 100 messages were refused for their content or their sender."),
    Status.DEFERRED: gettext_noop("40 of its last 100 messages were put off."),
    Status.UNCERTAIN: gettext_noop("Of 40 of its last 100 messages nobody knows whether they arrived."),
}
"""The bad kinds, each with why it paused, to be kept and translated for whoever reads it."""


def outcome_of(failure: ChannelError, claimed: Claimed, *, begun_at: datetime, now: datetime) -> Outcome:
    """The outcome of a failed attempt that began at ``begun_at`` and ended at ``now`` (UTC)."""

    def ended(status: str, due_at: datetime | None = None, *, counts: bool = True) -> Outcome:
        return Outcome(claimed.number, status, now, begun_at, "", str(failure), due_at, counts)

    match failure:
        case ReceiverBlocked():
            return ended(Status.BLOCKED)
        case AddressDead():
            return ended(Status.BOUNCED)
        case AddressMoved() | ChannelRefused():
            return ended(Status.DEFERRED, now, counts=False)
        case TryLater(blames_nobody=True):
            return ended(Status.DEFERRED, now + pause_of(failure), counts=False)
        case TryLater():
            attempts = claimed.attempts + 1
            if attempts >= MOST_ATTEMPTS:
                detail = GAVE_UP % failure
                return ended(Status.FAILED)._replace(detail=detail, is_soft=claimed.channel == ChannelName.EMAIL)
            return ended(Status.DEFERRED, now + max(_asked(failure) or timedelta(0), backoff(attempts)))
        case MessageRejected():
            return ended(Status.REJECTED)
        case OutcomeUnknown():
            return ended(Status.UNCERTAIN)
        case _:
            return ended(Status.FAILED)


def pause_of(failure: TryLater) -> timedelta:
    """How long a channel rests on which everybody has to wait."""
    return _asked(failure) or PAUSE_WITHOUT_ADVICE


def _asked(failure: TryLater) -> timedelta | None:
    if failure.retry_after is None:
        return None
    return timedelta(seconds=min(failure.retry_after, LONGEST_PAUSE.total_seconds()))


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts: a minute, doubled each time, four hours at most."""
    return min(timedelta(minutes=2 ** max(0, attempts - 1)), LONGEST_BACKOFF)


class Trouble:
    """The last outcomes of each broadcast, so that one that mostly fails is stopped before it has failed everybody."""

    def __init__(self) -> None:
        self._recent: dict[int, deque[str]] = {}
        self._counts: dict[int, Counter[str]] = {}

    def remember(self, broadcast: int, outcome: Outcome) -> str:
        """Why the broadcast should pause after this outcome; empty while it may go on.

        What said nothing about its address does not count.
        """
        if not outcome.counts:
            return ""
        recent = self._recent.get(broadcast)
        if recent is None:
            recent, self._counts[broadcast] = self._recent.setdefault(broadcast, deque()), Counter()
        counts = self._counts[broadcast]
        status = outcome.status
        recent.append(status)
        if len(recent) > WINDOW and (gone := recent.popleft()) != ACCEPTED:
            counts[gone] -= 1
        # Most went well, and to count them up and down would cost more than all the rest here.
        if status == ACCEPTED:
            return ""
        counts[status] += 1
        if status in BAD and counts[status] >= TOO_MANY:
            recent.clear()
            counts.clear()
            return BAD[status]
        return ""
