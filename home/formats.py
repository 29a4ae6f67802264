"""Numbers and dates as each language writes them.

CLDR's rules come from Babel. A language that CLDR does not know follows another one (``settings.FORMATS_FROM``), except
for the names of its months.
"""

import datetime

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, format_percent, get_decimal_symbol
from django.conf import settings
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

NUMBER_FORMATS = [
    ("integer", _("Whole number")),
    ("decimal1", _("Number with one decimal")),
    ("decimal2", _("Number with two decimals")),
    ("percent", _("Per cent")),
    ("million", _("Millions")),
    ("usd_billion", _("Billions of US dollars")),
]

MONTHS = {
    "ht": [
        "janvye", "fevriye", "mas", "avril", "me", "jen", "jiyè", "out", "septanm", "oktòb", "novanm", "desanm",
    ],
}  # fmt: skip
"""Names of the months where Babel would fall back to another language's."""

PATTERNS = {"integer": "#,##0", "decimal1": "#,##0.0", "decimal2": "#,##0.00", "number": "#,##0.##"}
"""``number`` is not offered to editors: it is for the steps of a scale, with as many decimals as they need."""


def babel_locale(language: str) -> str:
    """The locale whose formats the language uses."""
    return settings.FORMATS_FROM.get(language, language).replace("-", "_")


def decimal_mark(language: str) -> str:
    """What stands between ones and tenths in the language: a point or a comma."""
    return get_decimal_symbol(babel_locale(language))


def write_number(value: float, format: str, language: str, *, decimals: int | None = None) -> str:
    """The number with its unit, for example ``write_number(12.7, "percent", "fr")`` is ``12,7 %``.

    ``percent`` takes percent points; ``million`` and ``usd_billion`` take millions and billions. ``decimals`` is for
    these three; without it there are as many as the number has, up to one.
    """
    if format in ("year", "text"):
        return str(int(value) if value == int(value) else value)
    locale = babel_locale(language)
    if format in PATTERNS:
        return format_decimal(value, PATTERNS[format], locale=locale)
    pattern = "#,##0.#" if decimals is None else "#,##0." + "0" * decimals
    if format == "percent":
        percent = Locale.parse(locale).percent_formats[None].pattern
        return format_percent(value / 100, percent.replace("#,##0", pattern), locale=locale)
    number = format_decimal(value, pattern, locale=locale)
    with override(language):
        unit = gettext("US$%(number)s billion") if format == "usd_billion" else gettext("%(number)s million")
    return unit % {"number": number}


def write_date(date: datetime.date, language: str) -> str:
    """The date in full, for example ``19 octobre 2026``."""
    if language in MONTHS:
        return f"{date.day} {MONTHS[language][date.month - 1]} {date.year}"
    written = format_date(date, "long", locale=babel_locale(language))
    # CLDR has no ordinals in dates.
    return written.replace("1 ", "1er ", 1) if language == "fr" and date.day == 1 else written


def write_month(date: datetime.date, language: str) -> str:
    """The month with its year, for example ``octobre 2026``."""
    if language in MONTHS:
        return f"{MONTHS[language][date.month - 1]} {date.year}"
    return format_skeleton("yMMMM", date, locale=babel_locale(language))
