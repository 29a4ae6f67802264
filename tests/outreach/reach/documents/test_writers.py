"""What each kind of file makes of a document, also of one that somebody wrote to break it."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from django.utils.translation import gettext, override
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader

from outreach.reach.disclosure import AtLeast, Hidden, Shown, Unknown
from outreach.reach.documents import csv_file, pdf, workbook
from outreach.reach.documents.document import Document, Drawing, Sheet
from outreach.reach.documents.plain import FORMULA_STARTS

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20"><rect width="30" height="20"/></svg>'
ROWS = [
    ("Workers", Shown(1234), Shown(Fraction(1, 3)), Hidden(), 2.5, date(2026, 11, 20)),
    ("=1+1", 7, Fraction(1, 2), Unknown(), None, "–5"),
    ("All", Shown(1241), AtLeast(Fraction(2, 3)), AtLeast(1830), None, None),
]
WRITERS = {"xlsx": workbook.write, "csv": csv_file.write, "book": csv_file.code_book, "pdf": pdf.write}


@pytest.fixture
def document() -> Document:
    return Document(
        title="Rights #at *work* $1$ <b> \\",
        language="fr",
        dated=datetime(2026, 11, 20, 15, 0, tzinfo=UTC),
        subtitle="@nobody",
        facts=(("Period", "2026"), ("k", "5")),
        sheets=(
            Sheet(
                "people", "People: by [segment]", ("Segment", "A", "B", "C", "D", "E"), ROWS, "#note", frozenset({2})
            ),
            Sheet(
                "definitions", "Definitions", ("Name", "Formula"), [("People", "=a/b"), ("Clicks", "")], is_text=True
            ),
        ),
        notes=("Accepted is not read.",),
        drawings={"people": Drawing(SVG, "Workers: 1,234")},
    )


def sheet_of(document):
    return load_workbook(io.BytesIO(workbook.write(document))).worksheets[0]


def lines(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def reader(data):
    return PdfReader(io.BytesIO(data))


@pytest.mark.parametrize("kind", WRITERS)
def test_same_document_gives_the_same_bytes(document, kind):
    assert WRITERS[kind](document) == WRITERS[kind](replace(document))


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
def test_another_date_gives_other_bytes(document, kind):
    later = replace(document, dated=datetime(2026, 11, 21, tzinfo=UTC))
    assert WRITERS[kind](document) != WRITERS[kind](later)


def test_workbook_has_numbers_shares_and_dates_as_such_and_the_rest_as_text(document):
    with override("fr"):
        hidden = gettext("hidden")
    cells = [list(row) for row in sheet_of(document).iter_rows(min_row=6, max_row=8)]
    assert [(cell.value, cell.number_format, cell.data_type) for cell in cells[0][1:]] == [
        (1234, "#,##0", "n"),
        (0.3333, "0.0%", "n"),
        (hidden, "General", "s"),
        (2.5, "#,##0.0##", "n"),
        (datetime(2026, 11, 20), "yyyy-mm-dd", "d"),
    ]
    assert [(cell.value, cell.data_type) for cell in cells[1][:2]] == [("=1+1", "s"), (7, "n")]
    assert cells[2][2].data_type == "s"
    assert "66" in cells[2][2].value
    assert [cell.font.bold for cell in cells[2]] == [True] * 6


def test_workbook_carries_the_documents_date_and_no_other(document):
    with zipfile.ZipFile(io.BytesIO(workbook.write(document))) as book:
        assert {part.date_time for part in book.infolist()} == {workbook.ZIP_DATE}
        core = ElementTree.fromstring(book.read("docProps/core.xml"))
    dates = {each.text for each in core if each.tag.endswith(("created", "modified"))}
    assert dates == {"2026-11-20T15:00:00Z"}


def test_tabs_of_a_workbook_have_names_that_excel_takes():
    long = "Clicks over personal links by segment and gender"
    names = workbook.tab_names([long, long, long.upper(), "", "a/b:c*?[d]\\", "History", "'quoted'", "\x00\x07", "  "])
    assert names[0] == long[:31].strip()
    assert names[1] != names[2]
    assert names[1].endswith(" 2")
    assert names[2].endswith(" 3")
    assert "abcd" in names
    assert "History 2" in names
    assert "quoted" in names


@given(st.lists(st.text(max_size=50), max_size=12))
@settings(deadline=None)
def test_no_titles_make_tabs_that_excel_refuses(titles):
    names = workbook.tab_names(titles)
    assert len(names) == len({name.casefold() for name in names}) == len(titles)
    for name in names:
        assert 0 < len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.casefold() != "history"


HOSTILE = "\x00\x1b\ud800a\uffff"


@pytest.mark.parametrize("kind", WRITERS)
def test_characters_that_no_file_can_have_are_left_out(document, kind):
    sheet = replace(document.sheets[0], title=f"T{HOSTILE}", rows=[(f"R{HOSTILE}", 1, 1, 1, 1, f"={HOSTILE}")])
    broken = replace(
        document, title=f"X{HOSTILE}", facts=((f"F{HOSTILE}", HOSTILE),), sheets=(sheet,), notes=(HOSTILE,), drawings={}
    )
    assert WRITERS[kind](broken)
    if kind == "xlsx":
        assert sheet_of(broken).title == "Ta"


@given(text=st.text(max_size=40))
@settings(deadline=None, max_examples=60)
def test_no_text_of_a_person_breaks_a_file_or_becomes_a_formula(text):
    written = Document(
        title=text,
        language="en",
        dated=datetime(2026, 1, 1, tzinfo=UTC),
        facts=((text, text),),
        sheets=(Sheet("a", text, ("x", text), [(text, 1)]),),
    )
    assert not [v for row in lines(csv_file.write(written)) for v in row.values() if v.startswith(FORMULA_STARTS)]
    book = load_workbook(io.BytesIO(workbook.write(written)))
    assert "f" not in {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}


@pytest.mark.parametrize(
    "text", ["#let x = 1", "*b* _i_ `c` $m$", "] #panic() [", '"', "\\", "@a <l> //c /* */", "= h"]
)
def test_nothing_that_a_person_wrote_is_read_as_markup_of_a_pdf(document, text):
    sheet = Sheet("a", text, ("x", text), [(text, 1)], note=text)
    written = replace(document, title=text, facts=((text, text),), sheets=(sheet,), notes=(text,), drawings={})
    found = reader(pdf.write(written))
    plain = "".join(page.extract_text() for page in found.pages).replace(" ", "").replace("\n", "")
    assert plain.count(text.replace(" ", "")) >= 7
    assert found.metadata.title == text


def test_csv_has_a_line_for_each_cell_and_says_what_it_is_worth(document):
    found = lines(csv_file.write(document))
    assert csv_file.write(document).startswith(b"\xef\xbb\xbf")
    assert len(found) == 15
    assert [(line["value"], line["status"]) for line in found[:5]] == [
        ("1234", "shown"), ("0.3333", "shown"), ("", "hidden"), ("2.5", "shown"), ("2026-11-20", "shown"),
    ]  # fmt: skip
    assert [(line["value"], line["status"]) for line in found[10:13]] == [
        ("1241", "shown"), ("0.666", "at least"), ("1830", "at least"),
    ]  # fmt: skip
    assert found[5]["row"] == "'=1+1"


def test_code_book_explains_columns_statuses_and_texts(document):
    found = {(line["item"], line["name"]) for line in lines(csv_file.code_book(document))}
    assert {("column", name) for name in csv_file.CELLS} <= found
    assert {("status", name) for name in ("shown", "hidden", "unknown", "at least")} <= found
    assert {("about", "Period"), ("text", "People"), ("table", "people"), ("note", "")} <= found


def test_pdf_is_tagged_and_names_its_title_and_language(document):
    found = reader(pdf.write(document))
    root = found.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "fr"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert found.metadata.title == document.title
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


def tags(element, found=None):
    """Every structure element below one, as name and element."""
    found = [] if found is None else found
    element = element.get_object()
    if isinstance(element, list):
        for each in element:
            tags(each, found)
    elif isinstance(element, dict):
        if "/S" in element:
            found.append((element["/S"], element))
        if "/K" in element:
            tags(element["/K"], found)
    return found


def test_pdf_has_headings_tables_with_header_cells_and_charts_in_words(document):
    found = tags(reader(pdf.write(document)).trailer["/Root"]["/StructTreeRoot"])
    names = [name for name, _element in found]
    assert names.count("/TH") == 6
    assert names.count("/TD") == 18
    assert "/THead" in names
    assert "/H1" in names
    assert [element["/Alt"] for name, element in found if name == "/Figure"] == ["Workers: 1,234"]


def test_pdf_of_a_language_that_is_read_from_the_right_says_so(document):
    found = reader(pdf.write(replace(document, language="he", title="Rights")))
    assert found.trailer["/Root"]["/ViewerPreferences"]["/Direction"] == "/R2L"


def test_pdf_uses_no_font_of_the_machine_where_its_own_has_the_letters(document):
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in reader(pdf.write(document)).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert all("LibertinusSerif" in font for font in fonts), fonts


def test_pdf_is_not_written_with_boxes_for_letters(document, monkeypatch):
    monkeypatch.setattr(pdf, "_families", lambda: frozenset({"Libertinus Serif"}))
    with pytest.raises(pdf.MissingFont) as missing:
        pdf.write(replace(document, title="حقوق"))
    assert missing.value.script == "Arabic"


def test_empty_document_is_a_file_of_each_kind():
    empty = Document("", "ht", datetime(2026, 1, 1, tzinfo=UTC))
    assert reader(pdf.write(replace(empty, title="Nothing"))).pages
    assert load_workbook(io.BytesIO(workbook.write(empty))).worksheets
    assert lines(csv_file.write(empty)) == []
