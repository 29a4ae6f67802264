"""Answers links of messages before anything else of a request is looked at: they need no session and no language."""

from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from . import views
from .hits.targets import NoTarget
from .tokens import BadToken

Answering = Callable[[HttpRequest], HttpResponse]

REDIRECT, PIXEL = "/r/", "/o/"
"""Where :mod:`.urls` puts them."""


class Shortcut:
    """Middleware, right behind the one that turns HTTP into HTTPS. What is not plainly a good link goes on as usual."""

    def __init__(self, get_response: Answering) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The redirect or the picture, or whatever the rest of the site answers."""
        path = request.path_info
        if path.startswith(REDIRECT) and request.method in ("GET", "HEAD"):
            token, _slash, link = path[len(REDIRECT) :].partition("/")
            if link.isascii() and link.isdecimal() and len(link) <= 4:
                try:
                    return views.led_on(request, token, int(link))
                except (BadToken, NoTarget, DatabaseError):
                    # The view says it in the reader's language.
                    pass
        elif path.startswith(PIXEL):
            token = path[len(PIXEL) :]
            if token and "/" not in token:
                return views.opened(request, token)
        return self.get_response(request)
