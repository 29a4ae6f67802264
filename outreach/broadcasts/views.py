"""The public addresses of broadcasts: the pictures of messages, and where a test message's link to leave leads."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from . import pictures

A_YEAR = 365 * 24 * 3600


@require_safe
def picture(request: HttpRequest, digest: str) -> HttpResponse:
    """A picture that stands in a mail; its address is the hash of its bytes, so it may be kept for good."""
    try:
        content = pictures.read(digest)
    except FileNotFoundError:
        raise Http404 from None
    response = HttpResponse(content, content_type="image/png")
    patch_cache_control(response, public=True, max_age=A_YEAR, immutable=True)
    return response


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def test_leave(request: HttpRequest, language: str) -> HttpResponse:
    """Say that it was a test. A mail program's one-click POST gets the same page, and nothing happens."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        return render(request, "outreach/broadcasts/test_leave.html")
