"""Who is considered for a broadcast, and why somebody gets no message: read once, for preflight and freeze alike."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    TextChoices,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from outreach.audience.models import Segment, Subscription, Suppression
from outreach.audience.rules import as_query

from .models import Broadcast, Message


class Reason(TextChoices):
    """Why a considered subscription gets no message; the first that applies is the one counted."""

    NOT_ACTIVE = "not_active", _("Not confirmed, or left")
    SUPPRESSED = "suppressed", _("Suppressed address")
    NO_CONSENT = "no_consent", _("No consent to messages")
    NO_LANGUAGE = "no_language", _("No message in their language")
    DUPLICATE = "duplicate", _("Gets it on another channel")


def considered(broadcast: Broadcast) -> QuerySet[Any]:
    """Each subscription, on the broadcast's channels, of each person in its segments, with what would become of it.

    Annotations: ``segment``, the code of the first segment (by number) that the person is in; ``message``, the number
    of the message for their language or the fallback, or ``None``; ``reason``, a :class:`Reason`, or empty where a
    message goes out. A person is written to on the first of ``broadcast.channels`` that can reach them, unless it
    goes out on every channel.
    """
    segments = list(broadcast.segments.order_by("pk"))
    same_person = [F("subscriber"), F("channel")] if broadcast.every_channel else [F("subscriber")]
    found = Subscription.objects.filter(_in_any(segments), channel__in=broadcast.channels).annotate(
        segment=_segment_of(segments),
        message=_message_for(broadcast),
        obstacle=_obstacle(),
    )
    ranked = found.annotate(
        turn=Window(
            RowNumber(),
            partition_by=[*same_person, ExpressionWrapper(Q(obstacle=""), BooleanField())],
            order_by=[_rank(broadcast.channels), F("pk")],
        )
    )
    return ranked.annotate(
        reason=Case(
            When(obstacle="", turn__gt=1, then=Value(Reason.DUPLICATE.value)),
            default=F("obstacle"),
            output_field=CharField(),
        )
    )


def tally(broadcast: Broadcast) -> dict[tuple[str, str], int]:
    """How many considered subscriptions there are by channel and reason; the reason is empty for those who get it."""
    return {(channel, reason): count for channel, reason, count in _counted(considered(broadcast), "channel", "reason")}


def by_cell(broadcast: Broadcast) -> dict[tuple[str, int], int]:
    """How many people each message would go to, by channel and message number."""
    rows = considered(broadcast).filter(reason="")
    return {(channel, message): count for channel, message, count in _counted(rows, "channel", "message")}


@dataclass(frozen=True)
class Share:
    """So many considered subscriptions of one segment, channel and language, and what would become of them.

    ``message`` is the number of the message that they would get, ``reason`` why they get none, or empty.
    """

    segment: str
    channel: str
    language: str
    message: int | None
    reason: str
    count: int


def shares(broadcast: Broadcast) -> list[Share]:
    """Everybody considered, in one query, as far apart as any table of an audience needs them."""
    places = ("segment", "channel", "subscriber__language", "message", "reason")
    return [Share(*row) for row in _counted(considered(broadcast), *places)]


def _counted(rows: "QuerySet[Any]", *by: str) -> list[tuple[Any, ...]]:
    """How many rows there are for each combination of values, the count last."""
    try:
        sql, params = rows.values_list(*by).order_by().query.sql_with_params()
    except EmptyResultSet:
        return []
    names = ", ".join(f"c{number}" for number in range(len(by)))
    # Counted around the finished rows: a window can't stand inside an aggregate of the same query.
    statement = f"WITH found({names}) AS ({sql}) SELECT {names}, COUNT(*) FROM found GROUP BY {names}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def newly_joined(broadcast: Broadcast, *, since: datetime) -> "QuerySet[Any]":
    """The subscriptions that became active at ``since`` or later and can get the welcome message ``broadcast``.

    Annotated with ``message``, the number of the one for their language or the fallback.
    """
    active = Subscription.objects.filter(state=Subscription.State.ACTIVE)
    joined = active.filter(channel__in=broadcast.channels, confirmed_at__gte=since)
    return joined.annotate(message=_message_for(broadcast), obstacle=_obstacle()).filter(obstacle="")


def _in_any(segments: list[Segment]) -> Q:
    query = Q(pk__in=[])
    for segment in segments:
        query |= as_query(segment.rule, prefix="subscriber__")
    return query


def _segment_of(segments: list[Segment]) -> Case:
    return Case(
        *(When(as_query(segment.rule, prefix="subscriber__"), then=Value(segment.code)) for segment in segments),
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
    return Case(*own, *fallback, default=Value(None), output_field=IntegerField())


def _obstacle() -> Case:
    suppressed = Suppression.objects.filter(channel=OuterRef("channel"), address_hash=OuterRef("address_hash"))
    return Case(
        When(~Q(state=Subscription.State.ACTIVE), then=Value(Reason.NOT_ACTIVE.value)),
        When(Exists(suppressed), then=Value(Reason.SUPPRESSED.value)),
        When(allows_messages=False, then=Value(Reason.NO_CONSENT.value)),
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
