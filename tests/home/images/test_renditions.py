import io
import json

import pytest
from django.core.cache import cache
from django.core.files.images import ImageFile
from PIL import Image as Pillow
from wagtail.images import get_image_model

from home.images import renditions
from home.models import StoryPage


@pytest.fixture(autouse=True)
def _nothing_kept():
    """Wagtail keeps what it made of a picture by its number, which the next test's picture gets again."""
    cache.clear()


@pytest.fixture
def image(db, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    file = io.BytesIO()
    Pillow.new("RGB", (90, 60), "teal").save(file, "JPEG")
    return get_image_model().objects.create(title="Teal", file=ImageFile(io.BytesIO(file.getvalue()), "teal.jpg"))


@pytest.fixture
def two_sides(db, settings, tmp_path):
    """A picture whose left half is red and whose right half is blue."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    pixels, file = Pillow.new("RGB", (90, 30), "blue"), io.BytesIO()
    pixels.paste("red", (0, 0, 45, 30))
    pixels.save(file, "PNG")
    return get_image_model().objects.create(title="Two", file=ImageFile(io.BytesIO(file.getvalue()), "two.png"))


def left_of(image, *, x: int) -> str:
    """What a square shows whose focal point is so far from the left, in pixels."""
    image.focal_point_x, image.focal_point_y, image.focal_point_width, image.focal_point_height = x, 15, 10, 10
    image.save()
    with Pillow.open(image.get_rendition("fill-20x20-c100").file) as square:
        red, _green, blue = square.convert("RGB").getpixel((10, 10))
    return "red" if red > blue else "blue"


def sizes(image):
    """What readers get of a picture, by what asks for it."""
    return {spec: image.get_rendition(spec) for spec in renditions.FILTERS}


def story_with(image, blocks: int = 1) -> StoryPage:
    value = {"image": image.pk, "alt_text": "Teal", "role": "nobody"}
    story = StoryPage(title="Story", slug="story", summary="A story.")
    story.body = json.dumps([{"type": "image", "value": value}] * blocks)
    return story


def test_every_size_is_made_when_a_story_is_published(image, db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        renditions.on_published(StoryPage, story_with(image))
    made = {rendition.filter_spec for rendition in image.renditions.all()}
    assert made == {*renditions.FILTERS, renditions.SHARED}


def test_picture_that_is_gone_is_passed_over(db):
    renditions.make.call(12345)


def test_picture_whose_file_is_gone_is_passed_over(image):
    image.file.storage.delete(image.file.name)
    renditions.make.call(image.pk)
    assert not image.renditions.exists()


def test_sizes_of_all_pictures_are_found_in_one_query(image, django_assert_num_queries):
    renditions.make.call(image.pk)
    story = story_with(image, blocks=5)
    list(story.body)
    assert renditions.images_of(story) == [image]
    with django_assert_num_queries(1):
        renditions.find_all([story])
        for block in story.body:
            block.value["image"].get_renditions(*renditions.FILTERS)


def test_picture_is_shown_whole_wherever_its_focal_point_is(image, db):
    whole = {spec: (one.width, one.height) for spec, one in sizes(image).items()}
    assert {round(width / height, 2) for width, height in whole.values()} == {1.5}
    image.focal_point_x, image.focal_point_y, image.focal_point_width, image.focal_point_height = 10, 10, 8, 8
    image.save()
    assert {spec: (one.width, one.height) for spec, one in sizes(image).items()} == whole


def test_focal_point_decides_what_is_left_of_a_picture_that_is_cropped(two_sides, db):
    assert left_of(two_sides, x=15) == "red"
    assert left_of(two_sides, x=75) == "blue"
