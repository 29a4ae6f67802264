"""The counts of a campaign's broadcasts over a period, from which the indicators that are counted are computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Protocol

from django.db.models import Q
from django.utils.functional import SimpleLazyObject, cached_property

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.reach import disclosure, provisional
from outreach.reach.coverage import coverage, covered, is_kept
from outreach.reach.cube import Cube
from outreach.reach.disclosure import AtLeast, Cell, Hidden, Shown, Unknown
from outreach.reach.metrics import FEMALE_SHARE, FREQUENCY, STATED, Metric
from outreach.reach.site_counts import SiteCounts
from outreach.reach.snapshots.models import Snapshot
from outreach.reach.snapshots.reading import content_of, populations_in
from outreach.reach.tables import EVALUATORS_K
from outreach.reach.window import ENDED

from .populations import PopulationEstimate
from .quarters import moments_of

SUMMED = ("attempted", "accepted", "withdrawn", "opened", "open_trackable")


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

    @property
    def site(self) -> Mapping[str, int]:
        """What the site counted in the same days, by the names of the counts."""
        ...

    def count(self, name: str) -> Cell:
        """One of the counts; unknown where no broadcast ended."""
        ...

    def share(self, metric: Metric) -> Cell:
        """One sum of counts divided by another."""
        ...

    def coverage(self) -> Cell:
        """People reached among the active subscribers, in whole per cent: these are known in tens."""
        ...

    def group_coverage(self, population: PopulationEstimate) -> Cell:
        """The people reached of a group against its estimated size."""
        ...


@dataclass(frozen=True)
class Moving:
    """Totals that are not final: rounded down, and nothing by gender.

    What the same figure says a day later must not tell of one person.
    """

    broadcasts: int = 0
    counts: Mapping[str, int | None] = field(default_factory=dict)
    site: Mapping[str, int] = field(default_factory=dict)
    provisional: bool = True

    def count(self, name: str) -> Cell:
        """At least so many, or kept back."""
        if not self.broadcasts:
            return Unknown()
        return Hidden() if self.counts.get(name, 0) is None else AtLeast(self._rounded(name))

    def share(self, metric: Metric) -> Cell:
        """From the rounded counts only, a part of a whole in per cent; of genders nothing before they are final."""
        if not self.broadcasts:
            return Unknown()
        found = metric.cell(lambda name: Hidden() if name in STATED else Shown(self._rounded(name)))
        if metric is FREQUENCY:
            return found if isinstance(found, Shown) and found.value else Hidden()
        # Of some broadcasts the whole is hidden and the part is not; or what is left was rounded to nothing.
        if not isinstance(found, Shown) or not 0 < found.value < 1:
            return Hidden()
        return Shown(Fraction(round(Fraction(found.value) * 100), 100))

    def coverage(self) -> Cell:
        """From the rounded counts."""
        active = self.site.get("active_subscribers", 0)
        if not self.broadcasts or not active:
            return Unknown()
        people = self._rounded("people")
        return disclosure.whole_per_cent(Shown(Fraction(people, active))) if people else Hidden()

    def group_coverage(self, population: PopulationEstimate) -> Cell:
        """Of everybody a lower bound; of a segment or a gender not before the figures are final."""
        if self.broadcasts and (population.segment or population.gender):
            return Hidden()
        return covered(reached=self.count("people"), people=population.people, k=EVALUATORS_K)

    def _rounded(self, name: str) -> int:
        return (self.counts.get(name) or 0) // provisional.STEP * provisional.STEP


@dataclass(frozen=True)
class Frozen:
    """The final totals of a frozen period, as its snapshot shows them to evaluators."""

    cube: Cube
    broadcasts: int
    site: Mapping[str, int] = field(default_factory=dict)
    populations: Sequence[Mapping[str, Any]] = ()
    provisional: bool = False

    def count(self, name: str) -> Cell:
        """As it is stored: exact, or hidden."""
        return self.cube.read(name)

    def share(self, metric: Metric) -> Cell:
        """From what is shown; hidden where all who stated a gender stated one: it would tell that of each."""
        found = self.cube.of(metric)
        return Hidden() if metric is FEMALE_SHARE and found == Shown(Fraction(1)) else found

    def coverage(self) -> Cell:
        """As it was on the day of freezing."""
        active = self.site.get("active_subscribers")
        whole = Shown(active) if active else Unknown()
        return disclosure.whole_per_cent(disclosure.share(parts=[self.count("people")], whole=whole))

    def group_coverage(self, population: PopulationEstimate) -> Cell:
        """As it was frozen; unknown where the estimate was entered or changed since."""
        kept = next((each for each in self.populations if is_kept(each, population)), None)
        return coverage(self.cube, kept, EVALUATORS_K) if kept else Unknown()


class Counting:
    """The broadcasts of a campaign that ended, and their counts over any days; each is read once."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self._known: dict[tuple[int, ...], Mapping[str, int | None]] = {}
        self._site = SiteCounts(campaign)
        self._seen: dict[tuple[date, date], Mapping[str, int]] = {}

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
            figures = content["figures"][str(EVALUATORS_K)]
            return Frozen(Cube(figures), len(content["broadcasts"]), content["site"] or {}, populations_in(content))
        begins, ends = moments_of(first, last)
        broadcasts = [broadcast for broadcast, moment in self.ended if begins <= moment < ends]
        # Read when it is asked for: most indicators need nothing of the site.
        site = SimpleLazyObject(lambda: self._site_over(first, last))
        return Moving(len(broadcasts), self._counts_of(broadcasts), site)  # type: ignore[arg-type]

    def _counts_of(self, broadcasts: Sequence[Broadcast]) -> Mapping[str, int | None]:
        numbers = tuple(each.pk for each in broadcasts)
        if numbers not in self._known:
            known = provisional.known(broadcasts=broadcasts, names=SUMMED, k=EVALUATORS_K) if numbers else {}
            self._known[numbers] = known
        return self._known[numbers]

    def _site_over(self, first: date, last: date) -> Mapping[str, int]:
        if (first, last) not in self._seen:
            self._seen[first, last] = self._site.over(since=first, until=last)
        return self._seen[first, last]
