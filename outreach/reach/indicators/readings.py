"""A value of an indicator as it may be read: a count or a share, perhaps hidden; a mean; or words."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from babel.numbers import format_decimal
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from outreach.reach import disclosure, printing, provisional
from outreach.reach.disclosure import AtLeast, Cell, Hidden, Shown, Unknown
from outreach.reach.documents.document import Value

from .framework import Indicator
from .records import Estimate
from .units import Unit

Reading: TypeAlias = Cell | Decimal | str
"""``Unknown`` where there is no value; 0 is a value."""

SMALL = 5
"""Of people, no evaluator sees a count of 1 to 4."""


def reading(*, unit: str, value: Decimal | None, text: str = "", n: int | None = None) -> Reading:
    """A value that was written down.

    ``n`` is of how many people it is: a mean of fewer than five is hidden, and a share that tells of so few of them.
    """
    if unit == Unit.TEXT:
        return text or Unknown()
    if value is None:
        return Unknown()
    if unit == Unit.COUNT:
        return Shown(int(value))
    if unit == Unit.SHARE:
        return share(value, of=n)
    return Hidden() if is_few(n or 0) else value


def baseline(indicator: Indicator) -> Reading:
    """The baseline of an indicator; unknown where it was not measured."""
    asked = indicator.people(indicator.baseline_n)
    if indicator.counts_respondents and indicator.baseline is not None:
        return respondents(int(indicator.baseline), of=asked)
    return reading(unit=indicator.unit, value=indicator.baseline, text=indicator.baseline_text, n=asked)


def share(percent: Decimal, *, of: int | None) -> Cell:
    """A share in per cent, hidden where it, or the rest, is one of fewer than five out of ``of``."""
    return disclosure.cell(value=Fraction(percent) / 100, hidden=is_telling_share(percent, of))


def is_telling_share(percent: Decimal | None, whole: int | None) -> bool:
    """Whether a share in per cent is one of so few, or leaves so few; not where nobody knows of how many it is."""
    if percent is None or not whole:
        return False
    part = Fraction(percent) * whole / 100
    return any(some > 0 and round(some) < SMALL for some in (part, whole - part))


def is_few(people: int) -> bool:
    """Whether so few people were counted one by one that their number is not told."""
    return 0 < people < SMALL


def counted_people(people: int) -> Cell:
    """People who were counted one by one."""
    return disclosure.few(people=people, k=SMALL)


def asked_or_counted(indicator: Indicator, n: int | None) -> Cell:
    """The n of a value: exact where it counts items or visits, and people as :func:`counted_people` has them."""
    if n is None:
        return Unknown()
    return counted_people(n) if indicator.counts_people else Shown(n)


def respondents(people: int, *, of: int | None) -> Cell:
    """A number of people out of ``of``, hidden where few of these are left."""
    return Hidden() if of and is_few(of - people) and not is_few(people) else counted_people(people)


def reported(estimate: Estimate) -> Cell:
    """The number of an estimate; of few people who were counted one by one only that they are few."""
    return counted_people(estimate.number) if estimate.is_one_by_one else Shown(estimate.number)


def is_telling(part: int, whole: int) -> bool:
    """Whether a part of some people, or the rest of them, is so small that it could point at somebody."""
    return 0 < part < SMALL or 0 < whole - part < SMALL


def counted_women(*, women: int | None, whole: int) -> Cell:
    """How many women were counted; hidden where it tells of fewer than five people."""
    return disclosure.cell(value=women, hidden=women is not None and is_telling(women, whole))


def female_share(*, women: int | None, whole: int | None, percent: Decimal | None = None) -> Cell:
    """The share of women; hidden where it tells of fewer than five people, unknown where nobody noted it."""
    if women is not None and whole:
        return disclosure.cell(value=Fraction(women, whole), hidden=is_telling(women, whole))
    return Unknown() if percent is None else share(percent, of=whole)


def number(read: Reading) -> Fraction | None:
    """The value to reckon with; ``None`` where it is hidden, unknown or in words."""
    if isinstance(read, Decimal):
        return Fraction(read)
    return Fraction(read.value) if isinstance(read, Shown | AtLeast) else None


def achievement(*, target: Reading, actual: Reading) -> Cell:
    """The actual divided by the target; unknown where one of them is, or where the target is 0.

    A lower bound of the actual gives a lower bound here.
    """
    wanted, reached = number(target), number(actual)
    if not wanted or reached is None:
        return Unknown()
    if isinstance(actual, AtLeast):
        return AtLeast(reached / wanted) if reached else Hidden()
    return Shown(reached / wanted)


def words(read: Reading) -> str:
    """A value for people, in the language in use."""
    if isinstance(read, str):
        return read
    return _decimal(read) if isinstance(read, Decimal) else printing.as_text(_told(read))


def typed(read: Reading) -> Value:
    """A value for a file, which says the same as :func:`words`."""
    if isinstance(read, str):
        return read
    return float(read) if isinstance(read, Decimal) else _told(read)


def _told(read: Cell) -> Cell:
    """A figure that is not final is rounded down to tens: of none of them, nothing tells 0 from 9."""
    return provisional.rounded(read.value) if isinstance(read, AtLeast) and isinstance(read.value, int) else read


def plain(unit: str, value: Decimal | None, text: str = "") -> str:
    """A value for the audit trail, in full and the same in every language."""
    if unit == Unit.TEXT:
        return text
    if value is None:
        return ""
    written = f"{value.normalize():f}"
    return f"{written} %" if unit == Unit.SHARE else written


def period(first: date | None, last: date | None) -> str:
    """Days from and to, as a program sorts them."""
    return " – ".join(dict.fromkeys(day.isoformat() for day in (first, last) if day))


def _decimal(value: Decimal) -> str:
    return str(format_decimal(value.normalize(), locale=_locale()))


def _tenths(value: float, *, signed: bool) -> str:
    return str(format_decimal(value, "+#,##0.0;-#,##0.0" if signed else "#,##0.0", locale=_locale()))


def _locale() -> str:
    language = get_language() or settings.LANGUAGE_CODE
    found: str = settings.FORMATS_FROM.get(language, language)
    return found.replace("-", "_")


def changed(difference: Fraction) -> str:
    """The difference of two shares in percentage points."""
    return _("change since the baseline: %(points)s points") % {"points": _tenths(float(100 * difference), signed=True)}


def points(low: float, high: float, *, signed: bool) -> str:
    """An interval in per cent, or in percentage points where it is that of a difference."""
    ends = [_tenths(100 * end, signed=signed) for end in (low, high)]
    sentence = (
        _("95 %% interval of the change: %(low)s to %(high)s points")
        if signed
        else _("95 %% interval: %(low)s to %(high)s %%")
    )
    return sentence % {"low": ends[0], "high": ends[1]}
