"""Scanners on links that a cohort shares: known only by the link that nobody sees, and by when others were followed.

A cohort's clicks are those of many people, so what is around a scanner's hit may be somebody's. A scanner follows each
link of a copy once: for each hit of the hidden link at most one click on each other link becomes a machine's, within
:data:`~.scanners.BURST` of it, and only if every link of the message was followed then. What else was clicked
at that moment stays a person's, and so does a scanner's that follows a part of the links, is slow, or avoids the trap.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from outreach.broadcasts.models import Message
from outreach.delivery.models import Cohort
from outreach.tracking.models import TrackingEvent

from .machines import MachineReason
from .scanners import BURST, Click
from .targets import HONEYPOT

LOOKED_BACK = 20_000
"""How many events before a new one are looked at: what happened at one moment is written at about the same time."""
WRITTEN_AT_ONCE = 500


def mark(written: Sequence[TrackingEvent]) -> None:
    """Look again at what happened on these clicks' cohorts around their time, and give scanners' clicks a reason."""
    clicks = [event for event in written if event.cohort_id and event.kind == TrackingEvent.Kind.CLICK]
    if not clicks:
        return
    moments = [event.occurred_at for event in clicks]
    since, until = min(moments) - BURST, max(moments) + BURST
    near = TrackingEvent.objects.filter(
        # Traps that a new click may belong to, and everything that may belong to these.
        Q(occurred_at__range=(since, until)) | ~Q(link=HONEYPOT),
        pk__gt=clicks[0].pk - LOOKED_BACK,
        occurred_at__range=(since - BURST, until + BURST),
    )
    _mark(_of(near, {event.cohort_id for event in clicks if event.cohort_id}))


def mark_whole(*, broadcast: int) -> int:
    """Look at all clicks over the shared links of a broadcast, and return how many were given a reason.

    A scanner's clicks may have been read far apart, such as from the journals of two machines of which one was down, so
    they are looked at again before the figures of the broadcast become final.
    """
    return _mark(TrackingEvent.objects.filter(broadcast=broadcast, cohort__isnull=False))


def _of(events: "QuerySet[TrackingEvent]", cohorts: Collection[int]) -> "QuerySet[TrackingEvent]":
    # A sum keeps databases from walking through everything that a large cohort ever clicked by the index on cohorts.
    return events.alias(of=F("cohort_id") + 0).filter(of__in=cohorts)


def _mark(events: "QuerySet[TrackingEvent]") -> int:
    clicks = events.filter(kind=TrackingEvent.Kind.CLICK)
    traps = clicks.filter(link=HONEYPOT, cohort__isnull=False).order_by().values_list("cohort_id", flat=True)
    trapped = {cohort for cohort in traps if cohort}
    if not trapped:
        return 0
    links = _links_of(trapped)
    fields = _of(clicks, trapped).order_by("cohort", "occurred_at", "pk")
    rows = fields.values_list("cohort", "pk", "link", "occurred_at", "machine_reason").iterator()
    found = [pk for cohort, together in _moments(rows) for pk in verdicts(together, links=links[cohort])]
    return sum(
        TrackingEvent.objects.filter(pk__in=found[first : first + WRITTEN_AT_ONCE]).update(
            machine_reason=MachineReason.HONEYPOT
        )
        for first in range(0, len(found), WRITTEN_AT_ONCE)
    )


def _moments(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, list[Click]]]:
    """The clicks of one cohort that may have to do with each other: before and after them is a longer pause."""
    cohort, together = 0, list[Click]()
    for number, *fields in rows:
        click = Click(*fields)
        if together and (number != cohort or click.at - together[-1].at > BURST):
            yield cohort, together
            together = []
        cohort = number
        together.append(click)
    if together:
        yield cohort, together


def _links_of(cohorts: Collection[int]) -> Mapping[int, int]:
    """How many links the message of each cohort has; the fewest, where its people got several messages."""
    rows = Cohort.objects.filter(pk__in=cohorts).select_related("broadcast")
    messages: dict[int, list[Message]] = defaultdict(list)
    for message in Message.objects.filter(broadcast__in={cohort.broadcast_id for cohort in rows}):
        messages[message.broadcast_id].append(message)
    return {cohort.pk: min(_numbers(cohort, messages[cohort.broadcast_id]), default=0) for cohort in rows}


def _numbers(cohort: Cohort, messages: Iterable[Message]) -> Iterator[int]:
    on_channel = [each for each in messages if cohort.channel in (None, each.channel)]
    own = [each for each in on_channel if cohort.language in (None, each.language)]
    fallback = cohort.broadcast.fallback_language
    for message in own or [each for each in on_channel if each.language == fallback]:
        yield len(message.links)


def verdicts(clicks: Sequence[Click], *, links: int) -> Iterator[int]:
    """Which clicks of one cohort, in the order of time, turn out to be a scanner's. ``links`` as in :func:`_links_of`.

    Looking again, also with more clicks, gives a trap no second click on a link: those that were found are subtracted.
    """
    traps = [click.at for click in clicks if click.link == HONEYPOT]
    by_link: dict[int, list[Click]] = defaultdict(list)
    for click in clicks:
        if click.link != HONEYPOT:
            by_link[click.link].append(click)
    moments = {link: [click.at for click in its_clicks] for link, its_clicks in by_link.items()}
    every = [moments.get(link, []) for link in range(1, links + 1)]
    whole = [trap for trap in traps if links and all(_nearest(trap, each) is not None for each in every)]
    for its_clicks in by_link.values():
        known = sum(click.reason == MachineReason.HONEYPOT for click in its_clicks)
        candidates = [click for click in its_clicks if click.reason in ("", MachineReason.HONEYPOT)]
        taken = _taken(whole, [click.at for click in candidates])
        new = [candidates[place].pk for place in taken if not candidates[place].reason]
        yield from new[: max(len(taken) - known, 0)]


def _taken(traps: Sequence[datetime], moments: Sequence[datetime]) -> list[int]:
    """The places of as many moments as traps can have one each, within a burst; of a single trap, its nearest."""
    if len(traps) == 1:
        place = _nearest(traps[0], moments)
        return [] if place is None else [place]
    taken: list[int] = []
    place = 0
    # Both in their order: giving each trap the first that is left leaves as many as possible to those that follow.
    for trap in traps:
        while place < len(moments) and trap - moments[place] > BURST:
            place += 1
        if place < len(moments) and moments[place] - trap <= BURST:
            taken.append(place)
            place += 1
    return taken


def _nearest(moment: datetime, others: Sequence[datetime]) -> int | None:
    """The place of the nearest of the moments, which are in their order, if one lies within a burst."""
    after = bisect_left(others, moment)
    near = [place for place in (after - 1, after) if 0 <= place < len(others) and abs(others[place] - moment) <= BURST]
    return min(near, key=lambda place: abs(others[place] - moment), default=None)
