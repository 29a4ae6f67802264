"""Forgetting a person: every row that names or describes them goes, and what was counted stays counted.

Each stage that keeps something of a person registers what makes it forget (:mod:`outreach.forgetting`), so that the
audience need not know who else there is. Times are UTC.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cryptography.fernet import InvalidToken
from django.db import transaction

from .choices import RemovalKind, SuppressionReason
from .models import Subscriber, Subscription
from .removals import count_removed
from .suppressions import suppress


@dataclass(frozen=True)
class Person:
    """Somebody who is being erased: their number, and their addresses in the clear by channel."""

    number: int
    addresses: tuple[tuple[str, str], ...]

    def on(self, channel: str) -> list[str]:
        """Their addresses on one channel."""
        return [address for name, address in self.addresses if name == channel]


class Place(Protocol):
    """Makes one part of the system forget people; returns the names of published texts that still show an address."""

    def __call__(self, people: Sequence[Person], /, *, now: datetime) -> Collection[str]:
        """``now`` is UTC."""


_places: list[Place] = []


def register(place: Place) -> Place:
    """Have ``place`` called for everybody who is erased, within the same transaction; registering twice is once."""
    if place not in _places:
        _places.append(place)
    return place


def erase(*, subscriber: Subscriber, now: datetime) -> list[str]:
    """Remove the person with their addresses, topics and consents, and what every stage knows of them.

    Their addresses stay on the suppression list as keyed hashes, so that no import brings them back; only their own
    joining again lifts that. Rows of the ledger and sets of people that were counted keep the person's number, which
    then leads nowhere and is never given to another: published figures stay, and so do those that are counted anew. An
    account of theirs on the team, and what is published with their address in it, is not ours to take away: the names
    of those texts are returned, and noted for data officers (:mod:`.still_shown`), who ask the editors.
    """
    return erase_all(subscribers=[subscriber], kind=RemovalKind.ERASED, now=now)


@transaction.atomic
def erase_all(*, subscribers: Sequence[Subscriber], kind: str, now: datetime) -> list[str]:
    """Erase several people together and count them as ``kind``; see :func:`erase`."""
    numbers = [subscriber.pk for subscriber in subscribers]
    # Locked, so that no address joins one of them meanwhile.
    gone = Subscriber.objects.select_for_update().filter(pk__in=numbers)
    found = list(gone.order_by("pk").prefetch_related("subscriptions"))
    people = [_person(subscriber) for subscriber in found]
    for subscriber in found:
        for subscription in subscriber.subscriptions.all():
            suppress(
                channel=subscription.channel,
                address_hash=subscription.address_hash,
                reason=SuppressionReason.ERASED,
                now=now,
            )
    Subscriber.objects.filter(pk__in=[person.number for person in people]).delete()
    still_shown = {name for place in _places for name in place(people, now=now)} if people else set()
    count_removed(kind=kind, number=len(people), now=now)
    return sorted(still_shown)


def _person(subscriber: Subscriber) -> Person:
    known = [(each.channel, _address(each)) for each in subscriber.subscriptions.all()]
    return Person(subscriber.pk, tuple((channel, address) for channel, address in known if address))


def _address(subscription: Subscription) -> str:
    """The address; empty where its key is lost, which must not keep anybody from being erased."""
    try:
        return subscription.address
    except InvalidToken:
        return ""
