"""What is shown of counts: nobody can work out a hidden one."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.audience.links.figures import Figure, figure, total


def test_one_to_four_are_hidden_and_none_is_not():
    shown = [figure(count, is_under_way=False).text for count in range(7)]

    assert shown == ["0", "<5", "<5", "<5", "<5", "5", "6"]


def test_the_month_under_way_is_rounded_down_to_fives():
    shown = [figure(count, is_under_way=True).text for count in (0, 1, 4, 5, 9, 10, 14)]

    assert shown == ["0", "<5", "<5", "at least 5", "at least 5", "at least 10", "at least 10"]


def test_a_total_with_a_hidden_part_is_a_lower_bound():
    parts = [figure(count, is_under_way=False) for count in (9, 3)]

    assert total(parts) == Figure(10, is_exact=False)
    assert total(parts).text == "at least 10"


def test_a_total_of_one_part_is_that_part():
    assert total([figure(0, is_under_way=False), figure(3, is_under_way=False)]).text == "<5"
    assert total([]).text == "0"


counts = st.lists(st.lists(st.integers(0, 30), min_size=2, max_size=2), min_size=1, max_size=4)


def everything(table):
    """Each cell, the total of each row and column, and of all."""
    cells = [[figure(count, is_under_way=False) for count in row] for row in table]
    rows, columns = [total(row) for row in cells], [total(column) for column in zip(*cells, strict=True)]
    return [*(cell for row in cells for cell in row), *rows, *columns, total(rows), total(columns)]


@given(counts)
@settings(deadline=None)
def test_a_hidden_count_can_be_anything_from_one_to_four_by_all_that_is_shown(table):
    shown = everything(table)
    hidden = [(r, c) for r, row in enumerate(table) for c, count in enumerate(row) if 0 < count < 5]
    for guess in list(product(range(1, 5), repeat=min(len(hidden), 3)))[:64]:
        other = [list(row) for row in table]
        for (r, c), count in zip(hidden, guess, strict=False):
            other[r][c] = count
        assert everything(other) == shown


@given(counts)
def test_what_is_shown_is_true(table):
    for row in table:
        shown = total(figure(count, is_under_way=False) for count in row)
        assert shown.least <= sum(row)
        assert not shown.is_exact or shown.least == sum(row)
        assert not shown.is_hidden or 0 < sum(row) < 5
