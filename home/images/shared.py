"""The picture that goes with a page where it is shared and no infographic stands for it: the first of its photos.

It is cut around its focal point, as the editor chose it, to the shape in which other sites show links.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import SourceImageIOError
from wagtail.models import Page

from home.blocks.image import ImageValue

from .renditions import SHARED


@dataclass(frozen=True)
class SharedPicture:
    """``url`` may be without a host; ``width`` and ``height`` in pixels."""

    url: str
    alt: str
    width: int
    height: int


def of(page: Page) -> SharedPicture | None:
    """The first photo in the page's text that readers may see today; ``None`` where there is none, or no file."""
    value = next(_shown(page), None)
    if value is None:
        return None
    try:
        made = value["image"].get_rendition(SHARED)
    except (SourceImageIOError, InvalidFilterSpecError):
        return None
    return SharedPicture(made.url, str(value.get("alt_text") or ""), made.width, made.height)


def _shown(page: Page) -> Iterator[ImageValue]:
    for block in getattr(page, "body", None) or []:
        value = getattr(block, "value", None)
        if isinstance(value, ImageValue) and value.get("image") and value.may_be_shown:
            yield value
