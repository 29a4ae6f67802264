"""Several periods with the same broadcasts, so large that most is shown: they do not tell who got many messages.

The attacker knows of every set of broadcasts that some people got it and no other.
"""

import random
from collections import Counter

import pytest

from outreach.reach.disclosure import Published, protect
from outreach.reach.snapshots import payload
from outreach.reach.snapshots.sealed import Sealed
from outreach.reach.snapshots.taking import figures

from .attacker import Reader, key
from .sensitive import sensitive
from .unknowns import NEARLY

SCOPES = ({1, 2}, {3, 4}, {1, 3}, {2, 4}, {1, 2, 3}, {1, 2, 3, 4}, {1, 2, 3, 4, 5}, {4, 5}, {3, 5})


def people_of(chance):
    """Whom each of some broadcasts reached; sometimes a few got all of them."""
    number, pool = chance.choice([2, 3, 4, 5]), chance.choice([130, 200, 500])
    found = {each: set(chance.sample(range(pool), chance.randint(10, 120))) for each in range(1, number + 1)}
    if chance.random() < 0.5 and number > 2:
        few = set(chance.sample(sorted(found[1]), min(len(found[1]), chance.randint(1, 6))))
        found = {each: people | few for each, people in found.items()}
    return found


def counts_of(*reached):
    """Messages, people, and how many people got how many of the broadcasts that reached these."""
    got = Counter(person for people in reached for person in people)
    how_often = Counter(min(number, 5) for number in got.values())
    times = {key(times=str(number) if number < 5 else "5+"): how_often[number] for number in range(1, 6)}
    messages = {key(): sum(map(len, reached))}
    counts = {**dict.fromkeys(("planned", "attempted", "accepted"), messages), "people": {key(): len(got)}}
    return counts if len(reached) == 1 else {**counts, "times": times}


def narrow(scopes, k):
    """The sensitive cells that are shown, or of which the attacker finds too much; ``scopes`` are stored in order.

    The last one is left out where it shows neither people nor frequencies: what is known of it was known before.
    """
    past, true, contents = [], {}, {}
    for number, (members, counts) in scopes.items():
        sealed = Sealed(counts)
        hidden = protect(counts=sealed.to_protect(), k=k, members=frozenset(members), past=past)
        past.append(Published(number, sealed.to_protect(), hidden, frozenset(members)))
        true[number] = payload.named(sealed.to_protect())
        contents[number] = {"figures": {str(k): figures(sealed, hidden)}, "members": sorted(members)}
    reader = Reader(contents, k)
    last = max(contents)
    told = [reader.term(last, "people", ""), *(reader.term(last, *each) for each in frequencies(true[last]))]
    is_silent = all(name for name, _factor in told)
    asked = {
        (number, count, cell): wanted
        for number, counts in true.items()
        for (count, cell), wanted in sensitive(counts, k).items()
        if count in contents[number]["figures"][str(k)] and not (is_silent and number == last)
    }
    shown = [each for each in asked if not reader.term(*each)[0]]
    found = reader.widths({each: wanted for each, wanted in asked.items() if each not in shown})
    return shown + [(*each, width) for each, width in found.items() if width < asked[each] - NEARLY]


def frequencies(counts):
    return [("times", cell) for cell in counts.get("times", ())]


@pytest.mark.parametrize("k", payload.THRESHOLDS)
def test_periods_that_overlap_do_not_tell_how_few_people_got_many_messages(k):
    for seed in (108, 159, 221, 223, 360, *range(20)):
        chance = random.Random(seed)
        reached = people_of(chance)
        scopes = [scope for scope in SCOPES if scope <= reached.keys()]
        chance.shuffle(scopes)
        stored = {number: (frozenset(), counts_of(people)) for number, people in reached.items()}
        for number, scope in enumerate(scopes[: chance.randint(1, 4)], start=20):
            stored[number] = scope, counts_of(*(reached[each] for each in scope))
        assert narrow(stored, k) == [], seed
