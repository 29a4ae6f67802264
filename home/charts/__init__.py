"""Charts, drawn on the server from an infographic's table in every language.

``chart.py`` says what is drawn, ``needs.py`` what a form can't do without. The marks of each form are placed on a
canvas by ``bars.py``, ``columns.py``, ``stacks.py``, ``lines.py`` and ``parts.py``, with ``rows.py``, ``remarks.py``
and ``scale.py`` for what they share; ``letters.py`` knows how wide words are. ``picture.py`` sets a chart with its
finding and source on a card, ``drawing.py`` keeps the results as files. Every label is placed here and written by the
language's rules, so a chart needs no script, no font file and no fetch.
"""

from .chart import Annotation, Chart, Number, Reference, Size
from .drawing import draw_inline, draw_picture, draw_svg
from .picture import Shape

__all__ = [
    "Annotation",
    "Chart",
    "Number",
    "Reference",
    "Shape",
    "Size",
    "draw_inline",
    "draw_picture",
    "draw_svg",
]
