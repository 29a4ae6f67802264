"""A rule as a sentence that a person can read, in the language of the reader."""

from collections.abc import Callable, Sequence
from datetime import date

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outreach.audience.choices import ChannelName, Gender, Group, Parish

from .writing import Rule


def in_words(rule: Rule) -> str:
    """The rule as one sentence without a full stop: “People whose language is French or Spanish, and whose …”."""
    told = clauses(rule)
    if not told:
        return _("Everybody")
    if rule.get("any"):
        # The outermost group needs no brackets.
        return _("People %(clauses)s") % {"clauses": _or([_clause(part, is_not=False) for part in rule["any"]])}
    return _("People %(clauses)s") % {"clauses": _and(told)}


def clauses(rule: Rule) -> list[str]:
    """What somebody has to fulfil, each as a clause that follows the word “people”; none for everybody."""
    return [_clause(part, is_not=False) for part in rule["all"]] if "all" in rule else [_clause(rule, is_not=False)]


def label(field: str, value: str) -> str:
    """What a value of a field is called; the value itself where nobody named it, as of sources."""
    if field == "source":
        return value or _("not known")
    return str(_labels(field).get(value, value))


def _labels(field: str) -> dict[str, object]:
    known: dict[str, Callable[[], dict[str, object]]] = {
        "language": lambda: dict(settings.LANGUAGES),
        "group": lambda: dict(Group.choices),
        "gender": lambda: dict(Gender.choices),
        "topic": lambda: dict(settings.TOPICS),
        "parish": lambda: dict(Parish.choices),
        "channel": lambda: dict(ChannelName.choices),
    }
    return known[field]()


def _clause(rule: Rule, *, is_not: bool) -> str:
    if "not" in rule:
        return _clause(rule["not"], is_not=not is_not)
    if "field" not in rule:
        return _group(rule, is_not=is_not)
    if "in" in rule:
        return _choice(rule["field"], rule["in"], is_not=is_not)
    if "within" in rule:
        return _within(rule["field"], rule["within"], is_not=is_not)
    return _between(rule.get("from"), rule.get("to"), is_not=is_not)


def _group(rule: Rule, *, is_not: bool) -> str:
    is_all = "all" in rule
    parts = rule["all"] if is_all else rule["any"]
    told = [_clause(part, is_not=False) for part in parts]
    if not told:
        return _("who are anybody") if is_all != is_not else _("who are nobody")
    if is_not:
        pattern = (
            _("for whom not all of this holds (%(clauses)s)")
            if is_all
            else _("for whom none of this holds (%(clauses)s)")
        )
        return pattern % {"clauses": ", ".join(told)}
    if len(told) == 1:
        return told[0]
    return f"({_and(told) if is_all else _or(told)})"


def _choice(field: str, values: Sequence[str], *, is_not: bool) -> str:
    if not values:
        return _nothing_chosen(field, is_not=is_not)
    pattern = {
        "language": (_("whose language is %(values)s"), _("whose language is not %(values)s")),
        "group": (_("whose group is %(values)s"), _("whose group is not %(values)s")),
        "gender": (_("whose gender is %(values)s"), _("whose gender is not %(values)s")),
        "topic": (_("who chose %(values)s, or no topic"), _("who chose topics, but not %(values)s")),
        "parish": (_("whose parish is %(values)s"), _("whose parish is not %(values)s")),
        "channel": (_("who can be reached by %(values)s"), _("who cannot be reached by %(values)s")),
        "source": (_("whose source is %(values)s"), _("whose source is not %(values)s")),
    }[field][is_not]
    return pattern % {"values": _values([_quoted(field, value) for value in values])}


def _quoted(field: str, value: str) -> str:
    """A value's label, in quotation marks where labels hold an “or” or an “and” of their own."""
    told = label(field, value)
    return _("“%(value)s”") % {"value": told} if field in {"group", "topic"} else told


def _nothing_chosen(field: str, *, is_not: bool) -> str:
    """Old rules may name no value at all: that is nobody, but of topics those who chose none."""
    if field == "topic":
        return _("who chose a topic") if is_not else _("who chose no topic")
    return _("who are anybody") if is_not else _("who are nobody")


def _within(field: str, days: int, *, is_not: bool) -> str:
    if field == "joined":
        pattern = (
            ngettext("who joined in the last %(days)s day", "who joined in the last %(days)s days", days),
            ngettext("who did not join in the last %(days)s day", "who did not join in the last %(days)s days", days),
        )
    else:
        pattern = (
            ngettext("who were active in the last %(days)s day", "who were active in the last %(days)s days", days),
            ngettext(
                "who were not active in the last %(days)s day", "who were not active in the last %(days)s days", days
            ),
        )
    return pattern[is_not] % {"days": days}


def _between(first: str | None, last: str | None, *, is_not: bool) -> str:
    told = {"first": first and _date(first), "last": last and _date(last)}
    if first and last:
        pattern = (
            _("who joined from %(first)s to %(last)s"),
            _("who did not join from %(first)s to %(last)s"),
        )
    elif first:
        pattern = (_("who joined on %(first)s or later"), _("who joined before %(first)s"))
    else:
        pattern = (_("who joined on %(last)s or earlier"), _("who joined after %(last)s"))
    return pattern[is_not] % told


def _date(day: str) -> str:
    return str(date_format(date.fromisoformat(day), "DATE_FORMAT"))


def _and(parts: Sequence[str]) -> str:
    return _joined(parts, _("%(first)s, and %(last)s"))


def _or(parts: Sequence[str]) -> str:
    return _joined(parts, _("%(first)s, or %(last)s"))


def _values(parts: Sequence[str]) -> str:
    return _joined(parts, _("%(first)s or %(last)s"))


def _joined(parts: Sequence[str], last_two: str) -> str:
    if len(parts) == 1:
        return parts[0]
    return last_two % {"first": ", ".join(parts[:-1]), "last": parts[-1]}
