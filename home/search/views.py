"""The search of the public site: one address for each language, readable without JavaScript."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

from home.models import StoryPage, TopicPage
from home.models.article import SitePage

from .excerpt import excerpt, marked
from .find import KINDS, Found, fetch, find
from .forms import LONGEST, SearchForm

ON_A_PAGE = 10
LATEST = 3


@dataclass(frozen=True)
class Result:
    """A page as the list of results shows it; title and excerpt are escaped, with the words that were found marked."""

    page: SitePage
    title: SafeString
    excerpt: SafeString


@dataclass(frozen=True)
class Choice:
    """A kind of page that the results can be narrowed to, or all of them."""

    label: Any
    number: int
    address: str
    current: bool


@dataclass(frozen=True)
class Elsewhere:
    """Another language in which there are results."""

    language: str
    name: str
    number: int
    address: str


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Look for the words of ``q`` in the language of the address; ``kind`` and ``page`` narrow what is shown.

    A query that is too long is refused beside its field; a kind or a page number that does not exist is left out of
    account.
    """
    language = get_language() or settings.LANGUAGE_CODE
    form = SearchForm({"q": request.GET.get("q", "")})
    if not form.is_valid():
        kept = request.GET.get("q", "")[:LONGEST]
        context = {"form": form, "query": kept, "refused": True, "longest": LONGEST, **ways(language)}
        return render(request, "home/search.html", context, status=400)
    query = form.cleaned_data["q"]
    found = find(query=query, language=language)
    kind = request.GET.get("kind", "")
    kind = kind if kind in found.by_kind else ""
    matches = [match for match in found.matches if not kind or match.kind == kind]
    shown = Paginator(matches, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "query": query,
        "kind": kind,
        "found": found,
        "shown": shown,
        "results": results(found, list(shown), language) if matches else [],
        "choices": choices(found, query, kind),
        "elsewhere": elsewhere(found, query),
        "address": "?" + urlencode({"q": query} | ({"kind": kind} if kind else {})),
        "longest": LONGEST,
    }
    return render(request, "home/search.html", context if matches else context | ways(language))


def results(found: Found, matches: list[Any], language: str) -> list[Result]:
    """The matches with their pages, titles and excerpts."""
    return [
        Result(
            page=page,
            title=marked(page.title, found.terms),
            excerpt=excerpt(page.reading_texts(), found.terms),
        )
        for page in fetch(matches=matches, language=language)
    ]


def choices(found: Found, query: str, kind: str) -> list[Choice]:
    """All results, then each kind of which there are some; nothing to choose between where there is but one kind."""
    counts = found.by_kind
    if len(counts) < 2:
        return []
    kinds = [("", None, len(found.matches)), *((key, KINDS[key], number) for key, number in counts.items())]
    return [
        Choice(
            label=label,
            number=number,
            address="?" + urlencode({"q": query} | ({"kind": key} if key else {})),
            current=key == kind,
        )
        for key, label, number in kinds
    ]


def elsewhere(found: Found, query: str) -> list[Elsewhere]:
    """The languages that have results where this one has none, in the order of the settings."""
    return [
        Elsewhere(language=code, name=name, number=found.elsewhere[code], address=address_in(code, query))
        for code, name in settings.LANGUAGES
        if code in found.elsewhere
    ]


def address_in(language: str, query: str) -> str:
    """The same search in another language."""
    with override(language):
        return f"{reverse('search')}?{urlencode({'q': query})}"


def ways(language: str) -> dict[str, Any]:
    """Where to go on from a search that found nothing: topics, and what was written last."""
    topics = TopicPage.objects.live().public().filter(locale__language_code=language, alias_of=None)
    return {"topics": topics.order_by("path"), "latest": StoryPage.newest(language)[:LATEST]}
