"""What stands around every page: the name of the site, the menu, the languages in which this page can be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language
from wagtail.models import Page, Site

from home.fallback import Elsewhere, elsewhere
from home.models import GlossaryPage, HomePage, StandardPage
from home.models.article import SitePage
from home.page_cache.parts import part

MOST_QUERY = 200
"""Letters of a query that goes along to another language."""


@dataclass(frozen=True)
class Alternative:
    """This page in a language, named in itself."""

    language: str
    name: str
    url: str
    current: bool


@dataclass(frozen=True)
class Missing:
    """A language into which this page is not translated."""

    language: str
    name: str


@dataclass(frozen=True)
class Frame:
    """``home`` is ``None`` where the language has no pages yet; ``origin`` is the site's scheme and host.

    ``missing`` are the languages that have a home page, but not this page: each named in itself.
    ``elsewhere`` is for an address that leads nowhere: the languages in which it leads to a page.
    ``children`` are the pages right below the home page; ``menu`` has those that an editor put in the menu, ``footer``
    the plain pages and the glossary where they are not in it.
    """

    name: str
    origin: str
    home: HomePage | None
    children: list[Page]
    menu: list[Page]
    footer: list[Page]
    alternatives: list[Alternative]
    missing: list[Missing]
    elsewhere: list[Elsewhere]


def frame(request: HttpRequest, page: SitePage | None = None) -> Frame:
    """The frame of a page, or of a view that is no page of the CMS. Four queries at most; none where it is kept."""
    if page is None or not page.live or getattr(request, "is_preview", False):
        return _frame(request, page)
    return part(("frame", page.pk, request.scheme, request.get_host()), lambda: _frame(request, page))


def _frame(request: HttpRequest, page: SitePage | None) -> Frame:
    site = Site.find_for_request(request)
    language = page.language if page else get_language() or settings.LANGUAGE_CODE
    homes = list(HomePage.objects.live().filter(alias_of=None, depth=2).select_related("locale")) if site else []
    home = next((home for home in homes if home.language == language), None)
    children = list(Page.objects.child_of(home).live()) if home else []
    others = elsewhere(request=request, homes=homes) if page is None and leads_nowhere(request) else []
    if page:
        found = page_alternatives(page, request)
    else:
        found = view_alternatives(homes, request, language, {other.language: other.url for other in others})
    return Frame(
        name=(site and site.site_name) or settings.WAGTAIL_SITE_NAME,
        origin=site.root_url if site else settings.SITE_URL,
        home=home,
        children=children,
        menu=[child for child in children if child.show_in_menus],
        footer=[
            child
            for child in children
            if not child.show_in_menus and child.specific_class in (StandardPage, GlossaryPage)
        ],
        alternatives=found,
        elsewhere=others,
        missing=missing({home.language for home in homes} - {alternative.language for alternative in found}),
    )


def page_alternatives(page: SitePage, request: HttpRequest) -> list[Alternative]:
    """The languages in which the page is live, in the order of the settings."""
    urls = {found.language: found.get_url(request) or "" for found in page.shown_translations()}
    if not page.live:
        urls[page.language] = page.get_url(request) or ""
    return alternatives(urls, page.language)


def leads_nowhere(request: HttpRequest) -> bool:
    """Whether no view but that of the pages could answer."""
    match = getattr(request, "resolver_match", None)
    return match is None or match.url_name == "wagtail_serve"


def is_search(request: HttpRequest) -> bool:
    """Whether the address is that of the search."""
    match = getattr(request, "resolver_match", None)
    return match is not None and match.url_name == "search"


def view_alternatives(
    homes: list[HomePage], request: HttpRequest, language: str, pages: Mapping[str, str]
) -> list[Alternative]:
    """The languages of the site, for an address that is the same in each but for its prefix.

    Where the address leads nowhere, ``pages`` has the languages in which it does not, and of the others it is their
    home page.
    """
    urls = {}
    query = request.META.get("QUERY_STRING", "") if is_search(request) else ""
    query = query if len(unquote_plus(query)) <= MOST_QUERY else ""
    for home in homes:
        url = translate_url(request.path, home.language)
        known = not leads_nowhere(request) and (url != request.path or home.language == language)
        # What somebody looks for is looked for in the other language too.
        url += f"?{query}" if known and query else ""
        urls[home.language] = url if known else pages.get(home.language) or home.get_url(request) or ""
    return alternatives(urls, language)


def alternatives(urls: dict[str, str], current: str) -> list[Alternative]:
    """The addresses by language, as alternatives in the order of the settings."""
    return [
        Alternative(language=code, name=name, url=urls[code], current=code == current)
        for code, name in settings.LANGUAGES
        if code in urls
    ]


def missing(languages: set[str]) -> list[Missing]:
    """The languages, in the order of the settings."""
    return [Missing(code, name) for code, name in settings.LANGUAGES if code in languages]
