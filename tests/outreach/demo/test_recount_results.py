"""What moves still, what people entered and what was read: the demo's results and web pages, counted anew."""

from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db.models import QuerySet
from wagtail.models import Page

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.reach import periods
from outreach.reach.disclosure import AtLeast, Cell, FewerThan, Hidden, Shown, Unknown
from outreach.reach.indicators.actuals import Actual
from outreach.reach.indicators.logframe import Logframe, by_quarter, logframe
from outreach.reach.indicators.records import Spend
from outreach.reach.reports import Table
from outreach.reach.tables import report
from outreach.reach.visits.report import web_reading
from outreach.tracking.models import Device, PageDay, Source

from .comparing import LANGUAGES
from .conftest import NOW
from .recount import OFFICE, Recount, quotient, read_on_site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("history")]


MONTHS = ("August", "September", "October", "November")
ROUGH = ("source", "from_broadcast")


def tens(count: int | None) -> int:
    assert count is not None
    return count // 10 * 10


def everything() -> Recount:
    return Recount(Broadcast.objects.all())


def frame() -> Logframe:
    return logframe(campaign=Campaign.objects.get(), today=NOW.date())


def newest(code: str) -> Actual:
    return next(row.actual for row in frame().rows if row.indicator.code == code)


# Reports and results that can still change


def test_the_totals_of_what_is_not_over_are_those_of_the_ledger_rounded_down() -> None:
    again = everything()
    figures = {each.metric.slug: each.cell for each in report(campaign=Campaign.objects.get()).figures}

    assert figures == {
        name: AtLeast(tens(again.count(name))) for name in ("people", "accepted", "clicked", "cohort_clicks")
    }


def test_the_results_to_date_are_computed_from_such_totals() -> None:
    again = everything()

    def rough(part: str, whole: str) -> Cell:
        return Shown(Fraction(round(Fraction(100 * tens(again.count(part)), tens(again.count(whole)))), 100))

    assert {code: newest(code).value for code in ("R1", "R4", "R5", "D2", "E1")} == {
        "R1": AtLeast(tens(again.count("people"))),
        "R4": Hidden(),
        "R5": Hidden(),
        "D2": rough("accepted", "attempted"),
        "E1": rough("clickers", "trackable_people"),
    }


def test_the_results_of_a_frozen_quarter_are_exact() -> None:
    shown, found = frame(), {}
    for row in shown.rows:
        first = next(iter(by_quarter(indicator=row.indicator, today=NOW.date(), counting=shown.counting)))
        found[row.indicator.code] = first.actual
    after = datetime.combine(first.quarter.next.first_day, time(), OFFICE)
    again = Recount(Broadcast.objects.filter(finished_at__lt=after))

    assert len(again.broadcasts) == 1
    assert {code: found[code].value for code in ("R1", "R4", "R5", "D2", "E1")} == {
        "R1": Shown(again.count("people") or 0),
        "R4": Shown(again.female_share("people") or 0),
        "R5": Shown(again.completeness("people") or 0),
        "D2": Shown(again.share("accepted", "attempted") or 0),
        "E1": Shown(again.share("clickers", "trackable_people") or 0),
    }


# What people entered


@pytest.mark.parametrize(
    ("code", "part", "asked", "women"), [("O1", 89, 372, 182), ("O2", 156, 372, 182), ("O3", 141, 288, 150)]
)
def test_a_surveyed_share_is_the_part_of_those_who_were_asked(code: str, part: int, asked: int, women: int) -> None:
    actual = newest(code)

    assert isinstance(actual.value, Shown)
    assert abs(Fraction(actual.value.value) - Fraction(part, asked)) < Fraction(1, 10**6)
    assert (actual.n, actual.female) == (Shown(asked), Shown(Fraction(women, asked)))


def test_the_change_of_knowledge_is_that_of_the_shares_with_its_interval() -> None:
    before, now = 0.31, 156 / 372
    # Newcombe (1998), method 10: from the Wilson interval of each share.
    low, high = zip(*(_wilson(share, n) for share, n in ((before, 380), (now, 372))), strict=True)
    down = ((now - low[1]) ** 2 + (high[0] - before) ** 2) ** 0.5
    up = ((high[1] - now) ** 2 + (before - low[0]) ** 2) ** 0.5

    change = now - before
    actual = newest("O2")
    assert f"{100 * change:.1f}" in actual.change
    assert f"{100 * (change - down):.1f}" in actual.interval
    assert f"{100 * (change + up):.1f}" in actual.interval


def _wilson(share: float, n: int) -> tuple[float, float]:
    z = 1.959964
    middle, half = share + z * z / (2 * n), z * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def test_counts_that_were_entered_are_shown_as_they_were() -> None:
    assert (newest("O4").value, newest("O4").n) == (Shown(1), Shown(12))
    assert (newest("T1").value, newest("T1").female) == (Shown(28), Shown(Fraction(16, 28)))
    assert [(each.title, each.number, each.women) for each in frame().estimates] == [
        ("Morning talk on rights at work, two editions", 9000, None),
        ("Stand at the Saturday market", 143, 81),
    ]


def test_a_person_cost_what_was_spent_divided_by_the_people_reached() -> None:
    spent, people = Spend.objects.get().amount, tens(everything().count("people"))
    cost = frame().cost

    assert cost.amount is not None
    assert 0 <= cost.amount * people - spent < Decimal("0.01") * people
    assert (cost.currency, cost.at_most) == ("XCD", True)


# What was read


@pytest.mark.parametrize(
    ("code", "by_time"),
    [("", "month"), ("2026-Q4", "month"), ("2026-Q3", "month"), ("2026-10", "day"), ("2026-09", "day")],
)
def test_every_figure_of_the_web_pages_is_that_of_the_counter(code: str, by_time: str) -> None:
    period = periods.parse(code) if code else None
    days = PageDay.objects.filter(day__range=(period.begins, period.ends)) if period else PageDay.objects.all()
    first, last = days.earliest("day").day, days.latest("day").day

    found = web_reading(period=period, now=NOW)

    views, visits, completion = (each.cell for each in found.figures)
    assert views == Shown(read_on_site("views", first, last))
    assert visits == Shown(read_on_site("visits", first, last))
    assert completion == Shown(quotient(*(read_on_site(name, first, last) for name in ("completed", "beacons"))) or 0)
    assert found.machines == Shown(read_on_site("machine_views", first, last))
    assert {each.slug for each in found.tables} == {"page", "language", "source", "from_broadcast", "device", by_time}
    for table in found.tables:
        _compare(table, first, last)


def _compare(table: Table, first: date, last: date) -> None:
    for row in table.rows:
        rows = PageDay.objects.filter(day__gte=first, day__lte=last)
        if table.slug == "from_broadcast":
            rows = rows.exclude(broadcast=None)
        if not row.is_total:
            rows = _rows_of(table.slug, row.label, rows)
        assert row.cells == _cells(rows, is_rough=table.slug in ROUGH), (table.slug, row.label)


def _cells(rows: "QuerySet[PageDay]", *, is_rough: bool) -> tuple[Cell, ...]:
    names = ("views", "visits", "beacons", "completed", "machine_views")
    *counts, machines = (sum(rows.values_list(name, flat=True)) for name in names)
    if is_rough:
        rough = (AtLeast(tens(each)) if each >= 10 else FewerThan(10) for each in counts)
        return (*rough, Hidden(), Shown(machines))
    views, visits, beacons, completed = counts
    if not beacons:
        return (Shown(views), Shown(visits), Shown(0), Unknown(), Unknown(), Shown(machines))
    share = Shown(Fraction(completed, beacons))
    return (Shown(views), Shown(visits), Shown(beacons), Shown(completed), share, Shown(machines))


def _rows_of(slug: str, label: str, rows: "QuerySet[PageDay]") -> "QuerySet[PageDay]":
    if slug == "language":
        return rows.filter(language=LANGUAGES[label])
    if slug in ("source", "device"):
        choices = Source if slug == "source" else Device
        return rows.filter(**{slug: next(each.value for each in choices if each.label == label)})
    if slug == "from_broadcast":
        return rows.filter(broadcast=int(label.partition(":")[0]))
    if slug == "month":
        return rows.filter(day__month=MONTHS.index(label.split()[0]) + 8)
    if slug == "day":
        return rows.filter(day=date.fromisoformat(label))
    title, _separator, number = label.partition(" (page ")
    if number:
        return rows.filter(page=number.rstrip(")"))
    return rows.filter(page=Page.objects.get(title=title, pk__in=rows.values("page")))
