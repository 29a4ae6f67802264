"""What the cells of a list say: a choice by its code or its name in any language of the site, topics, a date."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import override

from outreach.audience.choices import Gender, Group, Parish

from .columns import plain

BETWEEN_TOPICS = re.compile(r"[;,|\n]")
OLDEST = date(1990, 1, 1)
ORDERS = {"ymd": "%Y-%m-%d", "dmy": "%d-%m-%Y", "mdy": "%m-%d-%Y"}
"""In which order a date's numbers stand; the year first is always understood."""
MORE_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "gender": {
        Gender.WOMAN.value: ("f", "female", "femme", "feminin", "mujer", "femenino", "fanm"),
        Gender.MAN.value: ("m", "male", "homme", "masculin", "hombre", "masculino", "gason"),
    },
    "language": {"ht": ("kreyol", "kweyol", "creole", "haitian creole", "creole haitien")},
}
"""What lists also call a choice; a letter that could be two is left out."""


class NotUnderstood(ValueError):
    """A cell says nothing that is on offer."""


@lru_cache(maxsize=8)
def names_of(field: str) -> dict[str, str]:
    """The code of a choice by every name that it has, as :func:`plain` writes names."""
    offered: dict[str, Iterable[tuple[Any, Any]]] = {
        "language": list(settings.LANGUAGES),
        "group": Group.choices,
        "gender": Gender.choices,
        "parish": Parish.choices,
        "topics": list(settings.TOPICS.items()),
    }
    choices = offered[field]
    found: dict[str, str] = {}
    for code, label in choices:
        # English last, so that a word which two languages share means what it does there.
        for language in [*(each for each, _name in settings.LANGUAGES if each != "en"), "en"]:
            with override(language):
                found[plain(str(label))] = str(code)
    for code, _label in choices:
        found[plain(str(code))] = str(code)
        if field == "parish":
            saint = plain(str(code)).removeprefix("st ")
            found |= {f"saint {saint}": str(code), f"st {saint}": str(code)}
    for code, others in MORE_NAMES.get(field, {}).items():
        found |= dict.fromkeys(others, code)
    return found


@lru_cache(maxsize=4096)
def choice(field: str, cell: str) -> str:
    """The code that ``cell`` means; raises :class:`NotUnderstood`."""
    try:
        return names_of(field)[plain(cell)]
    except KeyError:
        raise NotUnderstood from None


@lru_cache(maxsize=4096)
def topics(cell: str) -> tuple[str, ...]:
    """The topics that ``cell`` lists; raises :class:`NotUnderstood`."""
    return tuple(sorted({choice("topics", part) for part in BETWEEN_TOPICS.split(cell) if part.strip()}))


def moment(cell: str, *, order: str, now: datetime) -> datetime:
    """Noon of the day that ``cell`` names in the office's zone, in UTC, or ``now`` if that is earlier.

    Raises :class:`NotUnderstood` for what is no date, and for one in the future or before 1990.
    """
    text = re.sub(r"[T ].*", "", cell.strip())
    text = re.sub(r"[./]", "-", text)
    zone = ZoneInfo(settings.OFFICE_TIME_ZONE)
    day = _day(text, order)
    if not OLDEST <= day <= now.astimezone(zone).date():
        raise NotUnderstood
    return min(datetime.combine(day, time(12), tzinfo=zone).astimezone(UTC), now)


@lru_cache(maxsize=4096)
def _day(text: str, order: str) -> date:
    for written in dict.fromkeys(["%Y-%m-%d", ORDERS[order]]):
        try:
            return datetime.strptime(text, written).date()
        except ValueError:
            continue
    raise NotUnderstood
