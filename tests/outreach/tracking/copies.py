"""The links of one person's copy, as the engine would make them."""

from outreach.broadcasts.rendering import build
from outreach.channels.built import LinkAddresses
from outreach.delivery import ledger
from outreach.delivery.models import Delivery
from outreach.tracking.links import TrackedLinks


def links_of(delivery: Delivery) -> LinkAddresses:
    """What would stand in the delivery's message now."""
    Delivery.objects.filter(pk=delivery.pk).update(status="attempting", lease_owner="worker")
    [claimed] = ledger.read([delivery.pk], owner="worker")
    return TrackedLinks().of(claimed, built=build(delivery.message))
