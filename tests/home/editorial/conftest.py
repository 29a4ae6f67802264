"""A photo, a consent, and stories that show or quote people."""

import datetime
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.images import ImageFile
from PIL import Image as Pixels
from wagtail.images.models import Image

from home.models import PhotoConsent, StoryPage

NOON = datetime.datetime(2026, 11, 2, 16, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 11, 2)
"""The office's day at :data:`NOON`."""


@pytest.fixture
def at_noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def photo(db: None, media: Path) -> Image:
    cache.clear()  # Wagtail remembers the renditions of pictures that other tests had under the same number.
    file = io.BytesIO()
    Pixels.new("RGB", (64, 48), "#10302a").save(file, "PNG")
    file.seek(0)
    return Image.objects.create(title="At work", file=ImageFile(file, name="at-work.png"))


@pytest.fixture
def consent(db: None) -> PhotoConsent:
    return PhotoConsent.objects.create(
        reference="C-2026-014",
        people=2,
        filed="Cabinet 3, folder 14",
        scope="Photos at work, on the site and in messages",
        given_on=TODAY - datetime.timedelta(days=30),
        ends_on=TODAY + datetime.timedelta(days=60),
    )


@pytest.fixture
def showing(photo: Image) -> Callable[..., StoryPage]:
    """Put a photo at the end of a story, without saving it."""

    def show(story: StoryPage, **values: Any) -> StoryPage:
        value = {
            "image": photo.pk,
            "alt_text": "Two people lay a roof",
            "caption": "",
            "role": "active",
            "consent": None,
            **values,
        }
        raw = list(story.body.get_prep_value())
        story.body = [*raw, {"type": "image", "value": value, "id": "aaaaaaaa-0000-4000-8000-000000000001"}]
        return story

    return show


@pytest.fixture
def quoting() -> Callable[..., StoryPage]:
    """Let a story quote these people and nobody else, without saving it: pairs of gender and function."""

    def quote(story: StoryPage, *people: tuple[str, str]) -> StoryPage:
        story.body = [
            {
                "type": "quote",
                "value": {"text": "Words", "speaker": f"Speaker {number}", "gender": gender, "function": function},
                "id": f"aaaaaaaa-0000-4000-8000-00000000010{number}",
            }
            for number, (gender, function) in enumerate(people)
        ]
        return story

    return quote
