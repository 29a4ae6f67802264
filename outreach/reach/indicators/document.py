"""A results framework to be taken away: the logframe, its quarters, definitions, estimates, spending and history."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from outreach.broadcasts.campaign_words import words_of
from outreach.reach.documents.document import Document, Sheet, Value

from . import wording
from .actuals import entered
from .logframe import Group, Logframe, Row, by_quarter
from .readings import counted_women, reported, typed
from .sources import SOURCES
from .trail import Change


def document(*, frame: Logframe, now: datetime) -> Document:
    """The whole framework in the language in use; ``now`` (UTC) is the date that the file carries."""
    words = words_of(frame.campaign)
    return Document(
        title=_("Results framework: %(campaign)s") % {"campaign": words.name},
        subtitle=words.objective,
        language=get_language() or "en",
        dated=now,
        facts=tuple(_facts(frame, words.name)),
        sheets=(
            _logframe(frame),
            _results(frame),
            _quarters(frame),
            _entries(frame),
            _estimates(frame),
            _populations(frame),
            _spending(frame),
            _changes(frame),
            _sheets(frame),
        ),
        notes=tuple(wording.limits()),
    )


def _facts(frame: Logframe, name: str) -> list[tuple[str, str]]:
    campaign = frame.campaign
    return [
        (_("Campaign"), name),
        (_("Data"), _("Demo data") if campaign.is_demo else _("Real data")),
        (_("Period"), _("%(start)s to %(end)s") % {"start": campaign.starts_on, "end": campaign.ends_on}),
        (_("As of"), frame.today.isoformat()),
        (_("Target groups"), "; ".join(campaign.target_groups.splitlines())),
        (_("Cost per person reached"), wording.cost(frame.cost)),
    ]


def _logframe(frame: Logframe) -> Sheet:
    headings = (
        _("Indicator"), _("Result"), _("Baseline"), _("Day of the baseline"), _("Target"), _("Target for"),
        _("Actual"), _("Day of the actual"), _("Rests on"), _("Achieved"), _("Female share"),
        _("Gender completeness"), _("Source of verification"),
    )  # fmt: skip
    rows = [_row(group, row) for group in frame.groups for row in group.rows]
    note = _("An empty baseline was not measured. That is not 0.")
    return Sheet("logframe", _("Results framework"), headings, rows, note=note)


def _row(group: Group, row: Row) -> tuple[Value, ...]:
    indicator, actual = row.indicator, row.actual
    return (
        str(indicator),
        str(group.result),
        typed(row.baseline) if indicator.has_baseline else _("not measured"),
        indicator.baseline_date,
        typed(row.target),
        str(row.target_quarter or ""),
        typed(actual.value),
        actual.last,
        "; ".join(filter(None, [wording.how(actual), wording.basis(actual)])),
        row.achieved,
        actual.female,
        actual.completeness,
        actual.verification or indicator.verification,
    )


def _results(frame: Logframe) -> Sheet:
    headings = (_("Result"), _("Contributes to"), _("Assumptions"))
    rows: list[tuple[Value, ...]] = [
        (str(group.result), str(group.result.parent or ""), group.result.assumptions) for group in frame.groups
    ]
    return Sheet("results", _("Results and assumptions"), headings, rows)


def _quarters(frame: Logframe) -> Sheet:
    headings = (
        _("Indicator"), _("Code"), _("Quarter"), _("Target"), _("Actual"), _("How"), _("Days"), _("Achieved"),
        _("From the first day of the campaign"), _("Gender completeness"),
        _("Gender completeness from the first day of the campaign"),
    )  # fmt: skip
    rows: list[tuple[Value, ...]] = [
        (
            f"{row.indicator.name} · {each.quarter}",
            row.indicator.code,
            str(each.quarter),
            typed(each.target),
            typed(each.actual.value),
            wording.how(each.actual),
            wording.days(each.actual),
            each.achieved,
            typed(each.cumulative.value),
            each.actual.completeness,
            each.cumulative.completeness,
        )
        for row in frame.rows
        for each in by_quarter(indicator=row.indicator, today=frame.today, counting=frame.counting)
    ]
    note = wording.once()
    return Sheet("quarters", _("Planned and actual by quarter"), headings, rows, note=note)


def _entries(frame: Logframe) -> Sheet:
    headings = (
        _("Value"), _("Code"), _("Days"), _("Entered value"), _("n"), _("Rests on"), _("Female share"),
        _("Gender completeness"), _("Method and sampling"), _("Source of verification"), _("Note"),
    )  # fmt: skip
    rows: list[tuple[Value, ...]] = []
    for row in frame.rows:
        for entry in row.indicator.entries.all():
            entry.indicator = row.indicator
            actual = entered(entry)
            rested = (actual.n, wording.basis(actual), actual.female, actual.completeness)
            told = (entry.method, entry.verification, entry.note)
            name = f"{row.indicator.name} · {wording.days(actual)}"
            rows.append((name, row.indicator.code, wording.days(actual), typed(actual.value), *rested, *told))
    return Sheet("entries", _("Entered values"), headings, rows)


def _estimates(frame: Logframe) -> Sheet:
    headings = (
        _("Estimate"), _("Medium"), _("Days"), _("Reported number"), _("Women among them"),
        _("How the number came about"), _("Evidence"), _("Source"), _("Place"), _("Note"),
    )  # fmt: skip
    rows: list[tuple[Value, ...]] = [
        (
            each.title,
            str(each.get_medium_display()),
            f"{each.first_day} – {each.last_day}",
            reported(each),
            counted_women(women=each.women, whole=each.number),
            str(each.get_method_display()),
            each.grade,
            each.source,
            each.place,
            each.note,
        )
        for each in frame.estimates
    ]
    note = wording.overlap()
    return Sheet("estimates", _("Mass media and events (estimates)"), headings, rows, note=note)


def _populations(frame: Logframe) -> Sheet:
    headings = (
        _("Group"), _("Estimated number of people"), _("Year"), _("Source"), _("Coverage of the group"), _("Remark"),
        _("Note"),
    )  # fmt: skip
    rows: list[tuple[Value, ...]] = [
        (
            f"{each.group}, {each.population.year}",
            each.population.people,
            str(each.population.year),
            each.population.source,
            each.share,
            wording.coverage(each),
            each.population.note,
        )
        for each in frame.populations
    ]
    return Sheet("populations", _("Size of the groups (cited estimates)"), headings, rows, note=wording.sizes())


def _spending(frame: Logframe) -> Sheet:
    headings = (_("Days"), _("Amount"), _("Currency"), _("Source"), _("Note"))
    rows: list[tuple[Value, ...]] = [
        (f"{each.first_day} – {each.last_day}", float(each.amount), each.currency, each.source, each.note)
        for each in frame.spends
    ]
    note = _("Cost per person reached: %(cost)s") % {"cost": wording.cost(frame.cost)}
    return Sheet("spending", _("Spending"), headings, rows, note=note)


def _changes(frame: Logframe) -> Sheet:
    headings = (_("What"), _("Indicator"), _("When (UTC)"), _("Who"), _("Before"), _("After"), _("Why"))
    rows: list[tuple[Value, ...]] = [
        (
            change.subject,
            str(change.indicator or ""),
            f"{timezone.localtime(change.at, timezone.get_fixed_timezone(0)):%Y-%m-%d %H:%M}",
            change.by_name,
            change.before,
            change.after,
            change.reason,
        )
        for change in Change.objects.filter(campaign=frame.campaign).select_related("indicator")
    ]
    return Sheet("changes", _("History of changes"), headings, rows)


def _sheets(frame: Logframe) -> Sheet:
    rows: list[tuple[Value, ...]] = [
        (str(row.indicator), name, text) for row in frame.rows for name, text in wording.sheet(row.indicator)
    ]
    counted = sorted({row.indicator.metric for row in frame.rows if row.indicator.metric in SOURCES})
    note = _("Counted by the system: %(name)s") % {"name": ", ".join(counted)} if counted else ""
    return Sheet("definitions", _("Definitions"), (_("Indicator"), _("Part"), _("Meaning")), rows, note=note)
