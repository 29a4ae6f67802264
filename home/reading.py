"""How long a page takes to read."""

from collections.abc import Iterator
from typing import Any

from django.utils.html import strip_tags
from wagtail.blocks import StreamValue

from home.models.article import SitePage

WORDS_PER_MINUTE = 200


def reading_minutes(*, page: SitePage) -> int:
    """Whole minutes for the title and the ``read_fields`` of the page, at 200 words a minute; at least one.

    Infographics inside a story are looked at and not counted. No query beyond those that show the page.
    """
    words = sum(len(text.split()) for text in texts(page))
    return max(1, round(words / WORDS_PER_MINUTE))


def texts(page: SitePage) -> Iterator[str]:
    """What a reader reads of the page, without markup."""
    yield page.title
    for name in page.read_fields:
        yield from plain(getattr(page, name, ""))


def plain(value: Any) -> Iterator[str]:
    """The texts of a field or of the blocks of one."""
    if isinstance(value, StreamValue):
        for block in value:
            for text in block.block.get_searchable_content(block.value):
                yield strip_tags(str(text))
    else:
        # A tag may be all that stands between two words.
        yield strip_tags(str(value).replace("<", " <"))
