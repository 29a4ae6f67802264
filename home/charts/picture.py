"""A picture to share: the finding as its headline, the chart, and the source, on one card."""

from django.conf import settings
from django.utils.translation import get_language_info

from .canvas import Canvas, wrap
from .chart import Chart, Size

WIDTH, MARGIN = 800.0, 60.0
LEAST_HEIGHT = 420.0
"""As flat as the previews of shared links are."""
HEADLINE, SUBTITLE, SOURCE = 30, 18, 14


def compose(chart: Chart, drawing: Canvas) -> Canvas:
    """The chart under its finding and over its source; in a right-to-left language their lines begin at the right."""
    room = WIDTH - 2 * MARGIN
    headline, subtitle = wrap(chart.title, room, HEADLINE * 1.04), wrap(chart.subtitle, room, SUBTITLE)
    source = wrap(" · ".join(part for part in (chart.source, settings.WAGTAIL_SITE_NAME) if part), room, SOURCE)
    chart_top = 64 + len(headline) * 38 + len(subtitle) * 25 + 20
    chart_height = float((drawing.root.get("viewBox") or "0 0 0 0").split()[3])
    height = max(chart_top + chart_height + 34 + len(source) * 20 + 24, LEAST_HEIGHT)
    card = Canvas(WIDTH, height)
    card.rectangle(0, 0, WIDTH, height, "ground")
    card.rectangle(0, 0, WIDTH, 10, "series-1")
    bidi = bool(get_language_info(chart.language)["bidi"])
    x, anchor = (WIDTH - MARGIN, "end") if bidi else (MARGIN, "start")
    y = 64.0
    for line in headline:
        card.text(x, y, line, size=HEADLINE, bold=True, anchor=anchor)
        y += 38
    for line in subtitle:
        card.text(x, y, line, size=SUBTITLE, fill="quiet", anchor=anchor)
        y += 25
    card.place(drawing, MARGIN + (room - Size.WIDE.value) / 2, chart_top)
    y = height - 24 - (len(source) - 1) * 20 - 6
    for line in source:
        card.text(x, y, line, size=SOURCE, fill="quiet", anchor=anchor)
        y += 20
    card.describe(chart.title, chart.description)
    return card
