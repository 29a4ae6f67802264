"""Makes pages of the demo's English content, without saving them: the loader saves them, the catalogue reads them."""

from collections.abc import Mapping
from typing import Any

from home.models import (
    GlossaryPage,
    HomePage,
    InfographicIndexPage,
    InfographicPage,
    InfographicTopic,
    NewsIndexPage,
    RightsIndexPage,
    StandardPage,
    StoryIndexPage,
    StoryPage,
    StoryTopic,
    TopicPage,
)
from home.models.article import SitePage
from home.tables import TableData, as_cell

from .content import Content, Entry, identity

SECTION_PAGES: dict[str, type[SitePage]] = {
    "stories": StoryIndexPage,
    "infographics": InfographicIndexPage,
    "your-rights": RightsIndexPage,
    "news": NewsIndexPage,
    "glossary": GlossaryPage,
}


def blocks(entries: list[tuple[str, Any]], *place: str) -> list[dict[str, Any]]:
    """Raw blocks of a StreamField; a block's identity is its place."""
    return [
        {"type": kind, "value": value, "id": str(identity(*place, str(number)))}
        for number, (kind, value) in enumerate(entries)
    ]


def texts(entry: Entry) -> dict[str, Any]:
    """What every entry has."""
    return {"title": entry["title"], "summary": entry["summary"]}


def home(content: Content) -> HomePage:
    """The home page, without the pages that it leads to."""
    return HomePage(slug="home", translation_key=identity("home"), **texts(content.home))


def plain_page(key: str, entry: Entry) -> SitePage:
    """A list of stories or infographics, or a page of text."""
    model = SECTION_PAGES.get(key, StandardPage)
    page = model(
        slug=entry.get("slug", key),
        show_in_menus=key not in ("privacy", "glossary"),
        translation_key=identity("pages", key),
        **texts(entry),
    )
    if isinstance(page, StandardPage):
        page.body = "".join(block["html"] for block in entry.get("body", []))
    return page


def topic(key: str, entry: Entry) -> TopicPage:
    """The page of a topic."""
    return TopicPage(key=key, slug=entry["slug"], translation_key=identity("topics", key), **texts(entry))


def infographic(key: str, entry: Entry, content: Content) -> InfographicPage:
    """An infographic with its table and topics."""
    number, reference = entry.get("number", {}), entry.get("reference", {})
    roles = dict.fromkeys(entry.get("y", []), "y") | ({entry["x"]: "x"} if "x" in entry else {})
    columns = [
        ("column", {**column, "role": roles.get(column["key"], "table"), "format": column.get("format", "text")})
        for column in entry["columns"]
    ]
    page = InfographicPage(
        slug=key,
        translation_key=identity("infographics", key),
        subtitle=entry["subtitle"],
        published=entry["published"],
        chart=entry["chart"],
        columns=blocks(columns, "infographics", key, "columns"),
        data=table(entry, content),
        total_row=str(entry.get("total_row", "")),
        highlight=str(entry.get("highlight", "")),
        annotations=blocks(
            [("annotation", remark) for remark in entry.get("annotations", [])], "infographics", key, "annotations"
        ),
        reference_value=reference.get("value"),
        reference_label=reference.get("label", ""),
        number_value=float(number["value"]) if number else None,
        number_format=number.get("format", "percent"),
        number_label=number.get("label", ""),
        text_summary=entry["text_summary"],
        source=entry["source"],
        source_url=entry.get("source_url", ""),
        data_year=str(entry["data_year"]),
        note=entry.get("note", ""),
        change_note=entry.get("change_note", ""),
        **texts(entry),
    )
    page.topics = [InfographicTopic(topic=name) for name in entry["topics"]]
    return page


def table(entry: Entry, content: Content) -> TableData:
    """The rows and columns that the entry asks for."""
    keys = [column["key"] for column in entry["columns"]]
    rows = content.rows(entry["table"])
    for key, kept in entry.get("where", {}).items():
        rows = [row for row in rows if row[key] in {str(value) for value in kept}]
    return {
        "keys": keys,
        "rows": [[as_cell(row[key]) for key in keys] for row in rows[: entry.get("first")]],
        "texts": {},
    }


def story(key: str, entry: Entry, infographics: Mapping[str, int], cards: Mapping[str, int] | None = None) -> StoryPage:
    """A story; ``infographics`` and ``cards`` give the ids of pages that exist, others are left out of the body."""
    shown = [block["key"] for block in entry["body"] if block["type"] == "infographic"]
    more = [{"type": "infographic", "key": name} for name in entry.get("infographics", []) if name not in shown]
    body = blocks(
        [story_block(block, infographics, cards or {}) for block in [*entry["body"], *more]], "stories", key, "body"
    )
    lead = next(iter(entry.get("infographics", shown)), None)
    page = StoryPage(
        slug=key,
        translation_key=identity("stories", key),
        published=entry["published"],
        body=[block for block in body if block["value"] is not None],
        sources=blocks([("source", source) for source in entry["sources"]], "stories", key, "sources"),
        lead_infographic_id=infographics.get(lead) if lead else None,
        **texts(entry),
    )
    page.topics = [StoryTopic(topic=name) for name in entry["topics"]]
    return page


def story_block(block: Entry, infographics: Mapping[str, int], cards: Mapping[str, int]) -> tuple[str, Any]:
    """The kind and the raw value of a block; ``None`` for an infographic or a card that is not there yet."""
    match block["type"]:
        case "rights_card":
            return "rights_card", cards.get(block["key"])
        case "infographic":
            return "infographic", infographics.get(block["key"])
        case "quote":
            quote = {"gender": "none" if block["function"] == "document" else "not_asked", **block}
            return "quote", {name: quote[name] for name in ("text", "speaker", "gender", "function")}
        case "figure":
            return "figure", {name: block.get(name, "") for name in ("value", "label", "source", "url")}
        case "join":
            return "join", {name: block.get(name, "") for name in ("heading", "text", "source")}
        case kind:
            return kind, block["html"]
