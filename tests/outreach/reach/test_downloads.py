import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook

from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Freeze
from outreach.reach import downloads
from outreach.reach.metrics import DEFINITIONS_VERSION, METRICS
from outreach.reach.tables import report

from .conftest import report_of

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)


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
    ledger.count(october)
    return report_of(october)


def test_csv_has_every_cell_of_every_table(october):
    found = report_of(october)
    rows = lines(downloads.as_csv(found))
    assert len(rows) == sum(1 + len(figure.beside) for figure in found.figures) + sum(
        len(row.cells) for table in found.tables for row in table.rows
    )
    women = [row for row in rows if (row["table"], row["row"], row["column"]) == ("people", "Workers", "Woman")]
    assert women == [
        {
            "table": "people", "metric": "people", "indicator": "R1", "row": "Workers", "column": "Woman",
            "value": "20", "status": "shown", "unit": "people", "broadcasts": str(october.pk), "demo_data": "none",
        }
    ]  # fmt: skip
    share = next(row for row in rows if row["table"] == "headline" and row["metric"] == "female_share")
    assert share["value"] == "0.5161"


def test_csv_starts_with_a_byte_order_mark_so_that_excel_reads_it(october):
    assert downloads.as_csv(report_of(october)).startswith(b"\xef\xbb\xbf")


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


def test_workbook_has_a_sheet_for_each_table_with_typed_cells(october):
    found = report_of(october)
    workbook = book(found)
    assert len(workbook.worksheets) == len(found.tables) + 2
    sheet = workbook["People reached by segment and g"]
    workers = next(row for row in sheet.iter_rows() if row[0].value == "Workers")
    assert [cell.value for cell in workers] == ["Workers", 20, 10, 6, 5, 8, 49, 0.7347, 0.5556]
    assert [cell.data_type for cell in workers] == ["s", *"nnnnnnnn"]
    assert workers[-1].number_format == "0.0%"


def test_notes_tell_period_threshold_definitions_and_limits(october):
    notes = {tuple(row[:2]) for row in grid(book(report_of(october))["Notes"])}
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
    found = report_of(october)
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
    assert not [value for row in rows for value in row.values() if value.startswith(downloads.FORMULA_STARTS)]
    kinds = {cell.data_type for sheet in book(found).worksheets for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


def test_file_names_tell_date_and_broadcast(october):
    Broadcast.objects.filter(pk=october.pk).update(title="Rights at work: what now?")
    one = report_of(october)
    assert (
        downloads.file_name(one, today=TODAY, kind="reach", extension="csv")
        == f"reach-2026-11-22-broadcast-{october.pk}-rights-at-work-what-now.csv"
    )
    assert downloads.file_name(report(), today=TODAY, kind="reach", extension="xlsx") == "reach-2026-11-22-all.xlsx"


def test_report_without_anything_is_an_empty_file_with_its_head():
    found = report()
    assert lines(downloads.as_csv(found)) == []
    assert downloads.as_csv(found).decode("utf-8-sig").strip() == ",".join(downloads.COLUMNS)
    assert book(found).sheetnames == ["Headlines", "Notes"]
