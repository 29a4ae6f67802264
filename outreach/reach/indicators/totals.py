"""The counts of a campaign's broadcasts over a period, from which the indicators that are counted are computed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Protocol

from django.db.models import Q
from django.utils.functional import cached_property

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.reach import disclosure, provisional
from outreach.reach.counts import GENDERS as NAMES
from outreach.reach.cube import Cube
from outreach.reach.disclosure import AtLeast, Cell, Hidden, Shown, Unknown, cell
from outreach.reach.snapshots.models import Snapshot
from outreach.reach.snapshots.reading import content_of
from outreach.reach.tables import EVALUATORS_K
from outreach.reach.window import ENDED

from .quarters import moments_of

SUMMED = ("attempted", "accepted", "withdrawn")
GENDERS = {name: gender for gender, name in NAMES.items()}
"""The code of each gender, by the name of its count."""


class Totals(Protocol):
    """What the broadcasts of a period reached together."""

    @property
    def broadcasts(self) -> int:
        """How many there were."""
        ...

    @property
    def provisional(self) -> bool:
        """Whether they can still change."""
        ...

    def count(self, name: str) -> Cell:
        """One of the counts; unknown where no broadcast ended."""
        ...

    def share(self, part: str, whole: str) -> Cell:
        """One count divided by another."""
        ...

    def gender_share(self, part: Collection[str], whole: Collection[str]) -> Cell:
        """The people of some genders among those of others, by the names of counts; among all if none is given."""
        ...

    def frequency(self) -> Cell:
        """Accepted messages for each person reached."""
        ...


@dataclass(frozen=True)
class Moving:
    """Totals that are not final: rounded down, and nothing by gender.

    What the same figure says a day later must not tell of one person.
    """

    broadcasts: int = 0
    counts: Mapping[str, int | None] = field(default_factory=dict)
    provisional: bool = True

    def count(self, name: str) -> Cell:
        """At least so many, or kept back."""
        if not self.broadcasts:
            return Unknown()
        return Hidden() if self.counts.get(name, 0) is None else AtLeast(self._rounded(name))

    def share(self, part: str, whole: str) -> Cell:
        """In whole per cent, and from the rounded counts only."""
        if not self.broadcasts:
            return Unknown()
        some, every = self._rounded(part), self._rounded(whole)
        if every <= some:
            # Of some broadcasts the whole is hidden and the part is not; or what is left was rounded to nothing.
            return Hidden()
        return cell(value=Fraction(round(Fraction(100 * some, every)), 100), hidden=False) if some else Hidden()

    def gender_share(self, part: Collection[str], whole: Collection[str]) -> Cell:
        """Not before the figures are final."""
        return Hidden() if self.broadcasts else Unknown()

    def frequency(self) -> Cell:
        """From the rounded counts."""
        if not self.broadcasts:
            return Unknown()
        people = self._rounded("people")
        return Shown(Fraction(self._rounded("accepted"), people)) if people else Hidden()

    def _rounded(self, name: str) -> int:
        return (self.counts.get(name) or 0) // provisional.STEP * provisional.STEP


@dataclass(frozen=True)
class Frozen:
    """The final totals of a frozen period, as its snapshot shows them to evaluators."""

    cube: Cube
    broadcasts: int
    provisional: bool = False

    def count(self, name: str) -> Cell:
        """As it is stored: exact, or hidden."""
        return self.cube.total(name)

    def share(self, part: str, whole: str) -> Cell:
        """From what is shown; of everybody or of nobody it says nothing of each."""
        return disclosure.share(parts=[self.count(part)], whole=self.count(whole))

    def gender_share(self, part: Collection[str], whole: Collection[str]) -> Cell:
        """Hidden where all of some genders are of one: the figure would tell the gender of each."""
        every = disclosure.added([self._people(name) for name in whole]) if whole else self.cube.read("people")
        found = disclosure.share(parts=[self._people(name) for name in part], whole=every)
        return Hidden() if whole and found == Shown(Fraction(1)) else found

    def frequency(self) -> Cell:
        """Where both counts are shown."""
        return disclosure.share(parts=[self.cube.read("accepted")], whole=self.cube.read("people"))

    def _people(self, name: str) -> Cell:
        return self.cube.read("people", {"gender": GENDERS[name]})


class Counting:
    """The broadcasts of a campaign that ended, and their counts over any days; each is read once."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self._known: dict[tuple[int, ...], Moving] = {}

    @cached_property
    def ended(self) -> list[tuple[Broadcast, datetime]]:
        """The broadcasts that ended, each with the moment (UTC)."""
        found = Broadcast.objects.filter(campaign=self.campaign, kind=Broadcast.Kind.CAMPAIGN, state__in=ENDED)
        rows = found.filter(finished_at__isnull=False).order_by("pk")
        return [(each, each.finished_at) for each in rows if each.finished_at]

    @cached_property
    def frozen(self) -> dict[tuple[date, date], Snapshot]:
        """The newest snapshot of each period of the campaign that is frozen, by its first and last day."""
        found = Snapshot.objects.filter(~Q(kind=Snapshot.Kind.BROADCAST), campaign=self.campaign).order_by("version")
        return {(each.first_day, each.last_day): each for each in found}

    def totals(self, first: date, last: date) -> Totals:
        """The counts of the broadcasts that ended from the first to the last of these days in the office."""
        snapshot = self.frozen.get((first, last))
        if snapshot:
            content = content_of(snapshot)
            return Frozen(Cube(content["figures"][str(EVALUATORS_K)]), len(content["broadcasts"]))
        begins, ends = moments_of(first, last)
        return self._moving([broadcast for broadcast, moment in self.ended if begins <= moment < ends])

    def _moving(self, broadcasts: Sequence[Broadcast]) -> Moving:
        numbers = tuple(each.pk for each in broadcasts)
        if numbers not in self._known:
            known = provisional.known(broadcasts=broadcasts, names=SUMMED, k=EVALUATORS_K) if numbers else {}
            self._known[numbers] = Moving(len(numbers), known)
        return self._known[numbers]
