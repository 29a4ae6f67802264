"""How a figure is written: the one way for pages, and the one way for files that a program reads."""

import math
from fractions import Fraction

from babel import Locale
from babel.numbers import format_decimal, format_percent
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .disclosure import AtLeast, Cell, FewerThan, Hidden, Number, Shown

HIDDEN = "hidden"
UNKNOWN = "unknown"
AT_LEAST = "at least"
FEWER_THAN = "fewer than"
SHOWN = "shown"


def as_text(cell: Cell) -> str:
    """A figure for people, in the language in use; a fraction is written in per cent."""
    if isinstance(cell, Shown):
        return _number(cell.value)
    if isinstance(cell, AtLeast):
        least = cell.value if isinstance(cell.value, int) else _rounded_down(cell.value)
        return _("at least %(share)s") % {"share": _number(least)}
    if isinstance(cell, FewerThan):
        return _("fewer than %(number)s") % {"number": _number(cell.value)}
    return _("hidden") if isinstance(cell, Hidden) else "–"


def _number(value: Number) -> str:
    language = get_language() or settings.LANGUAGE_CODE
    locale = settings.FORMATS_FROM.get(language, language).replace("-", "_")
    if isinstance(value, int):
        return format_decimal(value, locale=locale)
    pattern = Locale.parse(locale, sep="_").percent_formats[None].pattern.replace("#,##0", "#,##0.0")
    return format_percent(float(value), pattern, locale=locale)


def _rounded_down(share: Number) -> Fraction:
    """To tenths of a per cent: a little more than the lower bound would not be true."""
    return Fraction(math.floor(share * 1000), 1000)


def status(cell: Cell) -> str:
    """What a figure in a file is worth: shown, at least, fewer than, hidden or unknown; the same in every language."""
    if isinstance(cell, Shown):
        return SHOWN
    if isinstance(cell, AtLeast):
        return AT_LEAST
    if isinstance(cell, FewerThan):
        return FEWER_THAN
    return HIDDEN if isinstance(cell, Hidden) else UNKNOWN


def as_number(cell: Cell) -> int | float | None:
    """A figure for programs: a whole number, or a share of 1 to four places; nothing where it is hidden or unknown."""
    if isinstance(cell, Shown):
        return cell.value if isinstance(cell.value, int) else round(float(cell.value), 4)
    if isinstance(cell, AtLeast):
        return cell.value if isinstance(cell.value, int) else float(_rounded_down(cell.value))
    return cell.value if isinstance(cell, FewerThan) else None
