"""The public pages of broadcasts, below a language's prefix: one e-mail, the archive, how to leave."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from outreach.broadcasts.models import Message
from outreach.broadcasts.refusals import UnfitMessage
from outreach.broadcasts.rendering import build
from outreach.broadcasts.sources import campaign_name

from . import archive, document
from .tokens import BadToken
from .views import dead_link

A_PAGE = 24
FRESH_SECONDS = 300
"""For so long anybody on the way may keep a page: a message that is taken out of the archive is out of it soon."""


@require_safe
def view_message(request: HttpRequest, token: str) -> HttpResponse:
    """One e-mail as its receivers got it, in its language. Before sending began only the team can open it."""
    try:
        message = archive.find(token)
    except BadToken:
        return dead_link(request)
    public = archive.is_public(message)
    if not public and not request.user.has_perm("outreach.view_broadcast"):
        raise Http404
    if message.language != get_language():
        return redirect(archive.path_of(message))
    response = HttpResponse(_page(message, public=public))
    response["Content-Security-Policy"] = document.policy()
    if not archive.is_listed(message):
        response["X-Robots-Tag"] = "noindex"
    if public:
        patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
    else:
        add_never_cache_headers(response)
    return response


def _page(message: Message, *, public: bool) -> str:
    address = settings.SITE_URL + archive.path_of(message)
    try:
        html = document.for_everybody(build(message), view=address, leave=reverse("how_to_leave"))
    except UnfitMessage:
        raise Http404 from None
    context = {
        "message": message,
        "address": address,
        "listed": archive.is_listed(message),
        "public": public,
        "sent_on": archive.sent_on(message),
        "versions": archive.versions(message),
        "campaign": campaign_name(message.language),
    }
    parts = {
        name: render_to_string(f"outreach/tracking/public/{name}.html", context)
        for name in ("head", "header", "footer")
    }
    return document.framed(html, **parts)


@require_safe
def message_archive(request: HttpRequest) -> HttpResponse:
    """The e-mails that the team shows to everybody, in the language of the address, the newest first."""
    pages = Paginator(archive.listed(get_language() or ""), A_PAGE).get_page(request.GET.get("page"))
    entries = [
        {"message": message, "path": archive.path_of(message), "sent_on": archive.sent_on(message)} for message in pages
    ]
    response = render(request, "outreach/tracking/archive.html", {"pages": pages, "entries": entries})
    if not entries:
        response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
    return response


@require_safe
def how_to_leave(request: HttpRequest) -> HttpResponse:
    """Where a link to leave is found, for those who have a message that somebody passed on to them."""
    return render(request, "outreach/tracking/how_to_leave.html")
