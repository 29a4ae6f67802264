"""Addresses of the public site that are no pages: the way in, downloads of an infographic, what robots are told."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language, get_language_from_request
from django.views.decorators.http import require_safe
from wagtail.models import Site

from home.charts import draw_picture, draw_svg
from home.models import HomePage, InfographicPage
from home.tables import write_csv

AN_HOUR = 3600


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


def find_infographic(slug: str) -> InfographicPage:
    """The infographic in the language of the address; 404 where it is not published in it."""
    page = (
        InfographicPage.objects.live()
        .public()
        .filter(slug=slug, locale__language_code=get_language())
        .select_related("locale")
        .first()
    )
    if page is None:
        raise Http404
    return page


def download(content: bytes, content_type: str, name: str) -> HttpResponse:
    """A file to show or to keep, which anybody on the way may cache."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    patch_cache_control(response, public=True, max_age=AN_HOUR)
    return response


@require_safe
def infographic_table(request: HttpRequest, slug: str) -> HttpResponse:
    """The table as CSV with a byte order mark, so that a spreadsheet reads its accents."""
    page = find_infographic(slug)
    text = "\ufeff" + write_csv(page.table)
    return download(text.encode(), "text/csv; charset=utf-8", f"{slug}-{page.language}.csv")


@require_safe
def infographic_chart(request: HttpRequest, slug: str) -> HttpResponse:
    """The chart with its finding and source as SVG."""
    page = find_infographic(slug)
    response = download(draw_svg(page.as_chart()), "image/svg+xml", f"{slug}-{page.language}.svg")
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response


@require_safe
def infographic_picture(request: HttpRequest, slug: str) -> HttpResponse:
    """The chart with its finding and source as PNG."""
    page = find_infographic(slug)
    return download(draw_picture(page.as_chart()), "image/png", f"{slug}-{page.language}.png")


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
