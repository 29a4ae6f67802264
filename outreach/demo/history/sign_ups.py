"""Sign-up links at three places, and how many came by each source: counted over the fictional people it led."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth import get_user_model

from outreach.audience.choices import ChannelName, Parish
from outreach.audience.models import JoinLink, SignUpCount, Subscriber, Subscription
from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.office_time import office_zone

Kind = JoinLink.Kind

HUNG_BEFORE = timedelta(days=60)
"""So long before its campaign began the first poster hung."""
NEVER_CONFIRMED = 0.2
"""For so many of those who joined by e-mail, one more asked, did not confirm, and was forgotten."""


@dataclass(frozen=True)
class Stand:
    """A link: where it is seen or heard, and which part it has of those who else came by the site or by the bot."""

    code: str
    kind: str
    place: str
    parish: str
    by_site: int
    by_bot: int


STANDS = (
    Stand("maseko", Kind.POSTER, "Health centre, waiting room", Parish.ST_GEORGE, by_site=22, by_bot=18),
    Stand("tobare", Kind.RADIO, "Morning talk on rights at work", "", by_site=12, by_bot=24),
    Stand("fokasa", Kind.EVENT, "Stand at the Saturday market", Parish.ST_GEORGE, by_site=9, by_bot=13),
)
REST = 100


def sign_up(*, chance: random.Random, campaign: Campaign, now: datetime) -> None:
    """Make the links, say of some people that they came by them, and count all sign-ups up to ``now`` (UTC)."""
    hung = datetime.combine(campaign.starts_on, datetime.min.time(), office_zone()) - HUNG_BEFORE
    editor = get_user_model().objects.get(username="editor")
    JoinLink.objects.bulk_create(
        JoinLink(
            code=stand.code,
            campaign=campaign,
            kind=stand.kind,
            place=stand.place,
            parish=stand.parish,
            made_by=editor,
            made_at=hung,
            is_demo=True,
        )
        for stand in STANDS
    )
    _lead(chance, since=hung)
    _count(chance)


def _lead(chance: random.Random, *, since: datetime) -> None:
    """Let a part of those who joined since then have come by a link."""
    parts = {
        "site": {"site": REST - sum(stand.by_site for stand in STANDS), **{each.code: each.by_site for each in STANDS}},
        "bot": {"bot": REST - sum(stand.by_bot for stand in STANDS), **{each.code: each.by_bot for each in STANDS}},
    }
    led = list(Subscriber.objects.filter(is_demo=True, joined_at__gte=since, source__in=parts).order_by("pk"))
    for person in led:
        part = parts[person.source]
        person.source = chance.choices(list(part), weights=list(part.values()))[0]
    Subscriber.objects.bulk_update(led, ["source"], batch_size=500)


def _count(chance: random.Random) -> None:
    """Count every subscription of the demo under the day of its form and of its first message."""
    asked, joined = Counter[tuple[str, date, str]](), Counter[tuple[str, date, str]]()
    of_demo = Subscription.objects.filter(subscriber__is_demo=True).order_by("pk").select_related("subscriber")
    for each in of_demo.prefetch_related("join_requests"):
        source, channel, confirmed_at = each.subscriber.source, each.channel, each.confirmed_at
        asked_at = confirmed_at or max(request.asked_at for request in each.join_requests.all())
        form = (source, asked_at.astimezone(office_zone()).date(), channel)
        asked[form] += 1
        if confirmed_at:
            joined[form] += 1
            asked[form] += channel == ChannelName.EMAIL and chance.random() < NEVER_CONFIRMED
    SignUpCount.objects.bulk_create(
        [
            SignUpCount(source=source, day=day, channel=channel, asked=number, joined=joined[source, day, channel])
            for (source, day, channel), number in sorted(asked.items())
        ],
        batch_size=500,
    )
