import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from home.formats import write_number
from home.tables import Notation, TableFormField, read_csv, write_text
from home.tables.numbers import readings
from home.tables.read import SPREADSHEET_ERRORS, clean

FIGURES = st.one_of(
    st.none(),
    st.integers(-(10**14), 10**14),
    st.floats(-(10**9), 10**9, allow_nan=False).map(lambda figure: round(figure, 4)),
)
TEXTS = (
    st.text(min_size=1, max_size=30)
    .map(clean)
    .filter(lambda text: text and not readings(text) and text not in SPREADSHEET_ERRORS)
)


def messages(text: str, notation: Notation = Notation.CLEAR) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        read_csv(text, notation)
    return caught.value.messages


@st.composite
def tables(draw):
    keys = draw(st.lists(TEXTS, min_size=1, max_size=5, unique=True))
    figures = st.tuples(TEXTS, *[FIGURES for _ in keys[1:]]).map(list)
    return {"keys": keys, "rows": draw(st.lists(figures, max_size=8)), "texts": {}}


@given(tables())
def test_table_reads_back_as_it_was_written(table):
    assert read_csv(write_text(table)) == table


@given(tables())
def test_table_in_the_editor_reads_back_as_it_was(table):
    field = TableFormField()
    assert field.clean(field.prepare_value(table)) == table
    assert not field.has_changed(table, field.prepare_value(table))


@given(
    st.floats(-(10**8), 10**8, allow_nan=False).map(lambda figure: round(figure, 1)),
    st.sampled_from(["en", "fr", "es", "ht", "acf"]),
)
def test_number_of_every_language_is_read_as_what_it_is(figure, language):
    written = write_number(figure, "decimal1", language)
    notation = Notation.COMMA if written[-2] == "," else Notation.POINT
    assert read_csv(f'name\tpeople\na\t"{written}"\n', notation)["rows"][0][1] == figure


def test_pasted_table_is_read_with_tabs_commas_or_semicolons():
    for delimiter in "\t,;":
        data = read_csv(delimiter.join(["name", "people"]) + "\n" + delimiter.join(["Haiti", "2585"]))
        assert data["rows"] == [["Haiti", 2585]]


def test_commas_of_decimals_are_not_taken_for_separators():
    assert read_csv("name;share, %\nHaiti;30,6\nCuba;1,25\n") == {
        "keys": ["name", "share, %"],
        "rows": [["Haiti", 30.6], ["Cuba", 1.25]],
        "texts": {},
    }


def test_blank_cell_is_no_figure_and_never_zero():
    data = read_csv("name,people\nHaiti,\nCuba,0\n")
    assert [row[1] for row in data["rows"]] == [None, 0]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2585", 2585),
        ("-3", -3),
        ("−3", -3),
        ("+3", 3),
        ("0.125", 0.125),
        ("12.5", 12.5),
        ("12,5", 12.5),
        ("1,234,567", 1234567),
        ("1.234.567", 1234567),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1 234", 1234),
        ("1\u202f234", 1234),
        ("1'234.5", 1234.5),
        ("12.7%", 12.7),
        ("12,7 %", 12.7),
    ],
)
def test_number_that_is_clear_is_read_however_it_is_written(written, read):
    assert read_csv(f"name\tpeople\na\t{written}\n")["rows"] == [["a", read]]


@pytest.mark.parametrize("text", ["nan", "inf", "1e5", "007", "1,23,4", "$5", "1234567890123456", "٣", "5 people"])
def test_what_is_no_number_for_sure_stays_text(text):
    assert read_csv(f"name\tpeople\na\t{text}\n")["rows"] == [["a", text]]


def test_number_that_can_be_read_in_two_ways_is_refused_by_its_cell():
    (message,) = messages("name\tpeople\nHaiti\t1,234\n")
    assert message == "B2: “1,234” can mean 1234 or 1.234. Say below how numbers are written."


def test_other_cells_of_the_column_decide_how_a_number_is_read():
    assert [row[1] for row in read_csv("n\tp\na\t1,234\nb\t1,234,567\n")["rows"]] == [1234, 1234567]
    assert [row[1] for row in read_csv("n\tp\na\t1,234\nb\t1,5\n")["rows"]] == [1.234, 1.5]


def test_other_columns_decide_nothing():
    assert len(messages("n\tp\tq\na\t1,234\t1,5\n")) == 1


def test_column_that_writes_decimals_in_two_ways_is_refused():
    assert messages("n\tp\na\t1,5\nb\t1.5\nc\t1,234\n") == [
        "B2 and B3 write decimals in two ways. Write one way in the whole column."
    ]


@pytest.mark.parametrize(("notation", "read"), [(Notation.POINT, 1234), (Notation.COMMA, 1.234)])
def test_editor_says_how_numbers_are_written(notation, read):
    assert read_csv("n\tp\na\t1,234\n", notation)["rows"] == [["a", read]]


def test_number_that_is_not_written_as_the_editor_said_is_refused():
    assert "not written in the way" in messages("n\tp\na\t1,5\n", Notation.POINT)[0]


def test_all_faults_of_a_table_are_named_at_once():
    assert messages("name\tpeople\nHaiti\t1\t2\n\nCuba\t#DIV/0!\nBelize\n") == [
        "Row 2 has 3 cells, but the first line names 2 columns.",
        "Row 3 is empty. Take it out.",
        "B4: “#DIV/0!” is an error of the spreadsheet. Mend the formula there.",
        "Row 5 has 1 cells, but the first line names 2 columns.",
    ]


def test_of_very_many_faults_the_first_are_named_and_the_others_counted():
    found = messages("name\tpeople\n" + "a\t1,234\n" * 100)
    assert len(found) == 21
    assert found[-1] == "And 80 more."


def test_empty_columns_at_the_end_are_left_out():
    assert read_csv("name,people,,\nHaiti,1,,\n")["rows"] == [["Haiti", 1]]


@pytest.mark.parametrize("first", ["name,name", "name,", ",name"])
def test_pasted_table_needs_a_name_for_each_column(first):
    assert "own name" in messages(f"{first}\nHaiti,1\n")[0]


def test_table_that_is_too_long_or_too_wide_is_refused():
    assert "500 rows" in messages("name\n" + "x\n" * 501)[0]
    assert "20 columns" in messages(",".join(f"c{n}" for n in range(21)) + "\n")[0]


def test_paragraph_in_a_cell_is_refused():
    assert messages("name,people\n" + "x" * 301 + ",1\n") == ["A2: the text is longer than 300 letters."]


def test_text_of_another_kind_is_refused_and_no_error():
    for text in ('"' + "x" * 200_000, "x" * 1_000_001):
        assert messages(f"a,b\n{text}")


def test_letters_that_nobody_sees_are_taken_out_of_a_cell():
    assert read_csv("name\npeo\x00ple\x07\n")["rows"] == [["people"]]


def test_guard_of_a_formula_is_taken_off_again():
    assert read_csv("name,people\n'=1+1,1\n'tis,2\n")["rows"] == [["=1+1", 1], ["'tis", 2]]
