from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from outreach.reach import periods
from outreach.reach.disclosure import AtLeast, FewerThan, Hidden, Shown, Unknown
from outreach.reach.visits import labels
from outreach.reach.visits.document import MOST_DRAWN, drawn
from outreach.reach.visits.report import offered, web_reading

from .conftest import GONE_BROADCAST, GONE_PAGE, NOW

pytestmark = pytest.mark.django_db


def october():
    return web_reading(period=periods.parse("2026-10"), now=NOW)


def plain(cell):
    return cell.value if isinstance(cell, Shown) else None


def table(found, slug):
    rows = next(table for table in (*found.tables, found.drops) if table.slug == slug).rows
    return {row.label: [plain(cell) for cell in row.cells] for row in rows}


def test_figures_are_those_counted_by_hand(read):
    found = october()
    values = {figure.metric.slug: figure.cell for figure in found.figures}
    assert values == {
        "visits": Shown(45), "page_visits": Shown(34), "completion_rate": Shown(Fraction(2, 5)),
    }  # fmt: skip
    assert found.machines == Shown(7)


def test_each_table_tells_the_same_visits_apart_in_another_way(read, letter):
    found = october()
    nobody_told = [None, None]
    gone = f"Page {GONE_PAGE}, which is gone"
    whole = [45, 34, 10, 4, Fraction(2, 5), 7]
    assert table(found, "page") == {
        "Stories": [36, 25, 10, 4, Fraction(2, 5), 7], gone: [9, 9, 0, *nobody_told, 0], "All pages": whole,
    }  # fmt: skip
    assert table(found, "language") == {
        "English": [36, 25, 10, 4, Fraction(2, 5), 7], "Français": [9, 9, 0, *nobody_told, 0], "All": whole,
    }  # fmt: skip
    assert table(found, "device") == {
        "Phone": [35, 25, 10, 4, Fraction(2, 5), 7], "Computer or tablet": [6, 5, 0, *nobody_told, 0],
        "Not told": [4, 4, 0, *nobody_told, 0], "All": whole,
    }  # fmt: skip


def test_readers_whom_a_broadcast_led_here_are_rounded_down_with_all_from_which_they_could_be_computed(read, letter):
    found = {each.slug: {row.label: row.cells for row in each.rows} for each in october().tables}
    few, hidden = FewerThan(10), Hidden()
    assert found["from_broadcast"] == {
        f"Broadcast {GONE_BROADCAST}, which is gone": (few, few, few, few, hidden, Shown(0)),
        f"{letter.pk}: Rights at work": (few, few, few, few, hidden, Shown(0)),
        "All broadcasts": (AtLeast(10), AtLeast(10), few, few, hidden, Shown(0)),
    }
    assert found["source"] == {
        "A broadcast": (AtLeast(10), AtLeast(10), few, few, hidden, Shown(0)),
        "Direct or unknown": (AtLeast(30), AtLeast(20), AtLeast(10), few, hidden, Shown(7)),
        "A search engine": (few, few, few, few, hidden, Shown(0)),
        "All": (AtLeast(40), AtLeast(30), AtLeast(10), few, hidden, Shown(7)),
    }


def test_a_month_is_told_by_day_with_the_days_on_which_nobody_came(read):
    days = table(october(), "day")
    assert list(days)[:4] == ["2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04"]
    assert [numbers[0] for numbers in days.values()] == [30, 0, 15, *[0] * 28, 45]


def test_longer_periods_are_told_by_month_and_only_as_far_as_was_counted(read):
    found = web_reading(period=periods.parse("2026"), now=NOW)
    assert {label: numbers[0] for label, numbers in table(found, "month").items()} == {
        "October 2026": 45, "November 2026": 5, "All months": 50,
    }  # fmt: skip


def test_whole_time_goes_from_the_first_day_to_the_last(read):
    found = web_reading(period=None, now=NOW)
    assert found.days == "2026-10-01 to 2026-11-02"
    assert found.figures[0].cell == Shown(50)
    assert [period.code for period in offered()] == ["2026", "2026-Q4", "2026-11", "2026-10"]


def test_figures_grow_until_the_last_day_is_over_by_the_clock_of_the_office(read, settings):
    settings.OFFICE_TIME_ZONE = "America/Dominica"
    period = periods.parse("2026-10")
    assert web_reading(period=period, now=datetime(2026, 11, 1, 3, 59, tzinfo=UTC)).is_growing
    assert not web_reading(period=period, now=datetime(2026, 11, 1, 4, 0, tzinfo=UTC)).is_growing


def test_where_nothing_was_counted_every_figure_is_unknown_and_never_0(read):
    found = web_reading(period=periods.parse("2025"), now=NOW)
    assert {figure.cell for figure in found.figures} == {Unknown()} == {found.machines}
    assert found.is_empty


def test_before_the_first_page_was_read_there_is_neither_a_period_nor_a_figure(db):
    found = web_reading(period=None, now=NOW)
    assert {figure.cell for figure in found.figures} == {Unknown()}
    assert (found.span, found.drops, offered()) == (None, None, [])


def test_views_of_machines_alone_are_a_count_of_0_people_and_no_share(page_day):
    page_day(date(2026, 10, 1), 7, machine_views=3)
    found = october()
    assert [figure.cell for figure in found.figures] == [Shown(0), Shown(0), Unknown()]
    assert found.machines == Shown(3)


def test_hits_that_were_not_counted_are_there_with_every_reason_and_of_the_period_only(read):
    found = table(october(), "drops")
    assert found["The link is forged, cut off or foreign"] == [12]
    assert sum(numbers[0] for numbers in found.values()) == 12
    assert len(found) == 13


def test_pages_have_the_language_of_their_title_and_a_number_where_titles_are_alike(stories):
    twin = stories.get_parent().add_child(instance=type(stories)(title="Stories", slug="more", summary="More."))
    with translation.override("fr"):
        found = labels.pages([stories.pk, twin.pk])
    assert {label.language for label in found.values()} == {"en"}
    assert found[stories.pk].text != found[twin.pk].text
    assert labels.pages([stories.pk])[stories.pk] == labels.Label("Stories")


def test_of_many_pages_the_chart_shows_the_most_read_and_the_table_all(page_day):
    for page in range(MOST_DRAWN + 3):
        page_day(date(2026, 10, 1), 1000 + page, views=100 - page, visits=1)
    whole = october().tables[0]
    assert [row.label for row in drawn(whole).rows] == [row.label for row in whole.rows][:MOST_DRAWN]
    assert len(whole.rows) == MOST_DRAWN + 4
    assert "12" in drawn(whole).columns[0].label
    assert drawn(october().tables[-1]) == october().tables[-1]


def test_however_much_was_read_the_database_is_asked_the_same(page_day, letter, django_assert_num_queries):
    page_day(date(2026, 10, 1), 7, views=1, source="broadcast", broadcast_id=letter.pk)
    with django_assert_num_queries(11):
        october()
    for number in range(30):
        page_day(date(2026, 10, 2), 100 + number, views=2, source="broadcast", broadcast_id=letter.pk + number)
    with django_assert_num_queries(11):
        october()


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 2000))
def test_every_day_of_a_span_is_in_one_of_its_months(first, length):
    last = date.fromordinal(first.toordinal() + length)
    months = list(labels.months(first, last))
    assert sorted({day.replace(day=1) for day in labels.days(first, last)}) == months
