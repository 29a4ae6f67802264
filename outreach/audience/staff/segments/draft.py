"""A rule while somebody builds it: groups and conditions that may still lack something, and the way to a rule and back.

A group's mode says how many of its parts must hold; a condition can be turned round. What a rule says by ``not`` is the
mode of a group or the turn of a condition here, so that two signs for the same thing never stand beside each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach.audience.rules import CHOICES, Rule, validate_rule

ROOT = "r"
MODES = {
    "all": gettext_lazy("all of these"),
    "any": gettext_lazy("at least one of these"),
    "none": gettext_lazy("none of these"),
    "not_all": gettext_lazy("not all of these"),
}
_MODE_OF = {("all", False): "all", ("any", False): "any", ("any", True): "none", ("all", True): "not_all"}
_OPERATOR_OF = {mode: operator for operator, mode in _MODE_OF.items()}
KINDS = {
    "language": gettext_lazy("Language"),
    "group": gettext_lazy("Group"),
    "gender": gettext_lazy("Gender"),
    "topic": gettext_lazy("Topics"),
    "parish": gettext_lazy("Parish"),
    "channel": gettext_lazy("Channel"),
    "source": gettext_lazy("Source"),
    "joined": gettext_lazy("Joined between two days"),
    "joined_within": gettext_lazy("Joined in the last days"),
    "active_within": gettext_lazy("Active in the last days"),
}
"""The conditions that can be added, in the order in which they are offered."""


@dataclass
class Condition:
    """One test. Times are kept as they were typed; ``offered`` are value, label and whether it is chosen."""

    kind: str
    is_not: bool = False
    values: list[str] = field(default_factory=list)
    first: str = ""
    last: str = ""
    days: str = ""
    path: str = field(default="", compare=False)
    errors: list[str] = field(default_factory=list, compare=False)
    offered: list[tuple[str, str, bool]] = field(default_factory=list, compare=False)

    @property
    def label(self) -> str:
        """What it asks about."""
        return str(KINDS[self.kind])

    @property
    def has_choices(self) -> bool:
        """Whether values are chosen, and no time is told."""
        return self.kind in CHOICES


@dataclass
class Group:
    """Parts of which some number must hold, as ``mode`` says."""

    mode: str = "all"
    parts: "list[Condition | Group]" = field(default_factory=list)
    path: str = field(default=ROOT, compare=False)
    errors: list[str] = field(default_factory=list, compare=False)

    @property
    def is_root(self) -> bool:
        """Whether it is the whole rule."""
        return self.path == ROOT

    @property
    def is_group(self) -> bool:
        """For templates, which can't ask for a class."""
        return True

    def everything(self) -> "Iterator[Condition | Group]":
        """The group and all that it holds, in the order of reading."""
        yield self
        for part in self.parts:
            if isinstance(part, Group):
                yield from part.everything()
            else:
                yield part


def as_draft(rule: Rule) -> Group:
    """The draft that says what ``rule`` does."""
    node = _node(rule, is_not=False)
    draft = node if isinstance(node, Group) else Group(parts=[node])
    number(draft)
    return draft


def number(draft: Group) -> None:
    """Give each part its place in the form."""
    for place, part in enumerate(draft.parts):
        part.path = f"{draft.path}-{place}"
        if isinstance(part, Group):
            number(part)


def as_rule(draft: Group) -> Rule | None:
    """The rule that ``draft`` says, or ``None`` where something is missing or wrong; its parts are then told what."""
    for part in draft.everything():
        part.errors = []
    rule = _rule(draft)
    try:
        validate_rule(rule)
    except ValidationError as error:
        if not _is_wrong(draft):
            draft.errors += error.messages
    return None if _is_wrong(draft) else rule


def _is_wrong(draft: Group) -> bool:
    return any(part.errors for part in draft.everything())


def _node(rule: Rule, *, is_not: bool) -> Condition | Group:
    if "not" in rule:
        return _node(rule["not"], is_not=not is_not)
    if "field" in rule:
        return _condition(rule, is_not)
    operator = "all" if "all" in rule else "any"
    return Group(_MODE_OF[operator, is_not], [_node(part, is_not=False) for part in rule[operator]])


def _condition(test: Rule, is_not: bool) -> Condition:
    if "in" in test:
        return Condition(test["field"], is_not, values=list(test["in"]))
    if "within" in test:
        return Condition(f"{test['field']}_within", is_not, days=str(test["within"]))
    return Condition("joined", is_not, first=test.get("from", ""), last=test.get("to", ""))


def _rule(part: Condition | Group) -> Rule:
    if isinstance(part, Group):
        operator, is_not = _OPERATOR_OF[part.mode]
        if not part.parts and not (part.is_root and part.mode == "all"):
            part.errors.append(_("Add a condition to this group, or remove it."))
        rule: Rule = {operator: [_rule(each) for each in part.parts]}
    else:
        is_not, rule = part.is_not, _test(part)
    return {"not": rule} if is_not else rule


def _test(condition: Condition) -> Rule:
    if condition.has_choices:
        if not condition.values:
            condition.errors.append(_("Choose at least one."))
        rule: Rule = {"field": condition.kind, "in": condition.values}
    elif condition.kind == "joined":
        days: dict[str, Any] = {"from": condition.first, "to": condition.last}
        rule = {"field": "joined", **{name: day for name, day in days.items() if day}}
        if len(rule) == 1:
            condition.errors.append(_("Give the first day, the last day or both."))
    else:
        rule = {"field": condition.kind.removesuffix("_within"), "within": _whole(condition.days)}
    _blame(condition, rule)
    return rule


def _whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text


def _blame(condition: Condition, rule: Rule) -> None:
    """Tell at the condition itself what is wrong with it."""
    if not condition.errors:
        try:
            validate_rule(rule)
        except ValidationError as error:
            condition.errors += error.messages
