"""The engine: every failure of a channel has its outcome in the ledger, and nobody is written to twice."""

import os
import threading
from datetime import timedelta

import pytest
from django.db import DataError, OperationalError, connection
from django.utils import translation
from django.utils.translation import gettext

from outreach.audience.addresses import encrypt
from outreach.audience.models import Subscriber, Subscription, Suppression
from outreach.audience.suppressions import suppress
from outreach.broadcasts import services as broadcasts
from outreach.broadcasts.models import Broadcast
from outreach.channels import failures, registry
from outreach.channels.protocol import Outgoing, Receipt, Work
from outreach.delivery import ledger, lifecycle, throttle, tidying
from outreach.delivery.answers import BAD, MOST_ATTEMPTS, TOO_MANY, WINDOW
from outreach.delivery.balance import balance
from outreach.delivery.desk import AtOnce
from outreach.delivery.message_ids import message_id
from outreach.delivery.models import Delivery, Lease
from outreach.tracking.tokens import Use, read

from .conftest import ListChannel, NothingNew, person, write

pytestmark = pytest.mark.django_db


def test_every_waiting_delivery_is_sent_once(sending, courier, channel, clock):
    for number in range(30):
        person(number)
    broadcast = sending()

    courier.work()
    tidying.tidy(now=clock.now)

    assert sorted(each.address for each in channel.sent) == sorted(f"person{n}@example.org" for n in range(30))
    assert set(Delivery.objects.values_list("status", flat=True)) == {"accepted"}
    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.State.FINISHED
    assert not balance(broadcast).faults


def test_a_copy_carries_its_own_links(sending, courier, channel):
    person(1)
    broadcast = sending()

    courier.work()

    copy = channel.sent[0]
    delivery = Delivery.objects.get()
    assert copy.links.unsubscribe.startswith("http://testserver/u/")
    assert "http://testserver/r/" in copy.copy.html
    assert "link.invalid" not in copy.copy.html + copy.copy.text
    assert copy.message_id == message_id(broadcast=broadcast.pk, delivery=delivery.pk)
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

    courier.work()

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

    courier.work()

    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.State.PAUSED
    assert str(failure) in broadcast.pause_reason
    assert channel.sent == []
    assert Delivery.objects.filter(status="queued", lease_owner="").count() == 2


def test_a_moved_address_is_written_to_at_its_new_place(sending, courier, channel):
    person(1)
    sending()
    channel.answers = [failures.AddressMoved("migrated", address="moved@example.org")]

    courier.work()
    courier.work()

    assert [each.address for each in channel.sent] == ["moved@example.org"]


def test_a_move_that_is_told_twice_ends_no_subscription(sending, courier, channel):
    person(1)
    sending()
    moved = failures.AddressMoved("migrated", address="moved@example.org")
    channel.answers = [moved, moved]

    for _round in range(3):
        courier.work()

    assert Subscription.objects.get().state == "active"
    assert [each.address for each in channel.sent] == ["moved@example.org"]


def test_somebody_who_is_erased_while_their_move_is_told_holds_up_nobody(sending, courier, channel):
    for number in range(2):
        person(number)
    sending()
    channel.answers = [failures.AddressMoved("migrated", address="moved@example.org")]

    def erase(_outgoing):
        channel.during = lambda _next: None
        Subscription.objects.earliest("pk").delete()

    channel.during = erase
    courier.work()

    assert [each.address for each in channel.sent] == ["person1@example.org"]


def test_rate_limited_deliveries_wait_as_long_as_the_provider_asks(sending, courier, channel, clock):
    for number in range(3):
        person(number)
    sending()
    channel.answers = [failures.TryLater("429", retry_after=30, everyone=True)]
    asked_at = clock.now

    courier.work()

    assert channel.sent == []
    assert courier.work() == 0
    assert Delivery.objects.filter(status="deferred").get().attempts == 0
    clock.now = asked_at + timedelta(seconds=31)
    courier.work()
    assert len(channel.sent) == 3
    assert min(channel.moments[1:]) >= asked_at + timedelta(seconds=30)


def test_a_pause_without_measure_is_cut_to_a_day(sending, courier, channel, clock):
    person(1)
    sending()
    channel.answers = [failures.TryLater("429", retry_after=10**15, everyone=True)]

    courier.work()

    assert throttle.paused_until(channel="email", now=clock.now) <= clock.now + timedelta(days=1)
    assert Delivery.objects.get().status == "deferred"


@pytest.mark.parametrize("stage", ["receiver", "data", "end"])
def test_a_few_at_whom_the_mail_server_always_goes_away_hold_up_nobody_and_come_to_an_end(
    sending, hire, clock, smtp_server, settings, stage
):
    """It passes on what another server says; nothing tells that from a server that is overburdened itself."""
    for number in range(6):
        person(number)
    broadcast = sending()
    for number in range(3):
        smtp_server.answers(
            stage, "421 4.4.2 The server behind me hung up", times=1000, receiver=f"person{number}@example.org"
        )
    settings.EMAIL_PER_SECOND, settings.EMAIL_CONNECTIONS = 0, 1
    courier = hire(registry.channel("email"))
    for _round in range(100):
        courier.work()
        tidying.tidy(now=clock.now)
        if Broadcast.objects.get().state != "sending":
            break
        clock.now += timedelta(minutes=3)
    courier.close()

    assert sorted(smtp_server.receivers) == [f"person{number}@example.org" for number in (3, 4, 5)]
    assert balance(broadcast).statuses["failed"] == 3
    assert Broadcast.objects.get().state == "finished"


def test_a_mail_server_that_is_overburdened_for_long_pauses_no_broadcast(sending, courier, channel, clock):
    for number in range(60):
        person(number)
    broadcast = sending()
    channel.answers = [failures.TryLater("421 busy", everyone=True, blames_nobody=False) for _ in range(50)]
    for _round in range(51):
        courier.work()
        clock.now += timedelta(seconds=31)

    broadcast.refresh_from_db()
    assert broadcast.state == "sending"
    assert channel.sent


def test_another_worker_obeys_the_pause_as_well(sending, courier, channel, clock, hire):
    for number in range(2):
        person(number)
    sending()
    other = ListChannel(clock=clock)
    second = hire(other, "worker-2")
    channel.answers = [failures.TryLater("429", retry_after=30, everyone=True)]

    courier.work()
    second.work()

    assert other.sent == []


def test_an_address_that_never_answers_fails_in_the_end(sending, courier, channel, clock):
    person(1)
    sending()
    channel.answers = [failures.TryLater("451")] * MOST_ATTEMPTS

    for _attempt in range(MOST_ATTEMPTS):
        courier.work()
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
        courier.work()
        delivery = Delivery.objects.get(broadcast=broadcast)
        waits.append(delivery.due_at - delivery.attempted_at)
        clock.now = delivery.due_at

    assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]


def test_pause_acts_before_the_next_message(sending, courier, channel, clock):
    for number in range(5):
        person(number)
    broadcast = sending()
    channel.during = lambda outgoing: broadcasts.pause(broadcast=broadcast, reason="wait", now=clock.now)

    courier.work()

    assert len(channel.sent) == 1
    assert Delivery.objects.filter(status="queued", lease_owner="").count() == 4


def test_pause_stops_even_a_message_that_was_taken(sending, courier, channel, clock):
    for number in range(5):
        person(number)
    broadcast = sending()
    channel.before = lambda outgoing: broadcasts.pause(broadcast=broadcast, reason="wait", now=clock.now)

    courier.work()

    assert channel.sent == []
    assert Delivery.objects.filter(status="queued", lease_owner="").count() == 5


def _has_left(found, _now):
    found.update(state="left")


def _has_withdrawn_consent(found, _now):
    found.update(allows_messages=False)


def _is_suppressed(found, now):
    suppress(channel="email", address_hash=found.get().address_hash, reason="complaint", now=now)


@pytest.mark.parametrize("happens", [_has_left, _has_withdrawn_consent, _is_suppressed])
def test_who_leaves_while_it_is_being_sent_gets_nothing(sending, courier, channel, clock, happens):
    """Each alone is enough; ordinarily they come together."""
    for number in range(3):
        person(number)
    broadcast = sending()
    happens(Subscription.objects.filter(subscriber__deliveries__pk=Delivery.objects.latest("pk").pk), clock.now)

    courier.work()
    tidying.tidy(now=clock.now)

    assert len(channel.sent) == 2
    assert Delivery.objects.get(status="cancelled").detail == "left or withdrew consent"
    assert not balance(broadcast).faults


def test_who_was_erased_while_it_is_being_sent_gets_nothing(sending, courier, channel, clock):
    erased = person(1)
    sending()
    erased.delete()

    courier.work()

    assert channel.sent == []
    assert Delivery.objects.get().status == "cancelled"


class Killed(BaseException):
    """The end of the process, in the middle of a message."""


@pytest.fixture
def dead(sending, channel, hire):
    """A worker that was killed with its first message under way, of three that it had claimed."""
    for number in range(3):
        person(number)
    broadcast = sending()

    def die(_outgoing):
        raise Killed

    channel.during = die
    courier = hire(channel, "dead")
    courier._tidy_up = lambda: None
    with pytest.raises(Killed):
        courier.work()
    os.close(courier._record._journal._file)
    channel.during = lambda outgoing: None
    return broadcast


def test_what_was_under_way_when_a_worker_died_is_uncertain_and_the_rest_is_sent(dead, channel, clock, hire, tmp_path):
    tidying.tidy(journals=tmp_path / "journals", now=clock.now)
    hire(channel, "alive").work()
    tidying.tidy(journals=tmp_path / "journals", now=clock.now)

    assert len(channel.sent) == 2
    assert Delivery.objects.get(status="uncertain").detail == "the worker stopped before an answer came"
    dead.refresh_from_db()
    assert dead.state == Broadcast.State.SENDING, "uncertain deliveries keep a broadcast open"
    assert not balance(dead).faults


def test_without_its_journal_all_that_a_dead_worker_held_is_uncertain(dead, channel, clock, hire):
    tidying.tidy(now=clock.now)
    assert not Delivery.objects.filter(status="uncertain").exists(), "its lease still runs"

    clock.now += ledger.LEASE + timedelta(seconds=1)
    tidying.tidy(now=clock.now)
    hire(channel, "alive").work()

    assert channel.sent == []
    assert Delivery.objects.filter(status="uncertain").count() == 3


def test_a_journal_that_is_found_later_resolves_what_was_uncertain(dead, channel, clock, hire, tmp_path):
    clock.now += ledger.LEASE + timedelta(seconds=1)
    tidying.tidy(now=clock.now)

    tidying.tidy(journals=tmp_path / "journals", now=clock.now)
    hire(channel, "alive").work()

    assert len(channel.sent) == 2
    assert Delivery.objects.filter(status="uncertain").count() == 1


@pytest.mark.parametrize(("send_again", "sent", "status"), [(True, 1, "accepted"), (False, 0, "accepted")])
def test_a_person_decides_what_becomes_of_the_uncertain(sending, courier, channel, clock, send_again, sent, status):
    person(1)
    broadcast = sending()
    channel.answers = [failures.OutcomeUnknown("the line broke")]
    courier.work()

    assert lifecycle.resolve_uncertain(broadcast=broadcast, send_again=send_again, now=clock.now) == 1
    courier.work()
    tidying.tidy(now=clock.now)

    assert len(channel.sent) == sent
    assert Delivery.objects.get().status == status
    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.State.FINISHED


def test_an_answer_that_comes_late_resolves_the_uncertain(sending, channel, clock, courier):
    person(1)
    sending()
    channel.during = lambda outgoing: tidying.tidy(now=clock.now + ledger.LEASE * 2)

    courier.work()

    assert Delivery.objects.get().status == "accepted"


def test_two_workers_never_claim_the_same_delivery(sending, clock):
    for number in range(10):
        person(number)
    broadcast = sending()

    def claim(owner: str) -> list[int]:
        return ledger.claim(broadcast=broadcast.pk, channel="email", owner=owner, limit=6, now=clock.now)

    first, second = claim("a"), claim("b")

    assert len(first) == 6
    assert len(second) == 4
    assert not set(first) & set(second)
    assert ledger.read(first, owner="b") == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_claim_steps_over_what_somebody_else_is_changing(sending, clock):
    for number in range(3):
        person(number)
    broadcast = sending()
    _first, second, _third = everyone = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))

    def claim() -> list[int]:
        return ledger.claim(broadcast=broadcast.pk, channel="email", owner="a", limit=10, now=clock.now)

    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("UPDATE outreach_delivery SET detail = 'changed' WHERE id = %s", [second])
        assert claim() == [number for number in everyone if number != second]
        other.commit()
        assert claim() == [second]
    finally:
        other.close()


@pytest.mark.postgres
def test_claiming_whole_pages_of_rows_touches_no_index(sending, clock):
    people = Subscriber.objects.bulk_create(Subscriber(language="en") for _each in range(200))
    Subscription.objects.bulk_create(
        Subscription(
            subscriber=each,
            channel="email",
            address_encrypted=encrypt(f"person{each.pk}@example.org"),
            address_hash=f"{each.pk:064}",
            state="active",
            allows_messages=True,
        )
        for each in people
    )
    broadcast = sending()
    before = _updates()

    ledger.claim(broadcast=broadcast.pk, channel="email", owner="a", limit=200, now=clock.now)

    assert [after - first for after, first in zip(_updates(), before, strict=True)] == [200, 200]


def _updates() -> tuple[int, int]:
    """How many rows of the ledger this connection updated of late, and how many of these without touching an index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'outreach_delivery'"
        )
        return cursor.fetchone()


class CallsOff(ListChannel):
    """A provider refuses the first request as a whole: each mail of it is called off, and begun anew."""

    def carry(self, work: Work) -> None:
        while isinstance(taken := work.take(), Outgoing):
            if work.begin(taken) and not self.sent:
                self.during(taken)
                work.call_off(taken)
                if not work.begin(taken):
                    continue
            self.sent.append(taken)
            work.settle(taken, Receipt())


def _leaves(broadcast):
    Subscription.objects.update(state="left")


def _pauses(broadcast):
    Broadcast.objects.update(state="paused")


@pytest.mark.parametrize(
    ("happens", "status"),
    [(None, "accepted"), (_leaves, "cancelled"), (_pauses, "queued")],
    ids=["nothing", "leaves", "pauses"],
)
def test_what_a_provider_did_not_take_is_begun_anew_only_while_it_may_go(
    sending, hire, clock, tmp_path, happens, status
):
    """What happened while it was under way was told then, when it could not be stopped any more."""
    person(1)
    broadcast = sending()
    channel = CallsOff(clock=clock)
    channel.during = lambda _outgoing: happens and happens(broadcast)
    courier = hire(channel, watch=NothingNew())

    courier.work()

    assert len(channel.sent) == (happens is None)
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.lease_owner) == (status, "")
    courier.close()
    assert not list((tmp_path / "journals").iterdir()), "nothing of it is left to be doubted"


def test_nobody_moves_what_another_worker_claimed(sending, clock):
    person(1)
    broadcast = sending()
    numbers = ledger.claim(broadcast=broadcast.pk, channel="email", owner="a", limit=5, now=clock.now)
    accepted = ledger.Outcome(numbers[0], "accepted", clock.now, clock.now)

    ledger.settle(outcomes=[accepted], owner="b")
    ledger.settle(outcomes=[ledger.Outcome(numbers[0], "failed", clock.now, clock.now)], owner="b")
    ledger.release(numbers=numbers, owner="b")
    ledger.turn_away(numbers=numbers, owner="b", now=clock.now)

    assert Delivery.objects.get().status == "attempting"
    ledger.settle(outcomes=[accepted], owner="a")
    assert Delivery.objects.get().status == "accepted"


def test_what_is_written_late_keeps_the_second_in_which_it_happened(sending, clock):
    for number in range(4):
        person(number)
    broadcast = sending()
    numbers = ledger.claim(broadcast=broadcast.pk, channel="email", owner="a", limit=5, now=clock.now)
    moments = [clock.now + timedelta(seconds=seconds) for seconds in (0, 0.2, 9, 9.1)]

    ledger.settle(
        outcomes=[ledger.Outcome(number, "accepted", at, at) for number, at in zip(numbers, moments, strict=True)],
        owner="a",
    )

    found = Delivery.objects.order_by("pk").values_list("attempted_at", "settled_at")
    assert list(found) == [(moments[1],) * 2] * 2 + [(moments[3],) * 2] * 2


def test_a_worker_that_ends_gives_its_lease_back(sending, courier, tmp_path):
    person(1)
    sending()
    courier.work()
    assert Lease.objects.get().channel == "email"

    courier.close()

    assert not Lease.objects.exists()
    assert not list((tmp_path / "journals").iterdir())


def test_a_broadcast_that_fails_too_often_pauses_itself(sending, courier, channel):
    for number in range(TOO_MANY + 5):
        person(number)
    broadcast = sending()
    channel.answers = [failures.AddressDead("550")] * (TOO_MANY + 5)

    courier.work()

    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.State.PAUSED
    assert broadcast.pause_reason == f"{TOO_MANY} of its last {WINDOW} messages bounced."


def test_why_a_broadcast_paused_itself_tells_the_numbers_by_which_it_did():
    assert all(f"{TOO_MANY} of its last {WINDOW} messages" in why for why in BAD.values())
    for language in ("fr", "es", "ht"):
        with translation.override(language):
            assert all(gettext(why) != why for why in BAD.values())


def test_no_second_holds_more_messages_than_a_strict_channel_allows(sending, clock, hire):
    for number in range(40):
        person(number)
    sending()
    channel = ListChannel(per_second=10, strict=True, clock=clock)
    workers = [hire(channel, f"w{number}") for number in range(2)]

    while sum(worker.work() for worker in workers):
        pass

    moments = sorted(channel.moments)
    assert len(moments) == 40
    for first in moments:
        assert sum(first <= moment < first + timedelta(seconds=1) for moment in moments) <= 10


def test_a_moment_that_was_missed_on_a_strict_channel_is_not_made_up_for(sending, clock, hire):
    for number in range(12):
        person(number)
    sending()
    channel = ListChannel(per_second=10, strict=True, clock=clock)

    stumbles = iter([timedelta(milliseconds=450)])

    def stumble(outgoing):
        if len(channel.moments) == 5:
            clock.now += next(stumbles, timedelta(0))

    channel.before = stumble
    hire(channel).work()

    assert len(channel.sent) == 12
    for first in channel.moments:
        assert sum(first <= moment < first + timedelta(seconds=1) for moment in channel.moments) <= 10


def test_without_a_limit_nothing_waits(sending, clock, hire):
    for number in range(12):
        person(number)
    sending()
    channel = ListChannel(per_second=0, clock=clock)
    began_at = clock.now

    hire(channel).work()

    assert len(channel.sent) == 12
    assert clock.now == began_at


def test_a_clock_that_jumps_back_does_not_hold_messages_up(clock, db):
    channel = ListChannel(per_second=10, clock=clock)
    throttle.reserve(channel=channel, count=10, now=clock.now)
    back = clock.now - timedelta(hours=3)

    assert throttle.reserve(channel=channel, count=1, now=back) == back


def test_a_clock_that_jumps_back_while_messages_wait_for_their_moments_does_not_stop_them(sending, clock, hire):
    for number in range(20):
        person(number)
    sending()
    channel = ListChannel(per_second=5, clock=clock)

    def jump(outgoing):
        if len(channel.moments) == 3:
            clock.now -= timedelta(hours=3)

    channel.before = jump
    unwritten = []
    channel.during = lambda _outgoing: unwritten.append(
        len(channel.sent) - Delivery.objects.filter(status="accepted").count()
    )
    began_at = clock.now
    hire(channel).work()

    assert len(channel.sent) == 20
    assert max(unwritten) <= 2 * channel.per_second, "outcomes wait for the time that the clock showed before"
    assert clock.now - (began_at - timedelta(hours=3)) < timedelta(minutes=2)


def test_a_message_that_cannot_be_composed_fails_alone(sending, courier, channel):
    broken, fine = person(1), person(2)
    sending()
    broken.subscriptions.update(address_encrypted="not a token")

    courier.work()

    assert Delivery.objects.get(subscriber=broken).status == "failed"
    assert Delivery.objects.get(subscriber=fine).status == "accepted"


def test_a_worker_that_is_told_to_stop_stops_after_the_message_in_its_hands(sending, channel, hire):
    for number in range(5):
        person(number)
    sending()
    stopping = threading.Event()
    channel.during = lambda outgoing: stopping.set()

    hire(channel, stopping=stopping.is_set).work()

    assert len(channel.sent) == 1
    assert Delivery.objects.filter(status="queued", lease_owner="").count() == 4


class TakesAhead(ListChannel):
    """Takes all that there is before it begins the first; ``allowed`` are those that it was then allowed to begin."""

    def carry(self, work: Work) -> None:
        taken = []
        while isinstance(each := work.take(), Outgoing):
            taken.append(each)
        self.allowed: list[int] = []
        for each in taken:
            if not work.may_go(each):
                work.give_back(each)
                continue
            self.allowed.append(each.number)
            if work.begin(each):
                self.during(each)
                self.sent.append(each)
                work.settle(each, self.answers.pop() if self.answers else Receipt())


@pytest.mark.parametrize(
    ("what", "allowed"), [("nothing", 5), ("the worker stops", 1), ("everyone has to wait", 1), ("a pause", 2)]
)
def test_what_was_taken_ahead_goes_only_while_it_may(sending, hire, clock, what, allowed):
    for number in range(5):
        person(number)
    broadcast = sending()
    stopping = threading.Event()
    channel = TakesAhead(clock=clock, per_second=0)
    if what == "the worker stops":
        channel.during = lambda _outgoing: stopping.set()
    elif what == "everyone has to wait":
        channel.answers = [failures.TryLater("421 later", retry_after=60, everyone=True)]
    elif what == "a pause":
        channel.during = lambda _outgoing: _pauses(broadcast)

    hire(channel, stopping=stopping.is_set).work()

    assert len(channel.allowed) == allowed
    assert len(channel.sent) == (5 if what == "nothing" else 1)
    assert Delivery.objects.filter(status="queued", lease_owner="").count() == 5 - len(channel.sent)


@pytest.mark.parametrize("what", ["tracking", "address"])
def test_what_was_taken_ahead_is_made_anew_where_its_receiver_changed_something(sending, hire, clock, what):
    for number in range(3):
        person(number)
    Subscription.objects.update(allows_click_tracking=True, allows_open_tracking=True)
    sending()
    changes = {"tracking": {"allows_click_tracking": False, "allows_open_tracking": False}}
    changes["address"] = {"address_encrypted": encrypt("moved@example.org")}
    channel = TakesAhead(clock=clock, per_second=0)
    channel.during = lambda _outgoing: Subscription.objects.update(**changes[what])
    courier = hire(channel)

    while courier.work():
        pass

    first, *others = channel.sent
    assert (first.address, "http://testserver/o/" in first.copy.html) == ("person0@example.org", True)
    assert len(others) == 2
    for each in others:
        assert ("http://testserver/o/" in each.copy.html) == (what == "address")
        assert (each.address == "moved@example.org") == (what == "address")


def test_nothing_is_sent_while_the_journal_cannot_be_written(sending, channel, courier):
    for number in range(3):
        person(number)
    sending()

    def refuse(number):
        raise OSError(28, "No space left on device")

    courier._record._journal.begin = refuse
    courier.work()

    assert channel.sent == []
    assert Delivery.objects.filter(status="queued", lease_owner="").count() == 3


def test_a_database_that_is_gone_for_long_loses_nothing(sending, channel, hire, monkeypatch):
    for number in range(3):
        person(number)
    broadcast = sending()
    settle = ledger.settle

    def cut(**arguments):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(ledger, "settle", cut)
    courier = hire(channel, pause=lambda seconds: None)
    courier._desk.steadily = lambda job, *arguments, **named: job(*arguments, **named)
    with pytest.raises(OperationalError):
        courier.work()
    assert Delivery.objects.filter(status="attempting").count() == 3
    monkeypatch.setattr(ledger, "settle", settle)
    courier.work()
    courier._tidy_up()

    assert len(channel.sent) == 3
    assert balance(broadcast).statuses["accepted"] == 3


def test_a_worker_that_ends_without_its_database_leaves_everything_to_the_next(
    sending, channel, clock, hire, monkeypatch, tmp_path
):
    for number in range(5):
        person(number)
    broadcast = sending()
    stopping = threading.Event()
    channel.during = lambda outgoing: stopping.set()
    courier = hire(channel, stopping=stopping.is_set, pause=lambda seconds: None)
    courier._desk.steadily = lambda job, *arguments, **named: job(*arguments, **named)

    def cut(*_arguments, **_named):
        raise OperationalError("server closed the connection")

    with monkeypatch.context() as away:
        for name in ("release", "settle", "release_others"):
            away.setattr(ledger, name, cut)
        with pytest.raises(OperationalError):
            courier.work()
        with pytest.raises(OperationalError):
            courier.close()

    tidying.tidy(journals=tmp_path / "journals", now=clock.now)
    hire(channel, "next").work()
    tidying.tidy(journals=tmp_path / "journals", now=clock.now)

    assert len(channel.sent) == 5
    assert balance(broadcast).statuses["accepted"] == 5
    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.State.FINISHED


def test_what_was_being_claimed_when_the_pause_came_is_looked_at_again(sending, channel, clock, hire):
    for number in range(20):
        person(number)
    broadcast = sending()
    channel.per_second = 4
    desk = Slow()
    courier = hire(channel, desk=desk)

    def pause(_outgoing):
        if len(channel.sent) == 4:
            # The claim was read before, and its answer is on its way.
            broadcasts.pause(broadcast=broadcast, reason="wait", now=clock.now)

    channel.during = pause
    courier.work()

    assert len(channel.sent) == 5
    assert not Delivery.objects.filter(status="attempting").exists()


class Slow(AtOnce):
    """Does everything at once, and tells of it only when asked a second time."""

    def submit(self, fn, /, *args, **kwargs):
        done = super().submit(fn, *args, **kwargs)
        asked = iter([False, False])
        is_done = done.done
        done.done = lambda: next(asked, True) and is_done()
        return done


def test_a_bounce_of_a_mail_that_was_taken_away_meanwhile_breaks_nothing(sending, channel, clock, hire):
    for number in range(3):
        person(number)
    broadcast = sending()

    class Envelopes(ListChannel):
        """Refused before it began, as a receiver in an envelope that rode along with the mail before."""

        def carry(self, work):
            first, second = work.take(), work.take()
            assert work.begin(first)
            broadcasts.pause(broadcast=broadcast, reason="wait", now=clock.now)
            assert not work.begin(work.take())
            work.settle(second, failures.AddressDead("550 no such user"))
            self.sent.append(first)
            work.settle(first, Receipt())

    hire(Envelopes(clock=clock, per_second=0)).work()

    assert balance(broadcast).statuses["accepted"] == 1
    assert balance(broadcast).statuses["queued"] == 2


def test_outcomes_that_could_not_be_written_are_written_although_the_broadcast_is_paused(
    sending, channel, clock, hire, monkeypatch
):
    for number in range(3):
        person(number)
    broadcast = sending()
    courier = hire(channel, pause=lambda seconds: None)
    courier._desk.steadily = lambda job, *arguments, **named: job(*arguments, **named)

    def cut(*_arguments, **_named):
        raise OperationalError("server closed the connection")

    with monkeypatch.context() as away:
        away.setattr(ledger, "settle", cut)
        with pytest.raises(OperationalError):
            courier.work()
    broadcasts.pause(broadcast=broadcast, reason="wait", now=clock.now)

    courier.work()

    assert balance(broadcast).statuses["accepted"] == 3


def test_a_worker_whose_lines_are_slow_keeps_its_lease(sending, channel, clock, hire):
    for number in range(40):
        person(number)
    broadcast = sending()

    def take_long(_outgoing):
        clock.now += timedelta(seconds=20)
        assert ledger.recover(now=clock.now) == 0

    channel.during = take_long
    channel.per_second = 0
    hire(channel).work()

    assert balance(broadcast).statuses["accepted"] == 40


def test_what_a_person_decided_about_meanwhile_is_not_sent_by_the_worker_that_had_it(sending, channel, clock, hire):
    for number in range(5):
        person(number)
    broadcast = sending()

    def sleep_through_the_hour(_outgoing):
        if not channel.sent:
            clock.now += timedelta(hours=1)
            ledger.recover(now=clock.now)
            lifecycle.resolve_uncertain(broadcast=broadcast, send_again=False, now=clock.now)

    channel.during = sleep_through_the_hour
    hire(channel).work()

    assert len(channel.sent) == 1
    assert balance(broadcast).statuses["accepted"] == 5


def test_an_answer_that_no_database_takes_is_kept_without_what_it_does_not(sending, channel, courier):
    person(1)
    sending()
    channel.answers = [failures.AddressDead("550 \ud83d no\x00 such user")]

    courier.work()

    assert Delivery.objects.get().status == "bounced"


@pytest.mark.parametrize("unkept", ["\x00", "\ud83d", "\ud83d\x00"])
@pytest.mark.parametrize("kind", [failures.MessageRejected, failures.ChannelRefused])
def test_a_refusal_that_no_database_takes_pauses_the_broadcast_all_the_same(sending, channel, courier, kind, unkept):
    for number in range(3):
        person(number)
    broadcast = sending()
    channel.answers = [kind(f"554 sp{unkept}am")]

    courier.work()

    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.State.PAUSED
    assert "554 sp" in broadcast.pause_reason
    assert channel.sent == []


def test_what_nobody_holds_is_found_and_put_before_a_person(sending, clock):
    for number in range(3):
        person(number)
    broadcast = sending()
    ledger.hold(owner="alive", channel="email", now=clock.now)
    ledger.claim(broadcast=broadcast.pk, channel="email", owner="alive", limit=1, now=clock.now)
    ledger.claim(broadcast=broadcast.pk, channel="email", owner="nobody", limit=1, now=clock.now)

    tidying.recover_orphans()

    assert sorted(Delivery.objects.values_list("status", flat=True)) == ["attempting", "queued", "uncertain"]


def test_a_moment_that_passed_while_a_line_was_opened_is_not_used(sending, clock, hire):
    for number in range(30):
        person(number)
    sending()

    class Crowd(ListChannel):
        """Twenty messages wait for the same upload, and then would all go at once."""

        def carry(self, work):
            waiting, waits = [], 0
            while (taken := work.take()) is not None:
                if not isinstance(taken, Outgoing):
                    clock.wait(taken)
                    continue
                waiting.append(taken)
                waits += 1
                if waits == 20:
                    clock.wait(1.5)
                if waits >= 20:
                    for each in waiting:
                        if work.begin(each):
                            self.moments.append(clock.now)
                            work.settle(each, Receipt("1"))
                    waiting.clear()

    channel = Crowd(clock=clock, per_second=10, strict=True)
    hire(channel).work()

    assert len(channel.moments) == 30
    for first in channel.moments:
        assert sum(first <= moment < first + timedelta(seconds=1) for moment in channel.moments) <= 10


@pytest.fixture
def two_sending(sending, everybody, two_people, clock) -> tuple[Broadcast, Broadcast]:
    """Two broadcasts to the same twenty people."""
    for number in range(20):
        person(number)
    first = sending()
    second = Broadcast.objects.create(title="Second", channels=["email"], fallback_language="")
    second.segments.add(everybody)
    write(second)
    editor, approver = two_people
    submission = broadcasts.submit(broadcast=second, user=editor, now=clock.now)
    broadcasts.approve(broadcast=second, submission_id=submission.pk, user=approver, send_at=clock.now, now=clock.now)
    lifecycle.start(broadcast_id=second.pk, now=clock.now)
    return first, second


def test_two_broadcasts_take_turns(two_sending, channel, hire):
    first, second = two_sending
    channel.per_second = 4

    hire(channel).work()

    numbers = [int(copy.message_id.split(".")[0]) for copy in channel.sent]
    assert len(numbers) == 40
    assert {first.pk, second.pk} == set(numbers[:20]), "neither waits for the other's end"


def test_a_broadcast_that_stopped_itself_goes_on_as_soon_as_somebody_lets_it(
    two_sending, two_people, channel, hire, clock
):
    first, second = two_sending
    channel.per_second = 4
    channel.answers = [failures.MessageRejected("554 spam")]
    went = []

    def resume(outgoing):
        went.append(int(outgoing.message_id.split(".")[0]))
        if len(went) == 5:
            assert set(went[1:]) == {second.pk}
            stopped = Broadcast.objects.get(pk=first.pk)
            broadcasts.resume(broadcast=stopped, user=two_people[0], now=clock.now)

    channel.during = resume
    hire(channel).work()

    assert went[0] == first.pk
    assert first.pk in went[5:25], "it does not wait for the other's end"
    assert len(went) == 40


def test_a_message_that_was_taken_away_and_claimed_anew_is_sent_once(sending, channel, hire, clock, two_people):
    for number in range(10):
        person(number)
    broadcast = sending()
    channel.per_second = 1
    begun = []

    def carry(work):
        def following():
            while isinstance(taken := work.take(), float):
                clock.wait(taken)
            return taken

        old, other = following(), following()
        broadcasts.pause(broadcast=broadcast, reason="wait", now=clock.now)
        assert not work.begin(other), "both are taken away"
        broadcasts.resume(broadcast=Broadcast.objects.get(pk=broadcast.pk), user=two_people[0], now=clock.now)
        anew = following()
        assert anew.number == old.number
        begun.extend(work.begin(each) for each in (anew, old))
        work.give_back(old)
        work.settle(old, failures.OutcomeUnknown("of the old line"))
        work.settle(anew, Receipt("once"))

    channel.carry = carry
    hire(channel).work()

    assert begun == [True, False]
    assert list(Delivery.objects.exclude(status="queued").values_list("status", "provider_id")) == [
        ("accepted", "once")
    ]


def test_what_was_put_off_by_a_clock_that_ran_ahead_does_not_wait_for_its_time(sending, courier, channel, clock):
    person(1)
    sending()
    began_at = clock.now
    clock.now += timedelta(days=30)
    channel.answers = [failures.TryLater("421 later", everyone=True)]
    courier.work()
    clock.now = began_at + timedelta(minutes=1)

    courier.work()

    assert len(channel.sent) == 1
    throttle.wait_everyone(channel="email", until=clock.now + timedelta(minutes=5), now=clock.now)
    assert throttle.paused_until(channel="email", now=clock.now) == clock.now + timedelta(minutes=5)


def test_a_hundred_workers_never_share_a_moment(db, clock):
    channel = ListChannel(per_second=25, strict=True, clock=clock)
    for worker in range(100):
        ledger.hold(owner=f"worker-{worker}", channel=channel.name, now=clock.now)

    taken = [throttle.reserve(channel=channel, count=75, now=clock.now) for _worker in range(100)]

    assert len(set(taken)) == 100


def test_who_took_back_a_consent_after_the_freeze_gets_no_tracked_links(sending, courier, channel):
    person(1)
    Subscription.objects.update(allows_click_tracking=True, allows_open_tracking=True)
    sending()
    Subscription.objects.update(allows_click_tracking=False, allows_open_tracking=False)

    courier.work()

    html = channel.sent[0].copy.html
    assert "http://testserver/o/" not in html
    token = html.split("http://testserver/r/")[1].split("/")[0]
    assert read(token, Use.COHORT_CLICK)


def test_what_became_uncertain_because_it_could_not_be_written_is_never_given_back(
    sending, courier, channel, monkeypatch
):
    for number in range(3):
        person(number)
    sending()
    rows = list(Delivery.objects.order_by("pk"))
    settle = ledger.settle

    def unwritable(*, outcomes, owner):
        if any(outcome.number == rows[1].pk for outcome in outcomes):
            raise DataError("no such column")
        settle(outcomes=outcomes, owner=owner)

    monkeypatch.setattr(ledger, "settle", unwritable)
    courier.work()
    assert Delivery.objects.get(pk=rows[1].pk).status == "uncertain"

    # The line to the database was cut meanwhile, so what else was claimed nobody knows.
    courier._desk.is_unsure = True
    courier.work()

    assert Delivery.objects.get(pk=rows[1].pk).status == "uncertain"
    assert sorted(outgoing.number for outgoing in channel.sent) == [row.pk for row in rows]
