"""The one way in which a results framework is written: checked, by one at a time, and with a trace of every change.

Every function raises ``ValidationError`` at the fields that don't fit, and ``Overtaken`` where somebody changed the row
after it was opened: ``read`` is what :func:`~.telling.seen` said of it then. Saving again what stands there already
does nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.office_time import office_zone
from outreach.broadcasts.refusals import Overtaken, Refused
from outreach.broadcasts.segment_names import segment_names

from .framework import Indicator, Result, Target
from .populations import PopulationEstimate, group_name
from .quarters import Quarter
from .records import Entry, Estimate, Noted, Spend
from .sources import SOURCES
from .telling import differing, seen, told, values
from .trail import Change

Row = TypeVar("Row", bound=models.Model)
AnyNoted = TypeVar("AnyNoted", bound=Noted)


class NeedsReason(Refused):
    """A target, a baseline or a value was to be changed without saying why."""


class CountedByTheSystem(Refused):
    """The actual of this indicator is counted: nobody enters it."""


@dataclass(frozen=True)
class Subject:
    """What the trail says was changed."""

    campaign: Campaign
    text: str
    indicator: Indicator | None = None


def keep_result(*, result: Result, user: User | None, now: datetime, read: str = "", reason: str = "") -> Result:
    """Add or change a result."""
    about = Subject(result.campaign, f"{result.title}: {result.statement}"[:300])
    return _keep(result, about, user=user, now=now, read=read, reason=reason)


def keep_indicator(
    *, indicator: Indicator, user: User | None, now: datetime, read: str = "", reason: str = ""
) -> Indicator:
    """Add or change the sheet of an indicator; a change of its baseline needs a reason.

    Its unit stays while there are targets or values in it.
    """
    _check_metric(indicator)
    with transaction.atomic():
        before = _locked(indicator)
        if before is not None:
            changed = differing(before, indicator)
            if "unit" in changed and (before.targets.exists() or before.entries.exists()):
                raise ValidationError({"unit": _("There are targets or values in this unit.")})
            if before.may_have_target and not indicator.may_have_target and before.targets.exists():
                raise ValidationError({"metric": _("Opens are never a target, and this indicator has targets.")})
            if changed & set(Indicator.DEFINING):
                indicator.version = before.version + 1
        about = Subject(indicator.campaign, _("Sheet"), indicator)
        return _keep(
            indicator, about, user=user, now=now, read=read, reason=reason, reasoned=frozenset(Indicator.BASELINE)
        )


def drop_indicator(*, indicator: Indicator, user: User | None, now: datetime, reason: str) -> None:
    """Take an indicator out of the tables; its targets, values and history stay on record."""
    if not reason.strip():
        raise NeedsReason(_("Say why the indicator is dropped."))
    with transaction.atomic():
        if Indicator.objects.filter(pk=indicator.pk, is_dropped=False).update(is_dropped=True):
            indicator.is_dropped = True
            _trace(Subject(indicator.campaign, _("Dropped"), indicator), "", "", reason, user, now)


def set_target(
    *,
    indicator: Indicator,
    quarter: Quarter,
    value: Decimal | None,
    text: str = "",
    user: User | None,
    now: datetime,
    read: str = "",
    reason: str = "",
) -> Target | None:
    """Say what is wanted by a quarter; no value and no words take the target away. A change needs a reason."""
    with transaction.atomic():
        Indicator.objects.select_for_update().get(pk=indicator.pk)
        when = {"year": quarter.year, "quarter": quarter.number}
        found = Target.objects.filter(indicator=indicator, **when).first()
        about = Subject(indicator.campaign, _("Target %(quarter)s") % {"quarter": quarter}, indicator)
        if value is None and not text:
            _take_away(found, about, read=read, reason=reason, user=user, now=now)
            return None
        given = found or Target(indicator=indicator, **when)
        given.value, given.text = value, text
        return _keep(given, about, user=user, now=now, read=read, reason=reason, reasoned=frozenset({"value", "text"}))


def _take_away(
    found: Target | None, about: Subject, *, read: str, reason: str, user: User | None, now: datetime
) -> None:
    if found is None:
        return
    _check_read(found, read)
    _check_reason(reason)
    before = told(found, ("value", "text"))
    found.delete()
    _trace(about, before, "", reason, user, now)


def keep_entry(*, entry: Entry, user: User | None, now: datetime, read: str = "", reason: str = "") -> Entry:
    """Add or change a value that was entered; a change needs a reason."""
    if entry.indicator.is_counted:
        raise CountedByTheSystem(_("The system counts this indicator: nothing is entered for it."))
    days = f"{entry.first_day} – {entry.last_day}"
    about = Subject(entry.indicator.campaign, _("Value of %(days)s") % {"days": days}, entry.indicator)
    return _keep_once(entry, about, user=user, now=now, read=read, reason=reason)


def keep_estimate(
    *, estimate: Estimate, user: User | None, now: datetime, read: str = "", reason: str = ""
) -> Estimate:
    """Add or change an estimate; a change needs a reason."""
    about = Subject(estimate.campaign, _("Estimate: %(title)s") % {"title": estimate.title})
    return _keep_once(estimate, about, user=user, now=now, read=read, reason=reason)


def keep_spend(*, spend: Spend, user: User | None, now: datetime, read: str = "", reason: str = "") -> Spend:
    """Add or change spending; a change needs a reason."""
    days = f"{spend.first_day} – {spend.last_day}"
    about = Subject(spend.campaign, _("Spending of %(days)s") % {"days": days})
    return _keep_once(spend, about, user=user, now=now, read=read, reason=reason)


def keep_population(
    *, population: PopulationEstimate, user: User | None, now: datetime, read: str = "", reason: str = ""
) -> PopulationEstimate:
    """Add or change a population estimate; a change needs a reason. Its year has begun at ``now`` (UTC)."""
    names = segment_names()
    if population.segment and population.segment not in names:
        raise ValidationError({"segment": _("There is no such segment.")})
    if population.year and population.year > now.astimezone(office_zone()).year:
        raise ValidationError({"year": _("This year has not begun.")})
    group = group_name(segment=names.get(population.segment, ""), gender=population.gender)
    about = Subject(population.campaign, _("Population estimate: %(group)s") % {"group": group})
    return _keep_once(population, about, user=user, now=now, read=read, reason=reason)


def _check_metric(indicator: Indicator) -> None:
    """Raise where the actual is to be counted and can't be, or where values were entered already."""
    if not indicator.metric:
        return
    source = SOURCES.get(indicator.metric)
    if source is None:
        raise ValidationError({"metric": _("The system does not count this.")})
    if source.unit != indicator.unit:
        raise ValidationError(
            {"unit": _("What the system counts here has another unit: %(unit)s.") % {"unit": source.unit.label}}
        )
    if indicator.pk and indicator.entries.exists():
        raise ValidationError({"metric": _("There are entered values: they would no longer be shown.")})


def _keep_once(row: AnyNoted, about: Subject, **given: Any) -> AnyNoted:
    """Keep what was noted; a form that is sent again with the same token saves nothing more."""
    is_new = row.pk is None
    if is_new:
        row.full_clean(exclude={"token"}, validate_constraints=False)
        if (found := _sent_before(row)) is not None:
            return found
    try:
        return _keep(row, about, reasoned=() if is_new else frozenset(values(row)) - {"note"}, **given)
    except (IntegrityError, ValidationError) as error:
        if is_new and (found := _sent_before(row)) is not None:
            return found
        if isinstance(error, IntegrityError):
            # Somebody saved the same at this moment: say what can't stand twice.
            row.full_clean(exclude={"token"})
        raise


def _sent_before(row: AnyNoted) -> AnyNoted | None:
    found: AnyNoted | None = type(row)._default_manager.filter(token=row.token).first()
    return found


def _keep(
    row: Row,
    about: Subject,
    *,
    user: User | None,
    now: datetime,
    read: str,
    reason: str,
    reasoned: Collection[str] = (),
) -> Row:
    """Check, save and trace; a change of one of the fields in ``reasoned`` needs a reason."""
    with transaction.atomic():
        before = _locked(row)
        row.full_clean(exclude={"token"})
        if before is None:
            row.save()
            _trace(about, "", told(row, list(values(row))), reason, user, now)
            return row
        changed = differing(before, row)
        if not changed:
            return row
        _check_read(before, read)
        if changed & set(reasoned):
            _check_reason(reason)
        row.save()
        names = [name for name in values(row) if name in changed]
        _trace(about, told(before, names), told(row, names), reason, user, now)
    return row


def _locked(row: Row) -> Row | None:
    """The row as it stands in the database, held until the transaction ends."""
    if row.pk is None:
        return None
    found: Row | None = type(row)._default_manager.select_for_update().filter(pk=row.pk).first()
    return found


def _check_read(row: models.Model, read: str) -> None:
    if seen(row) != read:
        raise Overtaken(
            _("Somebody changed this after you opened it. Look at what stands there now, and then change it again.")
        )


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise NeedsReason(_("Say why this is changed: the reason stands in the history."))


def _trace(about: Subject, before: str, after: str, reason: str, user: User | None, now: datetime) -> None:
    Change.objects.create(
        campaign=about.campaign,
        indicator=about.indicator,
        subject=about.text,
        before=before,
        after=after,
        reason=reason.strip()[:300],
        by=user,
        by_name=user.get_username() if user else "",
        at=now,
    )
