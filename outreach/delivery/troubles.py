"""What went wrong, by kind: whose fault it is, what follows from it, and the provider's own words, counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, TextChoices
from django.utils.translation import gettext_lazy as _

from outreach.audience.choices import ChannelName
from outreach.broadcasts.models import Broadcast
from outreach.channels.sentences import SENTENCES, in_words

from .meanings import CANT_BE_COMPOSED, GAVE_UP, WORKER_STOPPED
from .models import Delivery
from .tallies import Tally

MOST_READ, MOST_SHOWN = 60, 5
"""How many different answers are read from the ledger, and shown of each kind."""

OWN = (*SENTENCES, WORKER_STOPPED, CANT_BE_COMPOSED, GAVE_UP)

Status = Delivery.Status


class Kind(TextChoices):
    """Whose fault a trouble is."""

    BROKEN = "broken", _("The line broke")
    CHANNEL = "channel", _("The channel refused us")
    CONTENT = "content", _("The content was refused")
    GIVEN_UP = "given_up", _("Given up")
    LATER = "later", _("Try later")
    DEAD = "dead", _("The address is dead")
    BLOCKED = "blocked", _("The receiver blocked us")


MEANINGS = {
    Kind.BROKEN: _("No answer came after the message was handed over. It may have arrived: a person decides."),
    Kind.CHANNEL: _("A password, a token or our sender is refused. No address is at fault; mend it, then resume."),
    Kind.CONTENT: _("The provider does not take this message. No address is at fault and nobody loses a subscription."),
    Kind.GIVEN_UP: _("It was tried as often as makes sense, or could not be made. It can be tried again."),
    Kind.LATER: _("Nothing is wrong with address or content. It is tried again by itself, later each time."),
    Kind.DEAD: _("Nobody is at this address. It is suppressed, and nobody writes to it again."),
    Kind.BLOCKED: _("They closed the chat or blocked us. They can come back by themselves."),
}
"""What each kind means and what follows from it."""

KINDS: dict[str, Kind] = {
    Status.UNCERTAIN: Kind.BROKEN,
    Status.REJECTED: Kind.CONTENT,
    Status.FAILED: Kind.GIVEN_UP,
    Status.DEFERRED: Kind.LATER,
    Status.BOUNCED: Kind.DEAD,
    Status.BLOCKED: Kind.BLOCKED,
}


@dataclass(frozen=True)
class Cause:
    """One answer of a provider on one channel, and how many deliveries it stands on."""

    kind: Kind
    status: str
    channel: str
    words: str
    count: int

    @property
    def told(self) -> str:
        """Our own words in the reader's language; empty where they are a provider's."""
        return in_words(self.words, OWN)

    @property
    def channel_name(self) -> str:
        """The channel as people call it."""
        return str(ChannelName(self.channel).label)


@dataclass(frozen=True)
class Trouble:
    """All troubles of one kind. ``others`` are those whose words are not among ``causes``."""

    kind: Kind
    count: int
    causes: tuple[Cause, ...]

    @property
    def label(self) -> str:
        """The kind's name."""
        return str(self.kind.label)

    @property
    def meaning(self) -> str:
        """What it means and what follows."""
        return str(MEANINGS[self.kind])

    @property
    def others(self) -> int:
        """How many had other words."""
        return self.count - sum(cause.count for cause in self.causes)


def troubles(broadcast: Broadcast, tallies: Sequence[Tally], *, pauses: Iterable[str]) -> list[Trouble]:
    """The troubles of ``broadcast``, those that wait for a person first.

    ``pauses`` are the reasons for which the broadcast paused itself: a message that waits with words that one of them
    quotes was not put off by its address, but by the channel.
    """
    if not any(tally.status in KINDS for tally in tallies):
        return []
    causes = _causes(broadcast, list(pauses))
    counts = dict.fromkeys(Kind, 0)
    for tally in tallies:
        if tally.status in KINDS:
            counts[KINDS[tally.status]] += tally.count
    refused = sum(cause.count for cause in causes if cause.kind == Kind.CHANNEL)
    counts[Kind.CHANNEL] += refused
    # Read a moment later than the tallies.
    counts[Kind.LATER] = max(0, counts[Kind.LATER] - refused)
    return [
        Trouble(kind, counts[kind], tuple(cause for cause in causes if cause.kind == kind)[:MOST_SHOWN])
        for kind in Kind
        if counts[kind]
    ]


def _causes(broadcast: Broadcast, pauses: Sequence[str]) -> list[Cause]:
    rows = (
        Delivery.objects.filter(broadcast=broadcast, status__in=list(KINDS))
        .order_by()
        .values_list("status", "channel", "detail")
        .annotate(number=Count("pk"))
        .order_by("-number", "detail", "channel")[:MOST_READ]
    )
    return [
        Cause(_kind(status, words, pauses), status, channel, words, number) for status, channel, words, number in rows
    ]


def _kind(status: str, words: str, pauses: Sequence[str]) -> Kind:
    quoted = bool(words) and any(words in reason for reason in pauses)
    return Kind.CHANNEL if status == Status.DEFERRED and quoted else KINDS[status]
