from home.tables import Change, TableData, changes


def data(*rows: list, keys: str = "year women") -> TableData:
    return {"keys": keys.split(), "rows": list(rows), "texts": {}}


def test_same_table_has_no_changes():
    assert changes(data([1990, 1]), data([1990, 1])) == []


def test_corrected_added_and_removed_figures_are_named_by_row_and_column():
    before = data([1990, 1], [1995, 2], [2000, 3])
    after = data([1990, 1], [1995, 20], [2024, None])
    assert changes(before, after) == [
        Change("1995", "women", 2, 20),
        Change("2024", "women", None, None, appeared=True),
        Change("2000", "women", 3, None, went=True),
    ]


def test_figure_that_went_missing_is_a_change():
    assert changes(data([1990, 0]), data([1990, None])) == [Change("1990", "women", 0, None)]


def test_rows_of_one_name_are_told_apart():
    assert changes(data(["a", 1], ["a", 2]), data(["a", 1], ["a", 3])) == [Change("a (2)", "women", 2, 3)]


def test_new_column_is_told_row_by_row():
    found = changes(data([1990, 1]), data([1990, 1, 2], keys="year women men"))
    assert found == [Change("1990", "men", None, 2, appeared=True)]
