"""The engine: every failure of a channel has its outcome in the ledger, and nobody is written to twice."""

import threading
from datetime import timedelta

import pytest

from outreach.audience.models import Subscription, Suppression
from outreach.broadcasts import services as broadcasts
from outreach.broadcasts.models import Broadcast
from outreach.channels import failures
from outreach.delivery import ledger, lifecycle, throttle
from outreach.delivery.balance import balance
from outreach.delivery.engine import MOST_ATTEMPTS, TOO_MANY, Courier
from outreach.delivery.models import Delivery
from outreach.tracking.links import TrackedLinks
from outreach.tracking.tokens import Use, read

from .conftest import ListChannel, person

pytestmark = pytest.mark.django_db


def test_every_waiting_delivery_is_sent_once(sending, courier, channel, clock):
    for number in range(30):
        person(number)
    broadcast = sending()

    while courier.work(broadcast):
        pass
    lifecycle.tidy(now=clock.now)

    assert sorted(each.address for each in channel.sent) == sorted(f"person{n}@example.org" for n in range(30))
    assert set(Delivery.objects.values_list("status", flat=True)) == {"accepted"}
    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.State.FINISHED
    assert not balance(broadcast).faults


def test_a_copy_carries_its_own_links_and_the_headers_to_leave(sending, courier, channel):
    person(1)
    broadcast = sending()

    courier.work(broadcast)

    copy = channel.sent[0]
    delivery = Delivery.objects.get()
    assert copy.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert copy.headers["List-Unsubscribe"].startswith("<http://testserver/u/")
    assert "http://testserver/r/" in copy.html
    assert "link.invalid" not in copy.html + copy.text
    assert copy.message_id == f"{broadcast.pk}.{delivery.pk}@testserver"
    assert delivery.provider_id == "provider-1"


@pytest.mark.parametrize(
    ("failure", "status", "state", "suppressed"),
    [
        (failures.AddressDead("550 no such user"), "bounced", "stopped", True),
        (failures.ReceiverBlocked("403 blocked"), "blocked", "stopped", False),
        (failures.OutcomeUnknown("the line broke"), "uncertain", "active", False),
        (failures.MessageRejected("554 spam"), "rejected", "active", False),
        (failures.ChannelRefused("535 password"), "deferred", "active", False),
        (failures.TryLater("451 later"), "deferred", "active", False),
        (RuntimeError("a bug in the channel"), "uncertain", "active", False),
    ],
)
def test_each_failure_has_its_outcome(sending, courier, channel, failure, status, state, suppressed):
    person(1)
    broadcast = sending()
    channel.answers = [failure]

    courier.work(broadcast)

    assert Delivery.objects.get().status == status
    assert Subscription.objects.get().state == state
    assert Suppression.objects.exists() is suppressed
    assert not balance(broadcast).faults


@pytest.mark.parametrize("failure", [failures.MessageRejected("554 spam"), failures.ChannelRefused("535 password")])
def test_a_refusal_of_ours_pauses_the_broadcast_and_nobody_else_is_tried(sending, courier, channel, failure):
    for number in range(3):
        person(number)
    broadcast = sending()
    channel.answers = [failure]

    courier.work(broadcast)

    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.State.PAUSED
    assert str(failure) in broadcast.pause_reason
    assert channel.sent == []
    assert Delivery.objects.filter(status="queued", lease_owner="").count() == 2


def test_a_moved_address_is_written_to_at_its_new_place(sending, courier, channel):
    person(1)
    broadcast = sending()
    channel.answers = [failures.AddressMoved("migrated", address="moved@example.org")]

    courier.work(broadcast)
    courier.work(broadcast)

    assert [each.address for each in channel.sent] == ["moved@example.org"]


def test_rate_limited_deliveries_wait_as_long_as_the_provider_asks(sending, courier, channel, clock):
    for number in range(3):
        person(number)
    broadcast = sending()
    channel.answers = [failures.TryLater("429", retry_after=30, everyone=True)]
    asked_at = clock.now

    courier.work(broadcast)

    assert channel.sent == []
    assert courier.work(broadcast) == 0
    assert Delivery.objects.filter(status="deferred").get().attempts == 0
    clock.now = asked_at + timedelta(seconds=31)
    while courier.work(broadcast):
        pass
    assert len(channel.sent) == 3
    assert min(channel.moments[1:]) >= asked_at + timedelta(seconds=30)


def test_a_pause_without_measure_is_cut_to_a_day(sending, courier, channel, clock):
    person(1)
    broadcast = sending()
    channel.answers = [failures.TryLater("429", retry_after=10**15, everyone=True)]

    courier.work(broadcast)

    assert throttle.paused_until(channel="email") <= clock.now + timedelta(days=1)
    assert Delivery.objects.get().status == "deferred"


def test_another_worker_obeys_the_pause_as_well(sending, courier, channel, clock):
    for number in range(2):
        person(number)
    broadcast = sending()
    other = ListChannel(clock=clock)
    second = Courier(channel=other, links=TrackedLinks(), owner="worker-2", clock=clock, wait=clock.wait)
    channel.answers = [failures.TryLater("429", retry_after=30, everyone=True)]

    courier.work(broadcast)
    second.work(broadcast)

    assert other.sent == []


def test_an_address_that_never_answers_fails_in_the_end(sending, courier, channel, clock):
    person(1)
    broadcast = sending()
    channel.answers = [failures.TryLater("451")] * MOST_ATTEMPTS

    for _attempt in range(MOST_ATTEMPTS):
        courier.work(broadcast)
        clock.now += timedelta(hours=5)

    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.attempts) == ("failed", MOST_ATTEMPTS)
    assert channel.sent == []


def test_waits_grow_between_attempts(sending, courier, channel, clock):
    person(1)
    broadcast = sending()
    channel.answers = [failures.TryLater("451")] * 3
    waits = []
    for _attempt in range(3):
        courier.work(broadcast)
        delivery = Delivery.objects.get()
        waits.append(delivery.due_at - clock.now)
        clock.now = delivery.due_at

    assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]


def test_pause_acts_before_the_next_message(sending, courier, channel, clock):
    for number in range(5):
        person(number)
    broadcast = sending()
    channel.before = lambda outgoing: broadcasts.pause(broadcast=broadcast, reason="wait", now=clock.now)

    courier.work(broadcast)

    assert len(channel.sent) == 1
    assert Delivery.objects.filter(status="queued", lease_owner="").count() == 4


def test_who_leaves_while_it_is_being_sent_gets_nothing(sending, courier, channel, clock):
    for number in range(3):
        person(number)
    broadcast = sending()
    Subscription.objects.filter(subscriber__deliveries__pk=Delivery.objects.latest("pk").pk).update(state="left")

    courier.work(broadcast)
    lifecycle.tidy(now=clock.now)

    assert len(channel.sent) == 2
    assert Delivery.objects.get(status="cancelled").detail == "left or withdrew consent"
    assert not balance(broadcast).faults


def test_who_was_erased_while_it_is_being_sent_gets_nothing(sending, courier, channel, clock):
    erased = person(1)
    broadcast = sending()
    erased.delete()

    courier.work(broadcast)

    assert channel.sent == []
    assert Delivery.objects.get().status == "cancelled"


def test_a_dead_workers_attempt_becomes_uncertain_and_is_not_sent_again(sending, channel, clock):
    for number in range(3):
        person(number)
    broadcast = sending()

    def die(outgoing):
        raise KeyboardInterrupt

    channel.before = die
    dead = Courier(channel=channel, links=TrackedLinks(), owner="dead", clock=clock, wait=clock.wait)
    with pytest.raises(KeyboardInterrupt):
        dead.work(broadcast)
    clock.now += ledger.LEASE + timedelta(seconds=1)
    channel.before = lambda outgoing: None

    lifecycle.tidy(now=clock.now)
    alive = Courier(channel=channel, links=TrackedLinks(), owner="alive", clock=clock, wait=clock.wait)
    while alive.work(broadcast):
        pass
    lifecycle.tidy(now=clock.now)

    assert len(channel.sent) == 2
    assert Delivery.objects.filter(status="uncertain").count() == 1
    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.State.SENDING, "uncertain deliveries keep a broadcast open"
    assert not balance(broadcast).faults


@pytest.mark.parametrize(("send_again", "sent", "status"), [(True, 1, "accepted"), (False, 0, "accepted")])
def test_a_person_decides_what_becomes_of_the_uncertain(sending, courier, channel, clock, send_again, sent, status):
    person(1)
    broadcast = sending()
    channel.answers = [failures.OutcomeUnknown("the line broke")]
    courier.work(broadcast)

    assert lifecycle.resolve_uncertain(broadcast=broadcast, send_again=send_again, now=clock.now) == 1
    courier.work(broadcast)
    lifecycle.tidy(now=clock.now)

    assert len(channel.sent) == sent
    assert Delivery.objects.get().status == status
    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.State.FINISHED


def test_an_answer_that_comes_late_resolves_the_uncertain(sending, channel, clock, courier):
    person(1)
    broadcast = sending()
    channel.before = lambda outgoing: lifecycle.tidy(now=clock.now + ledger.LEASE * 2)

    courier.work(broadcast)

    assert Delivery.objects.get().status == "accepted"


def test_two_workers_never_claim_the_same_delivery(sending, clock):
    for number in range(10):
        person(number)
    broadcast = sending()

    first = ledger.claim(broadcast=broadcast, channel="email", owner="a", limit=6, now=clock.now)
    second = ledger.claim(broadcast=broadcast, channel="email", owner="b", limit=6, now=clock.now)

    assert len(first) == 6
    assert len(second) == 4
    assert not {row.pk for row in first} & {row.pk for row in second}
    assert not ledger.attempt(delivery=first[0], owner="b", now=clock.now)


def test_what_a_dead_worker_only_claimed_is_claimed_again(sending, clock):
    person(1)
    broadcast = sending()
    ledger.claim(broadcast=broadcast, channel="email", owner="dead", limit=5, now=clock.now)

    assert ledger.claim(broadcast=broadcast, channel="email", owner="b", limit=5, now=clock.now) == []
    later = clock.now + ledger.LEASE + timedelta(seconds=1)
    assert len(ledger.claim(broadcast=broadcast, channel="email", owner="b", limit=5, now=later)) == 1


def test_a_broadcast_that_fails_too_often_pauses_itself(sending, courier, channel):
    for number in range(TOO_MANY + 5):
        person(number)
    broadcast = sending()
    channel.answers = [failures.AddressDead("550")] * (TOO_MANY + 5)

    courier.work(broadcast)

    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.State.PAUSED
    assert "Bounced" in broadcast.pause_reason


def test_no_second_holds_more_messages_than_the_channel_allows(sending, clock):
    for number in range(40):
        person(number)
    broadcast = sending()
    channel = ListChannel(per_second=10, clock=clock)
    workers = [
        Courier(channel=channel, links=TrackedLinks(), owner=f"w{n}", clock=clock, wait=clock.wait) for n in range(2)
    ]

    while sum(worker.work(broadcast) for worker in workers):
        pass

    moments = sorted(channel.moments)
    assert len(moments) == 40
    for first in moments:
        assert sum(first <= moment < first + timedelta(seconds=1) for moment in moments) <= 10


def test_a_clock_that_jumps_back_does_not_hold_messages_up(clock, db):
    channel = ListChannel(per_second=10)
    throttle.reserve(channel=channel, count=10, now=clock.now)
    back = clock.now - timedelta(hours=3)

    assert throttle.reserve(channel=channel, count=1, now=back) == back


def test_a_message_that_cannot_be_composed_fails_alone(sending, courier, channel):
    broken, fine = person(1), person(2)
    broadcast = sending()
    broken.subscriptions.update(address_encrypted="not a token")

    courier.work(broadcast)

    assert Delivery.objects.get(subscriber=broken).status == "failed"
    assert Delivery.objects.get(subscriber=fine).status == "accepted"


def test_several_sessions_share_a_chunk(transactional_db, sending, clock):
    for number in range(20):
        person(number)
    broadcast = sending()
    channel = ListChannel(connections=4)
    courier = Courier(channel=channel, links=TrackedLinks(), owner="w", clock=clock, wait=clock.wait)

    while courier.work(broadcast):
        pass

    assert sorted(each.address for each in channel.sent) == sorted(f"person{n}@example.org" for n in range(20))
    assert Delivery.objects.filter(status="accepted").count() == 20


def test_a_worker_that_is_told_to_stop_stops_after_the_message_in_its_hands(sending, channel, clock):
    for number in range(5):
        person(number)
    broadcast = sending()
    stopping = threading.Event()

    def take_long(_outgoing):
        clock.now += timedelta(seconds=20)
        stopping.set()

    channel.before = take_long
    Courier(channel=channel, links=TrackedLinks(), owner="w", clock=clock, wait=stopping.wait).work(broadcast)

    assert len(channel.sent) == 1
    assert Delivery.objects.filter(status="queued", lease_owner="").count() == 4


def test_who_took_back_a_consent_after_the_freeze_gets_no_tracked_links(sending, courier, channel):
    person(1)
    Subscription.objects.update(allows_click_tracking=True, allows_open_tracking=True)
    broadcast = sending()
    Subscription.objects.update(allows_click_tracking=False, allows_open_tracking=False)

    courier.work(broadcast)

    html = channel.sent[0].html
    assert "http://testserver/o/" not in html
    token = html.split("http://testserver/r/")[1].split("/")[0]
    assert read(token, Use.COHORT_CLICK)
