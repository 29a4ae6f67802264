"""The demo's three past broadcasts, made, approved, frozen and finished by the services that staff and workers use."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.utils.timezone import localtime

from home.models import StoryPage
from outreach.audience.choices import ChannelName
from outreach.audience.models import Segment
from outreach.broadcasts import services
from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.delivery import lifecycle
from outreach.reach.rollups import rebuild

from . import outcomes, segments
from .chance import chance


@dataclass(frozen=True)
class Past:
    """One broadcast of the past: the slug of its story, for whom it was, and how many days ago it was sent."""

    story: str
    segments: tuple[str, ...]
    days_ago: int


PAST = (
    Past("rights-in-plain-words", (segments.WORKERS, segments.COMMUNITY), 74),
    Past("where-migrants-work", (segments.EMPLOYERS, segments.OFFICIALS, segments.COMMUNITY), 43),
    Past("nearly-half-are-women", tuple(segments.SEGMENTS), 15),
)


def send(past: Past, *, campaign: Campaign, now: datetime) -> Broadcast:
    """Carry ``past`` through from draft to finished as if it had happened; chance decides what came of each message.

    Raises ``StoryPage.DoesNotExist`` without its story, and ``User.DoesNotExist`` without the demo's users.
    """
    editor, approver = _user("editor"), _user("approver")
    sent_at = localtime(now - timedelta(days=past.days_ago)).replace(hour=10, minute=0, second=0, microsecond=0)
    broadcast = _draft(past, campaign, editor, sent_at - timedelta(days=1))
    submission = services.submit(broadcast=broadcast, user=editor, now=sent_at - timedelta(hours=20))
    services.approve(
        broadcast=broadcast,
        submission_id=submission.pk,
        user=approver,
        send_at=sent_at,
        now=sent_at - timedelta(hours=2),
    )
    if not lifecycle.start(broadcast_id=broadcast.pk, now=sent_at):
        raise RuntimeError(f"the broadcast of {past.story} did not start")
    broadcast.refresh_from_db()
    finished_at = outcomes.settle(broadcast, chance=chance(past.story, "ends"), sent_at=sent_at)
    services.finish(broadcast=broadcast, now=finished_at)
    outcomes.read(broadcast, chance=chance(past.story, "reading"), since=finished_at, until=now)
    outcomes.leave(broadcast, chance=chance(past.story, "leaving"), at=min(finished_at + timedelta(days=1), now))
    rebuild(broadcast=broadcast, now=now)
    return broadcast


def _draft(past: Past, campaign: Campaign, editor: User, now: datetime) -> Broadcast:
    story = StoryPage.objects.get(slug=past.story, locale__language_code="en")
    broadcast = services.create_from_story(story=story, user=editor, now=now)
    Broadcast.objects.filter(pk=broadcast.pk).update(is_demo=True, created_at=now)
    broadcast.refresh_from_db()
    services.set_campaign(broadcast=broadcast, campaign=campaign, user=editor, now=now)
    services.set_audience(
        broadcast=broadcast,
        segments=list(Segment.objects.filter(code__in=past.segments).order_by("pk")),
        channels=list(ChannelName.values),
        every_channel=False,
        fallback_language="en",
        missed_rule=Broadcast.MissedRule.HOLD,
        deadline_hours=24,
        user=editor,
        now=now,
    )
    services.set_archived(broadcast=broadcast, archived=True, user=editor, now=now)
    return broadcast


def _user(name: str) -> User:
    return get_user_model().objects.get(username=name)
