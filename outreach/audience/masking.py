"""Taking e-mail addresses out of texts, wherever these stand: in plain columns, in JSON, and in JSON within JSON."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from django.db import models
from django.db.models.functions import Cast
from wagtail.search import index

LEFT_OUT = "…"
TEXTS = ("CharField", "TextField", "JSONField")


def without(text: str, addresses: Iterable[str]) -> str:
    """``text`` with each of these e-mail addresses left out, however it is written in letters and in links.

    Where another address goes on behind it (``…@example.org.dm``), or the end of a file's name, it goes too: better a
    note that lacks a word than one that names somebody.
    """
    for address in addresses:
        local, _at, domain = address.partition("@")
        name = "|".join(re.escape(each) for each in _names(local))
        written = rf"(?<![\w.+-])(?:{name})(?:@|%40|=40){re.escape(domain)}(?![\w-])"
        text = re.sub(written, LEFT_OUT, text, flags=re.IGNORECASE)
    return text


def masked(value: Any, addresses: Sequence[str]) -> Any:
    """The same value, with the addresses left out of every text in it."""
    if isinstance(value, str):
        return _masked_json(value, addresses) if value[:1] in ("[", "{") else without(value, addresses)
    if isinstance(value, dict):
        return {masked(key, addresses): masked(each, addresses) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [masked(each, addresses) for each in value]
    return value


def shows(value: Any, address: str) -> bool:
    """Whether a text in the value holds the address."""
    return bool(masked(value, [address]) != masked(value, []))


def texts_of(model: type[models.Model]) -> list[str]:
    """The names of the columns of the model's own table that may hold any text."""
    fields = model._meta.local_concrete_fields
    return [field.name for field in fields if field.get_internal_type() in TEXTS and not field.choices]


def holding(
    model: type[models.Model], fields: Sequence[str], addresses: Sequence[str]
) -> "models.QuerySet[models.Model]":
    """Rows that may hold one of the addresses: their parts before and behind the @ stand in a field."""
    among = models.Q()
    for field in fields:
        for address in addresses:
            local, _at, domain = address.partition("@")
            for name in _names(local):
                among |= models.Q(**{f"{field}_text__icontains": name}) & models.Q(
                    **{f"{field}_text__icontains": domain}
                )
    texts = {f"{field}_text": Cast(field, models.TextField()) for field in fields}
    return model._default_manager.alias(**texts).filter(among)


def change(rows: "models.QuerySet[models.Model]", fields: Sequence[str], addresses: Sequence[str]) -> None:
    """Leave the addresses out of these fields of the rows, and of what the search keeps of them."""
    for row in rows:
        changed = {}
        for field in type(row)._meta.concrete_fields:
            if field.name in fields:
                value = field.get_prep_value(getattr(row, field.name))
                found = masked(value, addresses)
                if found != value:
                    changed[field.name] = field.to_python(_apart(found, row) if field.unique else found)
        if changed:
            # Not by save: an entry of a log refuses that, or writes another.
            kept = type(row)._base_manager.filter(pk=row.pk)
            kept.update(**changed)
            if isinstance(row, index.Indexed):
                index.insert_or_update_object(kept.get())


def _apart(text: str, row: models.Model) -> str:
    """With the row's number, where no two rows may say the same."""
    return f"{text} {row.pk}"


def _names(local: str) -> set[str]:
    """The part before the @ as it is, and as it stands in a link."""
    return {local, quote(local, safe="")}


def _masked_json(text: str, addresses: Sequence[str]) -> str:
    try:
        value = json.loads(text)
    except ValueError:
        return without(text, addresses)
    found = masked(value, addresses)
    return text if found == value else json.dumps(found, ensure_ascii=False)
