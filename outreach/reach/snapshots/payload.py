"""What a snapshot says, as canonical JSON: the same figures always give the same bytes.

A cell is named by the places that it is not summed over, like ``segment=workers&gender=woman``; the total has no name.
A hidden figure is ``null``, one that is unknown is ``"?"``.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlencode

from outreach.reach.counts import ALL, AXES
from outreach.reach.disclosure import Counts, Key

UNKNOWN = "?"
THRESHOLDS = (5, 10)
"""The smallest counts shown: to evaluators, and in public."""

Named: TypeAlias = dict[str, dict[str, Any]]


def canonical(content: Mapping[str, Any]) -> str:
    """JSON with sorted keys and nothing that could be written in two ways; a float is refused."""
    _refuse_floats(content)
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 of the text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=20_000)
def name_of(key: Key) -> str:
    """The name of a cell."""
    return urlencode([(axis, str(place)) for axis, place in zip(AXES, key, strict=True) if place != ALL])


@lru_cache(maxsize=20_000)
def key_of(name: str) -> Key:
    """The cell with this name."""
    places = dict(parse_qsl(name, keep_blank_values=True))
    return tuple(places.get(axis, ALL) for axis in AXES)


def named(counts: Mapping[str, Counts]) -> Named:
    """Counts as they are stored."""
    return {count: {name_of(key): value for key, value in cells.items()} for count, cells in counts.items()}


def read(stored: Named) -> dict[str, dict[Key, int]]:
    """Counts as they were before they were stored."""
    return {count: {key_of(name): value for name, value in cells.items()} for count, cells in stored.items()}


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("A payload has whole numbers only.")
    if isinstance(value, Mapping):
        for each in value.values():
            _refuse_floats(each)
    elif isinstance(value, list | tuple):
        for each in value:
            _refuse_floats(each)
