"""What people wrote in a row of a results framework: what it says, what of it changed, and how the trail tells it."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from outreach.broadcasts.standing import digest
from outreach.reach.disclosure import Shown

from .framework import Indicator, Target
from .readings import is_few, is_telling, is_telling_share, plain, respondents
from .records import Entry, Estimate
from .units import Unit

UNTOLD = ("id", "token", "version", "is_dropped")


def seen(row: models.Model) -> str:
    """What one reads when one opens a row, as a SHA-256; empty for a row that is not saved yet."""
    return digest({name: str(value) for name, value in values(row).items()}) if row.pk else ""


def values(row: models.Model) -> dict[str, Any]:
    """What people wrote in a row, by the names of its fields."""
    return {
        field.name: _normal(getattr(row, field.attname))
        for field in row._meta.concrete_fields
        if field.name not in UNTOLD
    }


def _normal(value: Any) -> Any:
    """Decimals without the zeros at their end, so that 5 and 5.0000 are the same."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def differing(before: models.Model, after: models.Model) -> set[str]:
    """The names of the fields in which two states of a row differ."""
    others = values(after)
    return {name for name, value in values(before).items() if value != others[name]}


def told(row: models.Model, names: Collection[str]) -> str:
    """Fields of a row for the trail, one a line; what is empty is left out."""
    return "\n".join(line for name in names if (line := _line(row, name)))


def _line(row: models.Model, name: str) -> str:
    field = row._meta.get_field(name)
    value = getattr(row, name)
    if value in (None, "") or name in ("campaign", "indicator"):
        return ""
    if name in _kept_back(row):
        value = _("hidden")
    elif field.choices:  # type: ignore[union-attr]
        value = getattr(row, f"get_{name}_display")()
    elif isinstance(value, Decimal):
        value = plain(_unit(row, name), value)
    elif isinstance(value, date):
        value = value.isoformat()
    return f"{capfirst(str(field.verbose_name))}: {value}"  # type: ignore[union-attr]


def _kept_back(row: models.Model) -> set[str]:
    """The fields that would tell of fewer than five people: numbers of people, and the shares that they make."""
    found: set[str] = set()
    if isinstance(row, Estimate):
        found |= {"number"} if row.is_one_by_one and is_few(row.number) else set()
    elif isinstance(row, Entry):
        people = row.indicator.people(row.n)
        found |= {"value", "numerator"} if is_telling_share(row.percent, people) else set()
        found |= {"value"} if row.indicator.unit == Unit.MEAN and is_few(people or 0) else set()
        found |= {"female_percent"} if is_telling_share(row.female_percent, row.women_of) else set()
        found |= {"value"} if row.is_of_people and _is_kept_back(int(row.value or 0), row.n) else set()
        found |= {"n"} if is_few(people or 0) else set()
    elif isinstance(row, Indicator):
        share = row.baseline if row.unit == Unit.SHARE else None
        people = row.people(row.baseline_n)
        of_few = is_telling_share(share, people) or (row.unit == Unit.MEAN and is_few(people or 0))
        answered = row.counts_respondents and _is_kept_back(int(row.baseline or 0), people)
        found |= {"baseline"} if of_few or answered else set()
        found |= {"baseline_n"} if is_few(people or 0) else set()
    women = getattr(row, "women", None)
    return found | ({"women"} if women is not None and is_telling(women, _whole(row) or women) else set())


def _is_kept_back(people: int, whole: int | None) -> bool:
    return not isinstance(respondents(people, of=whole), Shown)


def _unit(row: models.Model, name: str) -> str:
    if isinstance(row, Indicator):
        return row.unit
    return row.indicator.unit if isinstance(row, Target | Entry) and name == "value" else ""


def _whole(row: models.Model) -> int | None:
    """Of how many people the women are a part."""
    if isinstance(row, Entry):
        return row.women_of
    return row.number if isinstance(row, Estimate) else None
