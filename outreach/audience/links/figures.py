"""Counts as they may be shown: no count of one to four, and none that follows from what is shown.

The rule is the simplest that holds: only the count of one source, channel and calendar month is looked at, and it is
hidden if it is small. Everything else, be it a total over channels, over sources or over months, is made out of what
is shown of those, never out of the counts behind them; a hidden count goes in as the one that it is at least. So
whoever subtracts gets nothing back but what the page said already. The month under way is rounded down to fives, since
comparing the page of today with that of yesterday would tell of single people.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

SMALL = 5
"""Counts below it, other than none, are hidden."""


@dataclass(frozen=True)
class Figure:
    """What is shown of a count: it is ``least`` or, unless ``is_exact``, may be more; ``is_hidden`` says below five."""

    least: int
    is_exact: bool = True
    is_hidden: bool = False

    @property
    def text(self) -> str:
        """For people, in the language in use."""
        if self.is_hidden:
            return f"<{SMALL}"
        if self.is_exact:
            return str(self.least)
        return _("at least %(number)s") % {"number": self.least}


NOBODY = Figure(0)


def figure(count: int, *, is_under_way: bool) -> Figure:
    """What is shown of the count of one source, channel and month."""
    if 0 < count < SMALL:
        return Figure(1, is_exact=False, is_hidden=True)
    if is_under_way and count:
        return Figure(count - count % SMALL, is_exact=False)
    return Figure(count)


def total(figures: Iterable[Figure]) -> Figure:
    """The sum of what is shown; it knows no more than its parts."""
    parts = [part for part in figures if part != NOBODY]
    if len(parts) == 1:
        return parts[0]
    return Figure(sum(part.least for part in parts), is_exact=all(part.is_exact for part in parts))
