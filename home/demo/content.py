"""Reads the English content of the demo site and checks it before anything is made of it.

``content/en.toml`` and the files beside it whose names begin alike (``en-….toml``) hold the pages, ``data/*.csv`` the
tables. Every page has a key; the key gives the page, its blocks and so its strings an identity that is the same on
every machine and at every load.
"""

import csv
import tomllib
import uuid
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings

HERE = Path(__file__).resolve().parent
NAMESPACE = uuid.UUID("0c5fe3c5-6c0e-5c0b-9a52-1f3ce0a5f1d7")

Entry = dict[str, Any]

REQUIRED = {
    "pages": {"title", "summary"},
    "topics": {"slug", "title", "summary"},
    "campaigns": {"slug", "title", "summary", "body"},
    "terms": {"term", "definition"},
    "stories": {"title", "summary", "topics", "published", "body", "sources"},
    "news": {"title", "summary", "topics", "published", "place", "source"},
    "infographics": {
        "title", "summary", "subtitle", "topics", "published", "chart", "table", "columns",
        "text_summary", "source", "data_year",
    },
    "rights": {
        "title", "right", "topics", "status", "source", "article", "meaning", "what_to_do", "where_to_ask",
    },
}  # fmt: skip

CAMPAIGN_MEMBERS = ("stories", "infographics", "news")
"""Sections whose pages can belong to a campaign."""


class ContentError(Exception):
    """The content contradicts itself or lacks something; one line for each fault, with the entry's key."""


def identity(*parts: str) -> uuid.UUID:
    """The same identity for the same parts, always."""
    return uuid.uuid5(NAMESPACE, ".".join(parts))


@dataclass(frozen=True)
class Content:
    """The demo's English content; ``folder`` holds ``content/`` and ``data/``."""

    folder: Path = HERE

    @cached_property
    def entries(self) -> Entry:
        """The whole file, checked."""
        entries: Entry = {}
        faults = []
        for path in sorted((self.folder / "content").glob("en*.toml"), key=lambda path: path.stem):
            for section, found in tomllib.loads(path.read_text(encoding="utf-8")).items():
                here = entries.setdefault(section, {})
                faults += [f"{path.name} says {section}.{key} again" for key in found if key in here]
                here.update(found)
        faults += self._faults(entries)
        if faults:
            raise ContentError("\n".join(faults))
        return entries

    @property
    def home(self) -> Entry:
        """The entry of the home page."""
        return self.entries["home"]

    def section(self, name: str) -> dict[str, Entry]:
        """The entries of a kind, such as ``stories`` or ``news``, by key, in the file's order."""
        return self.entries.get(name, {})

    def rows(self, table: str) -> list[dict[str, str]]:
        """The rows of a table, by the names of its columns."""
        with (self.folder / "data" / table).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def catalogue(self, language: str) -> Path:
        """Where the translations of a language are."""
        return self.folder / "content" / f"{language}.po"

    def _faults(self, entries: Entry) -> Any:
        for section, required in REQUIRED.items():
            for key, entry in entries.get(section, {}).items():
                for name in sorted(required - entry.keys()):
                    yield f"{section}.{key} has no {name}"
        for section in ("stories", "infographics", "news", "rights"):
            for key, entry in entries.get(section, {}).items():
                for topic in set(entry.get("topics", [])) - settings.TOPICS.keys():
                    yield f"{section}.{key} has an unknown topic {topic}"
        for key in entries.get("topics", {}).keys() - settings.TOPICS.keys():
            yield f"topics.{key} is no topic of the settings"
        if entries.get("news") and "news" not in entries.get("pages", {}):
            yield "news has no list: pages.news"
        yield from self._wrong_references(entries)
        yield from self._wrong_campaigns(entries)
        yield from self._wrong_tables(entries)

    def _wrong_references(self, entries: Entry) -> Any:
        infographics = entries.get("infographics", {})
        for key, entry in entries.get("stories", {}).items():
            keys = [(block["type"], block["key"]) for block in entry.get("body", []) if "key" in block]
            named = {*entry.get("infographics", []), *(name for kind, name in keys if kind == "infographic")}
            for name in sorted(
                {name for kind, name in keys if kind == "rights_card"} - entries.get("rights", {}).keys()
            ):
                yield f"stories.{key} names an unknown rights card {name}"
            for name in sorted(named - infographics.keys()):
                yield f"stories.{key} names an unknown infographic {name}"
        home = entries.get("home", {})
        if home.get("lead") not in entries.get("stories", {}):
            yield f"home names an unknown lead story {home.get('lead')}"
        for name in home.get("numbers", []):
            if "number" not in infographics.get(name, {}):
                yield f"home shows the number of {name}, which has none"

    def _wrong_campaigns(self, entries: Entry) -> Any:
        for key, entry in entries.get("campaigns", {}).items():
            for section in CAMPAIGN_MEMBERS:
                for name in sorted(set(entry.get(section, [])) - entries.get(section, {}).keys()):
                    yield f"campaigns.{key} names {section}.{name}, which is not there"

    def _wrong_tables(self, entries: Entry) -> Any:
        for key, entry in entries.get("infographics", {}).items():
            path = self.folder / "data" / entry.get("table", "")
            if not path.is_file():
                yield f"infographics.{key}: there is no table {path.name}"
                continue
            with path.open(encoding="utf-8-sig", newline="") as file:
                header = next(csv.reader(file))
            columns = {column["key"] for column in entry.get("columns", [])}
            for name in sorted(columns - set(header)):
                yield f"infographics.{key}: {path.name} has no column {name}"
            drawn = {entry["x"], *entry.get("y", [])} if "x" in entry else set(entry.get("y", []))
            for name in sorted(drawn - columns):
                yield f"infographics.{key} draws {name}, which is none of its columns"
