"""What a form of chart can't do without: an editor is told, before a reader sees an empty picture."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .canvas import SERIES
from .chart import Chart

WITH_AXES = ("bar", "line", "stacked", "stacked100")
STACKED = ("stacked", "stacked100")
NUMBERS = ("share", "number")
MOST_ANNOTATIONS = 3


def lacking(chart: Chart) -> Iterator[tuple[str, ValidationError]]:
    """What a chart needs and does not have, each with the field of the page in which it would stand."""
    table = chart.table
    along, drawn = table.column("x"), table.drawn()
    if chart.form in NUMBERS and chart.number is None:
        yield "number_value", ValidationError(_("This chart needs the one number."))
    if chart.form in WITH_AXES and table.rows and not (along and drawn):
        message = _("This chart needs one column along the axis and at least one that is drawn.")
        yield "columns", ValidationError(message)
    if along and chart.form == "line" and along.format != "year":
        yield "columns", ValidationError(_("Lines need years along the axis."))
    if chart.form in WITH_AXES and len(drawn) > SERIES:
        message = _("A chart can draw %(most)d columns at most: keep those that show the finding.")
        yield "columns", ValidationError(message, params={"most": SERIES})
    if chart.form in STACKED and along and len(drawn) == 1:
        yield "columns", ValidationError(_("Stacked bars need two columns or more that are drawn."))
    if chart.form in STACKED and len({column.format for column in drawn}) > 1:
        yield "columns", ValidationError(_("Columns that are stacked need the same unit."))
    if along and chart.form in WITH_AXES and table.rows:
        yield from unknown_names(chart, {str(cell) for cell in table.drawn_cells(along)})


def unknown_names(chart: Chart, names: set[str]) -> Iterator[tuple[str, ValidationError]]:
    """What is to be emphasised or explained, but is not drawn."""
    message = _("“%(name)s” does not stand along the axis.")
    if chart.highlight and chart.highlight not in names:
        yield "highlight", ValidationError(message, params={"name": chart.highlight})
    for annotation in chart.annotations:
        if annotation.at not in names:
            yield "annotations", ValidationError(message, params={"name": annotation.at})
