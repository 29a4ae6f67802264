from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from outreach.reach.counts import ALL
from outreach.reach.disclosure import (
    AtLeast,
    Hidden,
    Published,
    Shown,
    Unknown,
    added,
    cell,
    protect,
    share,
)
from outreach.reach.disclosure.frequency import hide_frequencies, totals_tell
from outreach.reach.snapshots import payload
from outreach.reach.snapshots.sealed import Sealed
from outreach.reach.snapshots.taking import figures

from .attacker import Reader, key, table
from .sensitive import sensitive

GENDERS = ("woman", "man", "another", "undisclosed", "")


def row(*values, k=5, name="bounced"):
    """The names of the hidden cells of a row of languages; ``all`` is the total."""
    cells = table(
        {"language": [str(place) for place in range(len(values))]}, {(str(n),): v for n, v in enumerate(values)}
    )
    hidden = protect(counts={name: cells}, k=k)[name]
    return {next((place for place in each if place != ALL), "all") for each in hidden}


def test_counts_of_one_to_four_are_hidden_and_zero_and_five_are_shown():
    assert row(0) == set()
    assert row(5, 9) == set()
    assert "0" in row(4, 9)
    assert "0" in row(1, 9)


def test_one_small_cell_of_a_row_takes_the_next_smallest_with_it():
    assert row(3, 40, 12, 25) == {"0", "2"}


def test_two_small_cells_whose_sum_is_below_k_take_a_third():
    assert row(1, 2, 30, 12) == {"0", "1", "3"}


def test_two_small_cells_whose_sum_is_at_least_k_are_enough():
    assert row(3, 4, 30, 12) == {"0", "1"}


def test_everything_is_hidden_where_the_total_is_small():
    assert row(3, 0) == {"0", "1", "all"}


def segments(counts, names=("north", "south", "west")):
    genders = ["woman", "man", "undisclosed"]
    return table({"segment": names, "gender": genders}, counts)


def test_a_small_cell_of_a_two_way_table_is_hidden_with_three_others_at_the_corners_of_a_rectangle():
    # The classic rule: one sensitive cell needs one more in its row, one more in its column,
    # and the cell where these two meet.
    counts = {
        ("north", "woman"): 20, ("north", "man"): 50, ("north", "undisclosed"): 10,
        ("south", "woman"): 8, ("south", "man"): 19, ("south", "undisclosed"): 22,
        ("west", "woman"): 17, ("west", "man"): 32, ("west", "undisclosed"): 3,
    }  # fmt: skip
    hidden = protect(counts={"bounced": segments(counts)}, k=5)["bounced"]
    assert hidden == {
        key(segment=segment, gender=gender) for segment in ("west", "north") for gender in ("undisclosed", "woman")
    }


def test_part_is_hidden_where_all_are():
    whole = table({"language": "abc"}, {("a",): 3, ("b",): 20, ("c",): 30})
    part = table({"language": "abc"}, {("a",): 0, ("b",): 10, ("c",): 12})
    hidden = protect(counts={"accepted": whole, "withdrawn": part}, k=5)
    assert hidden["accepted"]
    assert hidden["accepted"] <= hidden["withdrawn"]


@pytest.mark.parametrize("clicked", [20, 18, 2])
def test_part_that_takes_in_everybody_or_leaves_few_or_few_in_is_hidden(clicked):
    whole = table({"language": "abc"}, {("a",): 20, ("b",): 50, ("c",): 60})
    part = table({"language": "abc"}, {("a",): clicked, ("b",): 25, ("c",): 30})
    hidden = protect(counts={"accepted": whole, "withdrawn": part}, k=5)
    assert hidden["accepted"] == frozenset()
    assert key(language="a") in hidden["withdrawn"]
    assert len(hidden["withdrawn"]) >= 2


def test_nobody_of_a_group_is_no_secret():
    whole = table({"language": "ab"}, {("a",): 20, ("b",): 50})
    part = table({"language": "ab"}, {("a",): 0, ("b",): 25})
    assert protect(counts={"accepted": whole, "withdrawn": part}, k=5)["withdrawn"] == frozenset()


def test_gender_of_a_segment_is_hidden_where_everybody_has_it():
    counts = segments({("north", "woman"): 12, ("south", "woman"): 20, ("south", "man"): 30})
    assert key(segment="north", gender="woman") in protect(counts={"accepted": counts}, k=5)["accepted"]


def test_messages_and_people_are_hidden_in_the_same_cells():
    people = table({"language": "abc"}, {("a",): 4, ("b",): 20, ("c",): 30})
    messages = table({"language": "abc"}, {("a",): 6, ("b",): 22, ("c",): 31})
    hidden = protect(counts={"accepted": messages, "people": people}, k=5)
    assert hidden["accepted"] == hidden["people"] == {key(language="a"), key(language="b")}


@pytest.mark.parametrize("clicks", [1, 4])
def test_few_clicks_by_machines_tell_of_nobody(clicks):
    hidden = protect(counts={"machine_clicks": {key(): clicks}, "bounced": {key(): clicks}}, k=10)
    assert (hidden["machine_clicks"], hidden["bounced"]) == (frozenset(), frozenset({key()}))


def test_count_that_no_population_names_is_protected_too():
    assert row(3, 40, 12, name="something new") == {"0", "2"}


def test_what_changed_a_little_since_an_earlier_version_is_hidden():
    before = table({"language": "abc"}, {("a",): 20, ("b",): 50, ("c",): 60})
    now = table({"language": "abc"}, {("a",): 18, ("b",): 50, ("c",): 60})
    hidden = protect(counts={"bounced": now}, k=5, earlier=[{"bounced": before}])["bounced"]
    assert {key(language="a"), key()} <= hidden


def test_sum_over_broadcasts_does_not_reveal_what_a_single_one_hides():
    past, sums = [], {}
    for number, small in enumerate((3, 40)):
        cells = table({"language": "abc"}, {("a",): small, ("b",): 50, ("c",): 60})
        past.append(Published(number, {"bounced": cells}, protect(counts={"bounced": cells}, k=5)))
        sums = {each: sums.get(each, 0) + value for each, value in cells.items()}
    hidden = protect(counts={"bounced": sums}, k=5, members=frozenset({0, 1}), past=past)["bounced"]
    assert hidden == {key(language="a"), key(language="b")}


def test_sum_is_shown_where_enough_broadcasts_hide_the_same():
    past, sums = [], {}
    for number, small in enumerate((3, 4, 4)):
        cells = table({"language": "abc"}, {("a",): small, ("b",): 50, ("c",): 60})
        past.append(Published(number, {"bounced": cells}, protect(counts={"bounced": cells}, k=5)))
        sums = {each: sums.get(each, 0) + value for each, value in cells.items()}
    assert protect(counts={"bounced": sums}, k=5, members=frozenset(range(3)), past=past)["bounced"] == frozenset()


def test_frequencies_hide_the_small_one_and_what_both_sums_would_give_away():
    people = {key(times=times): count for times, count in (("1", 60), ("2", 30), ("3", 12), ("4", 3), ("5+", 0))}
    messages = {key(): 60 + 60 + 36 + 12}
    hidden = hide_frequencies(people=people, messages=messages, k=5, hidden=frozenset(), totals_hidden=False)
    assert key(times="4") in hidden
    # Two unknowns and two sums would be no secret.
    assert len(hidden) >= 3


def period_of_two(*, once, twice):
    """What a period of two broadcasts hides of whom it reached, of what was accepted, and of who got how many."""
    sizes = (twice + once // 2, twice + once - once // 2)
    past = [
        Published(number, {"accepted": {key(): size}, "people": {key(): size}}, {"accepted": frozenset()})
        for number, size in enumerate(sizes)
    ]
    counts = {"accepted": {key(): sum(sizes)}, "people": {key(): once + twice}}
    times = {key(times="1"): once, key(times="2"): twice}
    found = protect(counts={**counts, "times": times}, k=10, members=frozenset({0, 1}), past=past)
    return found["people"], found["accepted"], found["times"]


def test_people_are_hidden_where_two_totals_say_how_few_got_two_messages():
    """Of two broadcasts these are the messages less the people."""
    assert period_of_two(once=61, twice=6) == ({key()}, frozenset(), {key(times="1"), key(times="2")})


def test_people_are_shown_where_many_got_two_messages():
    assert period_of_two(once=61, twice=16) == (frozenset(), frozenset(), frozenset())


def test_both_totals_are_shown_where_they_leave_a_range_to_each_frequency():
    people = {key(times="1"): 60, key(times="2"): 30, key(times="3"): 12, key(times="4"): 3}
    messages = {key(): 60 + 60 + 36 + 12}
    assert not totals_tell(people=people, messages=messages, k=5, most=4)
    assert totals_tell(people=people, messages=messages, k=22, most=4)


def test_totals_may_not_say_that_few_more_got_two_messages_than_in_the_version_before():
    now, before = ({key(times="1"): 40, key(times="2"): twice} for twice in (33, 30))
    messages = {key(): 40 + 2 * 33}
    assert totals_tell(people=now, messages=messages, k=10, most=2, earlier=[before])
    assert not totals_tell(people=now, messages=messages, k=10, most=2, earlier=[now])


def test_people_of_a_period_do_not_tell_by_the_total_how_many_are_in_the_one_place_that_is_hidden():
    """All but 4 of the 76 people of a language clicked; with the total and the other one shown it would be 72."""
    names, past = ("accepted", "people", "clicked", "clickers"), []

    def language(one, other):
        return table({"language": "ab"}, {("a",): one, ("b",): other})

    for number, (people, clicked) in enumerate([((70, 180), (60, 140)), ((52, 163), (40, 131))]):
        counts = dict(zip(names, [language(*people)] * 2 + [language(*clicked)] * 2, strict=True))
        past.append(Published(number, counts, protect(counts=counts, k=5)))
    cells = (language(122, 343), language(76, 212), language(100, 271), language(72, 184))
    hidden = protect(counts=dict(zip(names, cells, strict=True)), k=5, members=frozenset({0, 1}), past=past)
    assert {key(language="a"), key(language="b")} <= hidden["clickers"]


def test_share_is_a_lower_bound_where_a_part_is_hidden():
    assert share(parts=[Shown(30), Shown(30)], whole=Shown(80)) == Shown(Fraction(3, 4))
    assert share(parts=[Shown(30), Hidden()], whole=Shown(80)) == AtLeast(Fraction(3, 8))
    assert share(parts=[Hidden(), Hidden()], whole=Shown(80)) == Hidden()
    assert share(parts=[Shown(30), Unknown()], whole=Shown(30)) == Shown(Fraction(1))
    assert share(parts=[Shown(30)], whole=Hidden()) == Hidden()


def test_share_of_nothing_is_unknown_and_not_zero():
    assert share(parts=[Shown(0)], whole=Shown(0)) == Unknown()


def test_sum_with_a_hidden_part_is_hidden():
    assert added([Shown(3), Shown(4)]) == Shown(7)
    assert added([Shown(3), Hidden()]) == Hidden()


def test_missing_figure_is_unknown_unless_it_is_hidden():
    assert cell(value=None, hidden=False) == Unknown()
    assert cell(value=0, hidden=False) == Shown(0)
    assert cell(value=None, hidden=True) == Hidden()


COUNT = st.one_of(st.integers(0, 6), st.integers(0, 60))


def arrived(accepted):
    """The counts of messages that all arrived, each to another person."""
    return dict.fromkeys(("planned", "attempted", "accepted", "people"), accepted)


@st.composite
def broadcasts(draw):
    """Some broadcasts: accepted by segment × gender, and how many of these clicked."""
    names = ["workers", "media", "officials"][: draw(st.integers(1, 3))]
    found = []
    for _each in range(draw(st.integers(1, 3))):
        all_of = {(name, gender): draw(COUNT) for name in names for gender in GENDERS}
        some = {place: draw(st.integers(0, count)) for place, count in all_of.items()}
        axes = {"segment": names, "gender": GENDERS}
        accepted = table(axes, all_of)
        found.append({**arrived(accepted), "withdrawn": table(axes, some)})
    return found


UNSTATED = {("workers", "undisclosed"): 1, ("workers", ""): 2}


def unstated():
    """Three people of whom nobody stated a gender: nothing but the total, and the segment that equals it, is shown."""
    axes = {"segment": ["workers"], "gender": GENDERS}
    accepted = table(axes, UNSTATED)
    return {**arrived(accepted), "withdrawn": table(axes, {})}


@example(drawn=[unstated()], k=3)
@example(drawn=[unstated(), unstated()], k=3)
@given(drawn=broadcasts(), k=st.sampled_from([3, 5, 10]))
@settings(max_examples=25, deadline=None)
def test_no_hidden_cell_of_a_broadcast_or_of_the_sum_can_be_computed(drawn, k):
    past, true, contents = [], {}, {}

    def add(number, sealed, members=()):
        counts = Sealed(sealed).to_protect()
        hidden = protect(counts=counts, k=k, members=frozenset(members), past=past)
        past.append(Published(number, counts, hidden, frozenset(members)))
        true[number] = counts
        shown = figures(Sealed(sealed), hidden)
        contents[number] = {"figures": {str(k): shown}, "members": list(members)}

    for number, counts in enumerate(drawn):
        add(number, counts)
    whole = {name: {each: sum(counts[name][each] for counts in drawn) for each in drawn[0][name]} for name in drawn[0]}
    add(len(drawn), whole, tuple(range(len(drawn))))
    reader = Reader(contents, k)
    for number, counts in true.items():
        named = payload.named(counts)
        for (count, name), wanted in sensitive(named, k).items():
            if count in contents[number]["figures"][str(k)]:
                assert contents[number]["figures"][str(k)][count].get(name) is None, (number, count, name)
                cell_asked = (number, count, name)
                assert reader.widths({cell_asked: wanted})[cell_asked] >= wanted - 1e-6, cell_asked


def told(**totals):
    """What a broadcast shows of these totals for k = 5."""
    sealed = Sealed({name: {key(): value} for name, value in totals.items()})
    shown = figures(sealed, protect(counts=sealed.to_protect(), k=5))
    return {name: cells[""] for name, cells in shown.items() if "" in cells}


def test_few_bounces_are_not_told_by_what_else_did_not_arrive_and_what_was_planned():
    shown = told(planned=90, attempted=80, accepted=60, bounced=3)
    assert (shown["bounced"], shown["planned"]) == (None, None)
    assert (shown["accepted"], shown["failed"], shown["unsent"]) == (60, 17, 10)


def test_few_that_failed_without_a_bounce_are_not_told_by_what_was_planned():
    shown = told(planned=90, attempted=80, accepted=60, bounced=18)
    assert (shown["failed"], shown["planned"]) == (None, None)
    assert (shown["accepted"], shown["bounced"], shown["unsent"]) == (60, 18, 10)


def test_few_who_only_complained_are_not_told_by_all_who_left():
    """Of everybody who left or complained it is not told apart who left."""
    shown = told(planned=60, attempted=60, accepted=60, unsubscribed=10, withdrawn=12)
    assert shown["withdrawn"] == 12
    assert "unsubscribed" not in shown
