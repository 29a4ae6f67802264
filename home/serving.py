"""Finds the page of an address in a query or two, where Wagtail walks down to it with two for each step.

A page that was found is kept as it was read, until something is published that changes it (:mod:`.page_cache.parts`).
Only what is plainly there is found so; everything else goes Wagtail's way, to the same answer.
"""

import copy

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, re_path
from django.utils.translation import get_language
from wagtail.blocks import StreamValue
from wagtail.fields import StreamField
from wagtail.models import Page, Site
from wagtail.url_routing import RouteResult
from wagtail.urls import serve_pattern
from wagtail.views import serve as wagtail_serve

from home.models import HomePage
from home.page_cache.parts import part

MOST_KINDS = 2000
_kinds: dict[str, type[Page]] = {}
"""What kind of page an address led to last: then one query finds it, if it still does."""


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """The page at a path below its language's prefix."""
    found = find(request, path)
    if found is not None:
        # Where Wagtail looks whether somebody has found it already.
        request._wagtail_route_for_request = RouteResult(found)  # type: ignore[attr-defined]
    answer: HttpResponse = wagtail_serve(request, path)
    return answer


def find(request: HttpRequest, path: str) -> Page | None:
    """The live page of the address in the active language, if neither it nor a page above it routes by itself."""
    site = _site(request)
    if site is None:
        return None
    language = get_language()
    root = next(
        (
            place.root_path
            for place in Site.get_site_root_paths()
            if place.site_id == site.pk and place.language_code == language
        ),
        None,
    )
    if root is None:
        return None
    address = f"{root}{path.strip('/')}/" if path.strip("/") else root
    known = _kinds.get(address)
    if known and (page := _page(known, address, language)):
        return page
    base = Page.objects.filter(url_path=address, live=True, locale__language_code=language).first()
    kind = base.specific_class if base else None
    if kind is None or (kind.route is not Page.route and kind is not HomePage):
        return None
    if len(_kinds) >= MOST_KINDS:
        _kinds.clear()
    _kinds[address] = kind
    return _page(kind, address, language)


def _site(request: HttpRequest) -> Site | None:
    site = part(("site", request.scheme, request.get_host()), lambda: Site.find_for_request(request))
    # Where Wagtail keeps it for the rest of the request.
    request._wagtail_site = site  # type: ignore[attr-defined]
    return site


def _page(kind: type[Page], address: str, language: str) -> Page | None:
    kept = part(("page", kind, address, language), lambda: _read(kind, address, language))
    return None if kept is None else _fresh(kept)


def _fresh(kept: Page) -> Page:
    """A copy of a page that nobody has looked into, for who shows a page notes things on it.

    Its texts are made anew: they remember the pictures, consents and pages that were looked up for them, and what they
    remember would never be read again, nor be noted as what the answer depends on.
    """
    page = copy.copy(kept)
    for field in page._meta.concrete_fields:
        if isinstance(field, StreamField):
            value = kept.__dict__[field.attname]
            page.__dict__[field.attname] = StreamValue(value.stream_block, list(value.raw_data), is_lazy=True)
    return page


def _read(kind: type[Page], address: str, language: str) -> Page | None:
    pages = kind._default_manager.select_related("locale")
    if hasattr(kind, "campaign"):
        pages = pages.select_related("campaign")
    found: Page | None = pages.filter(url_path=address, live=True, locale__language_code=language).first()
    return found


urlpatterns: list[URLPattern | URLResolver] = [re_path(serve_pattern, serve, name="wagtail_serve")]
"""Stands before Wagtail's own."""
