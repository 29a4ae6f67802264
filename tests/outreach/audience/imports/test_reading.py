"""Files of every kind, and hostile ones: read as a table of text, or refused."""

import csv
import io
import tracemalloc
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.audience.imports.failures import Unreadable
from outreach.audience.imports.reading import look, rows
from outreach.audience.workbook import workbook
from tests.ground.workbooks import write_shared

from .conftest import file

TABLE = [["E-mail", "Prénom, nom", "Note"], ["ana@example.org", "Ana “A”", "two\nlines"], ["b@example.org", "Béa", "—"]]


def separated(table, separator=","):
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(table)
    return text.getvalue()


def read(content):
    opened = file(content)
    layout = look(opened)
    return [layout.header, *(cells for _number, cells in rows(opened, layout.dialect))]


def book(table, **changes):
    made = openpyxl.Workbook()
    for row in table:
        made.active.append(row)
    data = io.BytesIO()
    made.save(data)
    if not changes:
        return data.getvalue()
    changed = io.BytesIO()
    with zipfile.ZipFile(data) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in changes:
                target.writestr(name, source.read(name))
        for name, content in changes.items():
            target.writestr(name, content)
    return changed.getvalue()


def sheet(inside):
    return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{inside}</worksheet>'


def refused(content):
    with pytest.raises(Unreadable) as caught:
        read(content)
    assert caught.value.words
    return caught.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_text_is_read_in_each_encoding_and_with_each_separator(encoding, separator):
    assert read(separated(TABLE, separator).encode(encoding)) == TABLE


def test_bytes_that_windows_does_not_know_are_latin_1():
    assert read("E-mail,Nom\na@example.org,é\x81\n".encode("latin-1"))[1] == ["a@example.org", "é\x81"]


def test_a_first_line_for_excel_is_no_row():
    assert read("sep=;\r\nE-mail;Note\r\na@example.org;a,b\r\n") == [["E-mail", "Note"], ["a@example.org", "a,b"]]


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20) | st.just('a "b"\n; c'),
            min_size=2,
            max_size=2,
        ).filter(lambda cells: any(cell.strip() for cell in cells)),
        min_size=1,
        max_size=20,
    )
)
def test_whatever_a_spreadsheet_writes_is_read_as_it_was(body):
    table = [["E-mail", "Note"], *body]

    for encoding in ("utf-8-sig", "utf-16"):
        assert read(separated(table).encode(encoding)) == table


def test_rows_are_counted_as_a_spreadsheet_counts_them():
    opened = file('E-mail,Note\n\n"a@example.org","two\nlines"\n,\nb@example.org,x\n')

    assert [number for number, _cells in rows(opened, look(opened).dialect)] == [3, 5]


def test_a_workbook_is_read_with_dates_and_whole_numbers_and_results():
    made = [["E-mail", "Signed", "Count"], ["a@example.org", date(2026, 3, 1), 7.0], [None, None, None]]
    made += [["b@example.org", datetime(2026, 3, 2, 14, 5), 2.5], ["=1+1", "x", True]]

    assert read(book(made)) == [
        ["E-mail", "Signed", "Count"],
        ["a@example.org", "2026-03-01", "7"],
        ["b@example.org", "2026-03-02", "2.5"],
        ["", "x", "TRUE"],
    ]


def test_what_we_export_can_be_imported():
    table = [["E-mail", "Note"], ["a@example.org", "  = & <b>  "]]

    assert read(b"".join(workbook("List", [table]))) == table


def test_the_first_sheet_that_is_not_hidden_is_read():
    made = openpyxl.Workbook()
    made.active.append(["hidden"])
    made.active.sheet_state = "hidden"
    for row in TABLE:
        made.create_sheet("List") if "List" not in made.sheetnames else None
        made["List"].append(row)
    data = io.BytesIO()
    made.save(data)

    assert read(data.getvalue()) == TABLE


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"E-mail\n", "no_rows"),
        (b"a@example.org\nb@example.org\n", "no_header"),
        (b"<!doctype html><table><tr><td>E-mail</table>", "markup"),
        (b"E-mail\na@example.org\0\n", "nul"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "nul"),
        (b"\xff\xfe\0\0E\0\0\0", "encoding"),
        (b"\xff\xfeE\0\n\0\x00\xd8\n\0", "encoding"),
        (b'E-mail,Note\na@example.org,"never closed\n', "damaged"),
        (b'E-mail,Note\na@example.org,"closed" and on\n', "damaged"),
        (b"E-mail\n" + b"a" * 10_000_000, "long"),
        (b'E-mail\n"' + b"a\n" * 5_000_000 + b'"', "long"),
        (b"E-mail\n" + b"x," * 300 + b"x\n", "columns"),
        (b"E-mail\n" + b"a@example.org\n" * 200_001, "rows"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_workbook"),
        (b"PK\x03\x04 and then nothing", "workbook"),
    ],
)
def test_a_hostile_file_is_refused(content, code):
    assert refused(content) == code


def test_a_file_above_the_limit_is_refused_unread(monkeypatch):
    monkeypatch.setattr("outreach.audience.imports.reading.MOST_BYTES", 10)

    assert refused("E-mail\na@example.org\n") == "bytes"


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({SHEET: sheet("<sheetData><row>" + "<c><v>1</v></c>" * 30_000 + "</row></sheetData>")}, "columns"),
        ({SHEET: sheet(f"<sheetData><row><c t='str'><v>{'a' * 10_000_000}</v></c></row></sheetData>")}, "long"),
        ({SHEET: sheet("<sheetData><row r='99999999999'><c><v>1</v></c></row></sheetData>")}, "workbook"),
        ({SHEET: sheet("<sheetData><row><c r='ZZZ1'><v>1</v></c></row></sheetData>")}, "columns"),
        ({SHEET: sheet("<sheetData><row><c s='x'><v>1</v></c></row></sheetData>")}, "workbook"),
        ({SHEET: sheet("<sheetData><row><c><v>1e999</v></c></row></sheetData>")}, "workbook"),
        ({SHEET: sheet(f"<a b='{'x' * 9_000_000}'/>")}, "workbook"),
        ({SHEET: "<!DOCTYPE a [<!ENTITY b 'c'>]>" + sheet("<sheetData/>")}, "workbook"),
        ({SHEET: sheet("<sheetData><row>")}, "workbook"),
        ({"xl/workbook.xml": "<workbook/>"}, "workbook"),
        ({"xl/vbaProject.bin": "x"}, "macros"),
        ({f"xl/media/{number}.png": "x" for number in range(400)}, "unpacked"),
        ({"xl/sharedStrings.xml": f"<sst><si><t>{'a' * 20_000}</t></si></sst>"}, "long"),
    ],
)
def test_a_hostile_workbook_is_refused(changes, code):
    assert refused(book(TABLE, **changes)) == code


def shared(strings):
    return book(TABLE, **{"xl/sharedStrings.xml": f"<sst>{strings}"})


@pytest.mark.parametrize(
    ("limit", "strings"),
    [
        ("MOST_STRINGS", "<si><t>a</t></si>" * 101),
        ("MOST_STRINGS_TEXT", f"<si><t>{'é' * 10}</t></si>" * 6),
        ("MOST_MARKS", "<si/><a/>" * 51),
    ],
)
def test_too_many_shared_texts_are_refused_before_the_rest_is_read(monkeypatch, limit, strings):
    monkeypatch.setattr(f"outreach.audience.imports.workbook.{limit}", 100)

    assert refused(shared(strings + "</broken>")) == "unpacked"
    assert refused(shared("<si><t>a</t></si></broken>")) == "workbook"


def test_shared_texts_take_little_more_memory_than_they_are_long():
    data = io.BytesIO()
    texts = write_shared(data, [["E-mail", "Name"], *([f"a.{n}@example.org", f"Zoë {n}"] for n in range(5_000))])
    tracemalloc.start()
    try:
        layout = look(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert layout.rows == 5_000
    assert peak < 500_000 + texts * 40


def test_a_zip_bomb_is_refused_before_it_unfolds(monkeypatch):
    monkeypatch.setattr("outreach.audience.imports.workbook.MOST_UNPACKED", 1_000_000)
    bomb = book(TABLE, **{"xl/media/bomb.xml": "0" * 5_000_000})

    assert len(bomb) < 50_000
    assert refused(bomb) == "unpacked"
