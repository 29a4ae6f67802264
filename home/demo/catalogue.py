"""One catalogue for each language of the demo: written for translators, read into each page's translation.

An entry is found by its English text alone, so a sentence that stands on several pages is translated once.
"""

from collections.abc import Iterator
from pathlib import Path

import polib
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from home.models.article import SitePage

from . import build, news, rights
from .campaigns import campaign
from .content import Content


def pages(content: Content) -> Iterator[tuple[str, SitePage]]:
    """Every page of the content with its place in the file, unsaved."""
    yield "home", build.home(content)
    for key, entry in content.section("pages").items():
        yield f"pages.{key}", build.plain_page(key, entry)
    for key, entry in content.section("topics").items():
        yield f"topics.{key}", build.topic(key, entry)
    for key, entry in content.section("campaigns").items():
        yield f"campaigns.{key}", campaign(key, entry)
    for key, entry in content.section("infographics").items():
        yield f"infographics.{key}", build.infographic(key, entry, content)
    for key, entry in content.section("rights").items():
        yield f"rights.{key}", rights.card(key, entry)
    for key, entry in content.section("stories").items():
        yield f"stories.{key}", build.story(key, entry, {})
    for key, page in news.items(content).items():
        yield f"news.{key}", page


def segments(page: SitePage) -> list[tuple[str, str]]:
    """What ``wagtail-localize`` would have translated of the page: pairs of path and text."""
    return [
        (segment.path, segment.string.data)
        for segment in extract_segments(page)
        if isinstance(segment, StringSegmentValue)
    ]


def has_words(text: str) -> bool:
    """Whether there is anything to translate: years and figures alone read the same in every language."""
    return any(letter.isalpha() for letter in text)


def extract(content: Content) -> polib.POFile:
    """A catalogue of every text to translate, in reading order, each once, with the places where it stands."""
    catalogue = polib.POFile(wrapwidth=120)
    catalogue.metadata = {
        "Project-Id-Version": "demo",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    entries: dict[str, polib.POEntry] = {}
    for place, page in pages(content):
        for path, text in segments(page):
            field = path.split(".")[0]
            if not has_words(text):
                continue
            if text not in entries:
                entries[text] = polib.POEntry(msgid=text, msgstr="", comment=f"{place}: {field}")
                catalogue.append(entries[text])
            elif f"{place}: {field}" not in entries[text].comment.splitlines():
                entries[text].comment += f"\n{place}: {field}"
    return catalogue


def read(path: Path) -> dict[str, str]:
    """The translations of a catalogue by English text; those marked fuzzy are left out."""
    if not path.is_file():
        return {}
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(path)) if entry.translated()}
