"""Addresses in texts that staff typed or Wagtail kept: revisions, the audit log, notes. Erasing takes them out.

What is published is the editors' text, such as the address of an office that also joined: neither it nor its revisions
are changed. Only e-mail addresses are looked for: the number of a chat looks like any other.
"""

import json
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db import models
from django.db.models.functions import Cast
from wagtail.models import ModelLogEntry, PageLogEntry, Revision

from .choices import ChannelName
from .erasure import Person
from .models import Consent, Import

LEFT_OUT = "…"
NOTES: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (Consent, ("evidence",)),
    (Import, ("file_name", "failure")),
    (ModelLogEntry, ("label", "data")),
    (PageLogEntry, ("label", "data")),
    (LogEntry, ("object_repr", "change_message")),
)
"""Where staff, or the system for them, write a text that nobody publishes."""


def without(text: str, addresses: Iterable[str]) -> str:
    """``text`` with each of these e-mail addresses left out, however it is written in letters and in links.

    Where another address goes on behind it (``…@example.org.dm``), or the end of a file's name, it goes too: better a
    note that lacks a word than one that names somebody.
    """
    for address in addresses:
        local, _at, domain = address.partition("@")
        written = rf"(?<![\w.+-]){re.escape(local)}(?:@|%40|=40){re.escape(domain)}(?![\w-])"
        text = re.sub(written, LEFT_OUT, text, flags=re.IGNORECASE)
    return text


def forget(people: Sequence[Person]) -> Collection[str]:
    """Take the people's addresses out of revisions and notes; returns the names of texts that go on showing one."""
    addresses = [address for person in people for address in person.on(ChannelName.EMAIL)]
    if not addresses:
        return ()
    for model, fields in NOTES:
        _change(_holding(model, fields, addresses), fields, addresses)
    return _forget_in_revisions(addresses)


def _holding(
    model: type[models.Model], fields: Sequence[str], addresses: Sequence[str]
) -> "models.QuerySet[models.Model]":
    """Rows that may hold one of the addresses: their parts before and behind the @ stand in a field."""
    among = models.Q()
    for field in fields:
        for address in addresses:
            local, _at, domain = address.partition("@")
            among |= models.Q(**{f"{field}_text__icontains": local}) & models.Q(**{f"{field}_text__icontains": domain})
    texts = {f"{field}_text": Cast(field, models.TextField()) for field in fields}
    return model._default_manager.alias(**texts).filter(among)


def _change(rows: "models.QuerySet[models.Model]", fields: Sequence[str], addresses: Sequence[str]) -> None:
    for row in rows:
        changed = {}
        for field in fields:
            value = getattr(row, field)
            masked = _masked(value, addresses)
            if masked != value:
                changed[field] = masked
        if changed:
            # Not by save: an entry of a log refuses that, or writes another.
            type(row)._base_manager.filter(pk=row.pk).update(**changed)


def _masked(value: Any, addresses: Sequence[str]) -> Any:
    if isinstance(value, str):
        return without(value, addresses)
    return json.loads(without(json.dumps(value, ensure_ascii=False, default=str), addresses))


def _forget_in_revisions(addresses: Sequence[str]) -> set[str]:
    shown: set[str] = set()
    fields = ("content", "object_str")
    found = _holding(Revision, fields, addresses).order_by("base_content_type", "object_id", "-pk")
    keep: dict[tuple[int, str], str] = {}
    for number, kind, of in list(found.values_list("pk", "base_content_type", "object_id")):
        if (kind, of) not in keep:
            keep[kind, of] = _published_with(Revision.objects.get(pk=number), addresses)
        if keep[kind, of]:
            shown.add(keep[kind, of])
        else:
            _change(Revision.objects.filter(pk=number), fields, addresses)
    return shown


def _published_with(revision: Revision, addresses: Sequence[str]) -> str:
    """The name of what the revision is of, if that itself shows one of the addresses; else empty."""
    kept = revision.content_object
    if kept is None:
        return ""
    text = json.dumps(kept.serializable_data(), default=str, ensure_ascii=False)
    return str(kept) if without(text, addresses) != text else ""
