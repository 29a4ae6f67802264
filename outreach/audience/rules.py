"""A segment's rule: what it may say, and the query and the plain reading that it stands for.

A rule is JSON: ``{"all": [...]}``, ``{"any": [...]}``, ``{"not": rule}`` or one test, ``{"field": "group", "in":
["worker"]}``. Fields are a closed list; ``{"all": []}`` is everybody. A test on ``topic`` also takes those who chose no
topic, because choosing none means wanting all.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from .choices import Gender, Group

Rule = dict[str, Any]
EVERYBODY: Rule = {"all": []}
MOST_DEPTH = 6


def allowed_values(field: str) -> list[str]:
    """The values that a test on ``field`` may name; raises ``KeyError`` for a field that no rule can use."""
    return {
        "language": [code for code, _name in settings.LANGUAGES],
        "group": list(Group.values),
        "gender": list(Gender.values),
        "topic": list(settings.TOPICS),
    }[field]


def validate_rule(rule: Any, depth: int = 0) -> None:
    """Raise ``ValidationError`` naming the first thing in ``rule`` that is not a rule."""
    if not isinstance(rule, dict) or depth > MOST_DEPTH:
        raise ValidationError(_("A rule is an object, nested at most %(depth)s deep."), params={"depth": MOST_DEPTH})
    keys = set(rule)
    if keys in ({"all"}, {"any"}):
        parts = next(iter(rule.values()))
        if not isinstance(parts, list):
            raise ValidationError(_("“all” and “any” hold a list of rules."))
        for part in parts:
            validate_rule(part, depth + 1)
    elif keys == {"not"}:
        validate_rule(rule["not"], depth + 1)
    elif keys == {"field", "in"}:
        _validate_test(rule["field"], rule["in"])
    else:
        raise ValidationError(_("A rule holds “all”, “any”, “not”, or “field” and “in”."))


def _validate_test(field: Any, values: Any) -> None:
    try:
        allowed = allowed_values(field)
    except (KeyError, TypeError):
        raise ValidationError(_("“%(field)s” is not a field of a rule."), params={"field": field}) from None
    if not isinstance(values, list):
        raise ValidationError(_("“in” holds a list of values."))
    for value in values:
        if value not in allowed:
            raise ValidationError(
                _("“%(value)s” is not a value of “%(field)s”."), params={"value": value, "field": field}
            )


def as_query(rule: Rule, *, prefix: str = "") -> Q:
    """The rule as a condition on a subscriber, without joins that would repeat rows.

    ``prefix`` leads from the queried model to the subscriber: ``"subscriber__"`` for a subscription.
    """
    if "all" in rule:
        query = ~Q(pk__in=[])
        for part in rule["all"]:
            query &= as_query(part, prefix=prefix)
        return query
    if "any" in rule:
        query = Q(pk__in=[])
        for part in rule["any"]:
            query |= as_query(part, prefix=prefix)
        return query
    if "not" in rule:
        return ~as_query(rule["not"], prefix=prefix)
    if rule["field"] == "topic":
        return _topic_query(rule["in"], prefix)
    return Q(**{f"{prefix}{rule['field']}__in": rule["in"]})


def _topic_query(topics: list[str], prefix: str) -> Q:
    from .models import TopicChoice

    chosen = TopicChoice.objects.filter(subscriber=OuterRef(f"{prefix}pk"))
    return Q(Exists(chosen.filter(topic__in=topics))) | ~Q(Exists(chosen))


def matches(rule: Rule, *, language: str, group: str, gender: str, topics: frozenset[str]) -> bool:
    """The same rule read plainly for one person: what :func:`as_query` must agree with."""
    declared = {"language": language, "group": group, "gender": gender}

    def holds(part: Rule) -> bool:
        if "all" in part:
            return all(holds(each) for each in part["all"])
        if "any" in part:
            return any(holds(each) for each in part["any"])
        if "not" in part:
            return not holds(part["not"])
        if part["field"] == "topic":
            return not topics or bool(topics & set(part["in"]))
        return declared[part["field"]] in part["in"]

    return holds(rule)
