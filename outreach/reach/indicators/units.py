"""In what an indicator is measured, and which values fit."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PERCENT = Decimal(100)


class Unit(models.TextChoices):
    """What a value is. A share is written in per cent, from 0 to 100."""

    COUNT = "count", gettext_lazy("Count")
    SHARE = "share", gettext_lazy("Share in per cent")
    MEAN = "mean", gettext_lazy("Mean")
    TEXT = "text", gettext_lazy("Text")


def misfit(unit: str, value: Decimal | None, text: str) -> str:
    """Why a value does not fit its unit, in a sentence; empty where it fits or where there is none."""
    if unit == Unit.TEXT:
        return _("This indicator is told in words: write them instead of a number.") if value is not None else ""
    if text:
        return _("This indicator is a number: leave the words empty.")
    if value is None:
        return ""
    if unit != Unit.MEAN and value < 0:
        return _("This can't be less than 0.")
    if unit == Unit.COUNT and value != value.to_integral_value():
        return _("A count is a whole number.")
    if unit == Unit.SHARE and value > PERCENT:
        return _("A share is at most 100 per cent.")
    return ""


def check_value(unit: str, value: Decimal | None, text: str, *, field: str, text_field: str) -> None:
    """Raise ``ValidationError`` at the field whose value does not fit the unit."""
    if sentence := misfit(unit, value, text):
        raise ValidationError({text_field if text and unit != Unit.TEXT else field: sentence})


def as_share(part: int, whole: int) -> Decimal:
    """A part in per cent of a whole, to four places; ``ZeroDivisionError`` without a whole."""
    return (PERCENT * part / whole).quantize(Decimal("0.0001"))
