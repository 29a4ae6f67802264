"""What a metric is: its definition in words, and the one function that computes it from counts.

``value`` gives a whole number, an exact fraction, or ``None`` where nothing is known: unknown is never 0, and a
division by nothing is unknown. ``cell`` is the same figure as it may be read, computed only from counts as they may be
read; every share of the site is divided there and nowhere else. The counts of ``value`` are those of one scope by their
names, as :func:`outreach.reach.counts.at` gives them, with what people entered and what the site counted added under
names of their own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from outreach.reach.disclosure import Cell, Hidden, Shown, Unknown, added, share

Number = int | Fraction
Counts = Mapping[str, Number]
Read = Callable[[str], Cell]
"""The count with a name, as it may be read."""

OUTPUT, OUT_TAKE, OUTCOME, EFFICIENCY = _("output"), _("out-take"), _("outcome"), _("efficiency")
"""The levels of results, so that none is passed off as another."""

EACH_BROADCAST = _("each broadcast")
EACH_MONTH = _("each month")
EACH_QUARTER = _("each quarter")
BASELINE_AND_ENDLINE = _("baseline and endline")

LEDGER = _("Delivery ledger")
REDIRECTS = _("Redirects of tracked links")
BEACON = _("Reading counter of the site")


@dataclass(frozen=True, kw_only=True)
class Metric:
    """What a figure means: ``code`` is that of the indicator it serves, ``unknown`` when there is no figure at all.

    ``limits`` says with which care to read it, ``disaggregation`` by what it may be broken down, ``frequency`` how
    often it is reported. A metric that is only a part of an indicator may leave these three empty.
    """

    slug: str
    code: str
    name: Promise
    definition: Promise
    formula: Promise
    unit: Promise
    is_not: Promise
    unknown: Promise
    source: Promise
    level: Promise = OUTPUT
    limits: Promise | str = ""
    disaggregation: Promise | str = ""
    frequency: Promise | str = ""
    is_core: bool = True
    is_entered: bool = False
    version: int = 1

    def value(self, counts: Counts) -> Number | None:
        """The figure."""
        raise NotImplementedError

    def cell(self, read: Read) -> Cell:
        """The figure as it may be read."""
        return read(self.slug)


@dataclass(frozen=True, kw_only=True)
class Count(Metric):
    """How many there are; unknown where ``known_by``, if it is given, counts nobody who could have been seen."""

    known_by: str = ""

    def value(self, counts: Counts) -> int | None:
        """The count itself."""
        if self.known_by and not counts.get(self.known_by, 0):
            return None
        return int(counts.get(self.slug, 0))


@dataclass(frozen=True, kw_only=True)
class Given(Metric):
    """A number from outside the ledger: entered by people, or counted by the site; unknown while nobody gave it."""

    def value(self, counts: Counts) -> Number | None:
        """The number, if there is one."""
        return counts.get(self.slug)


@dataclass(frozen=True, kw_only=True)
class Share(Metric):
    """A sum of counts divided by another sum of counts; unknown where there is nothing to divide by.

    Unknown also where one of the counts is not there at all.
    """

    numerator: tuple[str, ...]
    denominator: tuple[str, ...]

    def value(self, counts: Counts) -> Fraction | None:
        """The exact quotient."""
        return _exact(self.cell(lambda name: Shown(counts[name]) if name in counts else Unknown()))

    def cell(self, read: Read) -> Cell:
        """The quotient of what may be read; a lower bound where a part is hidden, if anything else is known."""
        parts = [read(name) for name in self.numerator]
        whole = added([read(name) for name in self.denominator])
        return Unknown() if Unknown() in parts else share(parts=parts, whole=whole)


@dataclass(frozen=True, kw_only=True)
class Change(Metric):
    """One share minus an earlier one: unknown where either is. Negative where things got worse."""

    later: tuple[str, str]
    earlier: tuple[str, str]

    def value(self, counts: Counts) -> Fraction | None:
        """The exact difference, in parts of 1."""
        return _exact(self.cell(lambda name: Shown(counts[name]) if name in counts else Unknown()))

    def cell(self, read: Read) -> Cell:
        """The difference of two shares that may be read."""
        shares = [share(parts=[read(part)], whole=read(whole)) for part, whole in (self.later, self.earlier)]
        if all(isinstance(each, Shown) for each in shares):
            later, earlier = (Fraction(each.value) for each in shares if isinstance(each, Shown))
            return Shown(later - earlier)
        return Unknown() if Unknown() in shares else Hidden()


def _exact(cell: Cell) -> Fraction | None:
    return Fraction(cell.value) if isinstance(cell, Shown) else None
