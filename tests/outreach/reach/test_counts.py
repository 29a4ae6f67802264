from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.delivery.models import Cohort, Exclusion, Freeze
from outreach.reach.counts import ALL, AXES, OPEN, at, cells, key_of, totals
from outreach.reach.metrics import BY_CODE
from outreach.reach.rollups import rebuild

from . import plain
from .conftest import NOW, Ledger

pytestmark = pytest.mark.django_db


def as_plain(found, name):
    """The cells of a count as the plain way writes them; those of 0 left out."""
    return {
        (
            None if key[0] == ALL else key[0],
            frozenset((axis, place) for axis, place in zip(AXES[1:], key[1:], strict=True) if place != ALL),
        ): count
        for key, count in found[name].items()
        if count
    }


@given(data=st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_cells_of_any_broadcasts_equal_a_plain_count_over_the_ledger(db, data):
    """A few people get several broadcasts, one of them on every channel, and act within and after the window."""
    ledger = Ledger()
    broadcasts = [ledger.broadcast(str(number)) for number in range(3)]
    open_one = ledger.broadcast("Still sent", state="sending")
    broadcasts[0].every_channel = True
    broadcasts[0].save()
    broadcasts.append(open_one)
    for broadcast in broadcasts:
        cohort = Cohort.objects.create(broadcast=broadcast, channel="email", size=7)
        taken = set()
        for fields, events, person in data.draw(
            st.lists(st.tuples(plain.ROWS, plain.EVENTS, st.integers(1, 4)), max_size=7)
        ):
            slot = fields["channel"] if broadcast.every_channel else ""
            if (person, slot) in taken:
                continue
            taken.add((person, slot))
            (delivery,) = ledger.deliver(broadcast, people=[person], **fields)
            for event in events:
                ledger.event(delivery, **event)
                ledger.event(cohort, **event)
        rebuild(broadcast=broadcast, now=NOW)

    some = data.draw(st.lists(st.sampled_from(broadcasts), unique=True))
    numbers = [broadcast.pk for broadcast in some]
    found, expected = cells(numbers), plain.cells(some)

    for name in [*plain.COUNTS, *plain.PEOPLE, "times"]:
        assert as_plain(found, name) == {key: count for key, count in expected[name].items() if count}, name
    shared = {key: count for key, count in as_plain(found, "cohort_clicks").items() if not key[1]}
    assert shared == {key: count for key, count in expected["cohort_clicks"].items() if count}
    together = totals(numbers)
    for name, count in together.items():
        assert count == found[name][key_of()], name


def test_who_was_not_reached_is_counted_by_reason_and_channel(ledger):
    first, second = ledger.broadcast("First"), ledger.broadcast("Second")
    Freeze.objects.update(candidates=20)
    for broadcast, channel, reason, count in (
        (first, "email", "suppressed", 3),
        (first, "telegram", "suppressed", 2),
        (second, "email", "suppressed", 4),
        (second, "email", "no_consent", 5),
    ):
        Exclusion.objects.create(broadcast=broadcast, channel=channel, reason=reason, count=count)
    found = cells([first.pk, second.pk])
    assert found["candidates"] == {key_of(): 40, key_of(first.pk): 20, key_of(second.pk): 20}
    excluded = found["excluded"]
    assert (excluded[key_of()], excluded[key_of(second.pk)]) == (14, 9)
    assert (excluded[key_of(reason="suppressed")], excluded[key_of(first.pk, channel="telegram")]) == (9, 2)
    assert excluded[key_of(reason="suppressed", channel="email")] == 7


def test_clicks_over_shared_links_stand_where_cohorts_left_nothing_open(ledger):
    broadcast = ledger.broadcast()
    exact = {"segment": "workers", "gender": "woman", "language": "en", "channel": "email"}
    for fields, clicks in ((exact, 3), ({"channel": "email"}, 2)):
        cohort = Cohort.objects.create(broadcast=broadcast, size=9, **fields)
        for _each in range(clicks):
            ledger.event(cohort)
    ledger.count(broadcast)
    found = cells([broadcast.pk])["cohort_clicks"]
    assert found[key_of()] == found[key_of(channel="email")] == found[key_of(group=OPEN)] == 5
    assert (found[key_of(segment="workers", gender="woman")], found[key_of(segment=OPEN, gender=OPEN)]) == (3, 2)
    assert (found[key_of(language="en")], found[key_of(language=OPEN)]) == (3, 2)


def test_counts_of_a_cell_name_the_people_of_each_gender(october):
    here = at(cells([october.pk]), october.pk, segment="workers")
    assert [here[name] for name in ("woman", "man", "another", "undisclosed", "not_asked")] == [20, 10, 6, 5, 8]
    assert (here["people"], here["accepted"], here["attempted"], here["clickers"]) == (49, 49, 62, 8)
    assert BY_CODE["R4"].value(here) == Fraction(20, 36)
    assert "woman" not in at(cells([october.pk]), gender="man")


def test_questions_never_look_into_the_ledger_and_do_not_grow_with_broadcasts(ledger, october):
    def asked(numbers):
        with CaptureQueriesContext(connection) as queries:
            totals(numbers)
            cells(numbers)
        statements = [query["sql"] for query in queries]
        assert not [sql for sql in statements if "outreach_delivery" in sql or "outreach_trackingevent" in sql]
        return len(statements)

    others = [ledger.broadcast(str(number)) for number in range(3)]
    ledger.count(*others)
    assert asked([october.pk]) == asked([october.pk, *(other.pk for other in others)])
