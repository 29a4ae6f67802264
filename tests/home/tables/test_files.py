import datetime

import pytest
from django.core.exceptions import ValidationError

from home.tables import read_csv, read_file

from .workbooks import sheet_xml, with_parts, workbook

GOOD = workbook(["name", "people", "share"], ["Haiti", 2585, 0.306], ["Cuba", None, 12.5])
SHEET = "xl/worksheets/sheet1.xml"


def refusal(content: bytes, sheet: str = "") -> str:
    with pytest.raises(ValidationError) as caught:
        read_file(content=content, sheet=sheet)
    return caught.value.messages[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_is_read_in_the_encoding_that_it_names(encoding):
    read = read_file(content="nom;total\r\nHaïti;1\r\n".encode(encoding))
    assert read_csv(read.text)["rows"] == [["Haïti", 1]]
    assert not read.notes


def test_csv_that_names_no_encoding_is_read_as_western_european_and_the_editor_told():
    read = read_file(content="nom;total\nHaïti;1\n".encode("latin-1"))
    assert "Haïti" in read.text
    assert "Look at accents" in str(read.notes[0])


@pytest.mark.parametrize("content", [b"a,b\n\x81\xff\n", b"\xff\xfea", b"\xef\xbb\xbf\xff\xff"])
def test_letters_that_can_not_be_read_are_refused(content):
    assert "letters of this file" in refusal(content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "a drawing or a web page"),
        (b'\xef\xbb\xbf  <?xml version="1.0"?><svg/>', "a drawing or a web page"),
        (b"%PDF-1.7", "a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old format of Excel"),
        (b'{"a": 1}', "data file of a program"),
        (b"a,b\n\x00\x01,2\n", "no table"),
        (b"GIF89a\x01\x00\x01\x00", "no table"),
        (b" \n", "empty"),
        (b"", "empty"),
    ],
)
def test_what_is_no_table_is_refused_whatever_its_name(content, said):
    assert said in refusal(content)


def test_csv_of_ten_megabytes_is_refused():
    assert "larger than 1000 kB" in refusal(b"a,b\n" * 2_500_000)


def test_workbook_is_read_as_its_cells_are_shown():
    assert read_file(content=GOOD).text == "name\tpeople\tshare\nHaiti\t2585\t30.6%\nCuba\t\t12.5\n".replace(
        "30.6%", "0.306"
    )


def test_cell_that_is_shown_as_per_cent_is_read_in_per_cent():
    def per_cent(book):
        book.active["C2"].number_format = "0.0%"
        book.active["C3"].number_format = "0%"

    content = workbook(["n", "p", "share"], ["Haiti", 1, 0.127], ["Cuba", 2, 1], prepare=per_cent)
    assert read_csv(read_file(content=content).text)["rows"] == [["Haiti", 1, 12.7], ["Cuba", 2, 100]]


def test_number_of_a_workbook_is_never_read_in_two_ways():
    assert read_csv(read_file(content=workbook(["n", "p"], ["a", 1.125], ["b", 1234])).text)["rows"] == [
        ["a", 1.125],
        ["b", 1234],
    ]


def test_dates_and_truths_of_a_workbook_are_texts():
    read = read_file(content=workbook(["a", "b"], [datetime.datetime(2024, 7, 1), True]))
    assert read_csv(read.text)["rows"] == [["2024-07-01", "TRUE"]]


def test_empty_rows_and_columns_around_a_table_are_left_out():
    read = read_file(content=workbook([], [None, "name", "people"], [None, "Haiti", 1], [None, " "]))
    assert read_csv(read.text) == {"keys": ["name", "people"], "rows": [["Haiti", 1]], "texts": {}}


def test_sheet_is_the_named_one_or_the_first_that_is_not_hidden():
    def more(book):
        book.active.sheet_state = "hidden"
        book.create_sheet("Second").append(["second"])
        book.create_sheet("Third").append(["third"])

    content = workbook(["hidden"], prepare=more)
    assert read_file(content=content).text == "second\n"
    assert read_file(content=content, sheet="Third").text == "third\n"
    assert refusal(content, "Fourth") == "There is no sheet “Fourth”. There are: Figures, Second, Third."


def test_formula_without_a_result_is_named_and_never_read_as_no_figure():
    assert refusal(workbook(["a", "b"], ["x", "=1+1"])).startswith("B2 of the sheet has a formula without a result")


def test_workbook_that_unfolds_into_gigabytes_is_refused_before_it_is_opened():
    assert "far too large inside" in refusal(with_parts(GOOD, {SHEET: b" " * 21_000_000}))
    assert "far too large inside" in refusal(with_parts(GOOD, {f"xl/{n}.xml": b"" for n in range(201)}))


def test_workbook_with_macros_is_refused():
    assert "macros" in refusal(with_parts(GOOD, {"xl/vbaProject.bin": b"\xd0\xcf"}))


def test_workbook_that_takes_figures_from_other_files_is_refused():
    assert "other files" in refusal(with_parts(GOOD, {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}))


@pytest.mark.parametrize("declaration", ['<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>', "<!DOCTYPE a>"])
def test_workbook_with_entities_is_refused(declaration):
    assert "not as spreadsheets write it" in refusal(with_parts(GOOD, {SHEET: declaration.encode() + sheet_xml("")}))


def test_workbook_of_sixteen_thousand_columns_is_refused():
    assert "20 columns" in refusal(workbook([f"c{number}" for number in range(16_000)]))
    far = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>'
    assert "20 columns" in refusal(with_parts(GOOD, {SHEET: sheet_xml(far)}))


def test_cell_far_below_the_table_is_not_overlooked():
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>2</v></c></row>'
    assert "500 rows" in refusal(with_parts(GOOD, {SHEET: sheet_xml(far)}))


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 and nothing more",
        GOOD[:-300],
        with_parts(GOOD, {SHEET: b"<worksheet><row>"}),
        with_parts(GOOD, {"[Content_Types].xml": b""}),
        with_parts(GOOD, {SHEET: sheet_xml('<row r="1"><c r="A1" t="s"><v>99</v></c></row>')}),
        with_parts(GOOD, {SHEET: sheet_xml('<row r="x"><c r="A1"><v>y</v></c></row>')}),
    ],
)
def test_broken_workbook_is_refused_and_no_error(content):
    assert "broken" in refusal(content)


def test_workbook_without_sheets_is_refused():
    assert "has no sheet" in refusal(with_parts(GOOD, {"xl/workbook.xml": b"<nothing/>"}))


def test_other_archives_are_refused():
    assert "no Excel workbook" in refusal(with_parts(workbook(), {}).replace(b"xl/workbook.xml", b"xl/workbooks.xm"))
