"""The tables of a report as one system: what all of them together, of every broadcast, would give away."""

import random

import pytest
from django.core.cache import cache

from outreach.reach.cube import ALL, Cube, cell_key, lines_through
from outreach.reach.models import Rollup

from .attacker import Ranges, determined, equations
from .conftest import NOW

pytestmark = pytest.mark.django_db

COUNTED = ("accepted", "bounced", "unsubscribed", "clicked")
MOST = {"woman": 40, "man": 30, "another": 3, "": 12}


def fill(broadcasts, chance):
    """Random rollups: segments that not every broadcast has, a gender that is rare, a channel that few use."""
    for broadcast in broadcasts:
        for segment in chance.sample(["workers", "media", "officials"], k=chance.randint(1, 3)):
            for gender, most in MOST.items():
                for channel, language in (("email", "en"), ("email", "fr"), ("telegram", "fr")):
                    attempted = chance.randint(0, most if channel == "email" else most // 4)
                    accepted = chance.randint(attempted * 3 // 4, attempted)
                    Rollup.objects.create(
                        broadcast=broadcast,
                        day=NOW.date(),
                        segment=segment,
                        gender=gender,
                        channel=channel,
                        language=language,
                        attempted=attempted,
                        accepted=accepted,
                        bounced=chance.randint(0, attempted - accepted),
                        trackable=accepted,
                        clicked=chance.randint(0, accepted // 3),
                        unsubscribed=chance.randint(0, accepted // 10),
                    )


@pytest.mark.parametrize("seed", range(12))
def test_no_figure_can_be_computed_from_all_tables_of_all_broadcasts_together(ledger, seed):
    cache.clear()
    broadcasts = [ledger.broadcast(str(number)) for number in range(3)]
    ledger.count(*broadcasts)
    fill(broadcasts, random.Random(seed))

    counts, hidden = Cube(broadcasts=broadcasts, k=5)._protected

    lines = lines_through(counts["attempted"])
    known = [row for name in COUNTED for row in equations(name, counts[name], lines, hidden[name])]
    worth_hiding = {f"{name}{key}" for name in COUNTED for key in hidden[name] if counts[name].get(key)}
    assert worth_hiding
    assert not determined(known) & worth_hiding
    for name in COUNTED:
        assert {key for key, count in counts[name].items() if 0 < count < 5} <= hidden[name]
        assert hidden["accepted"] <= hidden[name]
    ranges = Ranges(equations("accepted", counts["accepted"], lines, hidden["accepted"]))
    for key in hidden["accepted"]:
        if counts["accepted"].get(key):
            assert ranges.differ_by(f"accepted{key}", 5)


def test_margins_are_the_sums_of_their_parts(ledger):
    broadcasts = [ledger.broadcast(str(number)) for number in range(2)]
    ledger.count(*broadcasts)
    fill(broadcasts, random.Random(3))
    counts, _hidden = Cube(broadcasts=broadcasts, k=5)._protected
    for name in COUNTED:
        assert not [
            line
            for line in lines_through(counts["attempted"])
            if counts[name].get(line.total, 0) != sum(counts[name].get(part, 0) for part in line.parts)
        ]
    assert counts["accepted"][cell_key(ALL)] == sum(Rollup.objects.values_list("accepted", flat=True))
