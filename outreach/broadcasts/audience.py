"""Who is considered for a broadcast, and why somebody gets no message: read once, for preflight and freeze alike."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from outreach.audience.choices import Frequency
from outreach.audience.models import Segment, Subscription, Suppression
from outreach.audience.rules import as_query

from .models import Broadcast, Message


class Reason(TextChoices):
    """Why a considered subscription gets no message; the first that applies is the one counted."""

    NOT_ACTIVE = "not_active", _("Not confirmed, or left")
    SUPPRESSED = "suppressed", _("Suppressed address")
    NO_CONSENT = "no_consent", _("No consent to messages")
    TOO_SOON = "too_soon", _("Wants fewer messages")
    NO_LANGUAGE = "no_language", _("No message in their language")
    DUPLICATE = "duplicate", _("Gets it on another channel")


NEAREST = ("", Reason.NO_LANGUAGE, Reason.TOO_SOON, Reason.NO_CONSENT, Reason.SUPPRESSED, Reason.NOT_ACTIVE)
"""From what goes out to what can never: the nearest of a person's subscriptions stands for the person.

Somebody who once left by e-mail and has no text on Telegram is left out for want of a text, which can be written.
"""

APART = {
    Frequency.WEEKLY: timedelta(days=7) - timedelta(hours=12),
    Frequency.MONTHLY: timedelta(days=28) - timedelta(hours=12),
}
"""How long after the start of a broadcast that they get the next one may start, for people who want fewer.

A broadcast of every Monday, or of the first of each month, has to reach them whenever in the morning it starts, and
after the shortest month too.
"""

GOT, GETTING = ("accepted", "delivered"), ("queued", "attempting", "deferred", "uncertain")
"""The states of the ledger in which a message has reached a person, or still may."""
LONGEST_RUN = timedelta(days=1)
"""What came longer after the beginning of its broadcast did not come with it."""
CLOCKS_DIFFER = timedelta(hours=1)
"""What lies further ahead was noted by a clock that was set back since."""

COLUMNS = {
    "subscription": "pk",
    "subscriber": "subscriber",
    "channel": "channel",
    "language": "subscriber__language",
    "segment": "segment",
    "message": "message",
}


def considered(
    broadcast: Broadcast, *, now: datetime | None = None, by_person: bool = False, **more: Any
) -> tuple[str, list[Any]]:
    """The query, and its parameters, of each subscription, on the broadcast's channels, of each person in its segments.

    Everything is read as of ``now`` (UTC), else as of the moment at which the broadcast is to start.

    Its columns: ``subscription`` and ``subscriber``, their numbers; ``channel``; ``language``, the person's;
    ``segment``, the code of the first segment (by number) that the person is in; ``message``, the number of the message
    for their language or the fallback, or null; ``more``, by name, each a field or an expression of the subscription;
    ``reason``, a :class:`Reason`, or empty where a message goes out; and with ``by_person`` also ``is_nearest``, true
    for one subscription of each person: the one by which they are counted. A person is written to on the first of
    ``broadcast.channels`` that can reach them, unless it goes out on every channel.

    Raises ``EmptyResultSet`` where there is no segment or no channel.
    """
    segments = list(broadcast.segments.order_by("pk"))
    now = now or max(broadcast.send_at or timezone.now(), timezone.now())
    columns = {**COLUMNS, **more}
    found = Subscription.objects.filter(_in_any(segments, now), channel__in=broadcast.channels).annotate(
        segment=_segment_of(segments, now),
        message=_message_for(broadcast),
        obstacle=_obstacle(*too_soon(broadcast, now)),
        place=_rank(broadcast.channels),
    )
    rows = found.order_by("subscriber_id").values_list(*columns.values(), "obstacle", "place")
    sql, params = rows.query.sql_with_params()
    names = ", ".join(map(connection.ops.quote_name, columns))
    # PostgreSQL would otherwise look for an obstacle anew wherever it is named below. It also keeps the order of the
    # rows, of which the window's is the finer one.
    fence = "OFFSET 0" if connection.vendor == "postgresql" else ""
    same_person = "subscriber, channel" if broadcast.every_channel else "subscriber"
    distances = " ".join(f"WHEN '{obstacle}' THEN {distance}" for distance, obstacle in enumerate(NEAREST))
    standing = (
        f", ROW_NUMBER() OVER (PARTITION BY subscriber ORDER BY CASE obstacle {distances} END, place, subscription) = 1"
        " AS is_nearest"
    )
    return (
        f"WITH found({names}, obstacle, place) AS ({sql} {fence}), "  # noqa: S608
        f"ranked AS (SELECT {names}, obstacle, ROW_NUMBER() OVER ("
        f"PARTITION BY {same_person} ORDER BY obstacle <> '', place, subscription) AS turn"
        f"{standing if by_person else ''} FROM found) "
        f"SELECT {names}, CASE WHEN obstacle = '' AND turn > 1 THEN '{Reason.DUPLICATE.value}' ELSE obstacle END"
        f" AS reason{', is_nearest' if by_person else ''} FROM ranked"
    ), list(params)


def reaches_anybody(broadcast: Broadcast) -> bool:
    """Whether there is somebody who gets it."""
    return any(not reason for reason, _count in _counted(broadcast, "reason"))


@dataclass(frozen=True)
class Share:
    """So many considered subscriptions of one segment, channel and language, and what would become of them.

    ``frequency`` is how often their people want to be written to, ``message`` the number of the message that they would
    get, ``reason`` why they get none, or empty. Where ``is_nearest``, they are as many people: each person is counted
    by one subscription.
    """

    segment: str
    channel: str
    language: str
    frequency: str
    message: int | None
    reason: str
    is_nearest: bool
    count: int


def shares(broadcast: Broadcast) -> list[Share]:
    """Everybody considered, in one query, as far apart as any table of an audience needs them."""
    by = ("segment", "channel", "language", "frequency", "message", "reason", "is_nearest")
    return [Share(*row) for row in _counted(broadcast, *by, by_person=True, frequency="subscriber__frequency")]


def by_reason(counted: Iterable[Share]) -> "Counter[tuple[str, str]]":
    """How many considered subscriptions there are by channel and reason; the reason is empty for those who get it."""
    found: Counter[tuple[str, str]] = Counter()
    for share in counted:
        found[share.channel, share.reason] += share.count
    return found


def by_cell(counted: Iterable[Share]) -> "Counter[tuple[str, int]]":
    """How many people each message goes to, by channel and message number."""
    found: Counter[tuple[str, int]] = Counter()
    for share in counted:
        if share.message and not share.reason:
            found[share.channel, share.message] += share.count
    return found


def receivers(counted: Iterable[Share]) -> int:
    """How many people get it, on however many channels."""
    return sum(share.count for share in counted if share.is_nearest and not share.reason)


def outgoing(counted: Iterable[Share]) -> int:
    """How many messages go out, on all channels together."""
    return sum(share.count for share in counted if not share.reason)


def _counted(broadcast: Broadcast, *by: str, **asked: Any) -> list[tuple[Any, ...]]:
    """How many considered subscriptions there are for each combination of columns, the count last.

    ``asked`` is what :func:`considered` is asked for besides.
    """
    try:
        sql, params = considered(broadcast, **asked)
    except EmptyResultSet:
        return []
    names = ", ".join(by)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names}, COUNT(*) FROM ({sql}) AS considered GROUP BY {names}", params)  # noqa: S608
        return list(cursor.fetchall())


def newly_joined(broadcast: Broadcast, *, since: datetime) -> "QuerySet[Any]":
    """The subscriptions that became active at ``since`` or later and can get the welcome message ``broadcast``.

    Annotated with ``message``, the number of the one for their language or the fallback. How often somebody wants to be
    written to does not matter to it: it answers their joining.
    """
    active = Subscription.objects.filter(state=Subscription.State.ACTIVE)
    joined = active.filter(channel__in=broadcast.channels, confirmed_at__gte=since)
    return joined.annotate(message=_message_for(broadcast), obstacle=_obstacle()).filter(obstacle="")


def _in_any(segments: list[Segment], now: datetime) -> Q:
    query = Q(pk__in=[])
    for segment in segments:
        query |= as_query(segment.rule, now=now, prefix="subscriber__")
    return query


def _segment_of(segments: list[Segment], now: datetime) -> Case:
    return Case(
        *(
            When(as_query(segment.rule, now=now, prefix="subscriber__"), then=Value(segment.code))
            for segment in segments
        ),
        default=Value(""),
        output_field=CharField(),
    )


def _message_for(broadcast: Broadcast) -> Case:
    cells = list(Message.objects.filter(broadcast=broadcast).values_list("channel", "language", "pk"))
    own = [When(channel=channel, subscriber__language=language, then=Value(pk)) for channel, language, pk in cells]
    fallback = [
        When(channel=channel, then=Value(pk))
        for channel, language, pk in cells
        if language == broadcast.fallback_language
    ]
    # Without any text, PostgreSQL has to be told that nothing is a number too.
    return Case(*own, *fallback, default=Cast(Value(None), BigIntegerField()), output_field=BigIntegerField())


def too_soon(broadcast: Broadcast, at: datetime) -> list[Q]:
    """Whom a message of ``broadcast`` would reach ``at`` (UTC) too soon after another; nobody where it is urgent.

    Each is a condition on whatever has a subscriber: a subscription or a delivery.

    A message counts from the beginning of its broadcast, so that a week's stories reach everybody each week however
    long they take; one that came days later, because it was held or tried again, counts from when it came. One that is
    still on its way counts while its broadcast sends, or began lately. What welcomes a person does not count. The
    frequency is looked at first, so that nobody else costs a look into the ledger.
    """
    if broadcast.is_urgent or broadcast.is_welcome:
        return []
    others = Broadcast.objects.filter(kind=Broadcast.Kind.CAMPAIGN).exclude(pk=broadcast.pk)
    latest = at + CLOCKS_DIFFER
    found = []
    for frequency, apart in APART.items():
        began = Q(started_at__gt=at - apart, started_at__lte=latest)
        came = Q(deliveries__attempted_at__gt=at - apart, deliveries__attempted_at__lte=latest)
        came &= Q(deliveries__attempted_at__gt=F("started_at") + LONGEST_RUN)
        got = Q(deliveries__status__in=GOT) & (began | came)
        getting = Q(deliveries__status__in=GETTING) & (began | Q(state=Broadcast.State.SENDING))
        theirs = others.filter(got | getting, deliveries__subscriber=OuterRef("subscriber_id"))
        found.append(Q(subscriber__frequency=frequency) & Q(Exists(theirs)))
    return found


def _obstacle(*wanting_fewer: Q) -> Case:
    suppressed = Suppression.objects.filter(channel=OuterRef("channel"), address_hash=OuterRef("address_hash"))
    return Case(
        When(~Q(state=Subscription.State.ACTIVE), then=Value(Reason.NOT_ACTIVE.value)),
        When(Exists(suppressed), then=Value(Reason.SUPPRESSED.value)),
        When(allows_messages=False, then=Value(Reason.NO_CONSENT.value)),
        *(When(each, then=Value(Reason.TOO_SOON.value)) for each in wanting_fewer),
        When(message__isnull=True, then=Value(Reason.NO_LANGUAGE.value)),
        default=Value(""),
        output_field=CharField(),
    )


def _rank(channels: list[str]) -> Case:
    return Case(
        *(When(channel=name, then=Value(place)) for place, name in enumerate(channels)),
        default=Value(len(channels)),
        output_field=IntegerField(),
    )
