"""Characters that nobody sees, pasted into the texts of a page."""

import pytest

from home.models import InfographicPage, StoryPage
from home.readable import readable

pytestmark = pytest.mark.django_db


def test_what_xml_can_not_hold_is_a_space():
    assert readable("a\x0bb\x00c\ufffed\ud83de") == "a b c d e"
    assert readable("Ayiti 💚\tdwa\nou") == "Ayiti 💚\tdwa\nou"


def test_a_page_keeps_none_of_them(story: StoryPage):
    story.title, story.summary = "One\x0bin eight", "In\x02short."
    story.save_revision().publish()

    story.refresh_from_db()
    assert (story.title, story.summary) == ("One in eight", "In short.")


def test_a_chart_is_drawn_though_its_words_were_pasted(infographic: InfographicPage, client):
    infographic.text_summary = "Up\x0band up."
    infographic.save_revision().publish()

    assert client.get(infographic.url).status_code == 200
