"""How a figure is written: the one way for pages, and the one way for files that a program reads."""

import math
from datetime import date
from decimal import Decimal
from fractions import Fraction

from babel import Locale
from babel.numbers import format_decimal, format_percent
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from outreach.broadcasts.days import write_day

from .disclosure import AtLeast, Cell, FewerThan, Hidden, Number, Shown
from .documents.document import Value

HIDDEN = "hidden"
UNKNOWN = "unknown"
AT_LEAST = "at least"
FEWER_THAN = "fewer than"
SHOWN = "shown"


def as_text(cell: Cell) -> str:
    """A figure for people, in the language in use; a fraction is written in per cent."""
    if isinstance(cell, Shown):
        return number(cell.value)
    if isinstance(cell, AtLeast):
        return _("at least %(share)s") % {"share": number(_bound(cell.value))}
    if isinstance(cell, FewerThan):
        return _("fewer than %(number)s") % {"number": number(cell.value)}
    return _("hidden") if isinstance(cell, Hidden) else "–"


def number(value: Number) -> str:
    """A whole number, a share or a mean, in the language in use."""
    locale = _locale()
    if isinstance(value, Decimal):
        return format_decimal(value, format="#,##0.00", locale=locale)
    if isinstance(value, int):
        return format_decimal(value, locale=locale)
    pattern = Locale.parse(locale, sep="_").percent_formats[None].pattern.replace("#,##0", "#,##0.0")
    return format_percent(float(value), pattern, locale=locale)


def _locale() -> str:
    language = get_language() or settings.LANGUAGE_CODE
    found: str = settings.FORMATS_FROM.get(language, language)
    return found.replace("-", "_")


def _bound(value: Number) -> Number:
    """A count as it is, a share down to tenths of a per cent: a little more than the lower bound would not be true."""
    return value if isinstance(value, int) else Fraction(math.floor(value * 1000), 1000)


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
    """A figure for programs: a whole number, or a share of 1 to four places; nothing where it is hidden or unknown.

    Of a figure that is at least or fewer than something, that number.
    """
    if isinstance(cell, Shown):
        return cell.value if isinstance(cell.value, int) else round(float(cell.value), 4)
    if isinstance(cell, AtLeast):
        bound = _bound(cell.value)
        return bound if isinstance(bound, int) else float(bound)
    if isinstance(cell, FewerThan):
        return int(cell.value)
    return None


def value_as_text(value: Value) -> str:
    """Any value of a file or a page for people, in the language in use; what is missing is empty."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, date):
        return write_day(value)
    if isinstance(value, float):
        return format_decimal(value, locale=_locale())
    return number(value) if isinstance(value, int | Fraction) else as_text(value)
