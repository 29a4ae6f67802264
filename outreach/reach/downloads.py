"""The tables as files: CSV with a code book, and a workbook. The tables of the page, with the same cells hidden."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from . import printing
from .disclosure import Cell
from .metrics import DEFINITIONS_VERSION, METRICS, Metric
from .tables import Report, Table

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
COLUMNS = ("table", "metric", "indicator", "row", "column", "value", "status", "unit", "broadcasts", "demo_data")
BOM = "\ufeff"


def file_name(report: Report, *, today: date, kind: str, extension: str) -> str:
    """Like ``reach-2026-11-22-broadcast-3-rights-at-work.csv``."""
    scope = f"broadcast-{report.number}-{slugify(report.title)}" if report.number is not None else "all"
    return "-".join(filter(None, [kind, today.isoformat(), scope[:60].strip("-")])) + f".{extension}"


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def as_csv(report: Report) -> bytes:
    """One line a cell, headlines first. UTF-8 with a byte order mark, without which Excel takes it for another."""
    return _csv([COLUMNS, *_lines(report)])


def _lines(report: Report) -> Iterator[list[Any]]:
    for figure in report.figures:
        for metric, cell in ((figure.metric, figure.cell), *figure.beside):
            yield _line(report, "headline", metric, "", "", cell)
    for table in report.tables:
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=True):
                counted = column.metric or table.metric
                assert counted is not None
                yield _line(report, table.slug, counted, row.label, "" if column.metric else column.label, cell)


def _line(report: Report, table: str, metric: Metric, row: str, column: str, cell: Cell) -> list[Any]:
    value, worth = printing.as_number(cell), printing.status(cell)
    scope = "all" if report.number is None else str(report.number)
    of_what = [table, metric.slug, metric.code, row, column]
    return [*of_what, "" if value is None else value, worth, str(metric.unit), scope, report.demo or "none"]


def code_book(report: Report) -> bytes:
    """What the columns, the metrics and the words in the CSV file mean, and what these figures cover."""
    lines: list[Iterable[str]] = [("item", "name", "meaning")]
    lines += [("about", name, value) for name, value in about(report)]
    lines += [("column", name, meaning) for name, meaning in zip(COLUMNS, _column_meanings(), strict=True)]
    lines += [("status", name, meaning) for name, meaning in _status_meanings()]
    lines += [(f"metric {metric.slug}", name, text) for metric in METRICS for name, text in definition(metric)]
    return _csv(lines)


def _csv(lines: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([safe(value) if isinstance(value, str) else value for value in line] for line in lines)
    return (BOM + text.getvalue()).encode()


def about(report: Report) -> list[tuple[str, str]]:
    """What a report covers, in the order in which it is printed everywhere."""
    demo = {"all": _("Demo data"), "some": _("Includes demo data")}
    facts = [
        (_("Covers"), report.title),
        (_("Data"), demo.get(report.demo, _("Real data"))),
        (_("Period"), _("%(start)s to %(end)s") % {"start": _day(report.begins), "end": _day(report.ends)}),
        (_("Status"), _("Open: still being sent") if report.is_open else _("Ended; late clicks still count")),
        (_("Counted"), _moment(report.counted_at)),
        (_("Smallest count shown"), str(report.k)),
        (_("Version of the definitions"), DEFINITIONS_VERSION),
    ]
    facts += [(_("Broadcast"), f"{broadcast.pk}: {broadcast.title}") for broadcast in report.broadcasts]
    return facts + [(_("Limit"), note) for note in report.notes]


def definition(metric: Metric) -> list[tuple[str, str]]:
    """Everything that defines a metric, each part with its name."""
    parts = [
        (_("Name"), metric.name),
        (_("Definition"), metric.definition),
        (_("Formula"), metric.formula),
        (_("Unit"), metric.unit),
        (_("What it is not"), metric.is_not),
        (_("When it is unknown"), metric.unknown),
        (_("Source"), metric.source),
        (_("Indicator"), metric.code),
        (_("Version"), metric.version),
    ]
    return [(name, str(text)) for name, text in parts]


def _column_meanings() -> list[str]:
    return [
        _("Which table the figure stands in; “headline” for the figures that open the page."),
        _("What is counted; each metric is defined below."),
        _("Code of the indicator that the metric serves."),
        _("Label of the row; empty for headlines."),
        _("Label of the column; empty where the metric is the column."),
        _("The figure: a whole number, or a share of 1. Empty where it is hidden or unknown."),
        _("What the value is worth, see below."),
        _("Unit of the metric."),
        _("Number of the broadcast, or “all”."),
        _("Whether there is demo data in the figure: none, some or all."),
    ]


def _status_meanings() -> list[tuple[str, str]]:
    return [
        (printing.SHOWN, _("The value is exact.")),
        (printing.AT_LEAST, _("The value is a lower bound, because a part of it is hidden.")),
        (printing.FEWER_THAN, _("The figure is smaller than the value, and may still grow.")),
        (printing.HIDDEN, _("The figure is kept back, so that nobody can be recognised. It is not 0.")),
        (printing.UNKNOWN, _("There is no figure. This is not 0.")),
    ]


def _day(moment: datetime | None) -> str:
    return timezone.localtime(moment).date().isoformat() if moment else "…"


def _moment(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M %Z") if moment else "…"


def as_workbook(report: Report) -> bytes:
    """A workbook: one sheet a table with typed cells, the headlines first, notes and definitions last."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = _title(_("Headlines"))
    _add_head(sheet, report, _("Headlines"))
    _add_row(sheet, [_("Metric"), _("Figure"), _("Unit"), _("Remark")], bold=True)
    for figure in report.figures:
        _add_row(sheet, [str(figure.metric.name), figure.cell, str(figure.metric.unit), figure.remark])
        for metric, cell in figure.beside:
            _add_row(sheet, [f"   {metric.name}", cell, str(metric.unit)])
    for table in report.tables:
        _add_table(book.create_sheet(_title(table.title)), report, table)
    notes = book.create_sheet(_title(_("Notes")))
    for facts in (about(report), _status_meanings(), *(definition(metric) for metric in METRICS)):
        for name, text in facts:
            _add_row(notes, [name, text])
        _add_row(notes, [])
    for each in book.worksheets:
        _fit(each)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _add_table(sheet: Worksheet, report: Report, table: Table) -> None:
    _add_head(sheet, report, table.title)
    _add_row(sheet, [table.heading, *(column.label for column in table.columns)], bold=True)
    sheet.freeze_panes = f"B{sheet.max_row + 1}"
    for row in table.rows:
        _add_row(sheet, [row.label, *row.cells], bold=row.is_total)


def _add_head(sheet: Worksheet, report: Report, title: str) -> None:
    """What a sheet says about itself, so that it can be read without the others."""
    _add_row(sheet, [title], bold=True)
    for fact in about(report)[:4]:
        _add_row(sheet, fact)
    _add_row(sheet, [])


def _add_row(sheet: Worksheet, values: Iterable[str | Cell], *, bold: bool = False) -> None:
    sheet.append([_typed(sheet, value, bold) for value in values])


def _typed(sheet: Worksheet, value: str | Cell, bold: bool) -> SheetCell:
    """A number as a number, a share as per cent, and any text as text, even where it looks like a formula."""
    number = None if isinstance(value, str) else printing.as_number(value)
    exact = number is not None and not isinstance(value, str) and printing.status(value) == printing.SHOWN
    text = value if isinstance(value, str) else printing.as_text(value)
    cell = SheetCell(sheet, row=1, column=1, value=number if exact else text)
    if exact:
        cell.number_format = "#,##0" if isinstance(number, int) else "0.0%"
    else:
        cell.data_type = "s"
        cell.alignment = Alignment(horizontal="left" if isinstance(value, str) else "right", wrap_text=False)
    cell.font = Font(bold=bold)
    return cell


def _title(title: str) -> str:
    """A sheet's name: at most 31 characters, and none that Excel refuses."""
    return "".join(letter for letter in title if letter not in "[]:*?/\\")[:31]


def _fit(sheet: Worksheet) -> None:
    for number, column in enumerate(sheet.iter_cols(), start=1):
        longest = max((len(str(each.value)) for each in column if each.value is not None), default=0)
        sheet.column_dimensions[get_column_letter(number)].width = min(max(longest + 2, 10), 60)
