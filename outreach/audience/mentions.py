"""Addresses in texts that staff typed or Wagtail kept: pages, revisions, the audit log, notes. Erasing takes them out.

Only e-mail addresses are looked for: the number of a chat looks like any other. Other stages register the notes that
they keep (:mod:`outreach.forgetting`).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from urllib.parse import unquote_plus

from django.contrib.admin.models import LogEntry
from django.db import models
from taggit.models import Tag
from wagtail.admin.models import FormState
from wagtail.models import Collection as FileCollection
from wagtail.models import Comment, CommentReply, ModelLogEntry, Page, PageLogEntry, TaskState
from wagtail_localize import models as localize

from . import page_mentions
from .choices import ChannelName
from .erasure import Person
from .masking import change, holding, without
from .models import Consent, Import, ImportRefusal, JoinLink, PaperSheet, Segment, SegmentEdit
from .still_shown import note

Fields = tuple[str, ...]

TOGETHER = 20
"""How many addresses are looked for in one query: a longer one would be more than SQLite parses."""

_notes: dict[type[models.Model], Fields] = {
    Consent: ("evidence",),
    Import: ("file_name", "header", "options", "failure"),
    ImportRefusal: ("column",),
    JoinLink: ("place",),
    PaperSheet: ("evidence",),
    Segment: ("name", "description"),
    SegmentEdit: ("name", "description"),
    Comment: ("text",),
    CommentReply: ("text",),
    TaskState: ("comment",),
    FileCollection: ("name",),
    Tag: ("name",),
    ModelLogEntry: ("label", "data"),
    PageLogEntry: ("label", "data"),
    LogEntry: ("object_repr", "change_message"),
}
"""Where staff, or the system for them, write a text that nobody publishes."""

COPIES: dict[type[models.Model], Fields] = {
    localize.TranslationSource: ("object_repr", "content_json"),
    localize.String: ("data",),
    localize.StringTranslation: ("data", "field_error"),
    localize.Template: ("template",),
    localize.StringSegment: ("attrs",),
    localize.OverridableSegment: ("data_json",),
    localize.SegmentOverride: ("data_json", "field_error"),
}
"""Where the texts of pages are kept once more, for their translation: as they are as long as one is published."""


def register(model: type[models.Model], *fields: str) -> None:
    """Have addresses of the erased taken out of these fields, which hold notes; registering twice is once."""
    _notes[model] = fields


def masked_columns() -> Mapping[type[models.Model], Fields]:
    """Every column, beside those of pages, out of which an address is taken."""
    return {**_notes, **COPIES}


def forget(people: Sequence[Person], *, now: datetime) -> Collection[str]:
    """Take the people's addresses out of pages and notes.

    Notes for data officers which published pages go on showing one, and returns the names of these.
    """
    addresses = [address for person in people for address in person.on(ChannelName.EMAIL)]
    shown: set[Page] = set()
    for start in range(0, len(addresses), TOGETHER):
        shown.update(_forget(addresses[start : start + TOGETHER]))
    named = [(page, without(str(page), addresses)) for page in sorted(shown, key=lambda page: page.pk)]
    note(pages=named, now=now)
    return [name for _page, name in named]


def _forget(addresses: Sequence[str]) -> Collection[Page]:
    for model, fields in _notes.items():
        change(holding(model, fields, addresses), fields, addresses)
    _forget_open_forms(addresses)
    shown = page_mentions.forget(addresses)
    published = {address for kept in shown.values() for address in kept}
    rest = [address for address in addresses if address not in published]
    if rest:
        for model, fields in COPIES.items():
            change(holding(model, fields, rest), fields, rest)
    return shown


def _forget_open_forms(addresses: Sequence[str]) -> None:
    """What somebody was typing and has not saved goes whole; Wagtail keeps it for a day only."""
    among = models.Q()
    for address in addresses:
        among |= models.Q(data__icontains=address.partition("@")[2])
    found = FormState.objects.filter(among).values_list("pk", "data")
    theirs = [pk for pk, data in found if any(address in unquote_plus(data).lower() for address in addresses)]
    FormState.objects.filter(pk__in=theirs).delete()
