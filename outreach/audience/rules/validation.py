"""Refuses what is not a rule, whoever wrote it: a form, a program, a hand in the database."""

from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .fields import TIMES, is_allowed

MOST_DEPTH = 6
MOST_TESTS = 100
MOST_VALUES = 500
MOST_DAYS = 3650
FIRST_YEAR, LAST_YEAR = 2000, 2100


def validate_rule(rule: Any, depth: int = 0) -> None:
    """Raise ``ValidationError`` naming the first thing in ``rule`` that is not a rule, or of which it has too much."""
    _validate(rule, depth, count(1))


def _validate(rule: Any, depth: int, parts: Iterator[int]) -> None:
    if not isinstance(rule, dict) or depth > MOST_DEPTH:
        raise ValidationError(_("A rule is an object, nested at most %(depth)s deep."), params={"depth": MOST_DEPTH})
    if next(parts) > 2 * MOST_TESTS:
        raise ValidationError(_("A rule has at most %(most)s conditions."), params={"most": MOST_TESTS})
    keys = set(rule)
    if keys in ({"all"}, {"any"}):
        held = next(iter(rule.values()))
        if not isinstance(held, list):
            raise ValidationError(_("“all” and “any” hold a list of rules."))
        for part in held:
            _validate(part, depth + 1, parts)
    elif keys == {"not"}:
        _validate(rule["not"], depth + 1, parts)
    elif keys == {"field", "in"}:
        _validate_choice(rule["field"], rule["in"])
    elif "field" in keys and keys & {"within", "from", "to"}:
        _validate_time(rule)
    else:
        raise ValidationError(_("A rule holds “all”, “any”, “not”, or “field” and what is asked of it."))


def _validate_choice(field: Any, values: Any) -> None:
    if not isinstance(values, list):
        raise ValidationError(_("“in” holds a list of values."))
    if len(values) > MOST_VALUES:
        raise ValidationError(_("“in” holds at most %(most)s values."), params={"most": MOST_VALUES})
    try:
        wrong = [value for value in values if not is_allowed(field, value)]
        is_allowed(field, "")
    except (KeyError, TypeError):
        raise _no_field(field) from None
    if wrong:
        raise ValidationError(
            _("“%(value)s” is not a value of “%(field)s”."), params={"value": str(wrong[0])[:80], "field": field}
        )


def _validate_time(test: dict[str, Any]) -> None:
    field = test["field"]
    if not isinstance(field, str) or field not in TIMES:
        raise _no_field(field)
    keys = set(test) - {"field"}
    if keys == {"within"}:
        days = test["within"]
        if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
            raise ValidationError(_("“within” is a whole number of days, 1 to %(most)s."), params={"most": MOST_DAYS})
    elif keys <= {"from", "to"} and field == "joined":
        days_told = [_day(test[key]) for key in ("from", "to") if key in test]
        if days_told != sorted(days_told):
            raise ValidationError(_("The first day lies after the last one."))
    else:
        raise ValidationError(_("A rule on time holds “within”, or “from” and “to”."))


def _day(text: Any) -> date:
    try:
        day = date.fromisoformat(text)
    except (TypeError, ValueError):
        day = None
    if day is None or day.isoformat() != text or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(
            _("“%(day)s” is not a day between %(first)s and %(last)s, like 2026-06-30."),
            params={"day": str(text)[:80], "first": FIRST_YEAR, "last": LAST_YEAR},
        )
    return day


def _no_field(field: Any) -> ValidationError:
    return ValidationError(_("“%(field)s” is not a field of a rule."), params={"field": str(field)[:80]})
