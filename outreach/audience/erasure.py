"""Forgetting a person: every row that names or describes them goes, and what was counted stays counted."""

from datetime import datetime

from django.db import transaction

from .choices import SuppressionReason
from .models import Subscriber
from .suppressions import suppress


@transaction.atomic
def erase(*, subscriber: Subscriber, now: datetime) -> None:
    """Remove the person with their addresses, topics and consents.

    Their addresses stay on the suppression list as keyed hashes, so that no import brings them back; only their own
    joining again lifts that. Ledger rows keep the person's number, which then leads nowhere.
    """
    for subscription in subscriber.subscriptions.all():
        suppress(
            channel=subscription.channel,
            address_hash=subscription.address_hash,
            reason=SuppressionReason.ERASED,
            now=now,
        )
    subscriber.delete()
