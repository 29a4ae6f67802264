"""The rows behind a headline figure: where in the tables of the same report its counts stand."""

from dataclasses import dataclass

from .metrics import Metric, Share
from .tables import Column, Figure, Report, Row, Table


@dataclass(frozen=True)
class Rows:
    """A part of a table that has the counts from which a figure is made."""

    title: str
    heading: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def behind(report: Report, figure: Figure) -> list[Rows]:
    """The columns of each table that count what the figure counts, or what it is divided from and by."""
    wanted = _wanted(figure.metric)
    return [found for table in report.tables if (found := _part(table, figure.metric, wanted))]


def _wanted(metric: Metric) -> frozenset[str]:
    parts = (*metric.numerator, *metric.denominator) if isinstance(metric, Share) else ()
    return frozenset({metric.slug, *parts})


def _part(table: Table, metric: Metric, wanted: frozenset[str]) -> Rows | None:
    if table.metric is not None and table.metric.slug == metric.slug:
        return Rows(table.title, table.heading, table.columns, table.rows)
    places = [place for place, column in enumerate(table.columns) if column.metric and column.metric.slug in wanted]
    if not places:
        return None
    rows = tuple(Row(row.label, tuple(row.cells[place] for place in places), row.is_total) for row in table.rows)
    return Rows(table.title, table.heading, tuple(table.columns[place] for place in places), rows)
