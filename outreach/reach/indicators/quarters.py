"""Quarters of the calendar year, in days of the office's time zone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from outreach.broadcasts.office_time import first_moment, office_zone

WRITTEN = re.compile(r"([0-9]{4})-?[Qq]([1-4])")


@dataclass(frozen=True, order=True)
class Quarter:
    """Three months, of which ``number`` 1 begins in January."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter in which a day lies."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """Read ``2026-Q4``; raises ``ValueError`` with a sentence for any other text."""
        found = WRITTEN.fullmatch(text.strip()) if text.isascii() else None
        if not found or not 1000 <= int(found[1]) <= 9998:
            raise ValueError(_("Write a quarter like 2026-Q4."))
        return cls(int(found[1]), int(found[2]))

    @property
    def next(self) -> "Quarter":
        """The one that follows."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def first_day(self) -> date:
        """The day on which it begins."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        """The day on which it ends."""
        return self.next.first_day - timedelta(days=1)


def quarters(first: date, last: date) -> Iterator[Quarter]:
    """Every quarter that has a day from ``first`` to ``last``."""
    quarter = Quarter.of(first)
    while quarter <= Quarter.of(last):
        yield quarter
        quarter = quarter.next


def moments_of(first: date, last: date) -> tuple[datetime, datetime]:
    """The moments (UTC) at which the first day begins and the day after the last one, by the clocks of the office."""
    zone = office_zone()
    begins, ends = (datetime.combine(day, time()) for day in (first, last + timedelta(days=1)))
    return first_moment(begins, zone), first_moment(ends, zone)
