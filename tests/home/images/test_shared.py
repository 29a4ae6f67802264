"""The photo that goes with a story where its link is shared."""

import io
import re

import pytest
from django.core.cache import cache
from django.core.files.images import ImageFile
from django.test import Client
from PIL import Image as Pillow
from wagtail.images import get_image_model

from home.images import shared
from home.models import StoryPage

SIZE = 2400, 630
LEFT, RIGHT = (200, 20, 20), (20, 20, 200)


@pytest.fixture
def photo(settings, tmp_path):
    """Red on the left half, blue on the right one."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    # Wagtail keeps there what was made of a picture, and each test makes one of the same content.
    cache.clear()
    drawn = Pillow.new("RGB", SIZE, LEFT)
    drawn.paste(RIGHT, (SIZE[0] // 2, 0, *SIZE))
    file = io.BytesIO()
    drawn.save(file, "PNG")
    return get_image_model().objects.create(title="Halves", file=ImageFile(io.BytesIO(file.getvalue()), "halves.png"))


@pytest.fixture
def published(story: StoryPage, photo):
    """The story with the photo in its text, and without an infographic."""

    def publish(**picture) -> StoryPage:
        story.lead_infographic = None
        value = {"image": photo.pk, "alt_text": "Two halves", "role": "nobody", **picture}
        story.body = [*story.body.raw_data, {"type": "image", "value": value}]
        story.save_revision().publish()
        return story

    return publish


def middle(page) -> tuple[int, ...]:
    """The colour in the middle of the picture that is shared."""
    name = shared.of(page).url.rpartition("/")[2]
    rendition = page.body[-1].value["image"].renditions.get(file__endswith=name)
    with rendition.file.open() as file, Pillow.open(file) as opened:
        assert opened.size == (1200, 630)
        return opened.convert("RGB").getpixel((600, 315))


@pytest.mark.parametrize(("focus", "colour"), [(300, LEFT), (2100, RIGHT)])
def test_it_is_cut_around_what_the_editor_chose(published, photo, focus, colour):
    photo.focal_point_x, photo.focal_point_y, photo.focal_point_width, photo.focal_point_height = focus, 315, 100, 100
    photo.save()
    found = middle(StoryPage.objects.get(pk=published().pk))
    assert all(abs(one - other) < 20 for one, other in zip(found, colour, strict=True))


def test_the_page_names_it_with_its_words_and_its_size(published, reader: Client):
    page = reader.get(published().get_url()).content.decode()
    assert re.search(r'property="og:image" content="http://testserver/media/\S+fill-1200x630\S*\.jpg"', page)
    assert 'property="og:image:type" content="image/jpeg"' in page
    assert 'property="og:image:width" content="1200"' in page
    assert 'property="og:image:alt" content="Two halves"' in page


def test_people_who_do_not_consent_are_not_shared(published, reader: Client):
    # Only a page that was live before its consent ended still has such a photo.
    page = StoryPage(body=published().body.raw_data, title="Story", slug="story", summary="Short.")
    page.body[-1].value["role"] = "active"
    assert shared.of(page) is None


def test_photo_whose_file_is_gone_is_not_shared(photo, db):
    photo.file.storage.delete(photo.file.name)
    value = {"image": photo.pk, "alt_text": "Two halves", "role": "nobody"}
    page = StoryPage(body=[{"type": "image", "value": value}], title="Story", slug="story", summary="Short.")
    assert shared.of(page) is None


def test_story_without_a_photo_shares_none(story: StoryPage):
    assert shared.of(story) is None
