"""Days and months as the language in use writes them: as the site does, also where Django has no formats for it."""

from datetime import date

from django.conf import settings
from django.utils.translation import get_language

from home import formats


def write_day(day: date) -> str:
    """The day in full, for example ``19 oktòb 2026``."""
    return formats.write_date(day, get_language() or settings.LANGUAGE_CODE)


def write_month(day: date) -> str:
    """The month of a day with its year, for example ``oktòb 2026``."""
    return formats.write_month(day, get_language() or settings.LANGUAGE_CODE)
