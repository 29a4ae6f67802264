"""Charts, drawn on the server from an infographic's table in every language.

``chart.py`` says what is drawn, ``bars.py``, ``lines.py`` and ``parts.py`` place the marks of each form on a canvas,
``drawing.py`` keeps the result as a file, ``picture.py`` sets a chart with its finding and source on a card to share.
Every label is placed here and written by the language's rules, so a chart needs no script, no font file and no fetch.
"""

from .chart import Chart, Number, Reference, Size
from .drawing import draw_inline, draw_picture, draw_svg

__all__ = ["Chart", "Number", "Reference", "Size", "draw_inline", "draw_picture", "draw_svg"]
