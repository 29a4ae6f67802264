"""How often one inbox may be mailed because somebody typed its address on the site, whichever form it was."""

from datetime import datetime, timedelta

from .models import FreshLink, JoinRequest, Subscription

MAILS_PER_DAY = 3
APART = timedelta(minutes=10)


def soonest(*, subscription: Subscription, now: datetime) -> datetime:
    """When the next mail may go to this inbox (UTC): :data:`APART` after the last, :data:`MAILS_PER_DAY` in 24 hours.

    Mails to confirm and fresh links count together.
    """
    sent: list[datetime] = []
    for model in (JoinRequest, FreshLink):
        recent = model.objects.filter(subscription=subscription, sent_at__gt=now - timedelta(days=1))
        moments = recent.order_by("-sent_at").values_list("sent_at", flat=True)
        sent += [moment for moment in moments[:MAILS_PER_DAY] if moment]
    sent.sort(reverse=True)
    earliest = now
    if sent:
        earliest = max(earliest, sent[0] + APART)
    if len(sent) >= MAILS_PER_DAY:
        earliest = max(earliest, sent[MAILS_PER_DAY - 1] + timedelta(days=1))
    return earliest
