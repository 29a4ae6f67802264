from datetime import date
from types import SimpleNamespace

import pytest

from outreach.reach import site_counts
from outreach.reach.metrics import BY_CODE

SINCE, UNTIL = date(2026, 10, 1), date(2026, 10, 31)

pytestmark = pytest.mark.django_db


def test_where_no_reader_was_counted_visits_and_completion_are_unknown(monkeypatch):
    nothing = SimpleNamespace(visits=lambda since, until: None, completion=lambda since, until: None)
    monkeypatch.setattr(site_counts, "_reading", lambda: nothing)
    counts = site_counts.site_counts(since=SINCE, until=UNTIL)
    assert BY_CODE["W1"].value(counts) is None
    assert BY_CODE["E3"].value(counts) is None


def test_readers_are_those_that_the_site_counted_in_the_period(monkeypatch):
    asked = []

    def visits(since, until):
        asked.append((since, until))
        return 30

    counter = SimpleNamespace(visits=visits, completion=lambda since, until: (9, 12))
    monkeypatch.setattr(site_counts, "_reading", lambda: counter)
    counts = site_counts.site_counts(since=SINCE, until=UNTIL)
    assert (BY_CODE["W1"].value(counts), BY_CODE["E3"].value(counts)) == (30, 0.75)
    assert asked == [(SINCE, UNTIL)]


def test_nothing_published_is_a_figure_and_a_share_of_it_is_unknown():
    counts = site_counts.site_counts(since=SINCE, until=UNTIL)
    assert BY_CODE["P1"].value(counts) == 0
    assert [BY_CODE[code].value(counts) for code in ("P2", "P3", "P4")] == [None] * 3
    assert counts["active_subscribers"] == 0
