"""What a reader reads of a page, as plain text: what its index holds, and what an excerpt is taken from.

It is what a translator translates of it. Choices, addresses, numbers of records and keys are none of it, so a filed
consent is neither found nor shown.
"""

from collections.abc import Iterator
from typing import Any

from django.db import models
from wagtail import blocks
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.rich_text import get_text_for_indexing
from wagtail_localize.fields import TranslatableField, get_translatable_fields

from home.blocks import SharedTextBlock

NOT_READ = {"title", "slug", "seo_title", "search_description"}
"""The title is indexed by itself; the others do not stand on the page."""


def page_texts(page: Page) -> list[str]:
    """The texts of a page beside its title, in the order of its fields. Asks the database for nothing."""
    found: list[str] = []
    for translatable in get_translatable_fields(type(page)):
        name = translatable.field_name
        if isinstance(translatable, TranslatableField) and name not in NOT_READ:
            found.extend(field_texts(type(page)._meta.get_field(name), getattr(page, name)))
    return [text for text in found if text]


def field_texts(field: Any, value: Any) -> Iterator[str]:
    """The texts of one field."""
    if isinstance(field, StreamField):
        yield from block_texts(field.stream_block, list(value.raw_data))
    elif isinstance(field, RichTextField):
        yield get_text_for_indexing(value).strip()
    elif isinstance(field, models.CharField | models.TextField) and not isinstance(field, models.URLField):
        yield str(value).strip()


def block_texts(block: Any, raw: Any) -> Iterator[str]:
    """The texts of a block, from the raw value: a chosen page or picture is not fetched for it."""
    if isinstance(block, blocks.StreamBlock):
        for child in raw or []:
            if child["type"] in block.child_blocks:
                yield from block_texts(block.child_blocks[child["type"]], child["value"])
    elif isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            yield from block_texts(child, (raw or {}).get(name))
    elif isinstance(block, blocks.ListBlock):
        for child in raw or []:
            listed = isinstance(child, dict) and child.get("type") == "item"
            yield from block_texts(block.child_block, child["value"] if listed else child)
    elif isinstance(block, blocks.RichTextBlock):
        yield get_text_for_indexing(raw or "").strip()
    elif isinstance(block, blocks.CharBlock | blocks.TextBlock) and not isinstance(block, SharedTextBlock):
        yield str(raw or "").strip()
