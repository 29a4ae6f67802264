"""What the links in messages open: the redirect, the pixel, and the page to leave."""

import base64
import logging
from datetime import datetime

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from outreach.audience.models import Subscription
from outreach.audience.preferences import links
from outreach.delivery.models import Delivery

from . import events
from .hits.machines import machine_reason, open_reason
from .hits.recording import journal
from .hits.targets import NoTarget, targets
from .models import Drop
from .tokens import BadToken, Use, read

logger = logging.getLogger(__name__)

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
NEVER_KEPT = {"Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private"}
"""Whoever keeps such an answer would keep the next click from us."""
REDIRECT = {**NEVER_KEPT, "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex", "Content-Length": "0"}
PICTURE = {**NEVER_KEPT, "Content-Type": "image/gif", "Content-Length": str(len(PIXEL))}


def dead_link(request: HttpRequest) -> HttpResponse:
    """Say that a link is forged, cut off or gone. Not with 404: that is tried again under a language's prefix."""
    return render(request, "outreach/tracking/dead_link.html", status=410)


def led_on(request: HttpRequest, token: str, link: int) -> HttpResponse:
    """Note a click and lead on to the target that the message holds under this number; nowhere else.

    Raises :class:`BadToken` and :class:`NoTarget`.
    """
    known = read(token, Use.PERSONAL_CLICK, Use.COHORT_CLICK)
    target = targets.find(known.message, link)
    reason = machine_reason(method=request.method or "", meta=request.META)
    events.record_click(token=known, link=link, machine_reason=reason, now=timezone.now())
    return HttpResponse(status=302, headers={**REDIRECT, "Location": target})


@never_cache
@require_safe
def follow(request: HttpRequest, token: str, link: int) -> HttpResponse:
    """The redirect, and what to say where there is none."""
    try:
        return led_on(request, token, link)
    except BadToken:
        journal().refuse(Drop.Reason.TOKEN.value)
    except NoTarget as error:
        journal().refuse(error.reason.value)
    except DatabaseError:
        # Only a message that this process does not know has to be looked up.
        logger.exception("a link could not be looked up")
        return HttpResponse(render_to_string("500.html"), status=503, headers={"Retry-After": "10"})
    return dead_link(request)


@require_safe
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """The open pixel of somebody who consented to it. A bad token gets the same picture and counts nothing."""
    try:
        known = read(token, Use.OPEN)
    except BadToken:
        journal().refuse(Drop.Reason.TOKEN.value)
    else:
        reason = open_reason(method=request.method or "", meta=request.META)
        events.record_open(token=known, machine_reason=reason, now=timezone.now())
    return HttpResponse(PIXEL, headers=PICTURE)


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
        journal().refuse(Drop.Reason.TOKEN.value)
        return dead_link(request)
    now = timezone.now()
    if request.method == "POST":
        events.unsubscribe(delivery=delivery, now=now)
    with translation.override(delivery.message.language):
        context = {
            "left": request.method == "POST",
            "channel": delivery.get_channel_display(),
            "preferences": _preferences_of(delivery, now),
        }
        response = render(request, "outreach/tracking/unsubscribe.html", context)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _preferences_of(delivery: Delivery, now: datetime) -> str:
    """Where the receiver changes more than this, in the language that is active; empty where nothing is kept of them.

    The message may have been passed on, so the link proves nothing.
    """
    subscription = Subscription.objects.filter(pk=delivery.subscription_id).first()
    if subscription is None:
        return ""
    return reverse("preferences", args=[links.token(subscription=subscription, proven=False, now=now)])
