import csv
import io

import pytest
from django.utils import translation
from openpyxl import load_workbook
from pypdf import PdfReader

from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Freeze
from outreach.reach import downloads
from outreach.reach.documents.plain import FORMULA_STARTS
from outreach.reach.metrics import DEFINITIONS_VERSION, METRICS
from outreach.reach.tables import report

pytestmark = pytest.mark.django_db


def lines(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def book(found):
    return load_workbook(io.BytesIO(downloads.as_workbook(found)))


def grid(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.fixture
def with_few(ledger, october):
    """The same with 3 officials of another gender: the figure to be kept back is the only 3 there is."""
    ledger.deliver(october, 30, segment="officials", group="official")
    ledger.deliver(october, 30, segment="officials", group="official", gender="man")
    ledger.deliver(october, 3, segment="officials", group="official", gender="another")
    ledger.deliver(october, 9, segment="officials", group="official", gender="")
    ledger.close(october)
    return report(broadcast=october.pk)


@pytest.fixture
def closed(october, ledger):
    """The broadcast of October with its window over."""
    ledger.close(october)
    return october


def test_csv_has_every_cell_of_every_table(closed):
    found = report(broadcast=closed.pk)
    rows = lines(downloads.as_csv(found))
    assert len(rows) == sum(1 + len(figure.beside) for figure in found.figures) + sum(
        len(row.cells) for table in found.tables for row in table.rows
    )
    women = [row for row in rows if (row["table"], row["row"], row["column"]) == ("people", "Workers", "Woman")]
    assert women == [
        {
            "table": "people", "metric": "people", "indicator": "R1", "row": "Workers", "column": "Woman",
            "value": "20", "status": "shown", "unit": "people", "broadcasts": str(closed.pk), "demo_data": "none",
        }
    ]  # fmt: skip
    share = next(row for row in rows if row["table"] == "headline" and row["metric"] == "female_share")
    assert share["value"] == "0.5161"


def test_csv_starts_with_a_byte_order_mark_so_that_excel_reads_it(october):
    assert downloads.as_csv(report()).startswith(b"\xef\xbb\xbf")


def test_hidden_and_unknown_have_no_value_in_csv_and_say_so(with_few):
    rows = lines(downloads.as_csv(with_few))
    hidden = [row for row in rows if row["status"] == "hidden"]
    assert ("people", "officials", "Another gender") in {(row["table"], row["row"], row["column"]) for row in hidden}
    assert {row["value"] for row in rows if row["status"] in ("hidden", "unknown")} == {""}
    assert {row["status"] for row in rows} == {"shown", "hidden", "unknown", "at least"}
    assert "3" not in {row["value"] for row in rows}


def test_hidden_cells_are_nowhere_in_the_workbook(with_few):
    workbook = book(with_few)
    values = [value for sheet in workbook.worksheets for row in grid(sheet) for value in row]
    assert 3 not in values
    assert "hidden" in values
    officials = next(row for row in grid(workbook["People reached by segment and g"]) if row[0] == "officials")
    assert officials[3] == "hidden"


def test_workbook_has_a_sheet_for_each_table_with_typed_cells(closed):
    found = report(broadcast=closed.pk)
    workbook = book(found)
    assert len(workbook.worksheets) == len(found.tables) + 2
    sheet = workbook["People reached by segment and g"]
    workers = next(row for row in sheet.iter_rows() if row[0].value == "Workers")
    assert [cell.value for cell in workers] == ["Workers", 20, 10, 6, 5, 8, 49, 0.7347, 0.5556]
    assert [cell.data_type for cell in workers] == ["s", *"nnnnnnnn"]
    assert workers[-1].number_format == "0.0%"


def test_notes_tell_period_threshold_definitions_and_limits(closed):
    notes = {tuple(row[:2]) for row in grid(book(report(broadcast=closed.pk))["Notes"])}
    assert {
        ("Covers", "October"), ("Data", "Real data"), ("Period", "2026-11-18 to 2026-11-19"),
        ("Smallest count shown", "5"), ("Version of the definitions", DEFINITIONS_VERSION),
        ("Limit", "Accepted is not delivered, and delivered is not read."),
    } <= notes  # fmt: skip
    for metric in METRICS:
        assert ("Definition", str(metric.definition)) in notes


def test_every_sheet_and_every_line_says_that_it_is_demo_data(ledger):
    broadcast = ledger.broadcast(is_demo=True)
    ledger.deliver(broadcast, 20)
    ledger.count(broadcast)
    found = report()
    assert {row["demo_data"] for row in lines(downloads.as_csv(found))} == {"all"}
    for sheet in book(found).worksheets:
        assert any("Demo data" in row for row in grid(sheet)), sheet.title


def test_code_book_explains_every_column_status_and_metric(october):
    found = report()
    rows = lines(downloads.code_book(found))
    named = {(row["item"], row["name"]) for row in rows}
    data = lines(downloads.as_csv(found))
    assert {("column", column) for column in data[0]} <= named
    assert {("status", row["status"]) for row in data} <= named
    assert {f"metric {row['metric']}" for row in data} <= {row["item"] for row in rows}
    assert all(row["meaning"] for row in rows)


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM", "\t=1"])
def test_name_that_looks_like_a_formula_is_text_in_every_file(ledger, name):
    broadcast = ledger.broadcast(name)
    Freeze.objects.update(segments={"workers": {"name": name, "rule": {}}})
    ledger.deliver(broadcast, 20)
    ledger.count(broadcast)
    found = report(broadcast=broadcast.pk)
    rows = lines(downloads.as_csv(found)) + lines(downloads.code_book(found))
    assert not [value for row in rows for value in row.values() if value.startswith(FORMULA_STARTS)]
    kinds = {cell.data_type for sheet in book(found).worksheets for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


def test_file_names_tell_scope_period_standing_and_language(closed):
    one, book = report(broadcast=closed.pk), downloads.KINDS["code_book"]
    assert (
        downloads.file_name(one, kind=book, language="fr")
        == f"reach-code-book-broadcast-{closed.pk}-october-2026-11-18-to-2026-11-19-v1-fr.csv"
    )
    name = downloads.file_name(report(), kind=downloads.KINDS["xlsx"], language="en")
    assert name == "reach-all-broadcasts-that-ended-2026-11-18-to-2026-11-19-provisional-en.xlsx"


def test_file_name_of_a_title_without_latin_letters_is_still_a_name(october):
    Broadcast.objects.filter(pk=october.pk).update(title="حقوق العمال")
    name = downloads.file_name(report(broadcast=october.pk), kind=downloads.KINDS["csv"], language="en")
    assert name == f"reach-broadcast-{october.pk}-2026-11-18-to-2026-11-19-provisional-en.csv"


@pytest.mark.parametrize("kind", list(downloads.KINDS))
def test_same_report_gives_the_same_bytes_twice(with_few, kind):
    write = downloads.KINDS[kind].write
    assert write(with_few) == write(report(broadcast=with_few.number))


def test_workbook_is_in_the_language_of_the_reader(october):
    with translation.override("fr"):
        found = load_workbook(io.BytesIO(downloads.as_workbook(report())))
        assert found.properties.language == "fr"
        assert found.worksheets[-1].title == translation.gettext("Notes")


def test_pdf_says_hidden_where_the_page_does(with_few):
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(downloads.as_pdf(with_few))).pages)
    row = next(line for line in text.splitlines() if line.startswith("officials") and "30" in line)
    assert "hidden" in row
    assert " 3 " not in f" {row} "


def test_report_without_anything_is_an_empty_file_with_its_head():
    found = report()
    assert lines(downloads.as_csv(found)) == []
    assert downloads.as_csv(found).decode("utf-8-sig").strip() == ",".join(downloads.COLUMNS)
    assert book(found).sheetnames == ["Headlines", "Notes"]
    assert downloads.as_pdf(found).startswith(b"%PDF")
