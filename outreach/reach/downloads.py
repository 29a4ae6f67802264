"""The tables of a report as files to take away, with the same cells hidden as on the page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from . import printing
from .about import about, definition
from .disclosure import Cell
from .documents import csv_file, pdf
from .documents.document import Value
from .documents.writers import WORKBOOK
from .metrics import Metric
from .report_document import report_document
from .reports import Apart, Report
from .standing import standing

COLUMNS = ("table", "metric", "indicator", "row", "column", "value", "status", "unit", "broadcasts", "demo_data")
CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class Kind:
    """A kind of file: how its name ends, and what writes it in the language in use."""

    name: str
    label: Promise
    ending: str
    content_type: str
    write: Callable[[Report], bytes]


def as_csv(report: Report) -> bytes:
    """One line a cell, headlines first, what is never added to them last."""
    return csv_file.lines(COLUMNS, [*_lines(report), *(_apart_line(report, each) for each in report.apart)])


def _lines(report: Report) -> Iterator[list[Value]]:
    for figure in report.figures:
        for metric, cell in ((figure.metric, figure.cell), *figure.beside):
            yield _line(report, "headline", metric, "", "", cell)
    for table in report.tables:
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=True):
                label = "" if column.metric else column.label
                yield _line(report, table.slug, column.metric or row.metric or table.metric, row.label, label, cell)


def _line(report: Report, table: str, metric: Metric | None, row: str, column: str, cell: Cell) -> list[Value]:
    slug, code, unit = (metric.slug, metric.code, str(metric.unit)) if metric else ("", "", "")
    return [table, slug, code, row, column, cell, printing.status(cell), unit, _scope(report), report.demo or "none"]


def _apart_line(report: Report, each: Apart) -> list[Value]:
    slug, code = (each.metric.slug, each.metric.code) if each.metric else ("", "")
    of_what: list[Value] = ["apart", slug, code, each.name, "", each.value, csv_file.status(each.value), each.unit]
    return [*of_what, _scope(report), report.demo or "none"]


def _scope(report: Report) -> str:
    return "all" if report.number is None else str(report.number)


def code_book(report: Report) -> bytes:
    """What the columns, the metrics and the words in the CSV file mean, and what these figures cover."""
    rows: list[tuple[str, str, str]] = [("about", name, value) for name, value in about(report)]
    rows += [("about", _("Limit"), note) for note in report.notes]
    rows += [("apart", each.name, f"{each.method} {each.source}".strip()) for each in report.apart]
    rows += [("column", name, meaning) for name, meaning in zip(COLUMNS, _column_meanings(), strict=True)]
    rows += [("status", name, meaning) for name, meaning in csv_file.status_meanings()]
    defined = report.defined.metrics
    rows += [(f"metric {metric.slug}", name, text) for metric in defined for name, text in definition(metric)]
    return csv_file.lines(("item", "name", "meaning"), rows)


def as_workbook(report: Report) -> bytes:
    """A workbook in the language in use: one sheet a table, notes and definitions last."""
    # It brings along 20 MB of memory, in processes of which most never make a workbook.
    from .documents import workbook

    return workbook.write(report_document(report, get_language() or "en"))


def as_pdf(report: Report) -> bytes:
    """A PDF in the language in use; raises :class:`~outreach.reach.documents.pdf.MissingFont`."""
    return pdf.write(report_document(report, get_language() or "en"))


KINDS = {
    kind.name: kind
    for kind in (
        Kind("pdf", gettext_lazy("Report (PDF)"), "pdf", pdf.CONTENT_TYPE, as_pdf),
        Kind("xlsx", gettext_lazy("Workbook (XLSX)"), "xlsx", WORKBOOK, as_workbook),
        Kind("csv", gettext_lazy("Table (CSV)"), "csv", CSV, as_csv),
        Kind("code_book", gettext_lazy("Code book (CSV)"), "csv", CSV, code_book),
    )
}
"""Every kind of file, by the name of its address."""


def file_name(report: Report, *, kind: Kind, language: str, what: str = "reach") -> str:
    """Scope, period, version and language, like ``reach-broadcast-3-work-2026-11-18-to-2026-11-19-v1-fr.csv``."""
    scope = slugify(report.title) or "all"
    if report.number is not None:
        scope = f"broadcast-{report.number}-{slugify(report.title)}"
    book = "code-book" if kind.name == "code_book" else ""
    parts = [what, book, scope[:60].strip("-"), standing(report).in_file_name, language]
    return "-".join(filter(None, parts)) + f".{kind.ending}"


def _column_meanings() -> list[str]:
    return [
        _("Table of the figure; “headline” for those that open the page, “apart” for what is never added to them."),
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
