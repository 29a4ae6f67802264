"""The demo's figures: its broadcasts closed, what is over frozen, and the latest of it published."""

from datetime import datetime

from django.contrib.auth import get_user_model

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.reach.periods import around
from outreach.reach.snapshots.closing import close_due
from outreach.reach.snapshots.freezing import NotFrozen, freeze_period
from outreach.reach.snapshots.publishing import publish


def freeze(campaign: Campaign, *, now: datetime) -> None:
    """Close the broadcasts whose window is over at ``now`` (UTC), and freeze the campaign's months and quarters.

    What is not over yet stays for those who try the demo. Of the rest the latest is published.
    """
    evaluator = get_user_model().objects.get(username="evaluator")
    close_due(now=now)
    ends = Broadcast.objects.filter(campaign=campaign, finished_at__isnull=False).values_list("finished_at", flat=True)
    frozen = []
    for period in reversed(around(end for end in ends if end)):
        try:
            frozen.append(freeze_period(period=period, campaign=campaign, user=evaluator, now=now))
        except NotFrozen:
            continue
    if frozen:
        publish(snapshot=max(frozen, key=lambda each: (each.last_day, each.number)), user=evaluator, now=now)
