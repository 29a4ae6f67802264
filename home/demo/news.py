"""The demo's news: real, dated and sourced items."""

from home.models import NewsPage, NewsTopic

from .content import Content, Entry, identity


def item(key: str, entry: Entry) -> NewsPage:
    """A news item."""
    page = NewsPage(
        slug=key,
        translation_key=identity("news", key),
        title=entry["title"],
        summary=entry["summary"],
        published=entry["published"],
        place=entry["place"],
        partners=entry.get("partners", ""),
        body=entry.get("body", "").strip(),
        source=entry["source"],
        source_url=entry.get("source_url", ""),
    )
    page.topics = [NewsTopic(topic=name) for name in entry["topics"]]
    return page


def items(content: Content) -> dict[str, NewsPage]:
    """All of them by key, in the file's order."""
    return {key: item(key, entry) for key, entry in content.section("news").items()}
