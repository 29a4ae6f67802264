"""The fixed list of periods for which there are figures: months, quarters and calendar years in the office's zone.

There are no others: figures of ranges that readers choose themselves would tell, by their differences, what is hidden.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from outreach.broadcasts.days import write_month
from outreach.broadcasts.office_time import office_day

CODE = re.compile(r"([0-9]{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?")
RANGE = re.compile(r"([0-9]{4}-[0-9]{2}(?:-[0-9]{2})?)(?:/|\.\.|--)([0-9]{4}-[0-9]{2}(?:-[0-9]{2})?)")


class UnknownPeriod(ValueError):
    """A text that names none of the periods; its message says so to the reader."""


@dataclass(frozen=True, order=True)
class Period:
    """A month, a quarter or a year. ``code`` is like ``2026-10``, ``2026-Q4`` or ``2026``; both days are included."""

    begins: date
    ends: date
    code: str

    @property
    def name(self) -> str:
        """For people, in the language in use."""
        if "Q" in self.code:
            return _("Quarter %(number)s of %(year)s") % {"number": self.code[-1], "year": self.code[:4]}
        return write_month(self.begins) if "-" in self.code else self.code

    def has(self, moment: datetime) -> bool:
        """Whether a moment lies in it, by the office's clock."""
        return self.begins <= office_day(moment) <= self.ends


def parse(code: str) -> Period:
    """The period with this code; raises :class:`UnknownPeriod`."""
    found = CODE.fullmatch(code)
    if not found or not "1900" <= found[1] <= "9998":
        raise UnknownPeriod(_why(code))
    year = int(found[1])
    first, months = (int(found[2]), 1) if found[2] else (3 * int(found[3]) - 2, 3) if found[3] else (1, 12)
    after = date(year + (first + months > 12), (first + months - 1) % 12 + 1, 1)
    return Period(date(year, first, 1), after - timedelta(days=1), code)


def _why(code: str) -> str:
    asked = RANGE.fullmatch(code)
    if asked and asked[1] > asked[2]:
        return _("This period ends before it starts. Choose one from the list.")
    return _("There are figures for whole months, quarters and years only. Choose one from the list.")


def around(moments: Iterable[datetime]) -> list[Period]:
    """Every period that has one of these moments, the latest first and the longest before its parts."""
    days = set(map(office_day, moments))
    codes = {
        code
        for day in days
        for code in (f"{day:%Y}", f"{day:%Y}-Q{(day.month + 2) // 3}", f"{day:%Y-%m}")
    }  # fmt: skip
    return sorted(map(parse, codes), key=lambda period: (period.ends, -period.begins.toordinal()), reverse=True)
