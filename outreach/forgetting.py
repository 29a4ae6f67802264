"""Registers, for every stage, what forgets the erased, what removes old things, and where something is encrypted."""

from collections.abc import Sequence
from datetime import datetime

from .audience import erasure, mentions, retention, rotation
from .audience.choices import ChannelName, RemovalKind
from .audience.erasure import Person
from .broadcasts import test_chats
from .broadcasts.models import TestChat
from .delivery import forgetting as ledger
from .reach.snapshots.models import Snapshot
from .sandbox import forgetting as sandbox
from .tracking import retention as events
from .tracking.web.counting import forget_visits


def register() -> None:
    """Tell the audience what else there is."""
    for place in (mentions.forget, test_chats.forget, ledger.forget, _outside):
        erasure.register(place)
    rotation.register(rotation.Kept(TestChat, "address_encrypted"))
    retention.register(RemovalKind.RAW_EVENTS, _raw_events)
    retention.register(RemovalKind.PAGE_VISITS, lambda now: forget_visits(now=now))


def _outside(people: Sequence[Person]) -> tuple[()]:
    """The world outside, as far as the sandbox plays it on this machine."""
    sandbox.forget(
        mailboxes=[address for person in people for address in person.on(ChannelName.EMAIL)],
        chats=[int(address) for person in people for address in person.on(ChannelName.TELEGRAM)],
    )
    return ()


def _raw_events(now: datetime) -> int:
    """Of broadcasts that are counted to the end and kept in a snapshot."""
    counted = Snapshot.objects.filter(kind=Snapshot.Kind.BROADCAST, broadcast__rebuild__settled=True)
    return events.forget_events(settled=set(counted.values_list("broadcast", flat=True)), now=now)
