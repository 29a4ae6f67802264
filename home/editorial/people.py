"""Who is heard and who is shown on a page: its quotes and its pictures, whatever fields hold them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wagtail.fields import StreamField
from wagtail.models import Page

if TYPE_CHECKING:
    from .models import PhotoConsent

STATED = ("woman", "man", "another")
"""Genders that somebody stated; the other choices say that nobody did."""


@dataclass(frozen=True)
class Voice:
    """Somebody quoted on a page, with the gender that they stated and what they speak as."""

    speaker: str
    gender: str
    function: str


@dataclass(frozen=True)
class Picture:
    """A picture on a page: in which field, at which place of it, of whom, and by whose leave."""

    field: str
    index: int
    image_id: int | None
    alt_text: str
    role: str
    shows_people: bool
    consent: "PhotoConsent | None"


def stream_blocks(page: Page) -> Iterator[tuple[str, int, Any]]:
    """Every block at the top of a stream of the page: name of the field, place in it, block."""
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            for index, block in enumerate(getattr(page, field.name)):
                yield field.name, index, block


def voices(page: Page) -> list[Voice]:
    """The people quoted on a page, once each, in the order of the page; documents and institutions are nobody."""
    quotes = [block.value for _field, _index, block in stream_blocks(page) if block.block_type == "quote"]
    every = [Voice(quote["speaker"].strip(), quote["gender"], quote["function"]) for quote in quotes]
    return [voice for voice in dict.fromkeys(every) if voice.gender != "none" and voice.function != "document"]


def pictures(page: Page) -> list[Picture]:
    """The pictures in a page's streams, in their order."""
    return [
        Picture(
            field=field,
            index=index,
            image_id=block.value["image"].pk if block.value.get("image") else None,
            alt_text=(block.value.get("alt_text") or "").strip(),
            role=block.value.get("role") or "nobody",
            shows_people=block.value.shows_people,
            consent=block.value.get("consent"),
        )
        for field, index, block in stream_blocks(page)
        if block.block_type == "image"
    ]


def counted(page: Page, block_type: str) -> int:
    """How many blocks of a kind the page has."""
    return sum(block.block_type == block_type for _field, _index, block in stream_blocks(page))
