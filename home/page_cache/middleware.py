"""Answers what a reader without an account asks for from the cache, and keeps what it did not have.

What is not plainly the same for every reader is neither kept nor answered from here: anything but GET and HEAD, whoever
is signed in, answers with a cookie, addresses with a query that nobody knows, and whatever was made from tables whose
changes nobody tells.
"""

import dataclasses
import hashlib
import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from functools import cache as once
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string
from django.utils.translation import get_language_from_path, override

from . import store
from .days import seconds_to_keep
from .entry import Entry
from .recording import Recording, recording

Answering = Callable[[HttpRequest], HttpResponse]
HELD = 200
"""So many pages each process holds in memory beside."""
MOST_LETTERS = 40
"""The longest value of a parameter in an address that is kept."""


class PageCache:
    """Middleware, inside of what counts views and outside of sessions and languages."""

    def __init__(self, get_response: Answering) -> None:
        self.get_response = get_response
        self._held: OrderedDict[str, Entry] = OrderedDict()
        self._lock = threading.Lock()
        self._making: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, from the cache if it may be and is."""
        key = key_of(request)
        if key is None:
            return self._made(request)
        entry = self._find(key)
        if entry is not None:
            return entry.answer(request)
        if request.method != "GET" or not is_kept(request.path_info):
            return self._made(request)
        with self._turn(key):
            # Who waited finds what the first one made.
            entry = self._find(key)
            return entry.answer(request) if entry else self._make(request, key)

    def _made(self, request: HttpRequest) -> HttpResponse:
        """An answer that is not kept; where parts of it may be, what it is made from is noted all the same."""
        if request.method not in ("GET", "HEAD") or not settings.PAGE_CACHE_SECONDS or not is_kept(request.path_info):
            return self.get_response(request)
        with recording():
            return self.get_response(request)

    def _turn(self, key: str) -> threading.Lock:
        """One thread of this process at a time makes a page."""
        with self._lock:
            if len(self._making) > HELD:
                self._making.clear()
            return self._making[key]

    def _find(self, key: str) -> Entry | None:
        """The page if it is kept, by this process or by any, and valid."""
        held = self._held.get(key)
        entry = self._valid(held) or self._valid(store.find(key))
        if entry is not None and entry is not held:
            self._hold(key, entry)
        return entry

    @staticmethod
    def _valid(entry: Entry | None) -> Entry | None:
        if entry is None or entry.until <= time.time():
            return None
        generation = store.generation()
        if entry.generation == generation:
            return entry
        if store.versions(entry.versions) != entry.versions:
            return None
        return dataclasses.replace(entry, generation=generation)

    def _hold(self, key: str, entry: Entry) -> None:
        with self._lock:
            self._held[key] = entry
            self._held.move_to_end(key)
            if len(self._held) > HELD:
                self._held.popitem(last=False)

    def _make(self, request: HttpRequest, key: str) -> HttpResponse:
        generation, now = store.generation(), time.time()
        # It is compressed here, once for everybody.
        accepted = request.META.pop("HTTP_ACCEPT_ENCODING", "")
        with recording() as recorded:
            response = self.get_response(request)
        request.META["HTTP_ACCEPT_ENCODING"] = accepted
        if not may_be_kept(request, response, recorded):
            return response
        versions = store.versions([*recorded.tags, store.EVERY])
        if store.generation() != generation:
            # Something was published meanwhile, and this page may show what was before.
            return response
        until = now + seconds_to_keep(now)
        entry = Entry.of(with_headers(request, response), until=until, versions=versions, generation=generation)
        store.put(key, entry, seconds=until - now)
        self._hold(key, entry)
        return entry.answer(request)


def key_of(request: HttpRequest) -> str | None:
    """Under what the answer is kept; ``None`` if this request is not for the cache."""
    if request.method not in ("GET", "HEAD") or not settings.PAGE_CACHE_SECONDS:
        return None
    if "HTTP_AUTHORIZATION" in request.META:
        return None
    low_data = ""
    if "HTTP_COOKIE" in request.META:
        cookies = request.COOKIES
        if settings.SESSION_COOKIE_NAME in cookies or "messages" in cookies:
            return None
        low_data = "low-data" if cookies.get("low_data") == "1" else ""
    query = counted_query(request.META.get("QUERY_STRING", ""))
    if query is None:
        return None
    # As it was sent: one that is not ours finds nothing here, and is refused behind.
    host = request.META.get("HTTP_HOST") or request.get_host()
    asked = f"{release()}\n{request.scheme}\n{host}\n{request.path_info}\n{query}\n{low_data}"
    return hashlib.sha256(asked.encode(errors="replace")).hexdigest()


def counted_query(query: str) -> str | None:
    """The part of a query that an answer depends on, in one order; ``None`` if that is not known."""
    if not query:
        return ""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return None
    counted = []
    for name, value in pairs:
        if name in settings.PAGE_CACHE_PARAMETERS and len(value) <= MOST_LETTERS:
            counted.append((name, value))
        elif name not in settings.PAGE_CACHE_IGNORED and not name.startswith("utm_"):
            return None
    return urlencode(counted)


def is_kept(path: str) -> bool:
    """Whether an address leads to a view that is kept."""
    with override(get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            return resolve(path).view_name in settings.PAGE_CACHE_VIEWS
        except Resolver404:
            return False


def may_be_kept(request: HttpRequest, response: HttpResponse, recorded: Recording) -> bool:
    """Whether an answer is the same for every reader, and it will be known when it no longer is right."""
    control = response.headers.get("Cache-Control", "")
    user = getattr(request, "user", None)
    return (
        recorded.is_complete
        and response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        and not any(word in control for word in ("private", "no-store"))
        and not (user is not None and user.is_authenticated)
        and not response.headers.get("Content-Encoding")
    )


def with_headers(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer with the headers that it gets from outside in any case, so that nobody adds them for each reader."""
    for name in settings.PAGE_CACHE_HEADERS_OF:
        response = import_string(name)(partial(_given, response))(request)
    return response


def _given(response: HttpResponse, _request: HttpRequest) -> HttpResponse:
    return response


@once
def release() -> str:
    """Changes with the site's code, templates and catalogues, so that a new release shows no page of the old one."""
    base = Path(settings.BASE_DIR)
    folders = [
        (base / "campaign_site", "*.py"),
        (base / "home", "*.py"),
        # Its sign-up form stands in pages.
        (base / "outreach", "*.py"),
        (base / "templates", "*"),
        (base / "locale", "*.mo"),
    ]
    newest = max((path.stat().st_mtime_ns for folder, name in folders for path in folder.rglob(name)), default=0)
    return f"{newest:x}"
