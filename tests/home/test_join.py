"""The sign-up form that editors place on a page, as a reader without JavaScript and cookies meets it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup, Tag
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.translation import override
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from home.blocks import JoinBlock
from home.blocks import join as join_block
from home.models import StoryPage
from home.models.article import SitePage
from home.search.text import page_texts
from outreach.audience.models import JoinRequest, Subscriber

STORY = "/en/stories/who-builds-roofs/"
NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
FORM = {"heading": "Hear more", "text": "Twice a month.", "source": "story-7"}
LIGHT = 2_000
"""Bytes that a form may add to a page."""


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock, override("en"):
        yield clock


@pytest.fixture
def with_forms(story: StoryPage) -> StoryPage:
    """A story with one form in its text and another at its end."""
    story.body.append(("join", FORM))
    story.join = [("join", {"heading": "", "text": "", "source": ""})]
    story.save_revision().publish()
    return story


def forms(reader: Client, path: str = STORY) -> list[Tag]:
    page = BeautifulSoup(reader.get(path).content, "html.parser")
    return page.select(".join form")


def filled_in(form: Tag, **answers: str) -> dict[str, str]:
    """What a browser sends of it."""
    kept = {field["name"]: field.get("value", "") for field in form.select("input:not([type=checkbox])")}
    return {**kept, "messages": "on", "email": "ana@example.org", **answers}


def test_forms_on_one_page_have_ids_of_their_own_and_every_field_its_label(with_forms, reader: Client):
    page = BeautifulSoup(reader.get(STORY).content, "html.parser")
    ids = [tag["id"] for tag in page.find_all(id=True)]
    found = page.select(".join form")
    assert len(found) == 2
    assert len(ids) == len(set(ids))
    for form in found:
        for field in form.select("input:not([type=hidden])"):
            assert form.find("label", attrs={"for": field["id"]})
        assert not form.select("[checked], script, [onclick]")
        assert form["action"] == "/en/subscribe/"


def test_form_says_what_the_editor_wrote_or_what_is_true_of_all(with_forms, reader: Client):
    headings = [form.find_parent("section").h2.text for form in forms(reader)]
    assert headings == ["Hear more", "New stories in your language"]
    assert "Twice a month." in forms(reader)[0].find_parent("section").text


def test_form_is_light_and_sets_no_cookie(with_forms, reader: Client):
    answer = reader.get(STORY)
    sections = re.findall(r'<section class="panel join">.*?</section>', answer.content.decode(), re.DOTALL)
    assert [len(section.encode()) <= LIGHT for section in sections] == [True, True]
    assert not answer.cookies


def test_form_in_a_page_leads_to_the_mailbox(with_forms, reader: Client, clock):
    form = forms(reader)[0]
    clock.shift(timedelta(minutes=1))
    answer = reader.post(form["action"], filled_in(form))
    assert (answer.status_code, answer["Location"]) == (302, "/en/subscribe/done/")
    request = JoinRequest.objects.get()
    assert (request.language, request.is_short, list(request.wording_versions)) == ("en", True, ["messages"])
    assert Subscriber.objects.get().source == "story-7"


def test_mistake_comes_back_on_the_whole_form_with_what_was_typed(with_forms, reader: Client, clock):
    form = forms(reader)[0]
    clock.shift(timedelta(minutes=1))
    answer = reader.post(form["action"], filled_in(form, email="ana@", messages=""))
    assert answer.status_code == 422
    page = BeautifulSoup(answer.content, "html.parser")
    assert [link["href"] for link in page.select(".error-summary a")] == ["#id_email", "#id_messages"]
    assert page.select_one("#id_email")["value"] == "ana@"
    assert page.select_one("[name=source]")["value"] == "story-7"
    assert not Subscriber.objects.exists()
    # What is sent now is the whole form, and its note names the words of all that it asks.
    assert not page.select("[name=short]")
    note = page.select_one("[name=opened]")["value"]
    whole = {"email": "ana@example.org", "messages": "on", "click_tracking": "on", "language": "fr", "opened": note}
    assert reader.post("/en/subscribe/", whole).status_code == 302
    assert set(JoinRequest.objects.get().wording_versions) == {"messages", "click_tracking"}


def test_form_speaks_the_language_of_its_page(site, reader: Client):
    story = StoryPage.objects.get(locale__language_code="fr")
    story.join = [("join", FORM)]
    story.save()
    [form] = forms(reader, story.get_url_parts()[2])
    assert form["action"] == "/fr/subscribe/"
    assert form.select_one("[name=language]")["value"] == "fr"


def test_page_of_any_kind_can_end_with_a_form(site, reader: Client):
    kinds = [model._default_manager.live().filter(locale__language_code="en") for model in SitePage.__subclasses__()]
    pages = [page for page in (kind.first() for kind in kinds) if page]
    assert len(pages) >= 12
    for page in pages:
        page.join = [("join", FORM)]
        page.save()
        path = page.get_url_parts()[2]
        assert len(forms(reader, path)) == 1
        # It stands in place of the two links.
        assert "band__ways" not in reader.get(path).content.decode()


def test_site_without_a_form_shows_the_way_to_one(with_forms, reader: Client, monkeypatch):
    monkeypatch.setattr(join_block, "FORMS", ["no/such/form.html", *join_block.FORMS[1:]])
    page = BeautifulSoup(reader.get(STORY).content, "html.parser")
    assert not page.select(".join form")
    assert page.select_one(".join a.button")["href"] == "/en/subscribe/?source=story-7"


@pytest.mark.parametrize("source", ["a b", "é", "<script>", "x" * 41, "x?y"])
def test_source_that_is_none_is_refused_beside_its_field(source: str):
    block = JoinBlock()
    with pytest.raises(ValidationError) as refused:
        block.clean(block.to_python({**FORM, "source": source}))
    assert list(refused.value.block_errors) == ["source"]


def test_form_may_do_without_words_of_its_own():
    block = JoinBlock()
    empty = {"heading": "", "text": "", "source": ""}
    assert dict(block.clean(block.to_python(empty))) == empty


def test_words_are_translated_and_the_source_is_not(with_forms):
    texts = {segment.string.data for segment in extract_segments(with_forms) if isinstance(segment, StringSegmentValue)}
    assert {"Hear more", "Twice a month."} <= texts
    assert "story-7" not in texts
    assert "story-7" not in page_texts(with_forms)
