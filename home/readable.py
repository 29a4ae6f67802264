"""Text without the characters that XML can't hold: pasted text has them, and feeds, charts and mails break on them."""

import re

from django.db.models import CharField, Model, TextField

UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def readable(text: str) -> str:
    """The text with a space in the place of each."""
    return UNREADABLE.sub(" ", text)


def make_readable(row: Model) -> None:
    """Clean every plain text of a row; rich text is cleaned with its mark-up."""
    for field in row._meta.concrete_fields:
        if isinstance(field, CharField | TextField):
            value = getattr(row, field.attname)
            if isinstance(value, str) and UNREADABLE.search(value):
                setattr(row, field.attname, readable(value))
