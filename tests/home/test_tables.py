import csv
import io

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from home.models import InfographicPage
from home.tables import Column, Table, TableFormField, guard_formula, read_csv, write_csv

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


def test_pasted_table_is_read_with_tabs_commas_or_semicolons():
    for delimiter in "\t,;":
        data = read_csv(delimiter.join(["name", "people"]) + "\n" + delimiter.join(["Haiti", "2585"]))
        assert data["rows"] == [["Haiti", 2585]]


def test_blank_cell_is_no_figure_and_never_zero():
    data = read_csv("name,people\nHaiti,\nCuba,0\n")
    assert [row[1] for row in data["rows"]] == [None, 0]


def test_pasted_table_names_the_row_with_a_wrong_number_of_cells():
    with pytest.raises(ValidationError, match="Row 2"):
        read_csv("name,people\nHaiti,1\nCuba,1,2\n")


def test_pasted_table_needs_a_name_for_each_column():
    with pytest.raises(ValidationError, match="own name"):
        read_csv("name,name\nHaiti,1\n")


def test_table_that_is_too_long_is_refused():
    with pytest.raises(ValidationError, match="500 rows"):
        read_csv("name\n" + "x\n" * 501)


def test_not_a_number_and_infinity_stay_text():
    assert read_csv("name\nnan\ninf\n")["rows"] == [["nan"], ["inf"]]


def test_table_in_the_editor_reads_back_as_it_was():
    data = read_csv('name,people\n"A, B",1\nC,\n')
    field = TableFormField()
    assert field.clean(field.prepare_value(data)) == data
    assert not field.has_changed(data, field.prepare_value(data))


def test_percent_of_a_column_has_the_same_decimals_in_every_row():
    shares = table([["a", 50], ["b", 50.6]], columns=(NAME, SHARE))
    assert [row[1].text for row in shares.shown_rows()] == ["50.0%", "50.6%"]


def test_text_where_a_number_belongs_is_named_by_its_cell(infographic: InfographicPage):
    infographic.data = {**infographic.data, "rows": [[1990, "many", 3]]}
    with pytest.raises(ValidationError, match="Row 1, column “migrants_female”: “many” is not a number"):
        infographic.clean()


def test_column_that_the_table_lacks_is_named(infographic: InfographicPage):
    infographic.data = {"keys": ["year"], "rows": [[1990]], "texts": {}}
    with pytest.raises(ValidationError, match="no column “migrants_female”"):
        infographic.clean()
