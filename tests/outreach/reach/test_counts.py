import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.delivery.models import Cohort
from outreach.reach.counts import ALL, AXES, cells, key_of, totals
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
