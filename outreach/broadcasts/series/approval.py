"""A series and its rule: making, changing and pausing it, and agreeing to its editions in advance."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from wagtail.log_actions import LogActionRegistry, log, registry

from outreach.audience.models import Segment
from outreach.broadcasts.lifecycle import void_approval
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.refusals import ApprovalVoid, Overtaken, OwnSubmission, WrongState
from outreach.broadcasts.standing import digest

from .models import Series, SeriesApproval

RULE = (
    "rhythm",
    "weekdays",
    "month_day",
    "channels",
    "every_channel",
    "fallback_language",
    "missed_rule",
    "topic",
    "most_stories",
    "hours_ahead",
)
"""What a rule says, beside its time, its segments and what it tells of."""

ACTIONS = {
    "pause": (gettext_lazy("Pause a repeating broadcast"), gettext_lazy("Paused")),
    "resume": (gettext_lazy("Resume a repeating broadcast"), gettext_lazy("Resumed")),
    "approve": (gettext_lazy("Agree to editions in advance"), gettext_lazy("Editions approved in advance")),
    "withdraw": (gettext_lazy("Let editions be approved again"), gettext_lazy("Approval in advance taken back")),
}
"""By the last part of the action's name: its name in filters, and what the log says."""

FIRST_EDITION_TELLS_OF = {
    Series.Rhythm.WEEKLY.value: timedelta(days=7),
    Series.Rhythm.MONTHLY.value: timedelta(days=31),
}
"""How long before a series was made what its first edition tells of may have been published."""


def begin(*, series: Series, user: User, now: datetime) -> None:
    """Save a new series, whose first edition tells of the time before it; ``now`` is UTC."""
    series.edited_by, series.handled_until = user, now
    series.stories_since = now - FIRST_EDITION_TELLS_OF[series.rhythm]
    series.save()
    log(instance=series, action="wagtail.create", user=user, timestamp=now)


def change(*, series: Series, segments: Iterable[Segment], user: User, now: datetime, read: str | None = None) -> int:
    """Save what was edited; if that is another rule now, ``user`` is the one who can't approve it.

    What was agreed to in advance ends with the old rule, also for editions that nobody has read: how many of these are
    drafts again. ``read`` is the :func:`version` of the series that ``user`` edited; where another stands there now, it
    raises ``Overtaken``.
    """
    with transaction.atomic():
        held = _hold(series)
        if read is not None and read != version(held):
            raise Overtaken(
                _("Somebody changed this page after you opened it. Yours stands here: save it again to replace theirs.")
            )
        before = rule_hash(held)
        # Not what the workers write meanwhile.
        series.save(update_fields=[*RULE, "carries", "title", "campaign", "local_time"])
        series.segments.set(segments)
        unread = 0
        if rule_hash(series) != before:
            series.edited_by = user
            series.save(update_fields=["edited_by"])
            series.approvals.filter(voided_at=None).update(voided_at=now)
            unread = _take_back(series, gettext_noop("The rule of its series was changed."), user, now)
        log(instance=series, action="wagtail.edit", user=user, timestamp=now)
    return unread


def version(series: Series) -> str:
    """Of what the form of a series says, as it was read."""
    return digest([series.title, series.campaign_id, rule_hash(series)])


def pause(*, series: Series, user: User, now: datetime) -> int:
    """Make no more editions; how many that nobody has read are drafts again."""
    with transaction.atomic():
        if not Series.objects.filter(pk=series.pk, is_paused=False).update(is_paused=True):
            return 0
        log(instance=series, action="outreach.series.pause", user=user, timestamp=now)
        return _take_back(series, gettext_noop("Its series was paused."), user, now)


def resume(*, series: Series, user: User, now: datetime) -> None:
    """Make editions again, of the times that lie ahead and were not dealt with before."""
    handled = Greatest(F("handled_until"), now)
    if Series.objects.filter(pk=series.pk, is_paused=True).update(is_paused=False, handled_until=handled):
        log(instance=series, action="outreach.series.resume", user=user, timestamp=now)


def end(*, series: Series, user: User, now: datetime) -> int:
    """What comes before a series is deleted, whose editions stay: how many that nobody has read are drafts again."""
    with transaction.atomic():
        _hold(series)
        return _take_back(series, gettext_noop("Its series was deleted."), user, now)


def _hold(series: Series) -> Series:
    """The series as it stands, held until the transaction ends: meanwhile no worker makes an edition of it."""
    return Series.objects.select_for_update().get(pk=series.pk)


def _take_back(series: Series, reason: str, user: User, now: datetime) -> int:
    """Let editions that were approved with the series alone, and have not begun, wait for somebody who reads them."""
    unread = Broadcast.objects.filter(
        series=series,
        started_at=None,
        state__in=[Broadcast.State.SCHEDULED, Broadcast.State.PAUSED],
        approvals__voided_at=None,
        approvals__in_advance=True,
    )
    number = 0
    for edition in unread.distinct():
        # One that begins in this moment was faster.
        with suppress(WrongState):
            void_approval(broadcast=edition, reason=reason, user=user, now=now)
            number += 1
    return number


def rule_hash(series: Series) -> str:
    """Of everything that decides when an edition goes out, to whom, and what it tells of."""
    segments = list(series.segments.order_by("code").values("code", "rule"))
    rule = {name: getattr(series, name) for name in RULE}
    # Not said where it is as it was before a series could choose, so that words given then still hold.
    if series.carries != Series.Carries.STORIES:
        rule["carries"] = series.carries
    return digest({**rule, "local_time": series.local_time.isoformat(), "segments": segments})


def why_not_second_person(series: Series, user: User) -> str:
    """Why ``user`` can't agree to its editions in advance, in a sentence; empty if they can, permissions apart."""
    if user.pk == series.edited_by_id:
        return _("You wrote this rule; somebody else has to approve it.")
    if _wrote_segment(series, user):
        return _("You changed one of its segments; somebody else has to approve it.")
    return ""


def _wrote_segment(series: Series, user: User) -> bool:
    """Whether the user changed whom one of its segments holds, and nobody else wrote or agreed to the rule since."""
    written = registry.get_logs_for_instance(series).filter(action__in=["wagtail.create", "wagtail.edit"])
    by_others = written.exclude(user=user).aggregate(at=Max("timestamp"))["at"]
    agreed = series.approvals.aggregate(at=Max("approved_at"))["at"]
    seen = max(filter(None, (by_others, agreed)), default=None)
    for segment in series.segments.all():
        for edit, before in pairwise([*segment.edits.all(), None]):
            assert edit
            is_new = (seen is None or edit.edited_at > seen) and (before is None or edit.rule != before.rule)
            if is_new and edit.edited_by_id == user.pk:
                return True
    return False


def approve(*, series: Series, read: str, user: User, now: datetime) -> None:
    """Agree that the editions of the rule with the hash ``read`` go out without an approval of their own.

    Raises ``OwnSubmission``, or ``ApprovalVoid`` where the rule was changed since it was read.
    """
    with transaction.atomic():
        held = _hold(series)
        if reason := why_not_second_person(held, user):
            raise OwnSubmission(reason)
        if rule_hash(held) != read:
            raise ApprovalVoid(gettext_noop("The rule was changed since you opened the page: read it once more."))
        held.approvals.filter(voided_at=None).update(voided_at=now)
        SeriesApproval.objects.create(
            series=held, rule_hash=read, edited_by=held.edited_by, approved_by=user, approved_at=now
        )
        log(instance=held, action="outreach.series.approve", user=user, data={"rule_hash": read}, timestamp=now)


def withdraw(*, series: Series, user: User, now: datetime) -> int:
    """Take the word back, also from editions that nobody has read; how many of these are drafts again."""
    with transaction.atomic():
        _hold(series)
        if not series.approvals.filter(voided_at=None).update(voided_at=now):
            return 0
        log(instance=series, action="outreach.series.withdraw", user=user, timestamp=now)
        return _take_back(series, gettext_noop("The approval in advance of its series was taken back."), user, now)


def standing_approval(series: Series) -> SeriesApproval | None:
    """The word that holds for the rule as it is, by somebody who may still approve; or ``None``."""
    given = series.approvals.filter(voided_at=None).select_related("approved_by", "edited_by").first()
    if given is None or given.rule_hash != rule_hash(series) or given.approved_by is None:
        return None
    may = given.approved_by.is_active and given.approved_by.has_perm("outreach.approve_broadcast")
    return given if may else None


def was_approved(series: Series) -> bool:
    """Whether a word was given that the series has outgrown, or whose giver may give none any more."""
    given = series.approvals.order_by("-approved_at").first()
    return given is not None and (given.voided_at is None or given.rule_hash != rule_hash(series))


def register_actions(actions: LogActionRegistry) -> None:
    """Tell Wagtail's log what the actions of series are called."""
    for name, (label, message) in ACTIONS.items():
        actions.register_action(f"outreach.series.{name}", label, message)
