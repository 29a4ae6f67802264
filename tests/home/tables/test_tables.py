import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from home.tables import Column, Table, guard_formula, write_csv

NAME = Column("name", "Name", "text", "x")
PEOPLE = Column("people", "People", "integer", "y")
SHARE = Column("share", "Share", "percent", "y")


def table(rows, *, language="en", columns=(NAME, PEOPLE), texts=None) -> Table:
    return Table(columns=list(columns), rows=rows, texts=texts or {}, language=language)


def test_csv_never_starts_a_formula():
    for text in ("=1+1", "+1", "-1", "@sum", "\t=1"):
        rows = list(csv.reader(io.StringIO(write_csv(table([[text, 1]])), newline="")))
        assert rows[1][0] == "'" + text


@given(st.text())
def test_no_text_is_a_formula_once_it_is_guarded(text):
    assert not guard_formula(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_csv_keeps_negative_numbers_as_numbers_and_blanks_empty():
    assert write_csv(table([["a", -3], ["b", None]])).splitlines()[1:] == ["a,-3", "b,"]


def test_csv_has_texts_of_the_language():
    assert "Haïti" in write_csv(table([["Haiti", 1]], texts={"Haiti": "Haïti"}))


@pytest.mark.parametrize(
    ("language", "row"),
    [
        ("en", "Haiti,-2585.5"),
        ("acf", "Haiti,-2585.5"),
        ("fr", "Haiti;-2585,5"),
        ("ht", "Haiti;-2585,5"),
        ("es", "Haiti;-2585,5"),
    ],
)
def test_csv_opens_in_a_spreadsheet_of_its_language(language, row):
    assert write_csv(table([["Haiti", -2585.5]], language=language, columns=(NAME, SHARE))).splitlines()[1] == row


def test_percent_of_a_column_has_the_same_decimals_in_every_row():
    shares = table([["a", 50], ["b", 50.6]], columns=(NAME, SHARE))
    assert [row[1].text for row in shares.shown_rows()] == ["50.0%", "50.6%"]


def test_row_of_the_total_is_in_the_table_and_not_drawn():
    whole = Table(columns=[NAME, PEOPLE], rows=[["a", 1], ["all", 1]], texts={}, language="en", totals=(False, True))
    assert whole.drawn_cells(PEOPLE) == [1]
    assert len(whole.shown_rows()) == 2


def test_text_that_was_written_with_the_guard_keeps_it():
    assert guard_formula("'=1") == "''=1"
