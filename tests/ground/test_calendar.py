from datetime import UTC, datetime, timedelta

import pytest

from outreach.delivery.models import Throttle
from tests.ground.calendar import let_pass

NOON = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_what_was_to_come_in_an_hour_is_past_after_five() -> None:
    Throttle.objects.create(channel="email", next_at=NOON + timedelta(hours=1))

    let_pass(5)

    throttle = Throttle.objects.get()
    assert throttle.next_at == NOON - timedelta(hours=4)
    assert throttle.paused_until is None
