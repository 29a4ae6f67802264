"""What was published in a period, counted: items, their languages, what makes them accessible, and who is quoted.

An item is a story or an infographic, once whatever its translations. News is none: indicator P1 counts what was made to
last, and a desk's short notes would drown it. It was published on the day, in the office's zone,
on which the first of its languages went live. Aliases, which only show another language's words, are no translations.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from home.models import InfographicPage, StoryPage

ContentPage = StoryPage | InfographicPage
KINDS: tuple[type[StoryPage] | type[InfographicPage], ...] = (StoryPage, InfographicPage)
STATED = ("woman", "man", "another")


@dataclass(frozen=True)
class Item:
    """A story or an infographic with its live pages, in the order in which they went live."""

    pages: Sequence[ContentPage]

    @property
    def published(self) -> datetime:
        """When the first of its languages went live, in UTC."""
        return min(page.first_published_at for page in self.pages)

    @property
    def kind(self) -> str:
        """``"story"`` or ``"infographic"``."""
        return "story" if isinstance(self.pages[0], StoryPage) else "infographic"

    @property
    def topics(self) -> set[str]:
        """The keys of its topics."""
        return {topic.topic for page in self.pages for topic in page.topics.all()}

    @property
    def languages(self) -> set[str]:
        """The codes of the languages in which it is live."""
        return {page.language for page in self.pages}

    @property
    def is_accessible(self) -> bool:
        """Whether each of its languages has all that can be checked: see :func:`lacks`."""
        return not any(lacks(page) for page in self.pages)


def items(*, since: date, until: date, zone: ZoneInfo) -> list[Item]:
    """The items first published on days from ``since`` to ``until`` in ``zone``, both included, and live now."""
    found: dict[Any, list[ContentPage]] = {}
    for kind in KINDS:
        pages = kind.objects.live().filter(alias_of=None, first_published_at__isnull=False)
        for page in pages.select_related("locale").prefetch_related("topics").order_by("first_published_at", "pk"):
            found.setdefault(page.translation_key, []).append(page)
    every = map(Item, found.values())
    return [item for item in every if since <= item.published.astimezone(zone).date() <= until]


def lacks(page: ContentPage) -> list[str]:
    """What a reader who can't see, or reads with effort, misses on a page: by the names of fields and blocks.

    A summary in plain words, the alternative text of each picture, and of an infographic its summary in words.
    """
    missing = [] if page.summary.strip() else ["summary"]
    if isinstance(page, InfographicPage):
        return missing if page.text_summary.strip() else [*missing, "text_summary"]
    pictures = [block.value for block in page.body if block.block_type == "image"]
    return missing + ["alt_text" for picture in pictures if not (picture.get("alt_text") or "").strip()]


def quoted(found: Iterable[Item]) -> list[tuple[str, str]]:
    """Gender, as stated, and function of everybody quoted in some items, once an item; documents are nobody.

    Read in one language of each item: its translations quote the same people. Who stated no gender has ``undisclosed``
    or ``not_asked``.
    """
    people: list[tuple[str, str]] = []
    for item in found:
        page = item.pages[0]
        if isinstance(page, StoryPage):
            quotes = [block.value for block in page.body if block.block_type == "quote"]
            speakers = {(quote["speaker"].strip(), quote["gender"], quote["function"]) for quote in quotes}
            people += [
                (gender, function)
                for _speaker, gender, function in sorted(speakers)
                if gender != "none" and function != "document"
            ]
    return people
