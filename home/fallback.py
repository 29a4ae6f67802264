"""Which languages have what a reader did not find in theirs: said to them, never shown instead."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_from_path
from wagtail.models import Page

from home.models import HomePage

LONGEST_PATH = 1000


@dataclass(frozen=True)
class Elsewhere:
    """The page of an address in another language, with its title there."""

    language: str
    name: str
    title: str
    url: str


def elsewhere(*, request: HttpRequest, homes: Iterable[HomePage]) -> list[Elsewhere]:
    """The other languages in which the address of the request leads to a page, in the order of the settings.

    ``homes`` are the first pages of the site's languages. A page has the same slug in every language, so only the
    language at the beginning of the address differs. One query, and none for an address without a language.
    """
    language = get_language_from_path(request.path)
    path = request.path.partition("/")[2].partition("/")[2]
    if not language or not path or len(path) > LONGEST_PATH or not path.isprintable():
        return []
    paths = {f"{home.url_path}{path.rstrip('/')}/": home.language for home in homes if home.language != language}
    pages = Page.objects.live().public().filter(url_path__in=paths, alias_of=None)
    found = {paths[page.url_path]: page for page in pages}
    return [
        Elsewhere(language=code, name=name, title=found[code].title, url=found[code].get_url(request) or "")
        for code, name in settings.LANGUAGES
        if code in found
    ]
