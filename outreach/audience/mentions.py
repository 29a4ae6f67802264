"""Addresses in texts that staff typed or Wagtail kept: pages, revisions, the audit log, notes. Erasing takes them out.

Only e-mail addresses are looked for: the number of a chat looks like any other. Other stages register the notes that
they keep (:mod:`outreach.forgetting`).
"""

from collections.abc import Collection, Sequence

from django.contrib.admin.models import LogEntry
from django.db import models
from wagtail.models import ModelLogEntry, Page, PageLogEntry

from . import page_mentions
from .choices import ChannelName
from .erasure import Person
from .masking import change, holding, without
from .models import Consent, Import

TOGETHER = 20
"""How many addresses are looked for in one query: a longer one would be more than SQLite parses."""

_notes: dict[type[models.Model], tuple[str, ...]] = {
    Consent: ("evidence",),
    Import: ("file_name", "failure"),
    ModelLogEntry: ("label", "data"),
    PageLogEntry: ("label", "data"),
    LogEntry: ("object_repr", "change_message"),
}
"""Where staff, or the system for them, write a text that nobody publishes."""


def forget(people: Sequence[Person]) -> Collection[str]:
    """Take the people's addresses out of pages and notes; returns the names of pages that go on showing one."""
    addresses = [address for person in people for address in person.on(ChannelName.EMAIL)]
    shown: set[Page] = set()
    for start in range(0, len(addresses), TOGETHER):
        shown.update(_forget(addresses[start : start + TOGETHER]))
    return {without(str(page), addresses) for page in shown}


def _forget(addresses: Sequence[str]) -> Collection[Page]:
    for model, fields in _notes.items():
        change(holding(model, fields, addresses), fields, addresses)
    return page_mentions.forget(addresses)
