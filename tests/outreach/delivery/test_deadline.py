"""What is too late: a broadcast that is dropped after its deadline writes to nobody after it."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.log_actions import registry

from outreach.broadcasts import services as broadcasts
from outreach.broadcasts.models import Broadcast
from outreach.channels import failures
from outreach.delivery import tidying
from outreach.delivery.balance import balance
from outreach.delivery.decisions import decide
from outreach.delivery.models import Delivery

from .conftest import START, NothingNew, person

pytestmark = pytest.mark.django_db

State, Status = Broadcast.State, Delivery.Status
DEADLINE = START + timedelta(hours=3)
SECOND = timedelta(seconds=1)


@pytest.fixture
def dropping(broadcast, sending):
    """Begins to send a broadcast to some people, which is dropped three hours after its time."""

    def begin(people: int = 3, rule: str = "drop") -> Broadcast:
        Broadcast.objects.update(missed_rule=rule, deadline_hours=3)
        broadcast.refresh_from_db()
        for number in range(people):
            person(number)
        return sending()

    return begin


def ids(page: str) -> set[str]:
    return {str(found["id"]) for found in BeautifulSoup(page, "html.parser").select("[id]")}


def statuses() -> list[str]:
    return sorted(Delivery.objects.values_list("status", flat=True))


def test_who_still_waits_after_the_deadline_is_not_written_to_any_more(dropping, courier, channel, clock):
    broadcast = dropping()
    clock.now = DEADLINE + SECOND

    courier.work()
    assert channel.sent == []
    tidying.tidy(now=clock.now)

    assert statuses() == ["expired", "expired", "expired"]
    broadcast.refresh_from_db()
    assert broadcast.state == State.FINISHED
    assert not balance(broadcast).faults
    told = [entry.formatter.format_message(entry) for entry in registry.get_logs_for_instance(broadcast)]
    assert "Dropped: Its deadline passed before everybody had been written to." in told


def test_until_its_deadline_it_goes_on_after_any_standstill(dropping, courier, channel, clock):
    dropping()
    clock.now = DEADLINE - SECOND

    tidying.tidy(now=clock.now)
    courier.work()

    assert len(channel.sent) == 3


@pytest.mark.parametrize("rule", ["send", "hold"])
def test_another_rule_knows_no_deadline(dropping, courier, channel, clock, rule):
    dropping(rule=rule)
    clock.now = DEADLINE + timedelta(days=9)

    tidying.tidy(now=clock.now)
    courier.work()

    assert len(channel.sent) == 3


def test_what_a_line_has_already_does_not_begin_after_the_deadline(dropping, channel, hire, clock):
    dropping()
    clock.now = DEADLINE
    channel.before = lambda _outgoing: setattr(clock, "now", DEADLINE + 2 * SECOND)

    hire(channel, watch=NothingNew()).work()

    assert channel.sent == []
    assert set(statuses()) == {"queued"}


def test_what_was_put_off_is_not_tried_again_after_the_deadline(dropping, courier, channel, clock):
    broadcast = dropping(people=1)
    channel.answers = [failures.TryLater("full", retry_after=60)]
    courier.work()
    assert statuses() == ["deferred"]

    tidying.tidy(now=DEADLINE + SECOND)

    assert statuses() == ["expired"]
    assert not balance(broadcast).faults


def test_what_is_held_meanwhile_is_dropped_too_and_ends_when_it_is_resumed(dropping, clock):
    broadcast = dropping()
    broadcasts.pause(broadcast=broadcast, reason="Wait.", now=clock.now)
    clock.now = DEADLINE + SECOND

    tidying.tidy(now=clock.now)
    assert statuses() == ["expired"] * 3
    broadcasts.resume(broadcast=broadcast, user=None, now=clock.now)
    tidying.tidy(now=clock.now)

    broadcast.refresh_from_db()
    assert broadcast.state == State.FINISHED


def test_what_may_have_arrived_is_still_for_somebody_to_decide_but_not_to_send(
    dropping, courier, channel, clock, django_user_model, client
):
    broadcast = dropping(people=2)
    channel.answers = [failures.OutcomeUnknown("the line was cut")]
    courier.work()
    Delivery.objects.filter(status="accepted").update(status="failed", settled_at=START)
    boss = django_user_model.objects.create_superuser("boss", password="boss")
    client.force_login(boss)
    place = reverse("broadcast_progress", args=[broadcast.pk])
    with time_machine.travel(DEADLINE, tick=False):
        assert {"again", "retry"} <= ids(client.get(place).text)

    tidying.tidy(now=DEADLINE + SECOND)
    with time_machine.travel(DEADLINE + SECOND, tick=False):
        found = ids(client.get(place).text)
    assert "take" in found
    assert not found & {"again", "retry"}

    for name in ("send-again", "retry-failed"):
        with pytest.raises(broadcasts.Refused, match="deadline of this broadcast has passed"):
            decide(broadcast=broadcast, name=name, seen=1, after=0, user=boss, now=DEADLINE + SECOND)
    assert statuses() == ["failed", "uncertain"]
    assert decide(broadcast=broadcast, name="take-as-sent", seen=1, after=0, user=boss, now=DEADLINE + SECOND) == 1
