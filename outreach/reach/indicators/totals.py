"""The counts of a campaign's broadcasts over a period, from which the indicators that are counted are computed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from django.db.models import Sum
from django.utils.functional import cached_property

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.reach.disclosure import AtLeast, Cell, Hidden, Unknown, cell
from outreach.reach.models import Rollup
from outreach.reach.rollups import ENDED, count_people

from .quarters import moments_of
from .readings import SMALL, is_telling

SUMMED = ("attempted", "accepted", "unsubscribed", "trackable", "clicked")
STEP = 10
"""Figures that are not final are rounded down to whole multiples of this."""


@dataclass(frozen=True)
class Totals:
    """Counts by the names of the metrics; ``genders`` are the people reached, by what they said.

    While they are ``provisional`` nothing but rounded totals may be read, and nothing by gender: what the same figure
    says a day later must not tell of one person. Final ones, those of a period that is frozen, are exact, and small
    counts of them are hidden.
    """

    broadcasts: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    genders: Mapping[str, int] = field(default_factory=dict)
    provisional: bool = True

    def count(self, name: str) -> Cell:
        """One of the counts; unknown where no broadcast ended."""
        if not self.broadcasts:
            return Unknown()
        value = self.counts.get(name, 0)
        return AtLeast(_rounded(value)) if self.provisional else cell(value=value, hidden=0 < value < SMALL)

    def share(self, part: str, whole: str) -> Cell:
        """One count divided by another; while provisional in whole per cent, and from the rounded counts only."""
        return self._share(self.counts.get(part, 0), self.counts.get(whole, 0)) if self.broadcasts else Unknown()

    def gender_share(self, part: Collection[str], whole: Collection[str]) -> Cell:
        """Those of some genders among those of others; not before the figures are final."""
        if not self.broadcasts:
            return Unknown()
        if self.provisional:
            return Hidden()
        counts = [sum(self.genders.get(name, 0) for name in names) for names in (part, whole)]
        # If it was all of them, the figure would tell the gender of each.
        return Hidden() if counts[0] == counts[1] > 0 else self._share(*counts)

    def frequency(self) -> Fraction | None:
        """Accepted messages for each person reached; ``None`` where it is unknown or would tell of few."""
        people, accepted = self.counts.get("people", 0), self.counts.get("accepted", 0)
        if self.provisional:
            people, accepted = _rounded(people), _rounded(accepted)
        return Fraction(accepted, people) if people >= SMALL else None

    def _share(self, part: int, whole: int) -> Cell:
        if self.provisional:
            part, whole = _rounded(part), _rounded(whole)
            return cell(value=Fraction(round(Fraction(100 * part, whole)), 100), hidden=False) if part else Hidden()
        return cell(value=Fraction(part, whole) if whole else None, hidden=is_telling(part, whole))


def _rounded(count: int) -> int:
    return count // STEP * STEP


def totals(*, broadcasts: Collection[int]) -> Totals:
    """The counts of these broadcasts together, as of now; people who got several of them count once."""
    if not broadcasts:
        return Totals()
    summed = Rollup.objects.filter(broadcast__in=broadcasts).aggregate(**{name: Sum(name) for name in SUMMED})
    counts = {name: count or 0 for name, count in summed.items()}
    counts["people"] = count_people(broadcasts=broadcasts)[()]
    by_gender = count_people(broadcasts=broadcasts, by=("gender",))
    return Totals(
        broadcasts=len(broadcasts), counts=counts, genders={str(key[0]): count for key, count in by_gender.items()}
    )


class Counting:
    """The broadcasts of a campaign that ended, and their counts over any days; each is read once."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self._known: dict[tuple[int, ...], Totals] = {}

    @cached_property
    def ended(self) -> list[tuple[int, datetime]]:
        """The numbers of the broadcasts that ended, each with the moment (UTC)."""
        found = Broadcast.objects.filter(campaign=self.campaign, kind=Broadcast.Kind.CAMPAIGN, state__in=ENDED)
        rows = found.filter(finished_at__isnull=False).order_by("pk").values_list("pk", "finished_at")
        return [(pk, moment) for pk, moment in rows if moment]

    def totals(self, first: date, last: date) -> Totals:
        """The counts of the broadcasts that ended from the first to the last of these days in the office."""
        begins, ends = moments_of(first, last)
        numbers = tuple(pk for pk, moment in self.ended if begins <= moment < ends)
        if numbers not in self._known:
            self._known[numbers] = totals(broadcasts=numbers)
        return self._known[numbers]
