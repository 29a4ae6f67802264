"""Addresses of the public site that are no pages: the way in, what robots are told."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe
from wagtail.models import Site

from home.models import HomePage


@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """Lead the reader to the home page in the first language of their browser that the site has, else in its own."""
    homes = {home.language: home for home in HomePage.objects.live().filter(alias_of=None).select_related("locale")}
    if not homes:
        raise Http404
    home = homes.get(get_language_from_request(request)) or next(
        (home for home in homes.values() if is_root(home, request)), next(iter(homes.values()))
    )
    response = HttpResponseRedirect(home.get_url(request) or "/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


def is_root(home: HomePage, request: HttpRequest) -> bool:
    """Whether the site begins with this home page."""
    site = Site.find_for_request(request)
    return bool(site and site.root_page_id == home.pk)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything public may be indexed; staff pages and personal links may not."""
    personal = ["/admin/", "/r/", "/o/", "/u/", "/v/"]
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in personal),
        f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
