"""The calendar's month: by the clocks of the office, whatever they do."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.month import PLANNED, month
from outreach.broadcasts.series.models import Series

PARIS, DOMINICA = ZoneInfo("Europe/Paris"), ZoneInfo("America/Dominica")
NOW = datetime(2026, 10, 10, 12, 0, tzinfo=UTC)


def entries(found) -> dict[date, list[str]]:
    return {day.date: [entry.title for entry in day.entries] for week in found.weeks for day in week if day.entries}


def sent(title: str, moment: datetime, **fields) -> Broadcast:
    return Broadcast.objects.create(title=title, **{"state": "finished", "started_at": moment} | fields)


@pytest.mark.django_db
def test_days_and_months_begin_at_the_offices_midnight():
    sent("Still October", datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC))
    sent("November", datetime(2026, 10, 31, 23, 0, tzinfo=UTC))
    sent("The longest day", datetime(2026, 10, 25, 22, 30, tzinfo=UTC))

    assert entries(month(first=date(2026, 10, 1), zone=PARIS, now=NOW)) == {
        date(2026, 10, 25): ["The longest day"],
        date(2026, 10, 31): ["Still October"],
    }
    assert date(2026, 11, 1) in entries(month(first=date(2026, 11, 1), zone=PARIS, now=NOW))
    assert date(2026, 11, 1) not in entries(month(first=date(2026, 11, 1), zone=DOMINICA, now=NOW))


@pytest.mark.django_db
def test_what_was_sent_stands_where_it_began_and_what_is_planned_at_its_time():
    planned = datetime(2026, 10, 5, 14, 0, tzinfo=UTC)
    sent("Late", datetime(2026, 10, 6, 14, 0, tzinfo=UTC), send_at=planned)
    sent("Scheduled", None, state="scheduled", send_at=planned)
    sent("Without a time", None, state="draft")
    sent("Welcome", planned, state="sending", kind="welcome")

    assert entries(month(first=date(2026, 10, 1), zone=DOMINICA, now=NOW)) == {
        date(2026, 10, 5): ["Scheduled"],
        date(2026, 10, 6): ["Late"],
    }


@pytest.mark.django_db
def test_editions_still_to_be_made_are_planned_until_a_draft_takes_their_place():
    made = datetime(2026, 10, 12, 13, 0, tzinfo=UTC)
    series = Series.objects.create(
        title="The week", weekdays=[0], local_time=time(9), handled_until=made, stories_since=NOW
    )
    sent("The week, 12", None, state="draft", series=series, occurrence=made, send_at=made)

    found = month(first=date(2026, 10, 1), zone=DOMINICA, now=NOW)

    assert entries(found) == {
        date(2026, 10, 12): ["The week, 12"],
        date(2026, 10, 19): ["The week"],
        date(2026, 10, 26): ["The week"],
    }
    planned = [entry for week in found.weeks for day in week for entry in day.entries if entry.state == PLANNED]
    assert {entry.series for entry in planned} == {series}
    Series.objects.update(handled_until=made - timedelta(days=2))
    again = entries(month(first=date(2026, 10, 1), zone=DOMINICA, now=NOW))
    assert again[date(2026, 10, 12)] == ["The week, 12"], "paused and resumed, it is there once"
    Series.objects.update(is_paused=True)
    assert len(entries(month(first=date(2026, 10, 1), zone=DOMINICA, now=NOW))) == 1
    assert entries(month(first=date(2028, 10, 1), zone=DOMINICA, now=NOW)) == {}


@pytest.mark.django_db
@given(st.integers(2000, 2199), st.integers(1, 12), st.sampled_from(["Europe/Paris", "America/Port-au-Prince", "UTC"]))
def test_every_month_has_all_its_days_once_in_whole_weeks(year, number, zone):
    found = month(first=date(year, number, 1), zone=ZoneInfo(zone), now=NOW)

    days = [day for week in found.weeks for day in week]
    assert all(len(week) == 7 for week in found.weeks)
    assert [day.date.day for day in days if day.in_month] == list(range(1, sum(day.in_month for day in days) + 1))
    assert found.next.day == found.previous.day == 1
    assert found.previous < found.first < found.next


@pytest.mark.django_db
def test_weeks_begin_as_the_reader_is_used_to():
    for language, weekday in (("en", 6), ("fr", 0)):
        with translation.override(language):
            assert month(first=date(2026, 10, 1), zone=PARIS, now=NOW).weeks[0][0].date.weekday() == weekday


@pytest.mark.parametrize("first", [date(1999, 12, 1), date(2200, 1, 1), date(2026, 10, 2)])
def test_a_month_out_of_range_is_refused(first):
    with pytest.raises(ValueError, match=str(first.year)):
        month(first=first, zone=PARIS, now=NOW)
