"""Addresses of an infographic beside its page: its table, chart and pictures as files, and a small page to embed."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from home.charts import Shape
from home.models import InfographicPage

from .downloads import chart_file, picture_file, table_file

AN_HOUR = 3600

EMBED_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors *; form-action 'none'"
"""The one page that every site may frame: it has nothing to click that changes anything, no script and no cookie."""


def find_infographic(slug: str) -> InfographicPage:
    """The infographic in the language of the address; 404 where it is not published in it."""
    page = (
        InfographicPage.objects.live()
        .public()
        .filter(slug=slug, locale__language_code=get_language(), alias_of=None)
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
    """The table as CSV."""
    page = find_infographic(slug)
    return download(table_file(page), "text/csv; charset=utf-8", f"{slug}-{page.language}.csv")


@require_safe
def infographic_chart(request: HttpRequest, slug: str) -> HttpResponse:
    """The chart with its finding and source as SVG."""
    page = find_infographic(slug)
    response = download(chart_file(page), "image/svg+xml", f"{slug}-{page.language}.svg")
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response


@require_safe
def infographic_picture(request: HttpRequest, slug: str) -> HttpResponse:
    """The chart with its finding and source as PNG of 1200 × 630 pixels, as previews of shared links are."""
    page = find_infographic(slug)
    return download(picture_file(page, Shape.WIDE), "image/png", f"{slug}-{page.language}.png")


@require_safe
def infographic_square(request: HttpRequest, slug: str) -> HttpResponse:
    """The chart with its finding and source as PNG of 1200 × 1200 pixels."""
    page = find_infographic(slug)
    return download(picture_file(page, Shape.SQUARE), "image/png", f"{slug}-square-{page.language}.png")


@xframe_options_exempt
@require_safe
def infographic_embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The infographic alone, for a frame on any other site."""
    page = find_infographic(slug)
    response = render(request, "home/infographic_frame.html", {"page": page, "infographic": page})
    response["Content-Security-Policy"] = EMBED_POLICY
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, public=True, max_age=AN_HOUR)
    return response
