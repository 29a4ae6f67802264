"""What workers do in passing: cancelling what waits, and finishing."""

import os
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.signals import post_save
from wagtail.models import ModelLogEntry

from outreach.audience import subscriptions
from outreach.audience.models import Subscription
from outreach.broadcasts import services as broadcasts
from outreach.broadcasts.models import Broadcast
from outreach.channels.failures import ChannelError, OutcomeUnknown, ReceiverBlocked
from outreach.delivery import ledger, lifecycle, tidying
from outreach.delivery.balance import balance
from outreach.delivery.freeze import freeze
from outreach.delivery.models import Delivery, Freeze

from .conftest import START, person, write

pytestmark = pytest.mark.django_db


def test_cancelling_cancels_what_waits_and_keeps_what_was_sent(sending, courier, channel, clock):
    for number in range(4):
        person(number)
    broadcast = sending()
    channel.during = lambda outgoing: broadcasts.cancel(broadcast=broadcast, now=clock.now)

    courier.work()
    tidying.tidy(now=clock.now)

    found = balance(broadcast)
    assert (found.statuses["accepted"], found.statuses["cancelled"]) == (1, 3)
    assert not found.faults


def test_what_is_tried_again_while_broadcasts_are_being_finished_is_not_lost(sending, everybody, clock):
    person(1)
    first = sending()
    second = Broadcast.objects.create(title="November", channels=["email"], state="sending", started_at=clock.now)
    second.segments.add(everybody)
    write(second)
    freeze(broadcast=second, now=clock.now)
    Delivery.objects.update(status="failed", settled_at=clock.now)

    def retry(**signal):
        for broadcast in (first, second):
            lifecycle.retry_failed(broadcast=broadcast, now=clock.now)

    post_save.connect(retry, sender=ModelLogEntry)
    try:
        tidying.tidy(now=clock.now)
    finally:
        post_save.disconnect(retry, sender=ModelLogEntry)

    assert set(Delivery.objects.values_list("status", flat=True)) == {"queued"}
    assert set(Broadcast.objects.values_list("state", flat=True)) == {"sending"}


def test_totals_that_do_not_balance_keep_a_broadcast_from_finishing(sending, clock):
    person(1)
    person(2)
    broadcast = sending()
    Delivery.objects.filter(pk=Delivery.objects.earliest("pk").pk).delete()
    Delivery.objects.update(status="accepted", settled_at=clock.now)

    assert tidying.tidy(now=clock.now) == 0

    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.State.SENDING


def test_a_broadcast_that_can_not_be_finished_holds_up_no_other(sending, everybody, clock, caplog):
    person(1)
    broken = sending()
    Delivery.objects.update(status="accepted", settled_at=clock.now)
    Freeze.objects.filter(broadcast=broken).delete()
    others = {}
    for state, missed_rule in [("cancelled", "hold"), ("paused", "drop"), ("sending", "send")]:
        others[state] = Broadcast.objects.create(
            title=state, channels=["email"], state=state, missed_rule=missed_rule, started_at=START, send_at=START
        )
        others[state].segments.add(everybody)
        write(others[state])
        freeze(broadcast=others[state], now=clock.now)
    Delivery.objects.filter(broadcast=others["sending"]).update(status="accepted", settled_at=clock.now)

    assert tidying.tidy(now=clock.now + timedelta(hours=25)) == 1

    ends = dict(Delivery.objects.exclude(broadcast=broken).values_list("broadcast__title", "status"))
    assert ends == {"cancelled": "cancelled", "paused": "expired", "sending": "accepted"}
    assert Broadcast.objects.get(pk=others["sending"].pk).state == "finished"
    assert f"broadcast {broken.pk} could not be looked after" in caplog.text


@pytest.mark.parametrize("state", ["draft", "submitted", "scheduled", "sending", "paused", "finished"])
def test_what_waits_is_cancelled_of_no_other_broadcast(sending, clock, state):
    person(1)
    sending()
    Broadcast.objects.update(state=state)

    assert tidying.tidy(now=clock.now) == 0

    assert Delivery.objects.get().status == "queued"
    assert Broadcast.objects.get().state == state


def test_one_question_tells_that_no_broadcast_needs_anything(sending, clock, django_assert_num_queries):
    """It is asked every second by every worker, beside one for leases that ran out."""
    person(1)
    sending()

    with django_assert_num_queries(2):
        tidying.tidy(now=clock.now)


def rows_read() -> int:
    """How many rows of deliveries this transaction read one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_get_xact_tuples_returned('outreach_delivery'::regclass)")
        return cursor.fetchone()[0]


@pytest.mark.postgres
def test_what_was_sent_is_not_read_to_learn_whether_anything_is_open(sending, clock):
    """Who last counted when all were open takes any row for an open one, and reads from the first on."""
    person(1)
    sending()
    first = Delivery.objects.values().get()
    Delivery.objects.bulk_create(
        Delivery(**{**first, "id": None, "subscriber_id": first["subscriber_id"] + number}) for number in range(1, 3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE outreach_delivery")
    last = Delivery.objects.latest("pk").pk
    Delivery.objects.exclude(pk=last).update(status="accepted", settled_at=clock.now)

    before = rows_read()
    tidying.tidy(now=clock.now)

    assert rows_read() - before < 100


def kill(courier) -> None:
    """The system takes everything from a killed process but its files."""
    os.close(courier._record._journal._file)


def test_who_came_back_to_the_bot_stays_when_the_worker_that_knew_of_the_block_is_killed(
    sending, broadcast, channel, hire, clock, tmp_path
):
    broadcast.channels = ["telegram"]
    broadcast.save()
    broadcast.messages.all().delete()
    write(broadcast, channel="telegram")
    channel.name = "telegram"
    person(1, channels=("telegram",))
    sending()
    channel.answers = [ReceiverBlocked("Forbidden: bot was blocked by the user")]
    courier = hire(channel)
    courier.work()
    subscription = Subscription.objects.get()
    assert subscription.state == "stopped"
    assert subscriptions.resume(subscription=subscription)

    kill(courier)
    tidying.tidy(journals=tmp_path / "journals", now=clock.now)

    assert Subscription.objects.get().state == "active"


@pytest.mark.parametrize("failure", [ChannelError("no"), OutcomeUnknown("broke")])
def test_what_a_person_has_tried_again_is_sent_although_its_worker_is_killed_before(
    sending, channel, courier, hire, clock, tmp_path, failure
):
    person(1)
    broadcast = sending()
    channel.answers = [failure]
    courier.work()
    again = lifecycle.retry_failed(broadcast=broadcast, now=clock.now) or lifecycle.resolve_uncertain(
        broadcast=broadcast, send_again=True, now=clock.now
    )
    assert again == 1
    assert ledger.claim(broadcast=broadcast.pk, channel="email", owner=courier.owner, limit=5, now=clock.now)

    kill(courier)
    tidying.recover(journals=tmp_path / "journals")
    hire(channel, owner="worker-2").work()

    assert len(channel.sent) == 1
    assert Delivery.objects.get().status == "accepted"
