"""Parts are made once, and anew exactly when something in them has changed."""

import io
import re
from datetime import date

import pytest
from django.core.files.images import ImageFile
from django.db import transaction
from django.test import Client
from PIL import Image as Pillow
from wagtail.images import get_image_model

from home.editorial.models import PhotoConsent
from home.models import HomePage, StoryPage
from home.page_cache import parts, store
from home.page_cache.recording import recording

STORY = "/en/stories/who-builds-roofs/"
FRESH = f"{STORY}?unknown=1"
"""Neither kept nor answered as a whole: nobody knows the query."""


@pytest.fixture(autouse=True)
def no_parts():
    parts.forget()
    yield
    parts.forget()


@pytest.fixture
def committed(monkeypatch):
    """A test's transaction stands for none: what is read in it counts as committed."""
    monkeypatch.setattr(parts, "in_transaction", lambda: False)


def counted():
    made = []

    def make():
        made.append(StoryPage.objects.live().count())
        return f"made {len(made)} times"

    return make


def test_a_part_is_made_once_while_nothing_changes(site, committed):
    make = counted()
    assert [parts.part("stories", make) for _ask in range(3)] == ["made 1 times"] * 3


def test_a_part_is_made_anew_after_what_it_read_has_changed(site, committed):
    make = counted()
    parts.part("stories", make)
    story = StoryPage.objects.live().first()
    story.title = "Another title"
    story.save_revision().publish()
    assert parts.part("stories", make) == "made 2 times"


def test_a_part_stays_after_something_else_has_changed(site, committed):
    make = counted()
    parts.part("stories", make)
    store.empty(["page:999999"])
    assert parts.part("stories", make) == "made 1 times"
    assert parts.part("stories", make) == "made 1 times"


def test_each_key_has_its_own_part(site, committed):
    make = counted()
    assert [parts.part(key, make) for key in ("one", "two", "one")] == ["made 1 times", "made 2 times", "made 1 times"]


def test_what_takes_in_a_part_depends_on_what_the_part_was_made_from(site, committed):
    make = counted()
    with recording() as first:
        parts.part("stories", make)
    with recording() as second:
        parts.part("stories", make)
    assert first.tags
    assert first.tags <= second.tags


def test_a_part_of_what_nobody_tells_changes_of_is_not_kept(site, committed, django_user_model):
    made = []

    def make():
        made.append(django_user_model.objects.count())
        return len(made)

    with recording() as whole:
        assert [parts.part("users", make), parts.part("users", make)] == [1, 2]
    assert not whole.is_complete


def test_nothing_is_kept_in_a_transaction_nor_without_the_cache(site, settings, monkeypatch):
    make = counted()
    with transaction.atomic():
        assert [parts.part("stories", make), parts.part("stories", make)] == ["made 1 times", "made 2 times"]
    monkeypatch.setattr(parts, "in_transaction", lambda: False)
    settings.PAGE_CACHE_SECONDS = 0
    assert parts.part("stories", make) == "made 3 times"
    settings.PAGE_CACHE_SECONDS = 3600
    assert parts.part("stories", make) == "made 4 times"
    assert parts.part("stories", make) == "made 4 times"


def test_no_more_parts_are_held_than_there_is_room_for(site, committed, monkeypatch):
    monkeypatch.setattr(parts, "HELD", 2)
    make = counted()
    for key in ("one", "two", "three", "three", "one"):
        parts.part(key, make)
    assert parts.part("one", make) == "made 4 times"


def test_a_page_put_together_from_parts_is_the_page_made_anew(site, committed, reader: Client, settings):
    put_together = [shown(reader) for _ask in range(2)][-1]
    settings.PAGE_CACHE_SECONDS = 0
    assert shown(reader) == put_together


def shown(reader: Client) -> str:
    """The page without the note of when it was asked for."""
    return re.sub(r'data-page="[^"]+"', "", reader.get(FRESH).content.decode())


def test_a_page_put_together_from_parts_takes_no_query(site, committed, reader: Client, django_assert_num_queries):
    reader.get(FRESH)
    with django_assert_num_queries(0):
        reader.get(FRESH)


def test_a_page_put_together_shows_no_photo_whose_consent_was_withdrawn_since(
    site, committed, reader: Client, settings, tmp_path
):
    settings.MEDIA_ROOT = str(tmp_path)
    file = io.BytesIO()
    Pillow.new("RGB", (90, 60), "teal").save(file, "PNG")
    photo = get_image_model().objects.create(title="Roof", file=ImageFile(io.BytesIO(file.getvalue()), "roof.png"))
    consent = PhotoConsent.objects.create(reference="C-9", filed="Cabinet", scope="All", given_on=date(2026, 1, 1))
    story = StoryPage.objects.get(slug="who-builds-roofs", locale__language_code="en")
    value = {"image": photo.pk, "alt_text": "Two masons", "role": "active", "consent": consent.pk}
    story.body = [*story.body.raw_data, {"type": "image", "value": value}]
    story.save_revision().publish()
    assert all('alt="Two masons"' in reader.get(FRESH).content.decode() for _ask in range(2))

    consent.withdrawn_on = date(2026, 1, 2)
    consent.save()

    assert 'alt="Two masons"' not in reader.get(FRESH).content.decode()


def test_a_page_put_together_shows_what_was_published_since(site, committed, reader: Client):
    reader.get(FRESH)
    story, home = StoryPage.objects.get(slug="who-builds-roofs", locale__language_code="en"), None
    story.title = "Who mends the roofs"
    story.save_revision().publish()
    home = HomePage.objects.get(locale__language_code="en")
    home.title = "Another name of the site"
    home.save_revision().publish()
    shown = reader.get(FRESH).content.decode()
    assert "Who mends the roofs" in shown
    assert "Another name of the site" in shown


def test_reader_with_little_data_gets_parts_of_their_own(site, committed, reader: Client):
    first = reader.get(FRESH).content
    reader.cookies["low_data"] = "1"
    assert reader.get(FRESH).content != first
