"""The counts of a campaign's broadcasts over a period, from which the indicators that are counted are computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Protocol

from django.db.models import Q
from django.utils.functional import cached_property

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.reach import provisional
from outreach.reach.cube import Cube
from outreach.reach.disclosure import AtLeast, Cell, Hidden, Shown, Unknown
from outreach.reach.metrics import FEMALE_SHARE, FREQUENCY, STATED, Metric
from outreach.reach.snapshots.models import Snapshot
from outreach.reach.snapshots.reading import content_of
from outreach.reach.tables import EVALUATORS_K
from outreach.reach.window import ENDED

from .quarters import moments_of

SUMMED = ("attempted", "accepted", "withdrawn")


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

    def share(self, metric: Metric) -> Cell:
        """One sum of counts divided by another."""
        ...


@dataclass(frozen=True)
class Moving:
    """Totals that are not final: rounded down, and nothing by gender.

    What the same figure says a day later must not tell of one person.
    """

    broadcasts: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    provisional: bool = True

    def count(self, name: str) -> Cell:
        """At least so many."""
        return AtLeast(self._rounded(name)) if self.broadcasts else Unknown()

    def share(self, metric: Metric) -> Cell:
        """From the rounded counts only, a part of a whole in per cent; of genders nothing before they are final."""
        if not self.broadcasts:
            return Unknown()
        found = metric.cell(lambda name: Hidden() if name in STATED else Shown(self._rounded(name)))
        if metric is FREQUENCY:
            return found if isinstance(found, Shown) else Hidden()
        # Of some broadcasts the whole is hidden and the part is not: the part is then more.
        if not isinstance(found, Shown) or not 0 < found.value <= 1:
            return Hidden()
        return Shown(Fraction(round(Fraction(found.value) * 100), 100))

    def _rounded(self, name: str) -> int:
        return self.counts.get(name, 0) // provisional.STEP * provisional.STEP


@dataclass(frozen=True)
class Frozen:
    """The final totals of a frozen period, as its snapshot shows them to evaluators."""

    cube: Cube
    broadcasts: int
    provisional: bool = False

    def count(self, name: str) -> Cell:
        """As it is stored: exact, or hidden."""
        return self.cube.read(name)

    def share(self, metric: Metric) -> Cell:
        """From what is shown; hidden where all who stated a gender stated one: it would tell that of each."""
        found = self.cube.of(metric)
        return Hidden() if metric is FEMALE_SHARE and found == Shown(Fraction(1)) else found


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
