"""The shape of what the API answers, as its description (OpenAPI) prints it."""

from ninja import Field, Schema

from outreach.reach import printing
from outreach.reach.about import about, definition
from outreach.reach.disclosure import Cell, FewerThan, Shown
from outreach.reach.documents import csv_file
from outreach.reach.metrics import Metric
from outreach.reach.reports import Apart
from outreach.reach.scopes import Offer
from outreach.reach.standing import standing
from outreach.reach.tables import Column, Figure, Report, Row, Table


class ErrorAnswer(Schema):
    """Why there is no answer, for people."""

    detail: str


class CellAnswer(Schema):
    """One figure."""

    value: int | float | None = Field(description="A whole number, or a share of 1; null where hidden or unknown.")
    status: str = Field(description="shown, at least, fewer than, hidden or unknown")
    text: str = Field(description="The figure for people, in the language of the answer.")

    @classmethod
    def of(cls, cell: Cell) -> "CellAnswer":
        """The answer for a cell."""
        return cls(value=printing.as_number(cell), status=printing.status(cell), text=printing.as_text(cell))


class MetricFigure(Schema):
    """A metric and its figure."""

    metric: str
    cell: CellAnswer

    @classmethod
    def of(cls, metric: Metric, cell: Cell) -> "MetricFigure":
        """The answer for a metric and a cell."""
        return cls(metric=metric.slug, cell=CellAnswer.of(cell))


class FigureAnswer(MetricFigure):
    """A headline and what has to be read beside it."""

    beside: list[MetricFigure]
    remark: str

    @classmethod
    def of_figure(cls, figure: Figure) -> "FigureAnswer":
        """The answer for a headline."""
        return cls(
            metric=figure.metric.slug,
            cell=CellAnswer.of(figure.cell),
            beside=[MetricFigure.of(metric, cell) for metric, cell in figure.beside],
            remark=str(figure.remark),
        )


class ColumnAnswer(Schema):
    """A column; ``metric`` where the column is one."""

    label: str
    metric: str | None

    @classmethod
    def of(cls, column: Column) -> "ColumnAnswer":
        """The answer for a column."""
        return cls(label=str(column.label), metric=column.metric.slug if column.metric else None)


class RowAnswer(Schema):
    """A row: a cell for each column; ``metric`` where the row is one."""

    label: str
    metric: str | None
    is_total: bool
    cells: list[CellAnswer]

    @classmethod
    def of(cls, row: Row) -> "RowAnswer":
        """The answer for a row."""
        return cls(
            label=str(row.label),
            metric=row.metric.slug if row.metric else None,
            is_total=row.is_total,
            cells=[CellAnswer.of(cell) for cell in row.cells],
        )


class TableAnswer(Schema):
    """A table; ``metric`` is what all of it counts, if one."""

    slug: str
    title: str
    heading: str
    metric: str | None
    columns: list[ColumnAnswer]
    rows: list[RowAnswer]

    @classmethod
    def of(cls, table: Table) -> "TableAnswer":
        """The answer for a table."""
        return cls(
            slug=table.slug,
            title=str(table.title),
            heading=str(table.heading),
            metric=table.metric.slug if table.metric else None,
            columns=[ColumnAnswer.of(column) for column in table.columns],
            rows=[RowAnswer.of(row) for row in table.rows],
        )


class Fact(Schema):
    """Something that a report says of itself."""

    name: str
    text: str


class ApartAnswer(Schema):
    """Reach that is never added to anything: visits to the site, or an estimate; ``method`` says which."""

    name: str
    metric: str | None
    value: int | None = Field(description="A whole number; where it is fewer than something, that number.")
    status: str = Field(description="shown, fewer than or unknown")
    unit: str
    method: str
    source: str

    @classmethod
    def of(cls, row: Apart) -> "ApartAnswer":
        """The answer for a row."""
        value = row.value.value if isinstance(row.value, FewerThan | Shown) else row.value
        return cls(
            name=row.name,
            metric=row.metric.slug if row.metric else None,
            value=value if isinstance(value, int) else None,
            status=csv_file.status(row.value),
            unit=row.unit,
            method=row.method,
            source=row.source,
        )


class ReportAnswer(Schema):
    """The figures of a scope."""

    title: str
    status: str = Field(description="provisional, closed or frozen")
    snapshot: int | None = Field(description="Number of the snapshot; null while figures are provisional.")
    digest: str = Field(description="SHA-256 of the stored snapshot; empty while figures are provisional.")
    version: int | None = Field(description="Version of the snapshot; null where there is none.")
    reason: str = Field(description="Why the snapshot was corrected; empty for the first version.")
    newest: int | None = Field(description="Number of the snapshot that replaced this one; null if none did.")
    k: int = Field(description="Smallest count shown.")
    demo_data: str = Field(description="none, some or all")
    about: list[Fact]
    notes: list[str]
    figures: list[FigureAnswer]
    tables: list[TableAnswer]
    apart: list[ApartAnswer] = Field(description="Never to be added to the figures, nor to each other.")

    @classmethod
    def of(cls, report: Report) -> "ReportAnswer":
        """The answer for a report."""
        stands = standing(report)
        return cls(
            title=str(report.title),
            status=stands.status.value,
            snapshot=report.snapshot.number if report.snapshot else None,
            digest=stands.digest,
            version=stands.version,
            reason=stands.reason,
            newest=stands.newest,
            k=report.k,
            demo_data=report.demo or "none",
            about=[Fact(name=name, text=text) for name, text in about(report)],
            notes=[str(note) for note in report.notes],
            figures=[FigureAnswer.of_figure(figure) for figure in report.figures],
            tables=[TableAnswer.of(table) for table in report.tables],
            apart=[ApartAnswer.of(row) for row in report.apart],
        )


class CampaignAnswer(Schema):
    """A campaign; ``code`` is asked for."""

    code: str
    name: str


class PeriodAnswer(Schema):
    """A period; both days are included, in the office's time zone."""

    code: str
    name: str
    begins: str
    ends: str


class BroadcastAnswer(Schema):
    """A broadcast; the days are in the office's time zone."""

    number: int
    title: str
    campaign: str | None
    state: str
    demo_data: bool


class OfferAnswer(Schema):
    """Everything that a report can be asked for; there are no other scopes."""

    campaigns: list[CampaignAnswer]
    periods: list[PeriodAnswer]
    broadcasts: list[BroadcastAnswer]

    @classmethod
    def of(cls, offer: Offer) -> "OfferAnswer":
        """The answer for the fixed list."""
        return cls(
            campaigns=[CampaignAnswer(code=each.slug, name=name) for each, name in offer.named_campaigns],
            periods=[
                PeriodAnswer(code=each.code, name=each.name, begins=each.begins.isoformat(), ends=each.ends.isoformat())
                for each in offer.periods
            ],
            broadcasts=[
                BroadcastAnswer(
                    number=each.pk,
                    title=title,
                    campaign=each.campaign.slug if each.campaign else None,
                    state=each.state,
                    demo_data=each.is_demo,
                )
                for each, title in offer.named_broadcasts
            ],
        )


class DefinitionAnswer(Schema):
    """A metric of the closed list with everything that defines it."""

    metric: str
    indicator: str
    version: int
    parts: list[Fact]

    @classmethod
    def of(cls, metric: Metric) -> "DefinitionAnswer":
        """The answer for a metric."""
        parts = [Fact(name=name, text=text) for name, text in definition(metric)]
        return cls(metric=metric.slug, indicator=metric.code, version=metric.version, parts=parts)
