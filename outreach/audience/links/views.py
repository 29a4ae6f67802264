"""What people meet who follow a short address. Opening it changes and counts nothing: many who do are machines."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from outreach.audience.source import as_source

from .codes import find


@require_safe
def short_address(request: HttpRequest, code: str | None = None) -> HttpResponse:
    """Lead to the ways to join, in the reader's language; a code that is unknown or retired leads there too."""
    link = find(code or "")
    with translation.override(translation.get_language_from_request(request)):
        target = reverse("ways_to_join")
    response = HttpResponseRedirect(f"{target}?{urlencode({'source': link.code})}" if link else target)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def ways_to_join(request: HttpRequest) -> HttpResponse:
    """Offer e-mail and Telegram as equals, and carry on by which link the reader came."""
    source = as_source(request.GET.get("source", ""))
    response = render(request, "outreach/audience/ways_to_join.html", {"source": source})
    response["Referrer-Policy"] = "no-referrer"
    return response
