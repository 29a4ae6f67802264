"""The audience of a broadcast in tables: by segment, channel and language, who is left out, who gets a fallback."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach.audience.choices import ChannelName
from outreach.audience.segments import SINGLES_OUT, Told
from outreach.broadcasts.audience import APART, Reason, Share, receivers, shares
from outreach.broadcasts.models import Broadcast

Tell = Callable[[int], Told]

WHY_LEFT_OUT: dict[str, str | Promise] = {
    Reason.NOT_ACTIVE: gettext_lazy("They never confirmed the address, or they left. Nobody may write to them."),
    Reason.SUPPRESSED: gettext_lazy("The address does not exist, or its owner complained, or blocked us."),
    Reason.NO_CONSENT: gettext_lazy("They took back the consent to get messages."),
    Reason.TOO_SOON: gettext_lazy(
        "They asked for at most one message a week or a month, and another broadcast reaches them within that time. An "
        "urgent one goes to them all the same."
    ),
    Reason.NO_LANGUAGE: gettext_lazy("This channel has no text in their language, and none in the fallback language."),
}


@dataclass(frozen=True)
class Row:
    """One part of the audience: how many of its addresses were considered, and how many people get the message.

    ``is_small`` says that so few get it that a message or a figure could point at one of them.
    """

    label: str
    considered: Told
    getting: Told
    is_small: bool

    @property
    def getting_text(self) -> str:
        """How many get it; 1 to 4 are not told apart."""
        return f"<{SINGLES_OUT}" if self.is_small else self.getting.text


@dataclass(frozen=True)
class Table:
    """The audience by one of its dimensions."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class LeftOut:
    """So many people get no message, for one reason: what their nearest address lacks."""

    label: str
    why: str
    count: Told


@dataclass(frozen=True)
class Fallback:
    """So many people get the message in another language than theirs."""

    language: str
    instead: str
    count: Told


@dataclass(frozen=True)
class People:
    """Everybody considered; ``by_channel`` counts the messages on each channel, ``getting`` all, ``receivers`` people.

    ``without_text`` counts the people whom nothing but a text keeps from it, by the names of channel and language;
    ``elsewhere`` counts, in the same way, those who lack one on a channel of a broadcast that goes out on every one,
    and are not left out for it. ``spare`` is how many addresses are not written to besides those that ``left_out``
    counts. ``wanting_fewer`` counts who gets it and wants at most one message a week or a month, by that frequency,
    exactly. Every other number is told as exactly as the reader may know it, who may see each person where it
    ``is_exact``.
    """

    is_exact: bool

    segments: Table
    channels: Table
    languages: Table
    left_out: tuple[LeftOut, ...]
    fallbacks: tuple[Fallback, ...]
    without_text: dict[tuple[str, str], Told]
    elsewhere: dict[tuple[str, str], Told]
    spare: Told
    wanting_fewer: dict[str, int]
    by_channel: dict[str, Told]
    getting: Told
    receivers: Told

    @property
    def tables(self) -> tuple[Table, ...]:
        """The audience by each dimension."""
        return (self.segments, self.channels, self.languages)

    def told(self, number: int) -> Told:
        """A number of people as the reader may know it."""
        return Told(number, exactly=self.is_exact)


def people(broadcast: Broadcast, *, exactly: bool) -> People:
    """Count the audience as it is now, in one query, and tell it to somebody who may see each person (``exactly``)."""
    tell = partial(Told, exactly=exactly)
    counted = shares(broadcast)
    names = dict(settings.LANGUAGES)
    segments = {segment.code: segment.name for segment in broadcast.segments.order_by("pk")}
    channels = {name: str(ChannelName(name).label) for name in broadcast.channels}
    by_channel: Counter[str] = Counter()
    without_text: Counter[tuple[str, str]] = Counter()
    elsewhere: Counter[tuple[str, str]] = Counter()
    wanting_fewer: Counter[str] = Counter()
    for share in counted:
        by_channel[share.channel] += 0 if share.reason else share.count
        if not share.reason and share.is_nearest and share.frequency in APART:
            wanting_fewer[share.frequency] += share.count
        if share.reason == Reason.NO_LANGUAGE and (share.is_nearest or broadcast.every_channel):
            place = channels[share.channel], str(names.get(share.language, share.language))
            (without_text if share.is_nearest else elsewhere)[place] += share.count
    return People(
        is_exact=exactly,
        segments=_table(tell, _("Segment"), counted, segments, lambda share: share.segment),
        channels=_table(tell, _("Channel"), counted, channels, lambda share: share.channel),
        languages=_table(
            tell,
            _("Language"),
            counted,
            {code: name for code, name in names.items() if any(share.language == code for share in counted)},
            lambda share: share.language,
        ),
        left_out=tuple(_left_out(tell, counted)),
        fallbacks=tuple(_fallbacks(tell, broadcast, counted)),
        without_text={place: tell(count) for place, count in without_text.items()},
        elsewhere={place: tell(count) for place, count in elsewhere.items()},
        spare=tell(sum(share.count for share in counted if share.reason and not share.is_nearest)),
        wanting_fewer=dict(wanting_fewer),
        by_channel={name: tell(count) for name, count in by_channel.items()},
        getting=tell(by_channel.total()),
        receivers=tell(receivers(counted)),
    )


def _table(
    tell: Tell, name: str, counted: Iterable[Share], labels: dict[str, str], place: Callable[[Share], str]
) -> Table:
    considered: Counter[str] = Counter()
    getting: Counter[str] = Counter()
    for share in counted:
        considered[place(share)] += share.count
        getting[place(share)] += 0 if share.reason else share.count
    rows = (
        Row(label, tell(considered[code]), tell(getting[code]), is_small=0 < getting[code] < SINGLES_OUT)
        for code, label in labels.items()
    )
    return Table(name, tuple(rows))


def _left_out(tell: Tell, counted: Iterable[Share]) -> Iterator[LeftOut]:
    by_reason: Counter[str] = Counter()
    for share in counted:
        by_reason[share.reason] += share.count if share.is_nearest else 0
    for reason, why in WHY_LEFT_OUT.items():
        if by_reason[reason]:
            yield LeftOut(str(Reason(reason).label), str(why), tell(by_reason[reason]))


def _fallbacks(tell: Tell, broadcast: Broadcast, counted: Iterable[Share]) -> Iterator[Fallback]:
    spoken, names = dict(broadcast.messages.values_list("pk", "language")), dict(settings.LANGUAGES)
    found: Counter[tuple[str, str]] = Counter()
    for share in counted:
        if share.message and not share.reason and spoken[share.message] != share.language:
            found[share.language, spoken[share.message]] += share.count
    for (language, instead), count in sorted(found.items()):
        yield Fallback(str(names.get(language, language)), str(names[instead]), tell(count))
