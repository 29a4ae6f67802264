"""Registers, for every stage, what forgets the erased, what removes old things, and where something is encrypted."""

from collections.abc import Sequence
from datetime import datetime

from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from home.editorial.models import ChecklistAnswer, PhotoConsent

from .audience import erasure, mentions, retention, rotation
from .audience.choices import ChannelName, RemovalKind
from .audience.erasure import Person
from .audience.imports import forgetting as lists
from .broadcasts import test_chats
from .broadcasts.models import Approval, Broadcast, TestChat
from .delivery import forgetting as ledger
from .reach.indicators.populations import PopulationEstimate
from .reach.indicators.records import Entry, Estimate, Spend
from .reach.indicators.trail import Change
from .reach.snapshots.models import Snapshot
from .sandbox import forgetting as sandbox
from .tracking import retention as events
from .tracking.web.counting import forget_visits


def register() -> None:
    """Tell the audience what else there is."""
    for place in (lists.forget, mentions.forget, test_chats.forget, ledger.forget, _outside):
        erasure.register(place)
    _register_notes()
    rotation.register(rotation.Kept(TestChat, "address_encrypted"))
    retention.register(RemovalKind.RAW_EVENTS, _raw_events)
    retention.register(RemovalKind.PAGE_VISITS, lambda now: forget_visits(now=now))


def _register_notes() -> None:
    """Where the team writes a text about its work, in whatever stage."""
    mentions.register(get_image_model(), "title", "description")
    mentions.register(get_document_model(), "title")
    mentions.register(ChecklistAnswer, "reason")
    mentions.register(PhotoConsent, "reference", "filed", "scope")
    mentions.register(Broadcast, "pause_reason")
    mentions.register(Approval, "void_reason")
    mentions.register(Entry, "note", "text", "method", "verification")
    mentions.register(Estimate, "note", "title", "source", "place")
    mentions.register(Spend, "note", "source")
    mentions.register(PopulationEstimate, "note", "source")
    mentions.register(Change, "subject", "before", "after", "reason")


def _outside(people: Sequence[Person], *, now: datetime) -> tuple[()]:
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
