import io
import re

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image as Drawing
from wagtail.images import get_image_model

from home.models import InfographicPage, StoryPage
from home.templatetags import site_tags

SWITCH = "/fr/settings/low-data/"
STORY = "/en/stories/who-builds-roofs/"


@pytest.fixture
def saving(reader: Client) -> Client:
    """A reader who has switched low-data mode on."""
    reader.post(SWITCH, {"on": "1", "next": "/fr/"})
    return reader


def test_reader_switches_it_on_for_a_year_and_comes_back(reader: Client, db):
    response = reader.post(SWITCH, {"on": "1", "next": STORY})
    assert (response.status_code, response.headers["Location"]) == (302, STORY)
    cookie = response.cookies["low_data"]
    assert (cookie.value, cookie["max-age"], cookie["samesite"], cookie["httponly"]) == ("1", 31_536_000, "Lax", True)
    assert list(response.cookies) == ["low_data"]


def test_reader_switches_it_off_and_nothing_stays(saving: Client, db):
    response = saving.post(SWITCH, {"on": "0", "next": STORY})
    assert response.cookies["low_data"]["max-age"] == 0


def test_reader_who_chose_nothing_has_no_cookie_and_every_picture(site, reader: Client):
    response = reader.get("/en/")
    assert not response.cookies
    assert '<svg class="landscape' in response.content.decode()
    assert 'name="on" value="1"' in response.content.decode()


def test_page_says_that_it_is_on_and_how_to_switch_it_off(site, saving: Client):
    page = saving.get(STORY).content.decode()
    assert "Low-data mode is on" in page
    assert 'name="on" value="0"' in page
    assert f'name="next" value="{STORY}"' in page


def test_decoration_and_second_drawings_of_a_chart_are_left_out(site, reader: Client):
    whole = reader.get(STORY).content
    reader.post(SWITCH, {"on": "1", "next": "/fr/"})
    light = reader.get(STORY).content.decode()
    assert len(light.encode()) < len(whole)
    assert "chart__wide" not in light
    assert "chart__only" in light
    assert '<svg class="landscape' not in reader.get("/en/").content.decode()
    assert "card__chart" not in reader.get("/en/infographics/").content.decode()


def test_large_chart_gives_way_to_its_words_and_a_link(site, saving: Client, infographic: InfographicPage, monkeypatch):
    monkeypatch.setattr(site_tags, "SMALL_CHART", 10)
    page = saving.get("/en/infographics/stock/").content.decode()
    assert "chart__only" not in page
    assert f'<p class="instead">{infographic.text_summary}' in page
    assert 'href="/en/infographic/stock.svg"' in page


@pytest.fixture
def with_picture(story: StoryPage, settings, tmp_path) -> StoryPage:
    """A story with a picture, whose files are thrown away."""
    settings.MEDIA_ROOT = str(tmp_path)
    file = io.BytesIO()
    Drawing.new("RGB", (1000, 600), "#0a5a78").save(file, "PNG")
    picture = get_image_model()(title="Sea", file=ContentFile(file.getvalue(), "sea.png"))
    picture.save()
    block = {"image": picture.pk, "alt_text": "The sea, drawn.", "caption": "At Marigot", "role": "nobody"}
    story.body = [*story.body.raw_data, {"type": "image", "value": block}]
    story.save_revision().publish()
    return story


def test_picture_waits_behind_its_words_and_its_weight(with_picture: StoryPage, reader: Client):
    assert "<picture>" in reader.get(STORY).content.decode()
    reader.cookies["low_data"] = "1"
    page = reader.get(STORY).content.decode()
    assert "<picture>" not in page
    assert "<img" not in page
    assert re.search(r'The sea, drawn\. <a href="/media/[^"]+\.webp">Show the picture \([\d.]+\xa0[Kb]', page)
    assert "At Marigot" in page


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "/\\elsewhere.example/",
        "\\\\elsewhere.example",
        "javascript:alert(1)",
        "/en/\r\nSet-Cookie: a=b",
        "/" + "x" * 5000,
        "stories/",
        "",
    ],
)
def test_it_never_leads_to_another_site(reader: Client, db, address):
    assert reader.post(SWITCH, {"on": "1", "next": address}).headers["Location"] == "/fr/"


def test_value_that_nobody_can_choose_switches_it_off(reader: Client, db):
    assert reader.post(SWITCH, {"on": "<script>"}).cookies["low_data"].value == ""


@pytest.mark.parametrize("value", ["0", "2", "on", "<script>"])
def test_cookie_with_another_value_changes_nothing(site, reader: Client, value):
    reader.cookies["low_data"] = value
    assert "Low-data mode is on" not in reader.get("/en/").content.decode()


def test_it_is_not_switched_by_following_a_link(reader: Client, db):
    response = reader.get(SWITCH, {"on": "1"})
    assert response.status_code == 405
    assert not response.cookies


@pytest.mark.parametrize("role", ["", "Editors", "Approvers", "Evaluators", "Data officers"])
def test_every_role_and_the_public_may_switch_it(reader: Client, db, role):
    if role:
        user = User.objects.create_user("somebody")
        user.groups.add(Group.objects.get_or_create(name=role)[0])
        reader.force_login(user)
    assert reader.post(SWITCH, {"on": "1", "next": "/en/"}).status_code == 302
