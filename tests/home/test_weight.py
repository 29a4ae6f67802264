"""What a reader's line has to carry for the first view of a story, compressed as it is served."""

import gzip
import re
from pathlib import Path

from django.conf import settings
from django.test import Client

from home.images.renditions import FILTERS

STORY = "/en/stories/who-builds-roofs/"
WHOLE, LOW_DATA = 100_000, 50_000
PICTURE = 35_000
"""The largest picture that a phone is offered first: 720 pixels wide, as AVIF."""
LINKED = re.compile(r'<(?:link rel="(?:stylesheet|icon)"|script)[^>]*?(?:href|src)="/static/([^"]+)"')


def first_view(reader: Client) -> int:
    """Bytes of the page with its styles, its script and its mark."""
    response = reader.get(STORY, headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    files = LINKED.findall(gzip.decompress(response.content).decode())
    assert len(files) >= 4
    folder = Path(settings.STATICFILES_DIRS[0])
    return len(response.content) + sum(len(gzip.compress((folder / file).read_bytes(), 9)) for file in files)


def test_first_view_of_a_story_leaves_room_for_its_picture(site, reader: Client):
    assert first_view(reader) + PICTURE <= WHOLE


def test_first_view_of_a_story_in_low_data_mode_is_light(site, reader: Client):
    reader.cookies["low_data"] = "1"
    assert first_view(reader) <= LOW_DATA


def test_page_that_is_not_kept_is_sent_compressed_too(site, reader: Client):
    assert reader.get("/en/subscribe/", headers={"Accept-Encoding": "gzip"})["Content-Encoding"] == "gzip"


def test_sizes_that_are_made_before_are_those_that_the_page_asks_for():
    template = (Path(settings.BASE_DIR) / "templates/home/components/image.html").read_text()
    asked = re.search(r"picture \S+ format-\{([\w,]+)\} width-\{([\d,]+)\}", template)
    assert asked
    made = {f"format-{kind}|width-{width}" for kind in asked[1].split(",") for width in asked[2].split(",")}
    assert made == set(FILTERS)
