"""The sizes and formats in which a story's pictures are shown: made when it is published, found in one query."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django_tasks import task
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.images import get_image_model
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import AbstractImage, Filter, SourceImageIOError
from wagtail.models import Page

FILTERS = tuple(Filter.expand_spec(["format-{avif,webp,jpeg}", "width-{360,720,1440}"]))
"""As ``templates/home/components/image.html`` asks for them; a test holds the two together."""
SHARED = "fill-1200x630|format-jpeg"
"""As :mod:`.shared` asks for it."""


def images_of(page: Page) -> list[AbstractImage]:
    """The pictures in the blocks of a page, however deep, each once."""
    return list({image.pk: image for image in _every(page)}.values())


def _images(value: Any) -> Iterator[AbstractImage]:
    if isinstance(value, AbstractImage):
        yield value
    elif isinstance(value, blocks.StructValue):
        for part in value.values():
            yield from _images(part)
    elif isinstance(value, blocks.StreamValue | blocks.list_block.ListValue):
        for part in value:
            yield from _images(part.value if isinstance(part, blocks.BoundBlock) else part)


def find_all(pages: Iterable[Page]) -> None:
    """Load what was made of the pages' pictures, in one query for all of them."""
    images = [image for page in pages for image in _every(page)]
    if images:
        prefetch_related_objects(images, "renditions")


def _every(page: Page) -> list[AbstractImage]:
    """Each object, not each picture: one picture in two blocks is two objects."""
    streams = [getattr(page, field.name) for field in page._meta.concrete_fields if isinstance(field, StreamField)]
    return [image for stream in streams for image in _images(stream)]


@task()
def make(image: int) -> None:
    """Make every size of a picture, unless it is gone or its file is."""
    found = get_image_model().objects.filter(pk=image).first()
    if found is not None:
        try:
            found.get_renditions(*FILTERS, SHARED)
        except (SourceImageIOError, InvalidFilterSpecError):
            return


def on_published(sender: type[Page], instance: Page, **_kwargs: Any) -> None:
    """A receiver of ``page_published``: no reader of the page waits for its pictures."""
    numbers = [image.pk for image in images_of(instance)]
    transaction.on_commit(lambda: [make.enqueue(number) for number in numbers] and None, robust=True)
