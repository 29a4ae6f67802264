"""The demo's campaign, in whose period its broadcasts lie, and a results framework whose values are all invented."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.office_time import office_zone
from outreach.reach.indicators import keeping
from outreach.reach.indicators.framework import Indicator, Result
from outreach.reach.indicators.populations import PopulationEstimate
from outreach.reach.indicators.quarters import Quarter, quarters
from outreach.reach.indicators.records import Entry, Estimate, Spend

SLUG = "demo-rights-and-contribution"
INVENTED = "Invented for the demo."


@dataclass(frozen=True)
class Planned:
    """An indicator: its baseline where it was measured, the target of each quarter, and the value entered last."""

    code: str
    name: str
    unit: str = "count"
    metric: str = ""
    baseline: str = ""
    baseline_n: int | None = None
    targets: tuple[str, ...] = ()
    verification: str = "Register of the system"
    entry: dict[str, Any] = field(default_factory=dict)
    sheet: dict[str, str] = field(default_factory=dict)


SURVEY = "Households drawn at random in six parishes; the same questions in both rounds. " + INVENTED
INTERVIEWS = "Interviews in twelve public bodies, and a search of what they published. " + INVENTED
SURVEYED = {
    "verification": "Survey of knowledge and attitudes",
    "sheet": {"owner": "Evaluation office", "frequency": "Baseline, midline, endline"},
}
PLAN: tuple[tuple[str, str, str, str, tuple[Planned, ...]], ...] = (
    (
        "impact",
        "",
        "Public bodies are better able to further the integration of migrants",
        "Ministries keep a contact for the campaign.",
        (
            Planned(
                "O4",
                "Institutions that used material of the campaign in a decision or document",
                baseline="0",
                targets=("", "", "", "3"),
                verification="Documents that cite it; interviews",
                entry={"value": Decimal(1), "n": 12, "method": INTERVIEWS, "grade": "B", "note": INVENTED},
            ),
        ),
    ),
    (
        "outcome",
        "",
        "The public and those concerned know more about migrants’ rights and contribution",
        "Nothing shocks the public debate.",
        (
            Planned(
                "O1",
                "Respondents who recall at least two of four messages",
                unit="share",
                targets=("", "20", "", "35"),
                **SURVEYED,  # type: ignore[arg-type]
                entry={"numerator": 89, "n": 372, "women": 182, "method": SURVEY, "grade": "B"},
            ),
            Planned(
                "O2",
                "Respondents who answer four of six questions on rights correctly",
                unit="share",
                baseline="31",
                baseline_n=380,
                targets=("", "40", "", "50"),
                **SURVEYED,  # type: ignore[arg-type]
                entry={"numerator": 156, "n": 372, "women": 182, "method": SURVEY, "grade": "B"},
            ),
            Planned(
                "O3",
                "Respondents of host communities who agree that migrants contribute to the country",
                unit="share",
                baseline="42",
                baseline_n=291,
                targets=("", "48", "", "55"),
                **SURVEYED,  # type: ignore[arg-type]
                entry={"numerator": 141, "n": 288, "women": 150, "method": SURVEY, "grade": "B"},
            ),
        ),
    ),
    (
        "output",
        "1",
        "A gender-sensitive campaign was carried out",
        "Channels stay open; translators can be found.",
        (
            Planned(
                "R1", "People reached, each once", metric="R1", baseline="0", targets=("1200", "1500", "1700", "1900")
            ),
            Planned(
                "R4",
                "Women among people reached who stated a gender",
                unit="share",
                metric="R4",
                targets=("50", "50", "50", "50"),
            ),
            Planned(
                "R5", "People reached who stated a gender", unit="share", metric="R5", targets=("60", "65", "70", "80")
            ),
            Planned(
                "P1",
                "Stories, infographics and rights cards published",
                metric="P1",
                baseline="0",
                targets=("20", "30", "40", "50"),
                verification="Pages of the site",
            ),
            Planned(
                "P4",
                "Women among people quoted",
                unit="share",
                metric="P4",
                targets=("50", "50", "50", "50"),
                verification="Entry of each quote by its editor",
            ),
            Planned(
                "W1", "Article visits", metric="W1", targets=("", "", "", "20000"), verification="Counter of the site"
            ),
            Planned("D2", "Messages that were accepted", unit="share", metric="D2", targets=("95", "95", "95", "95")),
            Planned(
                "E1",
                "People who clicked among those who can be seen to",
                unit="share",
                metric="E1",
                targets=("15", "15", "15", "15"),
            ),
            Planned(
                "T1",
                "Officials who completed the training",
                baseline="0",
                targets=("15", "30", "", ""),
                verification="Attendance sheets",
                entry={"value": Decimal(28), "women": 16, "grade": "A", "note": INVENTED},
            ),
        ),
    ),
)


def ensure_campaign(*, now: datetime) -> Campaign:
    """The demo's campaign: a year that began with a quarter, before its first broadcast."""
    first = Quarter.of(_day(now, 90)).first_day
    made, _new = Campaign.objects.get_or_create(
        slug=SLUG,
        defaults={
            "name": "Rights and contribution (demo)",
            "objective": "People know the rights of those who work here, and what migrants contribute.",
            "target_groups": "Workers and their families\nEmployers\nOfficials and media\nHost communities",
            "starts_on": first,
            "ends_on": first.replace(year=first.year + 1) - timedelta(days=1),
            "is_demo": True,
        },
    )
    return made


def plan(campaign: Campaign, *, now: datetime) -> None:
    """Write the campaign's framework, once, as an editor would; the figures that are counted come from the ledger."""
    if campaign.results.exists():
        return
    editor = get_user_model().objects.get(username="editor")
    for place, (level, code, statement, assumptions, planned) in enumerate(PLAN):
        result = Result(campaign=campaign, level=level, code=code, order=place, statement=statement)
        result.assumptions = assumptions
        keeping.keep_result(result=result, user=editor, now=now)
        for number, each in enumerate(planned):
            _add(each, result, number, editor, now)
    _estimate(campaign, editor, now)


def _add(planned: Planned, result: Result, place: int, user: User, now: datetime) -> None:
    campaign = result.campaign
    indicator = Indicator(
        result=result,
        code=planned.code,
        order=place,
        name=planned.name,
        unit=planned.unit,
        metric=planned.metric,
        baseline=Decimal(planned.baseline) if planned.baseline else None,
        baseline_date=campaign.starts_on - timedelta(days=30) if planned.baseline else None,
        baseline_n=planned.baseline_n,
        verification=planned.verification,
        limits=INVENTED,
        **planned.sheet,
    )
    keeping.keep_indicator(indicator=indicator, user=user, now=now)
    for quarter, value in zip(quarters(campaign.starts_on, campaign.ends_on), planned.targets, strict=False):
        if value:
            keeping.set_target(indicator=indicator, quarter=quarter, value=Decimal(value), user=user, now=now)
    if planned.entry:
        entry = Entry(
            indicator=indicator,
            first_day=_day(now, 30),
            last_day=_day(now, 20),
            verification=planned.verification,
            **planned.entry,
        )
        keeping.keep_entry(entry=entry, user=user, now=now)


def _estimate(campaign: Campaign, user: User, now: datetime) -> None:
    radio = Estimate(
        campaign=campaign,
        medium=Estimate.Medium.RADIO,
        title="Morning talk on rights at work, two editions",
        number=9000,
        method=Estimate.Method.LETTER,
        grade="C",
        source="Letter of the broadcaster. " + INVENTED,
        first_day=_day(now, 40),
        last_day=_day(now, 33),
    )
    market = Estimate(
        campaign=campaign,
        medium=Estimate.Medium.EVENT,
        title="Stand at the Saturday market",
        number=143,
        women=81,
        method=Estimate.Method.SIGNED,
        grade="A",
        source="Sign-in sheet. " + INVENTED,
        place="Roseau",
        first_day=_day(now, 26),
        last_day=_day(now, 26),
    )
    for estimate in (radio, market):
        keeping.keep_estimate(estimate=estimate, user=user, now=now)
    population = PopulationEstimate(
        campaign=campaign,
        people=66_205,
        year=2024,
        source="World Bank, World Development Indicators: population of Dominica (SP.POP.TOTL)",
        note="Everybody who lives in Dominica: the campaign is for workers, employers, officials and host communities.",
    )
    keeping.keep_population(population=population, user=user, now=now)
    spend = Spend(
        campaign=campaign,
        amount=Decimal("18400.00"),
        currency=Spend.Currency.XCD,
        source="Finance report. " + INVENTED,
        first_day=campaign.starts_on,
        last_day=_day(now, 10),
    )
    keeping.keep_spend(spend=spend, user=user, now=now)


def _day(now: datetime, days_ago: int) -> date:
    return (now - timedelta(days=days_ago)).astimezone(office_zone()).date()
