import pytest

from home.tables import Column, TableData, faults

NAME = Column("name", "Name", "text", "x")
WOMEN = Column("women", "Women", "integer", "y", "part")
MEN = Column("men", "Men", "integer", "y", "part")
ALL = Column("all", "All", "integer", "table", "total")
SHARE = Column("share", "Share", "percent", "y", "share")


def data(keys: str, *rows: list) -> TableData:
    return {"keys": keys.split(), "rows": list(rows), "texts": {}}


def said(table: TableData, *columns: Column, total: str = "") -> list[str]:
    return [fault.messages[0] for fault in faults(table, list(columns), total=total)]


def test_every_wrong_cell_is_named_as_in_a_spreadsheet():
    year = Column("year", "Year", "year", "x")
    table = data("name year people", ["a", 2024, "many"], ["b", 24, "n/a"], ["c", 2024.5, 12.5], ["d", None, "-"])
    assert said(table, year, Column("people", "People", "integer", "y")) == [
        "B3: “24” is not a year.",
        "B4: “2024.5” is not a year.",
        "B5 is empty: each row needs its name.",
        "C2: “many” is not a number.",
        "C3: “n/a” is no figure. Leave the cell empty where there is none.",
        "C4: 12.5 is not a whole number. Choose another way of writing for its column.",
        "C5: “-” is no figure. Leave the cell empty where there is none.",
    ]


def test_column_that_the_table_lacks_is_named():
    assert said(data("name", ["a"]), NAME, WOMEN) == ["The first line of the table has no column “women”."]


def test_parts_of_a_row_make_its_total():
    good = data("name women men all", ["a", 1210, 1309, 2519], ["b", 3, None, 5], ["c", 3, 4, None])
    assert said(good, NAME, WOMEN, MEN, ALL) == []
    wrong = data("name women men all", ["a", 1210, 1309, 2519], ["b", 3, 4, 70])
    assert said(wrong, NAME, WOMEN, MEN, ALL) == ["D3 is 70, but its parts (B3, C3) add up to 7."]


def test_sum_may_be_off_by_as_much_as_rounding_makes():
    women, men = (Column(key, key, "million", "y", "part") for key in ("women", "men"))
    total = Column("all", "All", "million", "table", "total")
    assert said(data("name women men all", ["2022", 102.7, 64.9, 167.7]), NAME, women, men, total) == []
    assert len(said(data("name women men all", ["2022", 102.7, 64.9, 167.9]), NAME, women, men, total)) == 1


def test_shares_make_a_hundred_within_rounding():
    assert said(data("name share", ["a", 68.4], ["b", 24.3], ["c", 7.4]), NAME, SHARE) == []
    assert said(data("name share", ["a", 33], ["b", 33], ["c", 33]), NAME, SHARE) == []
    assert said(data("name share", ["a", 68.4], ["b", 24.3]), NAME, SHARE) == [
        "B2 to B3 are shares of a whole, but add up to 92.7 and not to 100."
    ]


def test_shares_with_a_gap_are_not_summed_up():
    assert said(data("name share", ["a", 68.4], ["b", None]), NAME, SHARE) == []


def test_row_of_the_total_is_the_sum_of_the_others():
    people = Column("people", "People", "integer", "y")
    assert said(data("name people", ["a", 1], ["b", 2], ["All", 3]), NAME, people, total="All") == []
    assert said(data("name people", ["a", 1], ["b", 2], ["All", 30]), NAME, people, total="All") == [
        "B4 is 30, but its parts (B2, B3) add up to 3."
    ]


def test_row_of_the_total_counts_for_no_share():
    table = data("name share", ["a", 60], ["b", 40], ["All", 100])
    assert said(table, NAME, SHARE, total="All") == []


@pytest.mark.parametrize("rows", [[["a", 1]], [["All", 1], ["All", 1]]])
def test_row_of_the_total_has_to_be_there_once(rows):
    assert "should have one" in said(data("name people", *rows), NAME, total="All")[0]
