"""The site map: every public page with its translations, in files of 1,000 pages where there are more."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.models import Page
from wagtail.query import PageQuerySet

from home.meta import DEFAULT, Link, default

LARGEST = 1000
"""So many pages stand in one file."""
KIND = "application/xml"


def pages() -> PageQuerySet:
    """Every page that anybody may read, in all languages; a page that only repeats another one's words is left out."""
    found = Page.objects.live().public().filter(depth__gt=1, alias_of=None)
    return found.select_related("locale").order_by("path").defer_streamfields()


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The one file, or the list of files where the pages do not fit into one."""
    number = pages().count()
    if number <= LARGEST:
        return file(request, 0)
    parts = [
        request.build_absolute_uri(reverse("sitemap_part", args=[part])) for part in range(1, -(-number // LARGEST) + 1)
    ]
    return render(request, "home/sitemap_index.xml", {"parts": parts}, content_type=KIND)


@require_safe
def part(request: HttpRequest, part: int) -> HttpResponse:
    """One of several files, from 1."""
    if part < 1 or (part - 1) * LARGEST >= pages().count():
        raise Http404
    return file(request, part - 1)


def file(request: HttpRequest, part: int) -> HttpResponse:
    """The file with the pages of a part, from 0."""
    shown = list(pages()[part * LARGEST : (part + 1) * LARGEST])
    return render(request, "home/sitemap.xml", {"entries": entries(request, shown)}, content_type=KIND)


def entries(request: HttpRequest, shown: list[Page]) -> list[dict[str, Any]]:
    """Each page with its address, the time of its last change in UTC, and the addresses of its translations."""
    families: dict[Any, list[Link]] = {}
    keys = {page.translation_key for page in shown}
    for page in pages().filter(translation_key__in=keys):
        address = page.get_full_url(request)
        if address:
            families.setdefault(page.translation_key, []).append(Link(page.locale.language_code, address))
    return [
        {"address": address, "changed": changed(page), "links": with_default(families[page.translation_key])}
        for page in shown
        if (address := page.get_full_url(request))
    ]


def with_default(links: list[Link]) -> list[Link]:
    """The translations and the address for everybody else; nothing for a page in one language only."""
    return [*links, Link(DEFAULT, default(links))] if len(links) > 1 else []


def changed(page: Page) -> datetime | None:
    """When the page was published last."""
    at: datetime | None = page.last_published_at
    return at
