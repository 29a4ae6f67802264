from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.reach.disclosure import (
    AtLeast,
    Hidden,
    Line,
    Population,
    Shown,
    Unknown,
    added,
    cell,
    protect,
    share,
)

from .attacker import ALL, Ranges, determined, equations, table


def hidden_of(axes, counts, k=5):
    cells, lines = table(axes, counts)
    return protect(populations=[Population({"people": cells}, lines)], k=k)["people"]


def row(*values):
    return hidden_of([[str(place) for place in range(len(values))]], {(str(n),): each for n, each in enumerate(values)})


def test_counts_of_one_to_four_are_hidden_and_zero_and_five_are_shown():
    cells, lines = table([["a"]], {("a",): 0})
    assert protect(populations=[Population({"n": cells}, lines)], k=5)["n"] == frozenset()
    assert row(5, 9) == frozenset()
    assert ("0",) in row(4, 9)
    assert ("0",) in row(1, 9)


def test_one_small_cell_of_a_row_takes_the_next_smallest_with_it():
    assert row(3, 40, 12, 25) == {("0",), ("2",)}


def test_two_small_cells_whose_sum_is_below_k_take_a_third():
    assert row(1, 2, 30, 12) == {("0",), ("1",), ("3",)}


def test_two_small_cells_whose_sum_is_at_least_k_are_enough():
    assert row(3, 4, 30, 12) == {("0",), ("1",)}


def test_the_total_is_hidden_where_nothing_else_is_left():
    assert row(3, 0) == {("0",), (ALL,)}


def test_a_small_cell_of_a_two_way_table_is_hidden_with_three_others_at_the_corners_of_a_rectangle():
    # The classic rule: one sensitive cell needs one more in its row, one more in its column,
    # and the cell where these two meet.
    counts = {
        ("north", "a"): 20, ("north", "b"): 50, ("north", "c"): 10,
        ("south", "a"): 8, ("south", "b"): 19, ("south", "c"): 22,
        ("west", "a"): 17, ("west", "b"): 32, ("west", "c"): 3,
    }  # fmt: skip
    hidden = hidden_of([["north", "south", "west"], ["a", "b", "c"]], counts)
    assert ("west", "c") in hidden
    assert hidden == {("west", "c"), ("west", "a"), ("north", "c"), ("north", "a")}


def test_a_cell_that_the_pattern_of_two_hidden_in_each_line_would_give_away_is_covered_too():
    # Two rectangles joined by one cell have two hidden cells in every line, and still the joining cell can be computed.
    axes = [["1", "2", "3", "4"], ["1", "2", "3", "4"]]
    small = {("1", "1"), ("1", "2"), ("2", "1"), ("2", "2"), ("3", "3"), ("3", "4"), ("4", "3"), ("4", "4"), ("2", "3")}
    counts = {(a, b): 4 if (a, b) in small else 30 for a in axes[0] for b in axes[1]}
    cells, lines = table(axes, counts)
    naive = equations("", cells, lines, small)
    assert determined(naive) == {str(("2", "3"))}
    assert determined(equations("", cells, lines, hidden_of(axes, counts))) == set()


def test_the_sum_over_broadcasts_does_not_reveal_what_a_single_one_hides():
    axes = [["october", "november"], ["workers", "media"], ["woman", "man"]]
    counts = dict.fromkeys(((b, s, g) for b in axes[0] for s in axes[1] for g in axes[2]), 40)
    counts["october", "media", "man"] = 2
    hidden = hidden_of(axes, counts)
    assert ("october", "media", "man") in hidden
    assert hidden & {("november", "media", "man"), (ALL, "media", "man")}
    cells, lines = table(axes, counts)
    assert determined(equations("", cells, lines, hidden)) == set()


def test_part_is_hidden_where_all_are():
    cells, lines = table([["a", "b", "c"]], {("a",): 3, ("b",): 20, ("c",): 30})
    clicks, _lines = table([["a", "b", "c"]], {("a",): 0, ("b",): 10, ("c",): 12})
    hidden = protect(populations=[Population({"all": cells}, lines), Population({"some": clicks}, lines, "all")], k=5)
    assert hidden["all"] <= hidden["some"]


@pytest.mark.parametrize("clicked", [20, 18, 2])
def test_part_that_takes_in_everybody_or_leaves_few_or_few_in_is_hidden(clicked):
    cells, lines = table([["a", "b", "c"]], {("a",): 20, ("b",): 50, ("c",): 60})
    clicks, _lines = table([["a", "b", "c"]], {("a",): clicked, ("b",): 25, ("c",): 30})
    hidden = protect(populations=[Population({"all": cells}, lines), Population({"some": clicks}, lines, "all")], k=5)
    assert hidden["all"] == frozenset()
    assert ("a",) in hidden["some"]
    assert len(hidden["some"]) >= 2


def test_nobody_of_a_group_is_no_secret():
    cells, lines = table([["a", "b"]], {("a",): 20, ("b",): 50})
    clicks, _lines = table([["a", "b"]], {("a",): 0, ("b",): 25})
    hidden = protect(populations=[Population({"all": cells}, lines), Population({"some": clicks}, lines, "all")], k=5)
    assert hidden["some"] == frozenset()


def test_gender_of_a_segment_is_hidden_where_everybody_has_it():
    line = Line((ALL,), (("woman",), ("man",)), telling=frozenset({("woman",), ("man",)}))
    counts = {("woman",): 12, ("man",): 0, (ALL,): 12}
    assert ("woman",) in protect(populations=[Population({"people": counts}, [line])], k=5)["people"]


def test_counts_that_are_alike_are_hidden_in_the_same_cells():
    people, lines = table([["a", "b", "c"]], {("a",): 4, ("b",): 20, ("c",): 30})
    messages, _lines = table([["a", "b", "c"]], {("a",): 6, ("b",): 22, ("c",): 31})
    hidden = protect(populations=[Population({"messages": messages, "people": people}, lines)], k=5)
    assert hidden["messages"] == hidden["people"] == {("a",), ("b",)}


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
PLACES = {name: [name[0] + str(number) for number in range(3)] for name in ("broadcast", "segment", "gender")}


@st.composite
def tables(draw):
    axes = [PLACES[name][: draw(st.integers(1, 3))] for name in PLACES]
    keys = [(b, s, g) for b in axes[0] for s in axes[1] for g in axes[2]]
    everybody = {key: draw(COUNT) for key in keys}
    some = {key: draw(st.integers(0, count)) for key, count in everybody.items()}
    return axes, everybody, some


@given(drawn=tables(), k=st.sampled_from([3, 5, 10]))
@settings(max_examples=60, deadline=None)
def test_no_hidden_cell_can_be_computed_and_every_small_one_is_hidden(drawn, k):
    axes, everybody, some = drawn
    cells, lines = table(axes, everybody)
    parts, _lines = table(axes, some)
    hidden = protect(populations=[Population({"all": cells}, lines), Population({"some": parts}, lines, "all")], k=k)

    assert {key for key, count in cells.items() if 0 < count < k} <= hidden["all"] <= hidden["some"]
    for name, counts in (("all", cells), ("some", parts)):
        names = {f"{name}{key}" for key in hidden[name] if counts[key]}
        assert not determined(equations(name, counts, lines, hidden[name])) & names
    for line in lines:
        for name, counts in (("all", cells), ("some", parts)):
            in_line = [key for key in (*line.parts, line.total) if key in hidden[name]]
            if any(counts[key] for key in in_line):
                assert len(in_line) >= 2
                assert line.total in in_line or sum(counts[key] for key in in_line) >= k


@given(drawn=tables())
@settings(max_examples=40, deadline=None)
def test_every_hidden_cell_could_have_more_than_k_values(drawn):
    axes, everybody, some = drawn
    cells, lines = table(axes, everybody)
    parts, _lines = table(axes, some)
    hidden = protect(populations=[Population({"all": cells}, lines), Population({"some": parts}, lines, "all")], k=5)

    rows = equations("all", cells, lines, hidden["all"]) + equations("some", parts, lines, hidden["some"])
    # What is known of both together: a part is no larger than its whole.
    for key in hidden["some"]:
        whole = {f"all{key}": -1} if key in hidden["all"] else {}
        rows.append(({f"some{key}": 1, **whole, f"rest{key}": 1}, 0 if whole else cells[key]))
    ranges = Ranges(rows)
    for name, counts in (("all", cells), ("some", parts)):
        for key in sorted(hidden[name]):
            if counts[key]:
                assert ranges.differ_by(f"{name}{key}", 5), (name, key)
