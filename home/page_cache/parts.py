"""Parts of pages, such as the menu or the text of a story, made once and anew only when something in them has changed.

When something is published, every page that shows it is made again (:mod:`.middleware`). Most of what stands in them
has not changed: that is taken from here. A part is kept by the rules for whole pages: it depends on what it was made
from, as :mod:`.recording` notes it, and so does every page that takes it in. Parts are kept in the memory of each
process, and not where the page cache is off. They may take in what was read before for the same answer, so a part
depends on that too.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection

from . import store
from .days import seconds_to_keep
from .recording import depend_on, noted, recording

T = TypeVar("T")
HELD = 1000
"""So many parts each process holds."""


@dataclass(frozen=True)
class Part:
    """``until`` is in seconds since 1970; ``versions`` are those of its tags when it was made."""

    value: Any
    until: float
    versions: dict[str, str]
    generation: str


_held: OrderedDict[Hashable, Part] = OrderedDict()
_lock = Lock()


def part(key: Hashable, make: Callable[[], T]) -> T:
    """What ``make`` gives, or gave for this key if nothing that it was made from has changed since.

    Everybody who asks gets the same object: do not change it. What is read in a transaction is not kept, as nobody else
    may ever see it.
    """
    if not settings.PAGE_CACHE_SECONDS or in_transaction():
        return make()
    found = _valid(key)
    if found is None:
        return _make(key, make)
    depend_on(found.versions)
    value: T = found.value
    return value


def in_transaction() -> bool:
    """Whether what is read now may never be committed."""
    return connection.in_atomic_block


def forget() -> None:
    """Keep none of them any longer."""
    with _lock:
        _held.clear()


def _valid(key: Hashable) -> Part | None:
    found = _held.get(key)
    if found is None or found.until <= time.time():
        return None
    generation = store.generation()
    if found.generation != generation:
        if store.versions(found.versions) != found.versions:
            return None
        found = replace(found, generation=generation)
        _hold(key, found)
    return found


def _make(key: Hashable, make: Callable[[], T]) -> T:
    generation, now = store.generation(), time.time()
    # What was read for this answer before may be at hand and go into the part without being read again.
    before = noted()
    with recording() as recorded:
        value = make()
    if recorded.is_complete:
        versions = store.versions({*before, *recorded.tags, store.EVERY})
        # Otherwise something was published meanwhile, and this may be what was before.
        if store.generation() == generation:
            _hold(key, Part(value, now + seconds_to_keep(now), versions, generation))
    return value


def _hold(key: Hashable, made: Part) -> None:
    with _lock:
        _held[key] = made
        _held.move_to_end(key)
        if len(_held) > HELD:
            _held.popitem(last=False)
