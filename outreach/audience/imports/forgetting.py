"""Erasing somebody ends the lists that wait with them in it: the files of these would keep their address for days."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from outreach.audience.addresses import InvalidAddress, normalised
from outreach.audience.choices import ChannelName
from outreach.audience.erasure import Person
from outreach.audience.masking import shows
from outreach.audience.models import Import, ImportPart

from . import parts
from .carrying import BROKEN
from .lifecycle import UNFINISHED, State, end_for_erased
from .reading import rows


def forget(people: Sequence[Person], *, now: datetime) -> tuple[()]:
    """Drop each unfinished import whose file holds one of the people, and log why without saying who.

    One that a worker is carrying out goes on: its file goes with its last row, and nobody who is erased is brought
    back by it.
    """
    addresses = {address for person in people for _channel, address in person.addresses}
    under_way = Q(state=State.RUNNING, lease_until__gt=now)
    kept = Import.objects.filter(state__in=UNFINISHED, pk__in=ImportPart.objects.values("of"))
    for found in kept.exclude(under_way).order_by("pk"):
        if _holds(found, addresses):
            end_for_erased(of=found, now=now)
    return ()


def _holds(found: Import, addresses: set[str]) -> bool:
    """Whether one of the addresses stands in the file; so it is taken where the file can't be read any more."""
    try:
        content = rows(parts.opened(of=found), found.dialect)
        return any(_names(cell, addresses) for _number, cells in content for cell in cells)
    except BROKEN:
        return True


def _names(cell: str, addresses: set[str]) -> bool:
    text = cell.strip().lower()
    if text in addresses:
        return True
    if "@" not in text:
        return False
    if any(address in text and shows(text, address) for address in addresses):
        return True
    return not text.isascii() and _written(text) in addresses


def _written(text: str) -> str:
    """An address with other letters in its domain, as it is kept; empty for what is none."""
    try:
        return normalised(channel=ChannelName.EMAIL, address=text)
    except InvalidAddress:
        return ""
