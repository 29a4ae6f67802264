"""Every figure that the demo's reports show is counted anew from its ledger, and agrees."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from home.models import InfographicPage, StoryPage
from outreach.broadcasts.campaign import Campaign
from outreach.reach import periods
from outreach.reach.disclosure import Shown
from outreach.reach.reports import Report
from outreach.reach.snapshots.freezing import freeze_period
from outreach.reach.snapshots.models import Snapshot
from outreach.reach.tables import report

from .comparing import Counted, Reader, recount

YEAR_OVER = datetime(2027, 1, 4, 12, tzinfo=UTC)
CAMPAIGN_OVER = datetime(2027, 7, 5, 12, tzinfo=UTC)
WHO_READS = pytest.mark.parametrize("k", [5, 10], ids=["evaluators", "public"])

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _frozen(history: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What the demo froze, and every period that is over later: some have several broadcasts, some have pages."""
    recount.cache_clear()
    readers.cache_clear()
    with django_db_blocker.unblock(), transaction.atomic():
        for kind in (StoryPage, InfographicPage):
            for number, page in enumerate(kind.objects.order_by("pk")):
                day = datetime(2026, 11 + number % 2, 15, 12, tzinfo=UTC)
                kind.objects.filter(pk=page.pk).update(first_published_at=day)
        campaign = Campaign.objects.get()
        for code, of in (("2026-11", campaign), ("2026-Q4", campaign), ("2026-10", None), ("2026", None)):
            freeze_period(period=periods.parse(code), campaign=of, now=YEAR_OVER, user=None)
        freeze_period(campaign=campaign, now=CAMPAIGN_OVER, user=None)
        yield
        transaction.set_rollback(True)


def reports(k: int) -> list[Report]:
    return [report(snapshot=each.pk, k=k) for each in Snapshot.objects.order_by("number")]


@cache
def readers(k: int) -> list[Reader]:
    """Every report, compared once for all tests."""
    return [Reader(read).go() for read in reports(k)]


def test_there_are_reports_of_each_broadcast_and_of_each_kind_of_period() -> None:
    places = {each.place.split("/campaign")[0] for each in Snapshot.objects.all()}

    assert {"2026-09", "2026-10", "2026-11", "2026-Q3", "2026-Q4", "2026"} <= places
    assert sum(each.startswith("broadcast/") for each in places) == 3
    assert sum(each.startswith("whole/") for each in places) == 1


@WHO_READS
def test_every_figure_of_every_report_is_what_the_ledger_says(k: int) -> None:
    assert [fault for reader in readers(k) for fault in reader.faults] == []
    assert min(reader.compared for reader in readers(k)) > 100
    assert all(sum(each.is_hidden for each in reader.counts) < reader.compared / 2 for reader in readers(k))


@pytest.mark.parametrize("slug", ["people", "cohort_clicks", "channel", "story", "reason", "day"])
def test_one_figure_that_is_one_off_would_be_found(slug: str) -> None:
    read = reports(5)[0]
    number, table = next((number, each) for number, each in enumerate(read.tables) if each.slug == slug)
    last = table.rows[-1]
    place, cell = next((place, each) for place, each in enumerate(last.cells) if isinstance(each, Shown))
    cells = (*last.cells[:place], Shown(cell.value + 1), *last.cells[place + 1 :])
    changed = replace(table, rows=(*table.rows[:-1], replace(last, cells=cells)))

    reader = Reader(replace(read, tables=(*read.tables[:number], changed, *read.tables[number + 1 :]))).go()

    assert len(reader.faults) == 1


@WHO_READS
def test_no_count_is_shown_that_is_too_small(k: int) -> None:
    shown = [each for reader in readers(k) for each in reader.counts if not each.is_hidden]

    assert [each for each in shown if 0 < each.expected < k] == []


@WHO_READS
def test_what_is_hidden_is_small_or_protects_a_hidden_figure_beside_it(k: int) -> None:
    for reader in readers(k):
        hidden = defaultdict[tuple[str, str], list[Counted]](list)
        for each in reader.counts:
            if each.is_hidden:
                hidden[each.table, each.row].append(each)
                hidden[each.table, each.column].append(each)

        alone = [
            each
            for each in reader.counts
            if each.is_hidden
            and not each.is_telling(k)
            and len(hidden[each.table, each.row]) < 2
            and len(hidden[each.table, each.column]) < 2
        ]
        assert alone == [], reader.read.title


@WHO_READS
def test_a_broadcast_hides_nothing_in_a_table_that_tells_of_nobody(k: int) -> None:
    for reader in readers(k):
        telling = {each.table for each in reader.counts if each.is_telling(k)}
        hidden = {each.table for each in reader.counts if each.is_hidden}

        assert reader.read.period or hidden <= telling, reader.read.title


def test_of_several_broadcasts_together_most_people_are_told_by_segment_and_gender() -> None:
    whole = next(reader for reader in readers(5) if reader.read.period and len(reader.again.broadcasts) == 3)
    cells = [each for each in whole.counts if each.table == "people"]

    assert sum(each.is_hidden for each in cells) < len(cells) / 2
    assert any(isinstance(each.cell, Shown) for each in whole.read.figures if each.metric.slug == "female_share")
