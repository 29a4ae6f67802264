"""A weekly series on Mondays at nine, made on a Tuesday."""

from datetime import UTC, datetime, time, timedelta

import pytest

from outreach.broadcasts.series import approval
from outreach.broadcasts.series.models import Series

TUESDAY = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
MONDAY = datetime(2026, 12, 7, 13, 0, tzinfo=UTC)
"""Nine in the morning in Dominica, six days later."""
WEEK = timedelta(days=7)


@pytest.fixture
def series(everybody, editor) -> Series:
    series = Series(title="The week's stories", weekdays=[0], local_time=time(9), hours_ahead=24)
    approval.begin(series=series, user=editor, now=TUESDAY)
    series.segments.add(everybody)
    return series
