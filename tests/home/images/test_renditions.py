import io
import json

import pytest
from django.core.files.images import ImageFile
from PIL import Image as Pillow
from wagtail.images import get_image_model

from home.images import renditions
from home.models import StoryPage


@pytest.fixture
def image(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    file = io.BytesIO()
    Pillow.new("RGB", (90, 60), "teal").save(file, "JPEG")
    return get_image_model().objects.create(title="Teal", file=ImageFile(io.BytesIO(file.getvalue()), "teal.jpg"))


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
