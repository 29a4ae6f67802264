"""What is not kept for ever."""

from datetime import datetime, timedelta

from django.db import transaction

from .models import JoinRequest, Subscriber, Subscription

UNCONFIRMED_KEPT = timedelta(days=14)


@transaction.atomic
def forget_unconfirmed(*, now: datetime) -> int:
    """Remove forms that nobody confirmed for 14 days, and people known by nothing else; returns how many people."""
    JoinRequest.objects.filter(asked_at__lte=now - UNCONFIRMED_KEPT).delete()
    never = Subscription.objects.filter(state=Subscription.State.PENDING, join_requests=None)
    people = list(never.values_list("subscriber_id", flat=True))
    never.delete()
    forgotten = Subscriber.objects.filter(pk__in=people, subscriptions=None)
    count = forgotten.count()
    forgotten.delete()
    return count
