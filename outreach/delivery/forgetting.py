"""What the ledger forgets of people who are erased.

A row stays, because its broadcast's figures do, with the frozen answers that it was counted by; so do what came back
for it and the person's number in the sets of people. That number leads nowhere any more: nothing else has it. The
journals on disk hold numbers of deliveries, and answers from which addresses were taken out when they came.
"""

from collections.abc import Sequence
from datetime import datetime

from outreach.audience.choices import ChannelName
from outreach.audience.erasure import Person
from outreach.audience.masking import without

from .models import Delivery


def forget(people: Sequence[Person], *, now: datetime) -> tuple[()]:
    """Remove the number under which a provider knows each message of these people, and an address that it quoted."""
    theirs = Delivery.objects.filter(subscriber__in=[person.number for person in people])
    theirs.exclude(provider_id="").update(provider_id="")
    addresses = [address for person in people for address in person.on(ChannelName.EMAIL)]
    chats = [address for person in people for address in person.on(ChannelName.TELEGRAM)]
    for delivery in theirs.exclude(detail="").only("detail"):
        detail = without(delivery.detail, addresses)
        for chat in chats:
            detail = detail.replace(chat, "…")
        if detail != delivery.detail:
            Delivery.objects.filter(pk=delivery.pk).update(detail=detail)
    return ()
