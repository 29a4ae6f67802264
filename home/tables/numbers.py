"""Figures as people write them in spreadsheets, read without guessing.

“1,234” is a thousand and more in one country and a little over one in the next. A cell that can be read in two ways is
decided by the other cells of its column, if they are clear and agree, or by what the editor said; else it is an error.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from .table import Cell

MOST_DIGITS = 15
"""So many digits survive in every spreadsheet; a longer run of them is a code and no quantity."""

SPACES = " \u00a0\u2009\u202f'’"
"""What stands between thousands in French, by the rules of ISO 80000, and in Switzerland."""


class Notation(models.TextChoices):
    """How a table writes its numbers, as far as the editor said so."""

    CLEAR = "", _("As it is clear from the numbers")
    POINT = "point", _("Decimal point: 1,234.5")
    COMMA = "comma", _("Decimal comma: 1.234,5")


def _pattern(group: str, decimal: str) -> re.Pattern[str]:
    whole = rf"(?:0|[1-9][0-9]*|[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})+|[1-9][0-9]{{0,2}}(?:[{SPACES}][0-9]{{3}})+)"
    return re.compile(rf"([+-]?)({whole})({decimal}[0-9]+)?( ?%)?")


PATTERNS = {Notation.POINT: _pattern(",", r"\."), Notation.COMMA: _pattern(r"\.", ",")}
AMBIGUOUS = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")


@dataclass(frozen=True)
class Named:
    """A cell as it was written, with the name that a spreadsheet gives it, such as ``B7``."""

    name: str
    text: str


def readings(text: str) -> dict[Notation, int | float]:
    """What the text may mean as a number: nothing, the same in both notations, or in each its own number.

    A per cent sign is left out: ``12.7%`` is 12.7.
    """
    found: dict[Notation, int | float] = {}
    for notation, pattern in PATTERNS.items():
        match = pattern.fullmatch(text.replace("−", "-"))
        if match is None or len(re.sub("[^0-9]", "", text)) > MOST_DIGITS:
            continue
        sign, whole, decimals, _percent = match.groups()
        digits = sign + re.sub("[^0-9]", "", whole)
        found[notation] = float(f"{digits}.{decimals[1:]}") if decimals else int(digits)
    return found


def read_column(cells: Iterable[Named], notation: Notation) -> tuple[list[Cell], list[ValidationError]]:
    """The cells of a column: numbers where they are numbers, ``None`` where they are empty, else their text.

    The second list has a message for each number that can't be read for sure; in the first it is ``None``.
    """
    cells = list(cells)
    possible = [readings(cell.text) for cell in cells]
    clear: dict[Notation, Named] = {}
    for cell, found in zip(cells, possible, strict=True):
        if len(found) == 1:
            clear.setdefault(next(iter(found)), cell)
    if not notation and len(clear) == 2:
        message = _("%(one)s and %(other)s write decimals in two ways. Write one way in the whole column.")
        point, comma = sorted(cell.name for cell in clear.values())
        return [None for _cell in cells], [ValidationError(message, params={"one": point, "other": comma})]
    decided = notation or next(iter(clear), Notation.CLEAR)
    read: list[Cell] = []
    errors: list[ValidationError] = []
    for cell, found in zip(cells, possible, strict=True):
        numbers = set(found.values())
        if not found:
            read.append(cell.text or None)
        elif len(found) == 2 and len(numbers) == 1:
            read.append(numbers.pop())
        elif decided in found:
            read.append(found[Notation(decided)])
        else:
            read.append(None)
            errors.append(_unsure(cell, found, decided))
    return read, errors


def _unsure(cell: Named, found: dict[Notation, int | float], decided: str) -> ValidationError:
    """What stands in the way of reading the number."""
    if decided:
        message = _("%(cell)s: “%(text)s” is not written in the way that you chose for numbers.")
        return ValidationError(message, params={"cell": cell.name, "text": cell.text})
    message = _("%(cell)s: “%(text)s” can mean %(one)s or %(other)s. Say below how numbers are written.")
    one, other = (str(found[notation]) for notation in (Notation.POINT, Notation.COMMA))
    return ValidationError(message, params={"cell": cell.name, "text": cell.text, "one": one, "other": other})


def write_figure(value: int | float) -> str:
    """The number with a decimal point and nothing between thousands, so that it can be read in one way only.

    1.125 is written with another zero: three digits behind a point could be thousands.
    """
    if isinstance(value, int):
        return str(value)
    text = format(Decimal(repr(value)), "f")
    return text + "0" if AMBIGUOUS.fullmatch(text) else text


def is_percent(text: str) -> bool:
    """Whether the text is a number with a per cent sign."""
    return text.endswith("%") and bool(readings(text))


def as_cell(text: str) -> Cell:
    """A number where the text is one with a decimal point, ``None`` where it is blank: for tables of programs."""
    text = text.strip()
    return readings(text).get(Notation.POINT, text) if text else None
