"""The logical framework of a campaign: for each result its indicators, and for each what was planned and reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.segment_names import segment_names
from outreach.reach.coverage import is_too_small
from outreach.reach.disclosure import Cell, Unknown

from .actuals import Actual, Cost, cost, in_quarter, to_date, up_to
from .framework import Indicator, Result, Target
from .populations import PopulationEstimate, group_name
from .quarters import Quarter, quarters
from .readings import Reading, achievement, baseline, reading
from .records import Estimate, Spend
from .totals import Counting


@dataclass(frozen=True)
class Row:
    """An indicator with the last of its targets, and the newest actual."""

    indicator: Indicator
    baseline: Reading
    target: Reading
    target_quarter: Quarter | None
    actual: Actual
    achieved: Cell


@dataclass(frozen=True)
class Group:
    """A result and its indicators."""

    result: Result
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class InQuarter:
    """What an indicator wanted of a quarter, and what came of it; ``cumulative`` is counted anew, never a sum."""

    quarter: Quarter
    begun: bool
    target: Reading
    target_row: Target | None
    actual: Actual
    achieved: Cell
    cumulative: Actual


@dataclass(frozen=True)
class Covered:
    """A group whose size is estimated, and how much of it was reached since the campaign's first day."""

    population: PopulationEstimate
    group: str
    share: Cell
    provisional: bool

    @property
    def is_too_small(self) -> bool:
        """Whether more people were reached than were estimated."""
        return is_too_small(self.share)


@dataclass(frozen=True)
class Logframe:
    """Everything that the page of a campaign's results says, as of ``today`` in the office."""

    campaign: Campaign
    today: date
    counting: Counting
    groups: tuple[Group, ...]
    estimates: tuple[Estimate, ...]
    spends: tuple[Spend, ...]
    cost: Cost
    populations: tuple[Covered, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every indicator."""
        return tuple(row for group in self.groups for row in group.rows)


def logframe(*, campaign: Campaign, today: date) -> Logframe:
    """Read it."""
    counting = Counting(campaign)
    return Logframe(
        campaign=campaign,
        today=today,
        counting=counting,
        groups=tuple(_groups(counting, today)),
        estimates=tuple(campaign.estimates.all()),
        spends=tuple(campaign.spends.all()),
        cost=cost(today=today, counting=counting),
        populations=tuple(_populations(counting, today)),
    )


def _populations(counting: Counting, today: date) -> Iterable[Covered]:
    campaign = counting.campaign
    found = list(campaign.population_estimates.all())
    if not found:
        return
    names = segment_names()
    reached = counting.totals(campaign.starts_on, min(today, campaign.ends_on)) if campaign.starts_on <= today else None
    for each in found:
        yield Covered(
            population=each,
            group=group_name(segment=names.get(each.segment, each.segment), gender=each.gender),
            share=reached.group_coverage(each) if reached else Unknown(),
            provisional=bool(reached and reached.provisional and reached.broadcasts),
        )


def _groups(counting: Counting, today: date) -> Iterable[Group]:
    campaign = counting.campaign
    results = campaign.results.select_related("parent").prefetch_related("indicators__targets", "indicators__entries")
    for result in sorted(results, key=lambda each: (each.rank, each.order, each.pk)):
        result.campaign = campaign
        indicators = list(result.indicators.all())
        kept = [indicator for indicator in indicators if not indicator.is_dropped]
        # A result all of whose indicators were dropped went with them; one that never had any waits for its first.
        if kept or not indicators:
            yield Group(result=result, rows=tuple(_row(result, indicator, counting, today) for indicator in kept))


def _row(result: Result, indicator: Indicator, counting: Counting, today: date) -> Row:
    indicator.result = result
    targets = list(indicator.targets.all())
    last = targets[-1] if targets else None
    target = _wanted(indicator, last)
    actual = to_date(indicator=indicator, today=today, counting=counting)
    if last and indicator.basis == Indicator.Basis.QUARTER:
        # A target of a quarter alone is met or missed in that quarter, not over the years.
        actual = in_quarter(indicator=indicator, quarter=last.when, today=today, counting=counting)
    return Row(
        indicator=indicator,
        baseline=baseline(indicator),
        target=target,
        target_quarter=last.when if last else None,
        actual=actual,
        achieved=achievement(target=target, actual=actual.value),
    )


def _wanted(indicator: Indicator, target: Target | None) -> Reading:
    return reading(unit=indicator.unit, value=target.value, text=target.text) if target else Unknown()


def by_quarter(*, indicator: Indicator, today: date, counting: Counting) -> list[InQuarter]:
    """Planned against actual for every quarter of the campaign, and for each other one that has a target."""
    campaign = indicator.campaign
    targets = {target.when: target for target in indicator.targets.all()}
    return [
        _in_quarter(indicator, quarter, targets.get(quarter), today, counting)
        for quarter in sorted({*quarters(campaign.starts_on, campaign.ends_on), *targets})
    ]


def _in_quarter(
    indicator: Indicator, quarter: Quarter, target: Target | None, today: date, counting: Counting
) -> InQuarter:
    wanted = _wanted(indicator, target)
    actual = in_quarter(indicator=indicator, quarter=quarter, today=today, counting=counting)
    return InQuarter(
        quarter=quarter,
        begun=quarter.first_day <= today,
        target=wanted,
        target_row=target,
        actual=actual,
        achieved=achievement(target=wanted, actual=actual.value),
        cumulative=up_to(indicator=indicator, quarter=quarter, today=today, counting=counting),
    )
