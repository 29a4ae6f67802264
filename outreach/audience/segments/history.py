"""What became of a segment: each save that changed something is kept, and an old rule can be taken again."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from django.db import transaction

from outreach.audience.models import Segment, SegmentEdit
from outreach.audience.rules import clauses, in_words, validate_rule

if TYPE_CHECKING:
    from django.contrib.auth.models import User

KEPT = ("name", "description", "rule")


@dataclass(frozen=True)
class Change:
    """One edit beside the state before it.

    ``before`` and ``after`` are the rule in words, ``before`` empty where the segment began. ``gone`` and ``new`` are
    the conditions that only one of them has, where they have others in common. ``can_restore`` says whether the rule is
    another one than today's.
    """

    edit: SegmentEdit
    before: str
    after: str
    gone: tuple[str, ...]
    new: tuple[str, ...]
    former_name: str
    is_described_anew: bool
    can_restore: bool


@transaction.atomic
def save(*, segment: Segment, user: "User | None", now: datetime) -> bool:
    """Save ``segment`` and keep what it is now, at ``now`` (UTC); whether anything changed.

    A segment that was made before there was a history has its former state kept first, by nobody.
    """
    former = Segment.objects.select_for_update().filter(pk=segment.pk).first() if segment.pk else None
    if former and all(getattr(former, name) == getattr(segment, name) for name in KEPT):
        return False
    if former and not former.edits.exists():
        _keep(former, None, now)
    segment.save()
    _keep(segment, user, now)
    return True


def restore(*, segment: Segment, edit: SegmentEdit, user: "User | None", now: datetime) -> bool:
    """Give ``segment`` the rule that it had in ``edit``, as an edit of its own; whether that changed anything.

    Raises ``ValidationError`` where a value of the old rule is no longer one.
    """
    if edit.segment_id != segment.pk:
        raise ValueError("an edit of another segment")
    validate_rule(edit.rule)
    segment.rule = edit.rule
    return save(segment=segment, user=user, now=now)


def changes(segment: Segment) -> list[Change]:
    """The history of ``segment``, the newest first. One query."""
    edits = list(segment.edits.select_related("edited_by"))
    return [_change(edit, before, segment) for edit, before in pairwise([*edits, None]) if edit]


def _change(edit: SegmentEdit, before: SegmentEdit | None, segment: Segment) -> Change:
    now_told, then_told = clauses(edit.rule), clauses(before.rule) if before else []
    is_alike = bool(set(now_told) & set(then_told))
    return Change(
        edit=edit,
        before=in_words(before.rule) if before else "",
        after=in_words(edit.rule),
        gone=tuple(clause for clause in then_told if clause not in now_told) if is_alike else (),
        new=tuple(clause for clause in now_told if clause not in then_told) if is_alike else (),
        former_name=before.name if before and before.name != edit.name else "",
        is_described_anew=bool(before and before.description != edit.description),
        can_restore=edit.rule != segment.rule,
    )


def _keep(segment: Segment, user: "User | None", now: datetime) -> None:
    kept = {name: getattr(segment, name) for name in KEPT}
    SegmentEdit.objects.create(segment=segment, edited_at=now, edited_by=user, **kept)
