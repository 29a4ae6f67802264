"""What stands around and beside the text of a page."""

import datetime
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from wagtail.documents import get_document_model

from home.models import InfographicPage, StoryPage

STORY = "/en/stories/who-builds-roofs/"
FIRST = datetime.datetime(2026, 11, 1, 15, tzinfo=datetime.UTC)


def published(story: StoryPage, *, again_after: datetime.timedelta) -> StoryPage:
    """The story, first published on 1 November and last some time later."""
    StoryPage.objects.filter(pk=story.pk).update(first_published_at=FIRST, last_published_at=FIRST + again_after)
    return StoryPage.objects.get(pk=story.pk)


@pytest.mark.parametrize("address", [STORY, "/en/infographics/stock/"])
def test_article_says_summary_reading_time_and_date_before_its_text(site, reader: Client, address):
    page = reader.get(address).content.decode()
    places = [page.index(mark) for mark in ("<h1", "article__summary", "to read</li>", "article__body")]
    assert places == sorted(places)
    assert "<time datetime=" in page


def test_page_that_changed_a_day_later_says_when(story: StoryPage, reader: Client):
    changed = published(story, again_after=datetime.timedelta(days=2))
    assert changed.updated == datetime.date(2026, 11, 3)
    page = reader.get(STORY).content.decode()
    assert re.search(r'Updated <time datetime="2026-11-03">3 November 2026</time>', page)


def test_mended_misprint_on_the_same_day_is_no_update(story: StoryPage, reader: Client):
    changed = published(story, again_after=datetime.timedelta(hours=23))
    assert changed.updated is None
    assert "Updated" not in reader.get(STORY).content.decode()


def test_day_of_the_update_is_that_of_the_office(story: StoryPage, settings):
    changed = published(story, again_after=datetime.timedelta(days=1, hours=10))
    with timezone.override("America/Dominica"):
        assert changed.updated == datetime.date(2026, 11, 2)


def test_draft_has_no_day_of_change():
    assert StoryPage(title="Draft").updated is None


def test_links_to_share_load_nothing_and_carry_title_and_address(site, reader: Client):
    page = reader.get(STORY).content.decode()
    share = page[page.index('class="share"') : page.index("</section>", page.index('class="share"'))]
    links = [urlsplit(link.replace("&amp;", "&")) for link in re.findall(r'href="([^"]+)"', share)]
    assert [link.netloc or link.scheme for link in links] == ["wa.me", "t.me", "www.facebook.com", "mailto"]
    address = "http://testserver" + STORY
    assert parse_qs(links[0].query)["text"] == [f"Two in three roofs were rebuilt by mixed crews {address}"]
    assert parse_qs(links[1].query)["url"] == parse_qs(links[2].query)["u"] == [address]
    assert parse_qs(links[3].query)["body"] == [address]
    assert address in re.sub(r"<[^>]+>", "", share)
    assert share.count('rel="noopener noreferrer"') == 3


def test_title_with_signs_is_shared_as_it_is(story: StoryPage, reader: Client):
    story.title = 'Pay & papers: "mine" = 100 % #1'
    story.save_revision().publish()
    page = reader.get(STORY).content.decode()
    link = re.search(r'href="(mailto:[^"]+)"', page)
    assert link
    assert parse_qs(urlsplit(link[1].replace("&amp;", "&")).query)["subject"] == [story.title]


@pytest.fixture
def with_audio(story: StoryPage) -> StoryPage:
    recording = get_document_model()(title="Read aloud", file=ContentFile(b"0" * 34_000, "story.mp3"))
    recording.save()
    story.audio, story.audio_seconds = recording, 245
    story.save_revision().publish()
    return story


def test_audio_is_never_loaded_before_it_is_asked_for_and_says_size_and_length(with_audio: StoryPage, reader: Client):
    page = reader.get(STORY).content.decode()
    assert '<audio controls preload="none"' in page
    assert "(4:05)" in page
    assert "(33.2\xa0KB)" in page
    assert re.search(r'<a href="[^"]+story[^"]*\.mp3" download>', page)


def test_low_data_mode_has_a_link_instead_of_the_player(with_audio: StoryPage, reader: Client):
    reader.cookies["low_data"] = "1"
    page = reader.get(STORY).content.decode()
    assert "<audio" not in page
    assert "(33.2\xa0KB)" in page


def test_page_without_audio_says_nothing_of_it(site, reader: Client):
    assert "Listen to this page" not in reader.get(STORY).content.decode()


def test_menu_opens_without_a_script_and_leads_to_the_sections(site, reader: Client):
    page = reader.get("/fr/").content.decode()
    assert re.search(r'<button [^>]*popovertarget="menu"', page)
    menu = page[page.index('id="menu" popover') : page.index("</nav>", page.index('id="menu" popover'))]
    for address in ("/fr/stories/", "/fr/infographics/", "/fr/fair-work/", "/fr/subscribe/"):
        assert f'href="{address}"' in menu


def test_reader_who_finished_is_led_to_what_comes_next_in_the_language(site, reader: Client):
    page = reader.get("/fr/infographics/stock/").content.decode()
    following = page[page.index('id="next"') :]
    assert 'href="/fr/stories/who-builds-roofs/"' in following
    assert 'href="/en/stories/' not in following


def test_topic_page_and_card_show_the_pattern_of_the_topic(site, reader: Client):
    assert 'class="topic-head topic--work"' in reader.get("/en/work/").content.decode()
    assert 'article__head--topic topic--work"' in reader.get(STORY).content.decode()


def test_page_of_a_kind_without_topics_shows_none(site, reader: Client):
    assert 'class="topics"' not in reader.get("/en/about/").content.decode()


def test_infographic_of_a_deleted_campaign_is_still_shown(infographic: InfographicPage, reader: Client):
    assert infographic.campaign is not None
    infographic.campaign.delete()
    assert reader.get("/en/infographics/stock/").status_code == 200
