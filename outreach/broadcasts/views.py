"""The one public page of broadcasts: where the link to leave of a test message leads."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def test_leave(request: HttpRequest, language: str) -> HttpResponse:
    """Say that it was a test. A mail program's one-click POST gets the same page, and nothing happens."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        return render(request, "outreach/broadcasts/test_leave.html")
