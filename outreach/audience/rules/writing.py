"""How a rule is written down, and the days that its tests on time mean."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

Rule = dict[str, Any]
EVERYBODY: Rule = {"all": []}


def fields_of(rule: Rule) -> set[str]:
    """What a rule asks about."""
    if "field" in rule:
        return {rule["field"]}
    parts = [rule["not"]] if "not" in rule else rule.get("all", []) + rule.get("any", [])
    return set().union(*map(fields_of, parts))


def office_day(moment: datetime) -> date:
    """The day on which clocks in the office show ``moment``."""
    return moment.astimezone(_office_zone()).date()


def day_begins(day: date) -> datetime:
    """The moment (UTC) at which a day of the office begins."""
    return datetime.combine(day, time.min, tzinfo=_office_zone()).astimezone(UTC)


def days_of(test: Rule, *, now: datetime) -> tuple[date | None, date | None]:
    """The first and the last day, both included, that a test on time takes in when it is read at ``now``."""
    if "within" in test:
        return office_day(now) - timedelta(days=test["within"]), None
    first, last = test.get("from"), test.get("to")
    return first and date.fromisoformat(first), last and date.fromisoformat(last)


def _office_zone() -> ZoneInfo:
    return ZoneInfo(settings.OFFICE_TIME_ZONE)
