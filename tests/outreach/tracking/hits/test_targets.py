"""What a process remembers of where links lead, by a clock that the tests set."""

import pytest
from django.db import OperationalError, connection

from outreach.broadcasts.models import Broadcast, Message
from outreach.tracking.hits.targets import KNOWN_SECONDS, MISSING_SECONDS, NoTarget, Targets

pytestmark = pytest.mark.django_db
TARGET = "https://example.org/a"


class Clock:
    """Seconds that only grow."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def targets(clock) -> Targets:
    return Targets(clock)


@pytest.fixture
def message(db) -> Message:
    broadcast = Broadcast.objects.create(title="October", channels=["email"])
    return Message.objects.create(
        broadcast=broadcast, channel="email", language="en", subject="S", body="", rendered={}, links=[TARGET]
    )


def refused(execute, sql, params, many, context):
    raise OperationalError("the database does not answer")


def test_a_message_is_read_once_for_many_clicks(targets, clock, message, django_assert_num_queries):
    with django_assert_num_queries(1):
        for _click in range(5):
            assert targets.find(message.pk, 1) == TARGET
            clock.now += KNOWN_SECONDS / 6


def test_a_link_of_a_deleted_broadcast_soon_leads_nowhere(targets, clock, message):
    number = message.pk
    targets.find(number, 1)
    message.delete()

    clock.now += KNOWN_SECONDS

    with pytest.raises(NoTarget) as error:
        targets.find(number, 1)
    assert error.value.reason == "gone"
    with pytest.raises(NoTarget):
        targets.find(number, 1)


def test_what_is_known_leads_on_while_the_database_does_not_answer(targets, clock, message, django_assert_num_queries):
    targets.find(message.pk, 1)
    clock.now += KNOWN_SECONDS
    with connection.execute_wrapper(refused):
        assert [targets.find(message.pk, 1) for _click in range(2)] == [TARGET] * 2

    clock.now += MISSING_SECONDS
    with django_assert_num_queries(1):
        assert [targets.find(message.pk, 1) for _click in range(2)] == [TARGET] * 2
