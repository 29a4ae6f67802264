"""A series and its rule: making, changing and pausing it, and agreeing to its editions in advance."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from wagtail.log_actions import LogActionRegistry, log

from outreach.audience.models import Segment
from outreach.broadcasts.refusals import ApprovalVoid, OwnSubmission
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


def change(*, series: Series, segments: Iterable[Segment], user: User, now: datetime) -> None:
    """Save what was edited; if that is another rule now, ``user`` is the one who can't approve it."""
    with transaction.atomic():
        before = rule_hash(Series.objects.get(pk=series.pk))
        # Not what the workers write meanwhile.
        series.save(update_fields=[*RULE, "carries", "title", "local_time"])
        series.segments.set(segments)
        if rule_hash(series) != before:
            series.edited_by = user
            series.save(update_fields=["edited_by"])
        log(instance=series, action="wagtail.edit", user=user, timestamp=now)


def pause(*, series: Series, user: User, now: datetime) -> None:
    """Make no more editions."""
    if Series.objects.filter(pk=series.pk, is_paused=False).update(is_paused=True):
        log(instance=series, action="outreach.series.pause", user=user, timestamp=now)


def resume(*, series: Series, user: User, now: datetime) -> None:
    """Make editions again, of the times that lie ahead."""
    if Series.objects.filter(pk=series.pk, is_paused=True).update(is_paused=False, handled_until=now):
        log(instance=series, action="outreach.series.resume", user=user, timestamp=now)


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
    return ""


def approve(*, series: Series, read: str, user: User, now: datetime) -> None:
    """Agree that the editions of the rule with the hash ``read`` go out without an approval of their own.

    Raises ``OwnSubmission``, or ``ApprovalVoid`` where the rule was changed since it was read.
    """
    with transaction.atomic():
        held = Series.objects.select_for_update().get(pk=series.pk)
        if reason := why_not_second_person(held, user):
            raise OwnSubmission(reason)
        if rule_hash(held) != read:
            raise ApprovalVoid(gettext_noop("The rule was changed since you opened the page: read it once more."))
        held.approvals.filter(voided_at=None).update(voided_at=now)
        SeriesApproval.objects.create(
            series=held, rule_hash=read, edited_by=held.edited_by, approved_by=user, approved_at=now
        )
        log(instance=held, action="outreach.series.approve", user=user, data={"rule_hash": read}, timestamp=now)


def withdraw(*, series: Series, user: User, now: datetime) -> None:
    """Take the word back; editions that are scheduled already stay so."""
    if series.approvals.filter(voided_at=None).update(voided_at=now):
        log(instance=series, action="outreach.series.withdraw", user=user, timestamp=now)


def standing_approval(series: Series) -> SeriesApproval | None:
    """The word that holds for the rule as it is, by somebody who may still approve; or ``None``."""
    given = series.approvals.filter(voided_at=None).select_related("approved_by", "edited_by").first()
    if given is None or given.rule_hash != rule_hash(series) or given.approved_by is None:
        return None
    may = given.approved_by.is_active and given.approved_by.has_perm("outreach.approve_broadcast")
    return given if may else None


def register_actions(actions: LogActionRegistry) -> None:
    """Tell Wagtail's log what the actions of series are called."""
    for name, (label, message) in ACTIONS.items():
        actions.register_action(f"outreach.series.{name}", label, message)
