"""Counts the pages that the site shows, wherever their content comes from, without a cookie and without changing them.

A page tells its number to this middleware in a header of its own, which does not leave the site: so a page that a cache
inside the site has kept counts too. A cache in front of the site answers by itself, and then nothing counts.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import Page

from outreach.audience.network import address_in
from outreach.tracking.hits.lines import View
from outreach.tracking.hits.machines import machine_reason
from outreach.tracking.hits.recording import journal

from . import sources
from .page_token import PageToken, least_seconds
from .visitors import visit_of

HEADER = "X-Shown-Page"
PENDING = "reading-token"
"""Stands in the page until the number of its words is known."""
COUNTED_METHOD, COUNTED_STATUS = "GET", (200, 304)

_ARTICLE = re.compile(rb"<article\b.*?</article>", re.DOTALL)
_TAG = re.compile(rb"<[^>]*>")


class PageViews:
    """Middleware, outside of the session's and of every cache's, so that what it looks at changes no answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, noted if it is a page for the public."""
        response = self.get_response(request)
        told = response.headers.get(HEADER)
        if told:
            del response.headers[HEADER]
            page, _space, language = told.partition(" ")
            if request.method == COUNTED_METHOD and response.status_code in COUNTED_STATUS and not is_staff(request):
                record_view(page=int(page), language=language, meta=request.META, now=timezone.now())
        return response

    def process_template_response(
        self, request: HttpRequest, response: SimpleTemplateResponse
    ) -> SimpleTemplateResponse:
        """Mark a page that counts, and give a story or an infographic what its script sends back."""
        page = _page_of(request, response)
        if page is None:
            return response
        kind = page._meta.label_lower
        if kind in settings.COUNTED_PAGES:
            response[HEADER] = f"{page.pk} {get_language() or settings.LANGUAGE_CODE}"
        if kind in settings.PAGES_READ_TO_THE_END:
            response.context_data = {**(response.context_data or {}), "reading_token": PENDING}
            number, now = page.pk, timezone.now()
            response.add_post_render_callback(lambda rendered: _put_token(rendered, number, now))
        return response


def is_staff(request: HttpRequest) -> bool:
    """Whether somebody who is signed in asks. The public has no session, so for them nothing is looked up."""
    if "HTTP_COOKIE" not in request.META or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    user = getattr(request, "user", None)
    # An answer from a cache comes before anybody knows who asks.
    return user is None or bool(user.is_authenticated)


def _page_of(request: HttpRequest, response: SimpleTemplateResponse) -> Page | None:
    match = request.resolver_match
    context: Any = response.context_data or {}
    page = context.get("page")
    is_shown = match is not None and match.url_name == "wagtail_serve" and not getattr(request, "is_preview", False)
    return page if is_shown and isinstance(page, Page) and page.pk else None


def _put_token(response: HttpResponse, page: int, now: datetime) -> None:
    content = response.content
    article = _ARTICLE.search(content)
    words = len(_TAG.sub(b" ", article[0]).split()) if article else 0
    token = PageToken(page, now, least_seconds(words))
    response.content = content.replace(PENDING.encode(), f"{token.text()} {token.least_seconds}".encode(), 1)


def record_view(*, page: int, language: str, meta: dict[str, str], now: datetime) -> None:
    """Note that a page was shown to whoever sent the request with the environment ``meta``; ``now`` is UTC."""
    reason = machine_reason(method=COUNTED_METHOD, meta=meta)
    broadcast = sources.broadcast_of(meta.get("QUERY_STRING", ""))
    host = sources.host_of(meta.get("HTTP_REFERER", ""))
    journal().write(
        View(
            at=int(now.timestamp() * 1000),
            page=page,
            language=language,
            source=sources.Source.BROADCAST.value if broadcast else sources.source_of(host),
            broadcast=broadcast,
            device=sources.device_of(meta.get("HTTP_SEC_CH_UA_MOBILE", "")),
            visit=0 if reason else visit_of(address=address_in(meta), agent=meta.get("HTTP_USER_AGENT", ""), now=now),
            machine_reason=reason,
        ).line()
    )
