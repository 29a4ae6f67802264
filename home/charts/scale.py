"""What all bars have in common: where their scale ends, their colour, and the words of their figures."""

from collections.abc import Iterable

from .canvas import series_colour
from .chart import Chart, Mark
from .rows import NO_FIGURE


def colour(chart: Chart, mark: Mark, series: int = 0) -> str:
    """Strong, unless another row is the one to look at."""
    return "faint" if chart.highlight and mark.key != chart.highlight else series_colour(series)


def figure_text(chart: Chart, mark: Mark) -> str:
    """The figure, or in words that there is none."""
    return mark.text if mark.value is not None else chart.say(NO_FIGURE)


def ends(chart: Chart, figures: Iterable[Mark]) -> tuple[float, float]:
    """The least and the largest of the scale: zero is always on it, and the line of reference."""
    values = [mark.value for mark in figures if mark.value is not None]
    values += [0.0, chart.reference.value if chart.reference else 0.0]
    least, most = min(values), max(values)
    return least, most if most > least else least + 1
