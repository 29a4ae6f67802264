"""The rule builder's part of a form: read into a draft, changed by the button that was pressed, made ready to be shown.

``part`` names each group and condition by its place, parents first, and what it is; the fields of a part begin with its
place. Buttons named ``do`` say what to change and where, so that building a rule needs no JavaScript.
"""

import re

from django.db.models import Count
from django.http import QueryDict
from django.utils.translation import gettext as _

from outreach.audience.models import JoinLink, Subscriber
from outreach.audience.rules import CHOICES, MOST_DEPTH, MOST_TESTS, allowed_values
from outreach.audience.rules.words import label

from .draft import KINDS, MODES, ROOT, Condition, Group, number

GROUP = "group-of-parts"
LONGEST = 100
MOST_SOURCES = 200
MOST_NESTED = MOST_DEPTH - 2
"""Groups in groups: the innermost one still has room for a condition that is turned round."""
_PATH = re.compile(r"r(-\d{1,3})+")


class DamagedForm(Exception):
    """What came back is not what was sent out."""


def read(data: QueryDict) -> Group:
    """The draft that a form holds; raises :class:`DamagedForm`."""
    entries = data.getlist("part")
    if not entries or entries[0] != f"{ROOT}:{GROUP}" or len(entries) > 2 * MOST_TESTS:
        raise DamagedForm
    root = Group(_mode(data, ROOT))
    groups, paths = {ROOT: root}, {ROOT}
    for entry in entries[1:]:
        path, _colon, kind = entry.partition(":")
        parent = groups.get(path.rpartition("-")[0])
        if parent is None or path in paths or not _PATH.fullmatch(path):
            raise DamagedForm
        paths.add(path)
        if kind == GROUP:
            group = groups[path] = Group(_mode(data, path), path=path)
            parent.parts.append(group)
        elif kind in KINDS:
            parent.parts.append(_condition(data, path, kind))
        else:
            raise DamagedForm
    return root


def change(draft: Group, data: QueryDict) -> str:
    """Do with ``draft`` what the pressed button says; the place of the part that should get the focus.

    Raises :class:`DamagedForm` for a button that there is not.
    """
    action, _space, path = data.get("do", "").partition(" ")
    places = {part.path: part for part in draft.everything()}
    part = places.get(path)
    if action == "count":
        return ""
    if action == "remove" and path != ROOT and part is not None:
        parent = places[path.rpartition("-")[0]]
        if isinstance(parent, Group):
            parent.parts = [each for each in parent.parts if each is not part]
        number(draft)
        return parent.path
    if not isinstance(part, Group) or action not in {"add", "group"}:
        raise DamagedForm
    if reason := _why_not_more(draft, part, action):
        part.errors.append(reason)
        return path
    kind = data.get(f"{path}.new", "")
    if action == "add" and kind not in KINDS:
        part.errors.append(_("Choose what the condition asks about."))
        return path
    part.parts.append(Group("any") if action == "group" else Condition(kind))
    number(draft)
    return part.parts[-1].path


def _why_not_more(draft: Group, group: Group, action: str) -> str:
    if len(list(draft.everything())) >= MOST_TESTS:
        return _("A rule has at most %(most)s conditions.") % {"most": MOST_TESTS}
    if action == "group" and group.path.count("-") >= MOST_NESTED:
        return _("Groups stand at most %(depth)s deep in each other.") % {"depth": MOST_NESTED}
    return ""


def lay_out(draft: Group) -> None:
    """Give each condition the values that it offers. One query or two where one asks about sources."""
    sources: list[str] | None = None
    for part in draft.everything():
        if isinstance(part, Condition) and part.has_choices:
            values = allowed_values(part.kind)
            if values is None:
                values = sources = _known_sources() if sources is None else sources
            offered = [*values, *(value for value in part.values if value not in values)]
            part.offered = [(value, label(part.kind, value), value in part.values) for value in offered]


def _known_sources() -> list[str]:
    """Where people came from, those with the most people first, then the links by which nobody came yet."""
    counted = Subscriber.objects.order_by().values_list("source").annotate(people=Count("pk")).order_by("-people")
    known = [source for source, _people in counted[:MOST_SOURCES]]
    links = JoinLink.objects.order_by("-pk").values_list("code", flat=True)[:MOST_SOURCES]
    return list(dict.fromkeys([*known, *links]))


def _mode(data: QueryDict, path: str) -> str:
    mode = data.get(f"{path}.mode", "all")
    if mode not in MODES:
        raise DamagedForm
    return mode


def _condition(data: QueryDict, path: str, kind: str) -> Condition:
    def typed(name: str) -> str:
        return data.get(f"{path}.{name}", "").strip()[:LONGEST]

    values = list(dict.fromkeys(data.getlist(f"{path}.values"))) if kind in CHOICES else []
    return Condition(
        kind,
        is_not=typed("is_not") == "1",
        values=values,
        first=typed("first"),
        last=typed("last"),
        days=typed("days"),
        path=path,
    )
