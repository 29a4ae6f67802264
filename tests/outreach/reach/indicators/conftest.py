"""A campaign with one result and indicators of each kind."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from outreach.broadcasts.campaign import Campaign
from outreach.reach.indicators import keeping
from outreach.reach.indicators.framework import Indicator, Result
from outreach.reach.indicators.records import Entry
from outreach.reach.snapshots.freezing import freeze_period
from tests.outreach.broadcasts.conftest import enrol, member
from tests.outreach.reach.conftest import ledger

__all__ = ["ledger", "member"]

NOW = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
TODAY = date(2026, 12, 1)


@pytest.fixture
def campaign(db) -> Campaign:
    """A year from October on; broadcasts of the ledger end on 19 November."""
    return Campaign.objects.create(name="Rights", slug="rights", starts_on=date(2026, 10, 1), ends_on=date(2027, 9, 30))


@pytest.fixture
def editor(db) -> User:
    return enrol("editor")


@pytest.fixture
def result(campaign, editor) -> Result:
    return keeping.keep_result(
        result=Result(campaign=campaign, level="output", code="3", statement="Campaign delivered"), user=editor, now=NOW
    )


@pytest.fixture
def make(result, editor) -> Callable[..., Indicator]:
    """A new indicator of the result, a count that is entered unless it is told otherwise."""

    def make(name: str = "Stories published", **fields: Any) -> Indicator:
        return keeping.keep_indicator(
            indicator=Indicator(**{"result": result, "name": name, **fields}), user=editor, now=NOW
        )

    return make


@pytest.fixture
def enter(editor) -> Callable[..., Entry]:
    """A value that somebody enters."""

    def enter(indicator: Indicator, value: object = None, **fields: Any) -> Entry:
        given = {
            "first_day": date(2026, 10, 1),
            "last_day": date(2026, 11, 30),
            "value": None if value is None else Decimal(str(value)),
            "verification": "Survey report",
            **fields,
        }
        return keeping.keep_entry(entry=Entry(indicator=indicator, **given), user=editor, now=NOW)

    return enter


@pytest.fixture
def of_2025(ledger, campaign, make) -> Callable[[], list[Indicator]]:
    """R1 and R4 of a campaign in the last quarter of 2025, frozen: of 110 people 24 women, 36 of other genders."""

    def freeze() -> list[Indicator]:
        campaign.starts_on, campaign.ends_on = date(2025, 10, 1), date(2025, 12, 31)
        campaign.save()
        broadcast = ledger.broadcast()
        moment = datetime(2025, 11, 19, 14, 0, tzinfo=UTC)
        broadcast.campaign, broadcast.started_at, broadcast.finished_at = campaign, moment, moment
        broadcast.save()
        for gender, number in {"woman": 24, "man": 20, "another": 16, "": 50}.items():
            ledger.deliver(broadcast, number, gender=gender)
        ledger.close(broadcast)
        freeze_period(campaign=campaign, user=None, now=NOW)
        return [make("People", code="R1", metric="R1"), make("Women", code="R4", metric="R4", unit="share")]

    return freeze
