"""Addresses of the public site that are no pages: the way in, the site map."""

from typing import Any

from django.contrib.sitemaps.views import sitemap as django_sitemap
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe
from wagtail.contrib.sitemaps import Sitemap
from wagtail.models import Page, Site

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


class SiteMap(Sitemap):
    """Every public page in every language, each with the addresses of its translations."""

    i18n = False

    def items(self) -> Any:
        """The pages of all languages."""
        return (
            Page.objects.live()
            .public()
            .filter(depth__gt=1, alias_of=None)
            .select_related("locale")
            .order_by("path")
            .defer_streamfields()
        )

    def _urls(self, page: int, protocol: str, domain: str) -> list[dict[str, Any]]:
        entries = list(self.paginator.page(page).object_list)
        translations: dict[Any, list[dict[str, str]]] = {}
        for entry in entries:
            alternate = {"lang_code": entry.locale.language_code, "location": entry.get_full_url(self.request)}
            translations.setdefault(entry.translation_key, []).append(alternate)
        return [
            {
                "location": entry.get_full_url(self.request),
                "lastmod": entry.last_published_at,
                "alternates": translations[entry.translation_key],
            }
            for entry in entries
        ]


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The site map with hreflang, for search engines."""
    return django_sitemap(request, {"pages": SiteMap(request)})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything public may be indexed; staff pages and personal links may not."""
    lines = ["User-agent: *", "Disallow: /admin/", f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
