"""Notes what a page is made from: every page of the CMS that is loaded meanwhile, and every query.

Nothing that makes a page has to say what it shows, so nothing can forget to.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection
from django.utils.translation import get_language
from wagtail.models import Page

from .tags import UnknownTable, of_query, page_tag


class Recording:
    """``tags`` are what the page depends on; ``is_complete`` is false if it reads what nobody tells changes of."""

    def __init__(self, outer: "Recording | None" = None) -> None:
        self.tags: set[str] = set()
        self.is_complete = True
        self._outer = outer

    def so_far(self) -> frozenset[str]:
        """What it and those around it have noted."""
        return frozenset(self.tags) | (self._outer.so_far() if self._outer else frozenset())

    def note_query(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """A wrapper around the execution of a query: see Django's "Database instrumentation"."""
        if sql.startswith("SELECT") and not _muted.get():
            try:
                self.tags |= of_query(sql, params or (), get_language() or "")
            except UnknownTable:
                self.is_complete = False
        return execute(sql, params, many, context)


_current: ContextVar[Recording | None] = ContextVar("recording", default=None)
_muted: ContextVar[bool] = ContextVar("muted", default=False)


@contextmanager
def recording() -> Iterator[Recording]:
    """Note what is read from the database until the end of the ``with``, in this thread.

    What is noted within another recording is noted there too.
    """
    outer = _current.get()
    found = Recording(outer)
    token = _current.set(found)
    try:
        with connection.execute_wrapper(found.note_query):
            yield found
    finally:
        _current.reset(token)
        if outer is not None:
            outer.tags |= found.tags
            outer.is_complete &= found.is_complete


def depend_on(tags: Iterable[str]) -> None:
    """Note what something was made from that was made before and is taken in now."""
    current = _current.get()
    if current is not None:
        current.tags.update(tags)


def noted() -> frozenset[str]:
    """What was noted until now, by all recordings under way in this thread."""
    current = _current.get()
    return frozenset() if current is None else current.so_far()


@contextmanager
def unrecorded() -> Iterator[None]:
    """Note nothing until the end of the ``with``: for a part of a page that does no harm when it is out of date."""
    token = _muted.set(True)
    try:
        yield
    finally:
        _muted.reset(token)


def note_page(sender: type, instance: Any, **_kwargs: Any) -> None:
    """A receiver of ``post_init``: a page was loaded."""
    current = _current.get()
    if current is not None and not _muted.get() and isinstance(instance, Page) and instance.pk:
        current.tags.add(page_tag(instance.pk))
