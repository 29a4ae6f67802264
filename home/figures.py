"""What was published in a period, counted: items, their languages, what makes them accessible, and who is quoted.

An item is a story, an infographic or a rights card, once whatever its translations. News is none: indicator P1 counts
what was made to last, and a desk's short notes would drown it. It was published on the day, in the office's zone, on
which the first of its languages went live, even if that one is offline now. Aliases, which only show another language's
words, are no translations.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from wagtail.rich_text import RichText, get_text_for_indexing

from home.editorial.checklist import checklist, last_answers
from home.editorial.items import ITEMS
from home.editorial.models import ChecklistAnswer
from home.editorial.people import STATED, stream_blocks, voices
from home.models import InfographicPage, RightsCardPage, StoryPage

__all__ = ["KINDS", "STATED", "Item", "items", "lacks", "published", "quoted"]

ContentPage = StoryPage | InfographicPage | RightsCardPage
KINDS: dict[str, type[StoryPage] | type[InfographicPage] | type[RightsCardPage]] = {
    "story": StoryPage,
    "infographic": InfographicPage,
    "rights_card": RightsCardPage,
}
CHECKED = tuple(item for item in ITEMS if item.key in ("summary", "alt_texts"))
"""The items of the editorial checklist on which it depends whether a page is accessible."""

IN_WORDS = {"audio": "transcript", "video": "summary"}
"""Blocks of sound and film, and where each says in words what is heard or seen."""

Answers = Mapping[str, ChecklistAnswer]


@dataclass(frozen=True)
class Item:
    """A story, an infographic or a rights card with its live pages, in the order in which they went live.

    ``published`` is when the first of its languages went live, in UTC. ``answers`` are the last ones of its checklist.
    """

    kind: str
    pages: Sequence[ContentPage]
    published: datetime
    answers: Answers = field(default_factory=dict)

    @property
    def topics(self) -> set[str]:
        """The keys of its topics."""
        return {topic.topic for page in self.pages for topic in page.topics.all()}

    @property
    def languages(self) -> set[str]:
        """The codes of the languages in which it is live."""
        return {page.language for page in self.pages}

    @cached_property
    def is_accessible(self) -> bool:
        """Whether each of its languages has all that can be checked: see :func:`lacks`."""
        return not any(lacks(page, self.answers) for page in self.pages)


def items(*, results: str = "") -> list[Item]:
    """Every item that is live now.

    With ``results``, the short name of a campaign's results, without those that name a campaign with other results.
    """
    return [item for kind in KINDS for item in _of_kind(kind, results)]


def _of_kind(kind: str, results: str) -> list[Item]:
    pages = KINDS[kind].objects.filter(alias_of=None, first_published_at__isnull=False)
    if results and hasattr(KINDS[kind], "campaign"):
        others = pages.exclude(campaign=None).exclude(campaign__results_slug__in=("", results))
        pages = pages.exclude(translation_key__in=others.values("translation_key"))
    by_key: dict[Any, list[ContentPage]] = {}
    for page in pages.select_related("locale").prefetch_related("topics").order_by("first_published_at", "pk"):
        by_key.setdefault(page.translation_key, []).append(page)
    answers = last_answers(by_key)
    return [
        Item(kind, live, pages[0].first_published_at, answers.get(key, {}))
        for key, pages in by_key.items()
        if (live := [page for page in pages if page.live])
    ]


def published(found: Iterable[Item], *, since: date, until: date, zone: ZoneInfo) -> list[Item]:
    """Those that were first published on days from ``since`` to ``until`` in ``zone``, both included."""
    return [item for item in found if since <= item.published.astimezone(zone).date() <= until]


def lacks(page: ContentPage, answers: Answers) -> list[str]:
    """What a reader who can't see or hear, or reads with effort, misses on a page: by the names of items and fields.

    A summary in plain words and the alternative text of each picture, as the editorial checklist judges them and as
    editors answered it; of an infographic its summary in words; of sound its transcript, and of a film what it says.
    """
    entries = checklist(page, items=CHECKED, answers=answers)
    missing = [entry.item.key for entry in entries if entry.is_open]
    if isinstance(page, InfographicPage) and not page.text_summary.strip():
        missing.append("text_summary")
    for _field, _place, block in stream_blocks(page):
        name = IN_WORDS.get(block.block_type, "")
        if name and not _says(block.value.get(name)):
            missing.append(name if name == "transcript" else f"{block.block_type}_{name}")
    return missing


def _says(text: RichText | None) -> bool:
    """Whether there are words in a rich text, and not only its markup."""
    return text is not None and bool(get_text_for_indexing(text.source).strip())


def quoted(found: Iterable[Item]) -> list[tuple[str, str]]:
    """Gender, as stated, and function of everybody quoted in some items, once an item; documents are nobody.

    Read in one language of each item: its translations quote the same people. Who stated no gender has ``undisclosed``
    or ``not_asked``.
    """
    return [(voice.gender, voice.function) for item in found for voice in voices(item.pages[0])]
