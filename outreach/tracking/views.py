"""What the links in messages open: the redirect, the pixel, and the page to leave."""

import base64
import logging

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from . import events
from .tokens import BadToken, Use, read

logger = logging.getLogger(__name__)

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def dead_link(request: HttpRequest) -> HttpResponse:
    """Say that a link is forged, cut off or gone. Not with 404: that is tried again under a language's prefix."""
    return render(request, "outreach/tracking/dead_link.html", status=410)


@never_cache
@require_safe
def follow(request: HttpRequest, token: str, link: int) -> HttpResponse:
    """Count a click and lead on to the target that the message holds under this number; nowhere else."""
    try:
        read_token = read(token, Use.PERSONAL_CLICK, Use.COHORT_CLICK)
        target = events.target(token=read_token, link=link)
    except BadToken:
        return dead_link(request)
    reason = events.machine_reason(method=request.method or "", headers=request.headers)
    try:
        events.record_click(token=read_token, link=link, machine_reason=reason, now=timezone.now())
    except (DatabaseError, ObjectDoesNotExist, LookupError):
        # The reader goes on in any case: a count is worth less than the page behind the link.
        logger.exception("a click could not be recorded")
    response = HttpResponseRedirect(target)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@require_safe
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """The open pixel of somebody who consented to it. A bad token gets the same picture and counts nothing."""
    try:
        reason = events.machine_reason(method=request.method or "", headers=request.headers)
        events.record_open(token=read(token, Use.OPEN), machine_reason=reason, now=timezone.now())
    except (BadToken, DatabaseError, events.Message.DoesNotExist):
        logger.info("an open was not counted")
    return HttpResponse(PIXEL, content_type="image/gif")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Leave. ``POST`` ends the subscription at once (RFC 8058); ``GET`` only offers it, so that no scanner leaves for
    us.

    The signed token is the permission: there is no session whose rights a foreign page could borrow.
    """
    try:
        delivery = events.delivery_of(read(token, Use.UNSUBSCRIBE))
    except BadToken:
        return dead_link(request)
    if request.method == "POST":
        events.unsubscribe(delivery=delivery, now=timezone.now())
    with translation.override(delivery.message.language):
        context = {"left": request.method == "POST", "channel": delivery.get_channel_display()}
        return render(request, "outreach/tracking/unsubscribe.html", context)
