"""What providers report of messages that they took, late, twice and in any order."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.audience import bounces, subscriptions
from outreach.audience.addresses import address_hash
from outreach.audience.erasure import erase
from outreach.audience.models import Consent, SoftBounce, Subscriber, Subscription, Suppression
from outreach.broadcasts import services as broadcasts
from outreach.broadcasts.models import Broadcast
from outreach.channels import failures
from outreach.delivery import ledger, lifecycle, tidying
from outreach.delivery import watch as watching
from outreach.delivery.answers import MOST_ATTEMPTS, TOO_MANY, WINDOW
from outreach.delivery.balance import balance
from outreach.delivery.freeze import freeze
from outreach.delivery.message_ids import deliveries_named_in, message_id
from outreach.delivery.models import Delivery, Freeze
from outreach.delivery.reported import Kind, Report
from outreach.delivery.reports import take
from outreach.reach.models import Rollup
from outreach.reach.rollups import rebuild, rebuild_stale

from .conftest import START, let_it_arrive, person

pytestmark = pytest.mark.django_db
LATER = START + timedelta(hours=1)
DAY = timedelta(days=1)
Status = Delivery.Status


@pytest.fixture
def accepted(broadcast) -> list[Delivery]:
    """Three deliveries of a broadcast that is finished."""
    for number in range(3):
        person(number)
    broadcasts.freeze_content(broadcast)
    freeze(broadcast=broadcast, now=START)
    Broadcast.objects.update(state="finished", started_at=START, finished_at=START)
    Delivery.objects.update(status="accepted", attempted_at=START, settled_at=START)
    return list(Delivery.objects.order_by("pk"))


def report(delivery: Delivery, kind: Kind, **changes) -> Report:
    return Report(**{"kind": kind, "at": LATER, "delivery": delivery.pk, **changes})


def hash_of(number: int) -> str:
    return address_hash(channel="email", address=f"person{number}@example.org")


# The ledger


@pytest.mark.parametrize(
    ("kind", "status", "state", "suppressed"),
    [
        (Kind.TAKEN, "accepted", "active", None),
        (Kind.DELIVERED, "delivered", "active", None),
        (Kind.DELAYED, "accepted", "active", None),
        (Kind.RETURNED, "failed", "active", None),
        (Kind.FAILED, "failed", "active", None),
        (Kind.REFUSED, "rejected", "active", None),
        (Kind.DEAD, "bounced", "stopped", "hard_bounce"),
        (Kind.COMPLAINED, "delivered", "left", "complaint"),
        (Kind.LEFT, "delivered", "left", None),
    ],
)
def test_each_report_has_its_outcome_for_the_ledger_and_for_the_person(accepted, kind, status, state, suppressed):
    assert take(reports=[report(accepted[0], kind, words="550 5.1.1 <a@b.example> nobody")], now=LATER) == 1

    delivery = Delivery.objects.get(pk=accepted[0].pk)
    subscription = Subscription.objects.get(pk=delivery.subscription_id)
    assert (delivery.status, subscription.state) == (status, state)
    assert delivery.settled_at == START
    assert "b.example" not in delivery.detail
    found = Suppression.objects.filter(address_hash=subscription.address_hash).values_list("reason", flat=True)
    assert list(found) == ([suppressed] if suppressed else [])
    others = Delivery.objects.exclude(pk=delivery.pk)
    assert set(others.values_list("status", flat=True)) == {"accepted"}
    assert not balance(delivery.broadcast).faults


def test_a_complaint_takes_back_every_consent_at_once(accepted):
    take(reports=[report(accepted[0], Kind.COMPLAINED)], now=LATER)

    entry = Consent.objects.get()
    assert (entry.purpose, entry.granted, entry.method) == ("messages", False, "complaint")
    assert not Subscription.objects.get(pk=accepted[0].subscription_id).allows_messages


@pytest.mark.parametrize("status", ["uncertain", "attempting"])
@pytest.mark.parametrize(
    ("kind", "then"), [(Kind.DELIVERED, "delivered"), (Kind.TAKEN, "accepted"), (Kind.DELAYED, "accepted")]
)
def test_a_report_resolves_what_nobody_knew_and_the_broadcast_can_finish(accepted, status, kind, then):
    Broadcast.objects.update(state="sending", finished_at=None)
    Delivery.objects.filter(pk=accepted[0].pk).update(
        status=status, settled_at=None, attempted_at=None, lease_owner="worker"
    )
    assert tidying.tidy(now=LATER) == 0

    take(reports=[report(accepted[0], kind)], now=LATER)

    delivery = Delivery.objects.get(pk=accepted[0].pk)
    assert (delivery.status, delivery.settled_at, delivery.attempted_at) == (then, LATER, LATER)
    assert tidying.tidy(now=LATER) == 1


def test_a_worker_that_still_has_the_message_leaves_what_a_report_settled(accepted):
    Delivery.objects.filter(pk=accepted[0].pk).update(status="attempting", settled_at=None, lease_owner="worker")
    take(reports=[report(accepted[0], Kind.DELIVERED)], now=LATER)

    late = ledger.Outcome(accepted[0].pk, "uncertain", LATER, LATER)
    ledger.settle(outcomes=[late], owner="worker")

    assert Delivery.objects.get(pk=accepted[0].pk).status == "delivered"


@pytest.mark.parametrize("waiting", ["queued", "deferred"])
def test_what_was_to_be_sent_again_is_not_once_it_is_known_that_it_arrived(accepted, waiting):
    Delivery.objects.filter(pk=accepted[0].pk).update(status=waiting, settled_at=None)

    take(reports=[report(accepted[0], Kind.RETURNED)], now=LATER)
    assert Delivery.objects.get(pk=accepted[0].pk).status == waiting

    take(reports=[report(accepted[0], Kind.DELIVERED)], now=LATER)
    assert Delivery.objects.get(pk=accepted[0].pk).status == "delivered"


@pytest.mark.parametrize("status", ["cancelled", "expired", "blocked"])
@pytest.mark.parametrize("kind", [Kind.DELIVERED, Kind.RETURNED, Kind.TAKEN])
def test_what_was_not_sent_stays_as_it_is(accepted, status, kind):
    Delivery.objects.update(status=status)

    take(reports=[report(accepted[0], kind)], now=LATER)

    assert Delivery.objects.get(pk=accepted[0].pk).status == status


def test_the_failure_of_an_earlier_attempt_says_nothing_of_the_next(accepted):
    Delivery.objects.update(attempted_at=LATER)

    take(reports=[report(accepted[0], Kind.RETURNED, at=START)], now=LATER)

    assert Delivery.objects.get(pk=accepted[0].pk).status == "accepted"


# Of whom a report speaks


def test_a_report_of_another_address_is_not_of_the_delivery_that_it_names(accepted):
    assert take(reports=[report(accepted[0], Kind.DEAD, address_hash=hash_of(1))], now=LATER) == 0

    assert set(Subscription.objects.values_list("state", flat=True)) == {"active"}
    assert not Suppression.objects.exists()


def test_one_number_of_the_provider_for_many_receivers_is_told_apart_by_the_address(accepted):
    Delivery.objects.update(provider_id="<batch@provider>")
    nameless = {"kind": Kind.DEAD, "at": LATER, "provider_id": "<batch@provider>"}

    take(reports=[Report(**nameless, address_hash=hash_of(1)), Report(**nameless)], now=LATER)

    assert list(Delivery.objects.order_by("pk").values_list("status", flat=True)) == ["accepted", "bounced", "accepted"]


def test_who_complains_of_a_mail_that_is_no_delivery_is_found_by_the_address_alone(accepted):
    stranger = Report(Kind.COMPLAINED, LATER, provider_id="x", address_hash=hash_of(2))
    unknown = Report(Kind.COMPLAINED, LATER, provider_id="x", address_hash=hash_of(99))

    assert take(reports=[stranger, unknown], now=LATER) == 1

    assert Subscription.objects.get(address_hash=hash_of(2)).state == "left"
    assert list(Suppression.objects.values_list("address_hash", flat=True)) == [hash_of(2)]


@pytest.mark.parametrize("kind", list(Kind))
def test_a_report_after_the_person_was_erased_keeps_the_ledger_true_and_brings_nobody_back(accepted, kind):
    erase(subscriber=Subscriber.objects.get(pk=accepted[0].subscriber_id), now=START)

    take(reports=[report(accepted[0], kind, address_hash=hash_of(0))], now=LATER)

    assert Subscriber.objects.count() == 2
    assert not SoftBounce.objects.exists()
    reason = Suppression.objects.get().reason
    assert reason == ("complaint" if kind == Kind.COMPLAINED else "erased")
    assert not balance(accepted[0].broadcast).faults


def test_what_was_before_somebody_joined_again_counts_no_more(accepted):
    Subscription.objects.update(confirmed_at=LATER)
    old = [report(accepted[0], kind, at=START) for kind in (Kind.DEAD, Kind.COMPLAINED, Kind.LEFT)]

    take(reports=old, now=LATER)

    assert Subscription.objects.get(pk=accepted[0].subscription_id).state == "active"
    assert not Suppression.objects.exists()


def test_only_a_signed_message_id_names_a_delivery(settings):
    ours = message_id(broadcast=3, delivery=17)
    assert deliveries_named_in(f"Message-ID: <{ours.upper()}>") == [17]
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 9
    assert deliveries_named_in(ours) == [17]
    settings.SECRET_KEY_FALLBACKS = []
    assert deliveries_named_in(ours) == []
    assert deliveries_named_in(f"3.17@testserver {ours.replace('17', '18')}") == []


# Soft bounces


@pytest.fixture
def comes_back(everybody) -> Callable[..., Report]:
    """Makes one more delivery to a person, a day later each time, and the report of what came of it."""
    subscriber = person(7)
    subscription = subscriber.subscriptions.get()

    def one_more(day: int, kind: Kind = Kind.RETURNED) -> Report:
        broadcast = Broadcast.objects.create(title=str(day), channels=["email"], state="finished")
        message = broadcast.messages.create(channel="email", language="en", subject="S", body="<p>B</p>")
        delivery = Delivery.objects.create(
            broadcast=broadcast,
            message=message,
            subscriber=subscriber,
            subscription=subscription,
            channel="email",
            segment="everybody",
            language="en",
            status="accepted",
            due_at=START + day * DAY,
            attempted_at=START + day * DAY,
            settled_at=START + day * DAY,
        )
        reported = report(delivery, kind, at=START + day * DAY + timedelta(minutes=5))
        take(reports=[reported], now=reported.at)
        return reported

    return one_more


def state() -> str:
    return Subscription.objects.get().state


def test_five_soft_bounces_in_a_month_stop_the_subscription_and_suppress_nothing(comes_back):
    for day in range(4):
        repeated = comes_back(day)
        take(reports=[repeated, repeated], now=repeated.at)
        assert state() == "active"

    comes_back(4)

    assert state() == "stopped"
    assert not Suppression.objects.exists()


def test_one_message_that_gets_through_between_them_keeps_it(comes_back):
    for day in (0, 1, 2, 3):
        comes_back(day)
    comes_back(4, Kind.DELIVERED)
    comes_back(5)
    assert state() == "active"

    for day in (6, 7, 8, 9):
        comes_back(day)

    assert state() == "stopped"


def test_soft_bounces_of_more_than_a_month_do_not_add_up(comes_back):
    for week in range(8):
        comes_back(8 * week)

    assert state() == "active"


def test_a_delayed_message_that_arrives_after_all_is_no_soft_bounce(comes_back):
    delayed = comes_back(0, Kind.DELAYED)
    assert SoftBounce.objects.count() == 1

    arrived = Report(Kind.DELIVERED, delayed.at, delayed.delivery)
    take(reports=[arrived, delayed], now=delayed.at)

    assert not SoftBounce.objects.exists()


def test_joining_again_starts_afresh(comes_back):
    for day in range(5):
        comes_back(day)
    Subscription.objects.update(state="active", confirmed_at=START + 5 * DAY)

    comes_back(6)

    assert state() == "active"


def test_soft_bounces_are_kept_for_ninety_days(comes_back):
    comes_back(0)
    comes_back(1)

    assert bounces.expire(now=START + timedelta(minutes=5) + bounces.KEPT) == 1

    assert SoftBounce.objects.count() == 1


def test_a_mail_server_that_never_takes_a_message_counts_as_one_soft_bounce(sending, courier, channel, clock):
    person(1)
    broadcast = sending()
    for _attempt in range(MOST_ATTEMPTS):
        channel.answers = [failures.TryLater("452 4.2.2 mailbox full")]
        courier.work()
        clock.now += timedelta(hours=5)

    assert Delivery.objects.get(broadcast=broadcast).status == "failed"
    assert SoftBounce.objects.get().delivery == Delivery.objects.get().pk
    assert Subscription.objects.get().state == "active"


def test_a_message_that_we_can_not_make_is_no_soft_bounce(sending, courier, channel):
    person(1)
    sending()
    channel.answers = [failures.ChannelError("What is this?")]

    courier.work()

    assert Delivery.objects.get().status == "failed"
    assert not SoftBounce.objects.exists()


# Many, late and in any order


def test_a_thousand_reports_cost_few_statements(broadcast):
    for number in range(40):
        person(number)
    broadcasts.freeze_content(broadcast)
    freeze(broadcast=broadcast, now=START)
    Delivery.objects.update(status="accepted", attempted_at=START, settled_at=START)
    deliveries = list(Delivery.objects.order_by("pk"))
    kinds = [Kind.DELIVERED, Kind.DEAD, Kind.RETURNED, Kind.DELAYED]
    few = [report(each, kinds[each.pk % 4]) for each in deliveries[:8]]
    many = [report(each, kinds[each.pk % 4]) for each in deliveries[8:]]
    with CaptureQueriesContext(
        connection,
    ) as of_few:
        take(reports=few, now=LATER)

    with CaptureQueriesContext(connection) as of_many:
        take(reports=many, now=LATER)

    assert len(of_many) <= len(of_few) + 2


def test_the_reach_of_a_finished_broadcast_is_counted_again_after_a_late_report(accepted, broadcast):
    broadcast.refresh_from_db()
    for _again in range(2):
        rebuild(broadcast=broadcast, now=START + timedelta(minutes=10))
    assert rebuild_stale(now=LATER) == 0
    before = sum(Rollup.objects.values_list("accepted", flat=True))

    take(reports=[report(accepted[0], Kind.DEAD)], now=LATER)

    assert Freeze.objects.get().reported_at == LATER
    assert rebuild_stale(now=LATER + timedelta(minutes=2)) == 1
    assert sum(Rollup.objects.values_list("accepted", flat=True)) == before - 1
    assert rebuild_stale(now=LATER + timedelta(minutes=4)) == 0


BEGINNINGS = ["queued", "attempting", "deferred", "uncertain", "accepted", "failed", "rejected"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kinds=st.lists(st.sampled_from(list(Kind)), min_size=1, max_size=5),
    beginning=st.sampled_from(BEGINNINGS),
    data=st.data(),
)
def test_any_order_and_repetition_of_reports_ends_the_same_and_balances(accepted, kinds, beginning, data):
    first = outcome_of(accepted, beginning, [[kind] for kind in kinds])
    order = data.draw(st.permutations(kinds + data.draw(st.lists(st.sampled_from(kinds), max_size=3))))
    cut = data.draw(st.integers(0, len(order)))

    assert outcome_of(accepted, beginning, [order[:cut], order[cut:]]) == first


def outcome_of(accepted: list[Delivery], beginning: str, requests: list[list[Kind]]) -> tuple[object, ...]:
    """What is left when reports on the first delivery come in these requests."""
    Suppression.objects.all().delete()
    SoftBounce.objects.all().delete()
    Subscription.objects.update(state="active", ended_at=None, allows_messages=True)
    is_open = beginning in Delivery.OPEN
    Delivery.objects.filter(pk=accepted[0].pk).update(status=beginning, settled_at=None if is_open else START)
    Broadcast.objects.update(state="sending")
    for kinds in requests:
        take(reports=[report(accepted[0], kind) for kind in kinds], now=LATER)
    delivery = Delivery.objects.get(pk=accepted[0].pk)
    sums = balance(delivery.broadcast)
    assert not sums.faults
    subscription = Subscription.objects.get(pk=accepted[0].subscription_id)
    suppressed = list(Suppression.objects.values_list("reason", flat=True))
    return delivery.status, subscription.state, suppressed, SoftBounce.objects.count()


def test_leaving_by_a_complaint_can_be_taken_back_by_nobody_but_staff(accepted, django_user_model):
    take(reports=[report(accepted[0], Kind.DEAD), report(accepted[0], Kind.COMPLAINED)], now=LATER)

    assert Suppression.objects.get().reason == "complaint"
    with pytest.raises(subscriptions.AddressSuppressed):
        subscriptions.join(
            channel="email",
            address="person0@example.org",
            language="en",
            purposes=frozenset({"messages"}),
            method="form",
            now=LATER,
        )
    assert Status(Delivery.objects.get(pk=accepted[0].pk).status) == Status.BOUNCED


# What is being sent


@pytest.fixture
def on_its_way(sending) -> Broadcast:
    """A broadcast to 70 people of whom the provider took the first 60, and the others wait."""
    for number in range(70):
        person(number)
    broadcast = sending()
    first = list(Delivery.objects.order_by("pk").values_list("pk", flat=True)[:60])
    Delivery.objects.filter(pk__in=first).update(status="accepted", attempted_at=START, settled_at=START)
    return broadcast


def reported(kind: Kind, numbers: range, at=LATER) -> None:
    rows = Delivery.objects.order_by("pk")[numbers.start : numbers.stop]
    take(reports=[report(row, kind, at=at) for row in rows], now=at)


@pytest.mark.parametrize(
    ("kind", "why"), [(Kind.DEAD, "bounced"), (Kind.RETURNED, "failed"), (Kind.REFUSED, "were refused")]
)
def test_a_broadcast_that_mostly_comes_back_pauses_itself(on_its_way, kind, why):
    reported(kind, range(39))
    on_its_way.refresh_from_db()
    assert on_its_way.state == "sending"

    reported(kind, range(39, 40))

    on_its_way.refresh_from_db()
    assert on_its_way.state == "paused"
    assert f"{TOO_MANY} of its last {WINDOW} messages {why}" in on_its_way.pause_reason


def test_what_came_back_before_somebody_let_it_go_on_does_not_pause_it_again(on_its_way):
    reported(Kind.DEAD, range(40))
    on_its_way.refresh_from_db()
    broadcasts.resume(broadcast=on_its_way, user=None, now=LATER + timedelta(minutes=1))

    reported(Kind.DEAD, range(40, 60), at=LATER + timedelta(minutes=2))

    on_its_way.refresh_from_db()
    assert on_its_way.state == "sending"


def test_good_news_pauses_nothing_and_neither_does_what_is_over(on_its_way):
    reported(Kind.DELIVERED, range(60))
    on_its_way.refresh_from_db()
    assert on_its_way.state == "sending"
    Delivery.objects.filter(status="queued").update(status="accepted", settled_at=START, attempted_at=START)

    reported(Kind.DEAD, range(60))

    on_its_way.refresh_from_db()
    assert on_its_way.state == "sending", "nothing is left to be held back"


@pytest.mark.django_db(transaction=True)
def test_what_arrived_after_all_is_not_sent_again_by_a_worker_that_already_holds_it(sending, channel, hire, clock):
    for number in range(4):
        person(number)
    broadcast = sending()
    channel.answers = [failures.OutcomeUnknown("broke")] * 4
    hire(channel, "first").work()
    assert lifecycle.resolve_uncertain(broadcast=broadcast, send_again=True, now=clock.now) == 4
    rows = list(Delivery.objects.order_by("pk"))

    def arrives(outgoing) -> None:
        channel.before = lambda outgoing: None
        take(reports=[report(row, Kind.DELIVERED) for row in rows[1:]], now=LATER)
        let_it_arrive(watch)

    channel.before = arrives
    with closing(watching.watch()) as watch:
        hire(channel, "second", watch=watch).work()

    assert [outgoing.number for outgoing in channel.sent] == [rows[0].pk]
    assert sorted(Delivery.objects.values_list("status", flat=True)) == ["accepted", *["delivered"] * 3]
