"""Cleans every rich text of a page, wherever on the page it stands."""

from typing import Any

from django.db import models
from wagtail import blocks
from wagtail.fields import RichTextField, StreamField
from wagtail.rich_text import RichText

from .clean import clean


def clean_texts(page: models.Model) -> None:
    """Clean the rich texts of the page's fields and of the blocks in them, in place."""
    for field in page._meta.concrete_fields:
        if isinstance(field, RichTextField):
            text = getattr(page, field.attname)
            if isinstance(text, str):
                setattr(page, field.attname, clean(text))
        elif isinstance(field, StreamField):
            _cleaned(field.stream_block, getattr(page, field.attname))


def _cleaned(block: Any, value: Any) -> Any:
    """The block's value with its texts cleaned; containers are changed in place."""
    if isinstance(block, blocks.RichTextBlock) and isinstance(value, RichText):
        tidy = clean(value.source)
        return value if tidy == value.source else RichText(tidy)
    if isinstance(value, blocks.StructValue):
        for name, inner in block.child_blocks.items():
            value[name] = _cleaned(inner, value.get(name))
    elif isinstance(value, blocks.StreamValue):
        for child in value:
            child.value = _cleaned(child.block, child.value)
    elif isinstance(block, blocks.ListBlock):
        for child in value.bound_blocks:
            child.value = _cleaned(child.block, child.value)
    return value
