"""Finds pages by their words: those in one language, live, and open to everybody."""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, F, TextField, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale, Page
from wagtail.query import PageQuerySet
from wagtail.search.backends import get_search_backend
from wagtail.search.query import And, Or, PlainText

from home.models import HomePage
from home.models.article import SitePage

from .words import terms, words

BACKEND = "home.search.backend"
OTHERS = "page"

KINDS: dict[str, Any] = {
    "story": _("Stories"),
    "infographic": _("Infographics"),
    "news": _("News"),
    "rights": _("Rights cards"),
    "glossary": _("Words explained"),
    OTHERS: _("Other pages"),
}
"""What a reader can choose between, in this order."""

MODELS = {
    "storypage": "story",
    "infographicpage": "infographic",
    "newspage": "news",
    "rightscardpage": "rights",
    "glossarypage": "glossary",
}
"""The kind of a page by the name of its model; every other page is one of the others."""


@dataclass(frozen=True)
class Match:
    """A page that was found, and its kind."""

    pk: int
    kind: str


@dataclass(frozen=True)
class Found:
    """What a query found, the best first.

    ``partly`` says that no page has all the words, so these have some of them. ``elsewhere`` counts the pages by
    language, and is filled only where nothing at all was found.
    """

    terms: list[str]
    matches: list[Match]
    partly: bool
    elsewhere: dict[str, int]

    @property
    def by_kind(self) -> dict[str, int]:
        """How many there are of each kind, in the order of the kinds."""
        counts = Counter(match.kind for match in self.matches)
        return {kind: counts[kind] for kind in KINDS if counts[kind]}


@cache
def searched_models() -> tuple[type[SitePage], ...]:
    """Every kind of page that a reader can find: all but the home page."""
    return tuple(
        model
        for model in apps.get_models()
        if issubclass(model, SitePage) and not issubclass(model, HomePage) and not model._meta.proxy
    )


def find(*, query: str, language: str) -> Found:
    """The pages of a language that have all the words of the query, or else some of them.

    A word may be the beginning of one. Pages with the words in their title come first, then those with them in their
    summary, then by age, the newest first. Six queries at most, whatever is found.
    """
    looked_for = terms(query)
    if not looked_for:
        return Found([], [], partly=False, elsewhere={})
    matches = ranked(looked_for, And, language)
    partly = not matches and len(looked_for) > 1
    if partly:
        matches = ranked(looked_for, Or, language)
    elsewhere = {} if matches else languages(looked_for)
    return Found(looked_for, matches, partly=partly and bool(matches), elsewhere=elsewhere)


def searched(looked_for: list[str], how: type[And] | type[Or]) -> PageQuerySet:
    """The open pages of every language that have all of the words (``And``) or some (``Or``), in no order."""
    asked = how([PlainText(term) for term in looked_for])
    backend = get_search_backend(BACKEND, SEARCH_CONFIG="simple")
    # Filtered afterwards: before, Wagtail lets nobody filter by a field that is not in its index.
    pages = backend.search(asked, Page.objects.all(), order_by_relevance=False).get_queryset()
    return pages.live().public().filter(alias_of=None, content_type_id__in=list(types_by_id())).order_by()


def ranked(looked_for: list[str], how: type[And] | type[Or], language: str) -> list[Match]:
    """The pages of a language that match, the best first."""
    summaries = [F(f"{model._meta.model_name}__summary") for model in searched_models()]
    found = (
        searched(looked_for, how)
        .filter(locale__language_code=language)
        .annotate(_summary=Coalesce(*summaries, Value(""), output_field=TextField()))
        .order_by("-first_published_at", "-pk")
        .values_list("pk", "content_type_id", "title", "_summary")
    )
    names = types_by_id()
    scored = [
        (hits(title, looked_for), hits(summary, looked_for), Match(pk, MODELS.get(names[content_type], OTHERS)))
        for pk, content_type, title, summary in found
    ]
    # Sorting keeps the order of what is equal: the newest first.
    scored.sort(key=lambda row: (-row[0], -row[1]))
    return [match for _title, _summary, match in scored]


def types_by_id() -> dict[int, str]:
    """The names of the searched models by the number of their content type."""
    return {kind.pk: kind.model for kind in ContentType.objects.get_for_models(*searched_models()).values()}


def hits(text: str, looked_for: list[str]) -> int:
    """How many of the words that are looked for stand in the text, or begin one of its words."""
    present = " " + " ".join(words(text))
    return sum(f" {term}" in present for term in looked_for)


def languages(looked_for: list[str]) -> dict[str, int]:
    """How many pages have all the words, by language."""
    counts = searched(looked_for, And).values("locale__language_code").annotate(number=Count("pk"))
    return {row["locale__language_code"]: row["number"] for row in counts}


def fetch(*, matches: list[Match], language: str) -> list[SitePage]:
    """The pages of some matches, in their order. One query for each kind of page among them, and two more."""
    locale = Locale.objects.get(language_code=language)
    pages = {page.pk: page for page in Page.objects.filter(pk__in=[match.pk for match in matches]).specific()}
    for page in pages.values():
        page.locale = locale
    return [pages[match.pk] for match in matches if match.pk in pages]
