"""Starting, missing and trying again."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils.translation import override
from wagtail.log_actions import registry

from outreach.audience.models import Segment
from outreach.broadcasts import services as broadcasts
from outreach.broadcasts.models import Approval, Broadcast, Message
from outreach.broadcasts.standing import audience_hash, content_hash
from outreach.delivery import lifecycle, tidying
from outreach.delivery.balance import all_balances, balance
from outreach.delivery.freeze import freeze
from outreach.delivery.models import Delivery, Freeze

from .conftest import START, person, write

pytestmark = pytest.mark.django_db


def test_a_broadcast_starts_at_its_time_and_not_before(approved, clock):
    person(1)
    broadcast = approved()

    assert lifecycle.start_due(now=START - timedelta(seconds=1)) == 0
    assert lifecycle.start_due(now=START) == 1
    assert lifecycle.start_due(now=START) == 0
    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.State.SENDING
    assert Delivery.objects.count() == 1
    (entry,) = registry.get_logs_for_instance(broadcast).filter(action="outreach.broadcast.start")
    assert (entry.timestamp, entry.user, entry.message) == (START, None, "Sending began")


@pytest.mark.parametrize(
    ("rule", "late", "state"),
    [
        ("send", timedelta(days=9), "sending"),
        ("hold", timedelta(hours=1), "paused"),
        ("hold", timedelta(minutes=10), "sending"),
        ("drop", timedelta(hours=1), "sending"),
        ("drop", timedelta(hours=25), "expired"),
    ],
)
def test_a_missed_time_follows_the_broadcasts_own_rule(approved, broadcast, rule, late, state):
    broadcast.missed_rule = rule
    broadcast.save()
    person(1)
    approved()

    lifecycle.start_due(now=START + late)

    broadcast.refresh_from_db()
    assert broadcast.state == state
    assert Freeze.objects.exists() is (state == "sending")
    told = [entry.formatter.format_message(entry) for entry in registry.get_logs_for_instance(broadcast)]
    assert any("before it could begin" in each for each in told) is (state != "sending")


def test_text_changed_behind_the_approval_is_not_sent(approved, clock):
    person(1)
    broadcast = approved()
    Message.objects.update(subject="Something else")

    assert lifecycle.start_due(now=clock.now) == 0

    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.State.DRAFT
    assert not Delivery.objects.exists()


def test_a_segment_edited_after_approval_voids_it(approved, clock):
    person(1)
    broadcast = approved()
    Segment.objects.update(rule={"field": "language", "in": ["fr"]})

    assert lifecycle.start_due(now=clock.now) == 0

    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.State.DRAFT


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_segment_cant_be_edited_between_its_approval_being_checked_and_its_people_being_fixed(
    approved, clock, monkeypatch
):
    person(1)
    broadcast = approved()
    refused: list[Exception] = []

    def edit() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '200ms'")
            Segment.objects.update(rule={"any": []})
        except OperationalError as error:
            refused.append(error)
        finally:
            connection.close()

    def freeze_and_be_overtaken(**given):
        editing = threading.Thread(target=edit)
        editing.start()
        editing.join()
        return freeze(**given)

    monkeypatch.setattr(lifecycle, "freeze", freeze_and_be_overtaken)
    assert lifecycle.start(broadcast_id=broadcast.pk, now=clock.now)

    assert len(refused) == 1
    assert Delivery.objects.count() == 1


def test_a_segment_edited_while_it_is_being_sent_to_changes_nothing(sending, courier, channel, clock):
    person(1)
    broadcast = sending()
    Segment.objects.update(rule={"field": "language", "in": ["fr"]})
    person(2, language="fr")

    courier.work()
    tidying.tidy(now=clock.now)

    assert [outgoing.address for outgoing in channel.sent] == ["person1@example.org"]
    assert balance(broadcast).deliveries == 1
    assert Freeze.objects.get().segments["everybody"]["rule"] == {"all": []}


def test_failed_deliveries_alone_are_tried_again(sending, courier, channel, clock):
    for number in range(3):
        person(number)
    broadcast = sending()
    courier.work()
    tidying.tidy(now=clock.now)
    Delivery.objects.filter(pk=Delivery.objects.earliest("pk").pk).update(status="failed")

    assert lifecycle.retry_failed(broadcast=broadcast, now=clock.now) == 1
    courier.work()
    tidying.tidy(now=clock.now)

    assert len(channel.sent) == 4
    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.State.FINISHED


def test_a_cancelled_broadcast_is_never_tried_again(sending, clock):
    person(1)
    broadcast = sending()
    broadcasts.cancel(broadcast=broadcast, now=clock.now)
    tidying.tidy(now=clock.now)
    Delivery.objects.update(status="failed")

    assert lifecycle.retry_failed(broadcast=broadcast, now=clock.now) == 0


def test_the_ledgers_check_prints_every_balance_and_fails_on_a_lost_row(sending, capsys):
    from django.core.management import call_command

    for number in range(3):
        person(number)
    broadcast = sending()
    call_command("check_ledger")
    assert "3 considered = 3 deliveries [3 queued] + 0 excluded [0]: balances" in capsys.readouterr().out

    Delivery.objects.filter(pk=Delivery.objects.earliest("pk").pk).delete()

    with pytest.raises(SystemExit) as stop:
        call_command("check_ledger")
    assert stop.value.code == 1
    assert f"broadcast {broadcast.pk} (sending)" in capsys.readouterr().out
    assert [bool(each.faults) for each in all_balances()] == [True]


def test_finished_with_something_open_does_not_balance(sending):
    person(1)
    broadcast = sending()
    Broadcast.objects.update(state="finished")
    broadcast.refresh_from_db()

    assert balance(broadcast).faults == ("finished, yet still open: 1",)
    with override("fr"):
        assert balance(broadcast).faults == ("terminé, mais encore ouvertes\u00a0: 1",)


def test_a_broadcast_that_can_not_start_holds_up_no_other(approved, everybody, clock, caplog):
    person(1)
    good = approved()
    other = Segment.objects.create(code="broken", name="Broken", rule={"field": "gone", "in": []})
    bad = Broadcast.objects.create(
        title="Bad", channels=["email"], state="scheduled", send_at=clock.now - timedelta(minutes=1)
    )
    bad.segments.add(other)
    write(bad)
    Approval.objects.create(
        broadcast=bad,
        content_hash=content_hash(bad),
        audience_hash=audience_hash(bad),
        submitted_at=clock.now,
        approved_at=clock.now,
    )

    assert lifecycle.start_due(now=clock.now) == 1

    good.refresh_from_db()
    assert good.state == Broadcast.State.SENDING
    assert f"broadcast {bad.pk} could not be started" in caplog.text


def test_a_start_that_failed_keeps_no_text_from_being_edited(approved, clock):
    person(1)
    broadcast = approved()
    Freeze.objects.create(broadcast=broadcast, frozen_at=START, candidates=0)

    assert lifecycle.start_due(now=clock.now) == 0

    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.State.SCHEDULED
    assert not Delivery.objects.exists()
    assert broadcast.messages.get().rendered is None
