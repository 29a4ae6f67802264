"""What stands around every page: the name of the site, the menu, the languages in which this page can be read."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language
from wagtail.models import Page, Site

from home.models import GlossaryPage, HomePage, StandardPage
from home.models.article import SitePage


@dataclass(frozen=True)
class Alternative:
    """This page in a language, named in itself."""

    language: str
    name: str
    url: str
    current: bool


@dataclass(frozen=True)
class Frame:
    """``home`` is ``None`` where the language has no pages yet; ``origin`` is the site's scheme and host.

    ``menu`` has the pages that an editor put in the menu, ``footer`` the plain pages below the home page that are not.
    """

    name: str
    origin: str
    home: HomePage | None
    menu: list[Page]
    footer: list[Page]
    alternatives: list[Alternative]


def frame(request: HttpRequest, page: SitePage | None = None) -> Frame:
    """The frame of a page, or of a view that is no page of the CMS. Four queries at most."""
    site = Site.find_for_request(request)
    language = page.language if page else get_language() or settings.LANGUAGE_CODE
    homes = list(HomePage.objects.live().filter(alias_of=None, depth=2).select_related("locale")) if site else []
    home = next((home for home in homes if home.language == language), None)
    children = list(Page.objects.child_of(home).live()) if home else []
    return Frame(
        name=(site and site.site_name) or settings.WAGTAIL_SITE_NAME,
        origin=site.root_url if site else settings.SITE_URL,
        home=home,
        menu=[child for child in children if child.show_in_menus],
        footer=[
            child
            for child in children
            if not child.show_in_menus and child.specific_class in (StandardPage, GlossaryPage)
        ],
        alternatives=page_alternatives(page, request) if page else view_alternatives(homes, request, language),
    )


def page_alternatives(page: SitePage, request: HttpRequest) -> list[Alternative]:
    """The languages in which the page is live, in the order of the settings."""
    live = page.get_translations(inclusive=True).live().filter(alias_of=None).select_related("locale")
    urls = {found.locale.language_code: found.get_url(request) or "" for found in live}
    if not page.live:
        urls[page.language] = page.get_url(request) or ""
    return alternatives(urls, page.language)


def view_alternatives(homes: list[HomePage], request: HttpRequest, language: str) -> list[Alternative]:
    """The languages of the site, for an address that is the same in each but for its prefix; else their home pages."""
    urls = {}
    for home in homes:
        url = translate_url(request.path, home.language)
        known = getattr(request, "resolver_match", None) and url != request.path
        urls[home.language] = url if known or home.language == language else home.get_url(request) or ""
    return alternatives(urls, language)


def alternatives(urls: dict[str, str], current: str) -> list[Alternative]:
    """The addresses by language, as alternatives in the order of the settings."""
    return [
        Alternative(language=code, name=name, url=urls[code], current=code == current)
        for code, name in settings.LANGUAGES
        if code in urls
    ]
