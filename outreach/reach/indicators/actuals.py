"""What was reached: counted from the ledger where an indicator names a metric, else as it was entered last."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction

from outreach.reach.disclosure import AtLeast, Cell, Shown, Unknown
from outreach.reach.figures import may_headline
from outreach.reach.metrics import COMPLETENESS, FEMALE_SHARE, KNOWLEDGE_CHANGE

from .framework import Indicator
from .intervals import newcombe, wilson
from .quarters import Quarter
from .readings import (
    Reading,
    asked_or_counted,
    changed,
    female_share,
    is_telling_share,
    points,
    reading,
    respondents,
)
from .records import SURVEYED, Entry, Spend
from .sources import SOURCES
from .totals import Counting, Totals
from .units import Unit

COUNTED, ENTERED = "counted", "entered"
UNKNOWN = Unknown()


@dataclass(frozen=True)
class Actual:
    """A value, how it came about, and the days that it covers.

    ``how`` is ``counted``, ``entered`` or empty where there is none. ``provisional`` figures may still change.
    ``change`` is that of knowledge since the baseline, as ``interval`` then is.
    ``completeness`` is the share of the people whose gender is known, to be read beside ``female``; unknown of what was
    entered, because nobody writes it down.
    """

    value: Reading = UNKNOWN
    how: str = ""
    first: date | None = None
    last: date | None = None
    female: Cell = UNKNOWN
    completeness: Cell = UNKNOWN
    n: Cell = UNKNOWN
    change: str = ""
    interval: str = ""
    grade: str = ""
    verification: str = ""
    method: str = ""
    provisional: bool = False

    @property
    def lacks_headline(self) -> bool:
        """Whether gender was counted of too few for the female share to stand as a headline."""
        return self.how == COUNTED and isinstance(self.female, Shown | AtLeast) and not may_headline(self.completeness)


def counted(*, code: str, counting: Counting, first: date, last: date) -> Actual:
    """The figure of one of :data:`.sources.SOURCES` over the broadcasts that ended in these days, or over the days
    themselves for what the site counts; people count once."""
    return from_totals(code=code, found=counting.totals(first, last), first=first, last=last)


def from_totals(*, code: str, found: Totals, first: date, last: date) -> Actual:
    """The same from counts that are there already, such as those of a frozen period."""
    people, source = code in ("R1", "R4"), SOURCES[code]
    value = source.read(found)
    exists = value != UNKNOWN if source.of_site else found.broadcasts > 0
    return Actual(
        value=value,
        how=COUNTED,
        first=first,
        last=last,
        female=found.share(FEMALE_SHARE) if people else UNKNOWN,
        completeness=found.share(COMPLETENESS) if people else UNKNOWN,
        provisional=found.provisional and exists,
    )


def entered(entry: Entry) -> Actual:
    """A value that somebody entered, with an interval where it is a share of a sample."""
    indicator = entry.indicator
    value = reading(unit=indicator.unit, value=entry.value, text=entry.text, n=indicator.people(entry.n))
    return Actual(
        value=respondents(int(entry.value or 0), of=entry.n) if entry.is_of_people else value,
        how=ENTERED,
        first=entry.first_day,
        last=entry.last_day,
        female=female_share(women=entry.women, whole=entry.women_of, percent=entry.female_percent),
        n=asked_or_counted(indicator, entry.n),
        change=change(entry),
        interval=interval(entry),
        grade=entry.grade,
        verification=entry.verification,
        method=entry.method,
    )


def _has_change(entry: Entry) -> bool:
    """Whether knowledge was asked for at the baseline and now, so that there is a change to tell."""
    indicator = entry.indicator
    asked = entry.value is not None and entry.n and indicator.baseline is not None and indicator.baseline_n
    return bool(asked) and indicator.unit == Unit.SHARE and indicator.code.upper().startswith(KNOWLEDGE_CHANGE.code)


def _tells_of_few(entry: Entry) -> bool:
    """Whether a share on which a change rests points at few people."""
    indicator = entry.indicator
    before, asked_before = indicator.baseline or Decimal(0), indicator.baseline_n or 0
    return is_telling_share(entry.value or Decimal(0), entry.n or 0) or is_telling_share(before, asked_before)


def change(entry: Entry) -> str:
    """How much more or less is known than at the baseline, in percentage points.

    Empty where there is no change to tell, and where a share that it rests on is hidden.
    """
    if not _has_change(entry) or _tells_of_few(entry):
        return ""
    found = KNOWLEDGE_CHANGE.value(_answers(entry))
    return "" if found is None else changed(found)


def _answers(entry: Entry) -> dict[str, Fraction]:
    indicator = entry.indicator
    asked, asked_before = Fraction(entry.n or 0), Fraction(indicator.baseline_n or 0)
    correct = asked * Fraction(entry.value or 0) / 100 if entry.numerator is None else Fraction(entry.numerator)
    return {
        "endline_correct": correct,
        "endline_respondents": asked,
        "baseline_correct": asked_before * Fraction(indicator.baseline or 0) / 100,
        "baseline_respondents": asked_before,
    }


def interval(entry: Entry) -> str:
    """The 95 % interval of a surveyed share; of O2, that of its change since the baseline. Empty where there is none.

    Empty as well where a share that it rests on is hidden. :func:`~.intervals.wilson` and :func:`~.intervals.newcombe`
    name their sources.
    """
    indicator = entry.indicator
    surveyed = indicator.code.upper().startswith(SURVEYED)
    if not surveyed or indicator.unit != Unit.SHARE or not entry.n or entry.value is None:
        return ""
    if is_telling_share(entry.value, entry.n):
        return ""
    share = float(entry.value) / 100
    if _has_change(entry) and indicator.baseline is not None and indicator.baseline_n:
        if is_telling_share(indicator.baseline, indicator.baseline_n):
            return ""
        before = float(indicator.baseline) / 100
        ends = newcombe(before=before, n_before=indicator.baseline_n, after=share, n_after=entry.n)
        return points(*ends, signed=True)
    return points(*wilson(share=share, n=entry.n), signed=False)


def days_of(indicator: Indicator, quarter: Quarter) -> tuple[date, date]:
    """The days that a quarter's target and actual cover, as the indicator's basis says."""
    cumulative = indicator.basis == Indicator.Basis.CUMULATIVE
    first = min(indicator.campaign.starts_on, quarter.last_day) if cumulative else quarter.first_day
    return first, quarter.last_day


def in_quarter(*, indicator: Indicator, quarter: Quarter, today: date, counting: Counting) -> Actual:
    """What was reached by the end of a quarter, or within it. There is none of a quarter that has not begun."""
    if quarter.first_day > today:
        return Actual()
    first, last = days_of(indicator, quarter)
    if indicator.is_counted:
        return counted(code=indicator.metric, counting=counting, first=first, last=min(last, today))
    return latest(indicator, first=first, last=last)


def up_to(*, indicator: Indicator, quarter: Quarter, today: date, counting: Counting) -> Actual:
    """What was reached from the campaign's first day to the end of a quarter.

    Of people that is no sum of quarters: who was reached in two of them counts once. What was entered is not added up,
    because nobody knows how two entries overlap.
    """
    if quarter.first_day > today or not indicator.is_counted:
        return Actual()
    last = min(quarter.last_day, today)
    return counted(code=indicator.metric, counting=counting, first=indicator.campaign.starts_on, last=last)


def to_date(*, indicator: Indicator, today: date, counting: Counting) -> Actual:
    """The newest there is: of what is counted, all since the campaign's first day; else the last entry."""
    campaign = indicator.campaign
    if not indicator.is_counted:
        return latest(indicator)
    if campaign.starts_on > today:
        return Actual()
    last = min(today, campaign.ends_on)
    return counted(code=indicator.metric, counting=counting, first=campaign.starts_on, last=last)


def latest(indicator: Indicator, *, first: date | None = None, last: date | None = None) -> Actual:
    """The last entry whose period ends in these days, as a correction of an earlier one would be."""
    entries = [
        entry
        for entry in indicator.entries.all()
        if (first is None or entry.last_day >= first) and (last is None or entry.last_day <= last)
    ]
    if not entries:
        return Actual()
    newest = max(entries, key=lambda entry: (entry.last_day, entry.pk))
    newest.indicator = indicator
    return entered(newest)


@dataclass(frozen=True)
class Cost:
    """Money for each person reached (C1): spending divided by R1. ``at_most`` while R1 is a lower bound.

    ``amount`` is ``None`` where spending or R1 is unknown, or where the spending is in several currencies.
    """

    spent: tuple[tuple[str, Decimal], ...] = ()
    amount: Decimal | None = None
    currency: str = ""
    at_most: bool = False


def cost(*, today: date, counting: Counting) -> Cost:
    """What a person reached cost so far."""
    campaign = counting.campaign
    spent: dict[str, Decimal] = {}
    for each in Spend.objects.filter(campaign=campaign):
        spent[each.currency] = spent.get(each.currency, Decimal(0)) + each.amount
    by_currency = tuple(sorted(spent.items()))
    if len(by_currency) != 1 or campaign.starts_on > today:
        return Cost(spent=by_currency)
    last = min(today, campaign.ends_on)
    reached = counted(code="R1", counting=counting, first=campaign.starts_on, last=last).value
    return divided(by_currency[0], reached)


def divided(spent: tuple[str, Decimal], reached: Reading) -> Cost:
    """Spending in one currency divided by people; nothing is divided by nobody."""
    currency, amount = spent
    people = Fraction(getattr(reached, "value", 0))
    if not people:
        return Cost(spent=(spent,))
    each = (amount * people.denominator / people.numerator).quantize(Decimal("0.01"), rounding=ROUND_CEILING)
    return Cost(spent=(spent,), amount=each, currency=currency, at_most=isinstance(reached, AtLeast))
