"""A report as a document, from which every kind of file is written: the tables of the page, the same cells hidden."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from . import charts
from .about import about, definition
from .apart import apart_sheet
from .documents.document import Document, Drawing, Sheet
from .metrics import Metric
from .reports import Apart, Figure, Report, Table
from .standing import standing

NEVER = datetime(2000, 1, 1, tzinfo=UTC)
"""The date of a file in which nothing is counted."""


def report_document(report: Report, language: str) -> Document:
    """The report in a language: headlines, a sheet for each table with its chart, definitions, and what it covers.

    The names in its tables are in the language in which the report was made.
    """
    with override(language):
        return Document(
            title=_("Reach: %(scope)s") % {"scope": report.title},
            subtitle=standing(report).period,
            language=language,
            dated=standing(report).taken_at or NEVER,
            facts=tuple(about(report)),
            sheets=(
                headlines(report.figures),
                *map(sheet, report.tables),
                *_apart(report.apart),
                definitions(report.defined.metrics),
            ),
            notes=tuple(report.notes),
            drawings=drawings(report.tables),
        )


def headlines(figures: Sequence[Figure]) -> Sheet:
    """The figures that open a report, each with what stands beside it."""
    rows = []
    for figure in figures:
        rows.append((str(figure.metric.name), figure.cell, str(figure.metric.unit), figure.remark))
        rows += [(f"– {metric.name}", cell, str(metric.unit), "") for metric, cell in figure.beside]
    headings = (_("Metric"), _("Figure"), _("Unit"), _("Remark"))
    return Sheet("headline", _("Headlines"), headings, rows)


def _apart(rows: Sequence[Apart]) -> list[Sheet]:
    return [apart_sheet(rows)] if rows else []


def sheet(table: Table) -> Sheet:
    """A table of a report as one of a file."""
    return Sheet(
        slug=table.slug,
        title=table.title,
        headings=(table.heading, *(column.label for column in table.columns)),
        rows=[(row.label, *row.cells) for row in table.rows],
        note=str(table.metric.is_not) if table.metric else "",
        totals=frozenset(number for number, row in enumerate(table.rows) if row.is_total),
    )


def definitions(metrics: Sequence[Metric]) -> Sheet:
    """Metrics in the language in use; a part that a metric does not have is empty."""
    known = [dict(definition(metric)) for metric in metrics]
    headings = tuple(dict.fromkeys(name for parts in known for name in parts))
    rows = [tuple(parts.get(name, "") for name in headings) for parts in known]
    return Sheet("definitions", _("Definitions"), headings, rows, is_text=True)


def drawings(tables: Sequence[Table]) -> dict[str, Drawing]:
    """The charts of tables, by the slug of each that has one."""
    drawn = {table.slug: charts.picture(table) for table in tables}
    return {slug: drawing for slug, drawing in drawn.items() if drawing is not None}
