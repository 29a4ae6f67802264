"""Makes the editions of series: each of their times once, as a draft that waits for a second person."""

import logging
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils.formats import date_format

from outreach.broadcasts import drafting
from outreach.broadcasts.history import record
from outreach.broadcasts.models import Approval, Broadcast
from outreach.broadcasts.office_time import first_moment, office_day, office_zone
from outreach.broadcasts.readiness import not_ready
from outreach.broadcasts.standing import audience_hash, content_hash

from .approval import FIRST_EDITION_TELLS_OF, standing_approval
from .models import Series
from .occurrences import occurrences
from .pages import NewPage, new_pages

logger = logging.getLogger(__name__)

State = Broadcast.State


def make_due(*, now: datetime) -> int:
    """Make every edition whose time comes near, or passed while nothing ran; how many drafts were made.

    A series that fails is logged and holds up no other. ``now`` is UTC.
    """
    made = 0
    for series in Series.objects.filter(is_paused=False).order_by("pk"):
        try:
            # Locked only where there is something to do: this is asked every few seconds.
            made += bool(due(series, now=now)) and make_next(series_id=series.pk, now=now) is not None
        except Exception:
            logger.exception("the next edition of series %s could not be made", series.pk)
    return made


def make_next(*, series_id: int, now: datetime) -> Broadcast | None:
    """Make the edition that is due, if one is and there is something new; two workers at once make it once.

    Of several times that passed while nothing ran, only the last is made up for, and none where the next is near.
    """
    with transaction.atomic():
        series = Series.objects.select_for_update().get(pk=series_id)
        occurrence = due(series, now=now)
        if occurrence is None:
            return None
        series.handled_until = occurrence
        if _has_one(series, occurrence):
            # Made before the series was paused and resumed, or moved to a later time of the day.
            series.save(update_fields=["handled_until"])
            return None
        if _is_dropped(series, occurrence, now):
            # Its stories are for the next one.
            series.skipped_at = occurrence
            series.save(update_fields=["handled_until", "skipped_at"])
            return None
        since = _since(series, now)
        pages = new_pages(
            carries=series.carries,
            since=since,
            until=now,
            topic=series.topic,
            most=series.most_stories,
        )
        if pages:
            series.stories_since = now
        else:
            series.skipped_at = occurrence
        series.save(update_fields=["handled_until", "stories_since", "skipped_at"])
        return _make(series, pages, occurrence, since, now) if pages else None


def _since(series: Series, now: datetime) -> datetime:
    """After what an edition made now tells of what was published; nothing lies ahead, whatever a clock once showed."""
    return series.stories_since if series.stories_since <= now else now - FIRST_EDITION_TELLS_OF[series.rhythm]


def give_back(*, edition: Broadcast) -> None:
    """Let the next edition tell what one that nobody got would have told, unless a later one was made already."""
    with transaction.atomic():
        series = Series.objects.select_for_update().filter(pk=edition.series_id or 0).first()
        if series is None or edition.stories_since is None:
            return
        if not series.editions.filter(occurrence__gt=edition.occurrence).exists():
            series.stories_since = min(series.stories_since, edition.stories_since)
            series.save(update_fields=["stories_since"])


def due(series: Series, *, now: datetime) -> datetime | None:
    """The time (UTC) whose edition is to be made now, or ``None``."""
    if series.is_paused:
        return None
    horizon = now + timedelta(hours=series.hours_ahead)
    # What lies further ahead was dealt with by a clock that was set back since, or while drafts were made sooner.
    after = series.handled_until if series.handled_until <= horizon else now
    found = None
    for occurrence in occurrences(series, zone=office_zone(), after=after):
        if occurrence > horizon:
            break
        found = occurrence
    return found


def _has_one(series: Series, occurrence: datetime) -> bool:
    """Whether there is an edition of that day in the office already; a series has one a day at most."""
    zone, day = office_zone(), office_day(occurrence)
    begin, end = (first_moment(datetime.combine(each, time.min), zone) for each in (day, day + timedelta(days=1)))
    return series.editions.filter(occurrence__gte=begin, occurrence__lt=end).exists()


def _is_dropped(series: Series, occurrence: datetime, now: datetime) -> bool:
    """Whether an edition of that time would be dropped at once, by the rule for times that were missed."""
    deadline = timedelta(hours=Broadcast._meta.get_field("deadline_hours").default)
    return series.missed_rule == Broadcast.MissedRule.DROP and now - occurrence > deadline


def _make(series: Series, pages: Sequence[NewPage], occurrence: datetime, since: datetime, now: datetime) -> Broadcast:
    day = date_format(occurrence.astimezone(office_zone()), "DATE_FORMAT")
    broadcast = _draft(pages, title=f"{series.title}, {day}", now=now)
    drafting.set_audience(
        broadcast=broadcast,
        segments=list(series.segments.all()),
        channels=series.channels,
        every_channel=series.every_channel,
        fallback_language=series.fallback_language,
        missed_rule=series.missed_rule,
        deadline_hours=broadcast.deadline_hours,
        user=None,
        now=now,
    )
    drafting.set_campaign(broadcast=broadcast, campaign=series.campaign, user=None, now=now)
    broadcast.series, broadcast.occurrence, broadcast.send_at = series, occurrence, occurrence
    broadcast.stories_since = since
    # Who wrote the rule can't be the second person of its editions.
    broadcast.created_by = series.edited_by
    broadcast.save(update_fields=["series", "occurrence", "send_at", "stories_since", "created_by"])
    _inherit(series, broadcast, now)
    return broadcast


def _draft(pages: Sequence[NewPage], *, title: str, now: datetime) -> Broadcast:
    """A draft that carries ``pages``, the newest first."""
    broadcast = drafting.create_from_stories(stories=pages, user=None, now=now)
    drafting.rename(broadcast=broadcast, title=title, user=None, now=now)
    return broadcast


def _inherit(series: Series, broadcast: Broadcast, now: datetime) -> None:
    """Schedule the edition if somebody agreed to it in advance and nothing is lacking; else it stays a draft."""
    given = standing_approval(series)
    if given is None or not_ready(broadcast):
        return
    Approval.objects.create(
        broadcast=broadcast,
        content_hash=content_hash(broadcast),
        audience_hash=audience_hash(broadcast),
        submitted_by=given.edited_by,
        submitted_at=now,
        approved_by=given.approved_by,
        approved_at=now,
        in_advance=True,
    )
    broadcast.state = State.SCHEDULED
    broadcast.save(update_fields=["state"])
    record(broadcast=broadcast, action="inherit", user=None, now=now, detail=series.title)
