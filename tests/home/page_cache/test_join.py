"""A sign-up form on a page that the cache has kept for hours."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client
from django.utils.translation import override

from home.models import StoryPage
from home.page_cache.recording import recording, unrecorded
from outreach.audience import wording
from outreach.audience.models import JoinRequest, Subscriber

STORY = "/en/stories/who-builds-roofs/"
MORNING = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
"""One o'clock in the office, so that the day has 23 hours left."""


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MORNING, tick=False) as clock, override("en"):
        yield clock


@pytest.fixture
def with_form(story: StoryPage, settings) -> StoryPage:
    settings.PAGE_CACHE_SECONDS = 86_400
    story.body.append(("join", {"heading": "", "text": "", "source": ""}))
    story.save_revision().publish()
    return story


def filled_in(content: bytes) -> dict[str, str]:
    form = BeautifulSoup(content, "html.parser").select_one(".join form")
    kept = {field["name"]: field.get("value", "") for field in form.select("input:not([type=checkbox])")}
    return {**kept, "messages": "on", "email": "ana@example.org"}


def test_page_with_a_form_is_kept(with_form, reader: Client, django_assert_num_queries):
    first = reader.get(STORY)
    with django_assert_num_queries(0):
        assert reader.get(STORY).content == first.content


def test_form_out_of_the_cache_is_good_as_long_as_the_page_may_lie_open(with_form, reader: Client, clock):
    reader.get(STORY)
    clock.shift(timedelta(hours=22))
    kept = filled_in(reader.get(STORY).content)
    clock.shift(timedelta(hours=23))
    assert reader.post("/en/subscribe/", kept).status_code == 302
    assert JoinRequest.objects.count() == 1


def test_consent_to_words_that_changed_meanwhile_is_asked_for_again(with_form, reader: Client, clock, monkeypatch):
    kept = filled_in(reader.get(STORY).content)
    changed = {**wording.VERSIONS["messages"], "2026.2": "Yes, write to me."}
    monkeypatch.setitem(wording.VERSIONS, wording.Purpose.MESSAGES, changed)
    clock.shift(timedelta(hours=1))
    answer = reader.post("/en/subscribe/", kept)
    assert answer.status_code == 422
    page = BeautifulSoup(answer.content, "html.parser")
    assert [link["href"] for link in page.select(".error-summary a")] == ["#id_messages"]
    assert page.select_one("label[for=id_messages]").text == "Yes, write to me."
    assert not page.select_one("#id_messages").has_attr("checked")
    assert page.select_one("#id_email")["value"] == "ana@example.org"
    assert not Subscriber.objects.exists()

    again = {**kept, "opened": page.select_one("[name=opened]")["value"]}
    assert reader.post("/en/subscribe/", again).status_code == 302
    assert JoinRequest.objects.get().wording_versions == {"messages": "2026.2"}


def test_what_is_read_for_a_part_that_is_not_recorded_leaves_no_trace(site):
    with recording() as recorded:
        list(StoryPage.objects.all())
        noted = set(recorded.tags)
        with unrecorded():
            list(Subscriber.objects.all())
        assert recorded.is_complete
        assert recorded.tags == noted
        list(Subscriber.objects.all())
    assert not recorded.is_complete
