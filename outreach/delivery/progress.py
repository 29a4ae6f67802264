"""What a person sees of a broadcast on its way, read from the ledger in a few grouped queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from wagtail.log_actions import registry

from outreach.audience.choices import ChannelName
from outreach.broadcasts.audience import Reason
from outreach.broadcasts.models import Broadcast
from outreach.channels.registry import channel

from . import meanings
from .balance import Balance, add_up, standing_still
from .lifecycle import to_retry
from .models import Delivery, Exclusion
from .pace import Pace, pace
from .signs import Signs, signs
from .tallies import Tally, tallies
from .troubles import Trouble, troubles

Status = Delivery.Status
State = Broadcast.State


@dataclass(frozen=True)
class Row:
    """A labelled count, and what it means."""

    name: str
    label: str
    count: int
    meaning: str = ""


@dataclass(frozen=True)
class Part:
    """How far one channel is, or with a ``language`` its readers in that language. Counts of deliveries."""

    channel: str
    language: str
    all: int
    sent: int
    waiting: int
    wrong: int

    @property
    def settled(self) -> int:
        """How many need nothing more."""
        return self.all - self.waiting

    @property
    def percent(self) -> int:
        """The settled share in whole percent, never rounded up to 100."""
        return self.settled * 100 // self.all if self.all else 100


@dataclass(frozen=True)
class Progress:
    """How far a broadcast is. ``read_at`` is the moment (UTC) at which the ledger was read.

    ``can_retry`` is how many deliveries failed without any fault of the address, and would be sent if tried again.
    """

    read_at: datetime
    state: str
    balance: Balance
    pace: Pace
    signs: Signs
    statuses: tuple[Row, ...]
    parts: tuple[tuple[Part, tuple[Part, ...]], ...]
    exclusions: tuple[tuple[str, tuple[Row, ...]], ...]
    troubles: tuple[Trouble, ...]
    can_retry: int

    @property
    def settled(self) -> int:
        """How many deliveries need nothing more."""
        return self.balance.deliveries - self.balance.open

    @property
    def percent(self) -> int:
        """The settled share in whole percent, never rounded up to 100."""
        return self.settled * 100 // self.balance.deliveries if self.balance.deliveries else 100

    @property
    def uncertain(self) -> int:
        """How many deliveries wait for a person's decision."""
        return self.balance.statuses[Status.UNCERTAIN]

    @property
    def waiting(self) -> int:
        """How many deliveries go on by themselves."""
        return self.balance.open - self.uncertain

    @property
    def left_alone(self) -> int:
        """How many deliveries failed as well, and would not be sent again."""
        return sum(self.balance.statuses[status] for status in Delivery.RETRIED) - self.can_retry

    @property
    def is_sending(self) -> bool:
        """Whether the counts may change by themselves."""
        return self.state == State.SENDING

    @property
    def milestone(self) -> str:
        """What is said aloud to those who do not see the page: changes at each quarter and with the state."""
        said = [self.balance.broadcast.state_label]
        if quarters := self.percent // 25 * 25:
            said.append(_("%(percent)d percent settled") % {"percent": quarters})
        if self.uncertain:
            said.append(_("Some deliveries wait for your decision"))
        return ". ".join(said)


def progress(broadcast: Broadcast, *, now: datetime) -> Progress:
    """Read the ledger; raises ``Freeze.DoesNotExist`` before the broadcast started."""
    since = went_on_at(broadcast)
    with standing_still(broadcast) as freeze:
        found = tallies(broadcast, since=since, now=now)
    statuses = {
        status: sum(tally.count for tally in found if tally.status == status) for status in Delivery.Status.values
    }
    allowed = {name: channel(name).per_second for name in broadcast.channels}
    life = signs(broadcast, found, since=since, now=now)
    began = since or freeze.frozen_at
    return Progress(
        read_at=now,
        state=broadcast.state,
        balance=add_up(
            broadcast,
            candidates=freeze.candidates,
            statuses=statuses,
            unsettled=sum(tally.unsettled for tally in found if not tally.is_open),
        ),
        pace=pace(
            found,
            started_at=broadcast.started_at or freeze.frozen_at,
            allowed=allowed,
            went_on={name: max(began, life.woke.get(name, began)) for name in allowed},
            rests={rest.channel: rest.until for rest in sorted(life.rests, key=lambda rest: rest.until)},
            quiet=life.quiet,
            now=now,
        ),
        signs=life,
        statuses=tuple(
            Row(status.value, str(status.label), statuses[status], str(meanings.DELIVERIES[status]))
            for status in Delivery.Status
            if statuses[status]
        ),
        parts=tuple(_parts(broadcast, found)),
        exclusions=tuple(_exclusions(broadcast)),
        troubles=tuple(troubles(broadcast, found, pauses=_own_pauses(broadcast))),
        can_retry=to_retry(broadcast, now=now).count() if any(statuses[name] for name in Delivery.RETRIED) else 0,
    )


def went_on_at(broadcast: Broadcast) -> datetime | None:
    """When it began, or was last resumed or decided on (UTC); ``None`` before it began."""
    entries = registry.get_logs_for_instance(broadcast)
    actions = [f"outreach.broadcast.{name}" for name in ("resume", "decide")]
    last: datetime | None = (
        entries.filter(action__in=actions).order_by("-timestamp").values_list("timestamp", flat=True).first()
    )
    return max(filter(None, (last, broadcast.started_at)), default=None)


def _own_pauses(broadcast: Broadcast) -> list[str]:
    """The reasons for which the engine, and nobody else, paused the broadcast."""
    entries = registry.get_logs_for_instance(broadcast).filter(action="outreach.broadcast.pause", user=None)
    return [str(entry.data.get("detail", "")) for entry in entries]


def _parts(broadcast: Broadcast, found: Sequence[Tally]) -> list[tuple[Part, tuple[Part, ...]]]:
    """Each channel, and below it each language of its readers, in the order of the settings."""
    return [
        (
            _part(str(ChannelName(name).label), "", own),
            tuple(
                _part(str(ChannelName(name).label), str(label), spoken)
                for code, label in settings.LANGUAGES
                if (spoken := [tally for tally in own if tally.language == code])
            ),
        )
        for name in broadcast.channels
        if (own := [tally for tally in found if tally.channel == name])
    ]


def _part(channel_name: str, language: str, found: Sequence[Tally]) -> Part:
    everything = sum(tally.count for tally in found)
    sent = sum(tally.count for tally in found if tally.status in Delivery.REACHED)
    waiting = sum(tally.count for tally in found if tally.is_open)
    return Part(channel_name, language, everything, sent, waiting, everything - sent - waiting)


def _exclusions(broadcast: Broadcast) -> list[tuple[str, tuple[Row, ...]]]:
    """By channel, who was considered and gets nothing."""
    rows = list(Exclusion.objects.filter(broadcast=broadcast, count__gt=0))
    return [
        (
            str(ChannelName(name).label),
            tuple(
                Row(reason.value, str(reason.label), row.count)
                for reason in Reason
                for row in rows
                if row.channel == name and row.reason == reason
            ),
        )
        for name in broadcast.channels
        if any(row.channel == name for row in rows)
    ]
