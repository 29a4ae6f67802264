"""The welcome message: once to each address that joins while it is switched on, through the same ledger."""

import random
from datetime import timedelta
from threading import Event

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from outreach.audience import subscriptions
from outreach.audience.models import Subscription, Suppression
from outreach.broadcasts import services as broadcasts
from outreach.broadcasts.models import Broadcast, QuietHours
from outreach.broadcasts.refusals import WrongState
from outreach.delivery import lifecycle, tidying, welcome
from outreach.delivery.balance import balance
from outreach.delivery.models import Cohort, Delivery
from outreach.reach.rollups import rebuild_stale
from outreach.reach.tables import counted_broadcasts
from outreach.tasks import Tasks

from .conftest import START, ListChannel, person, write

pytestmark = pytest.mark.django_db
State = Broadcast.State


def approve(broadcast: Broadcast, two_people, now) -> Broadcast:
    editor, approver = two_people
    submission = broadcasts.submit(broadcast=broadcast, user=editor, now=now)
    broadcasts.approve(broadcast=broadcast, submission_id=submission.pk, user=approver, send_at=None, now=now)
    lifecycle.start_due(now=now)
    broadcast.refresh_from_db()
    return broadcast


@pytest.fixture
def draft(two_people) -> Broadcast:
    """A welcome message by e-mail and Telegram in English, which everybody else gets instead of their language."""
    broadcast = broadcasts.create_welcome(user=two_people[0], now=START)
    for channel in ("email", "telegram"):
        write(broadcast, channel=channel)
    return broadcast


@pytest.fixture
def switched_on(draft, two_people) -> Broadcast:
    return approve(draft, two_people, START)


def join(number: int, now, **fields):
    """Somebody whose addresses became active at ``now``."""
    subscriber = person(number, **fields)
    subscriber.subscriptions.update(confirmed_at=now)
    return subscriber


def test_who_joins_is_welcomed_once_on_each_address(switched_on, courier, channel, clock):
    both = join(1, START, channels=("email", "telegram"))
    courier.work()
    assert channel.sent == []

    for _look in range(3):
        welcome.greet_all(now=clock.now)
        courier.work()

    assert [mail.address for mail in channel.sent] == ["person1@example.org"]
    assert sorted(Delivery.objects.filter(subscriber=both).values_list("channel", "slot")) == [
        ("email", "email"),
        ("telegram", "telegram"),
    ]
    assert not balance(switched_on).faults
    assert balance(switched_on).candidates == 2


def test_who_joined_before_it_was_switched_on_is_never_welcomed(draft, two_people, clock):
    join(1, START - timedelta(seconds=1))
    person(2)
    welcomed = approve(draft, two_people, START)

    assert welcome.greet(broadcast=welcomed, now=clock.now) == 0


def test_joining_on_the_bot_leads_to_a_welcome_and_leaving_and_coming_back_to_no_second_one(switched_on, clock):
    def come(now):
        return subscriptions.join(
            channel="telegram",
            address="1001",
            language="fr",
            purposes=frozenset({"messages"}),
            method="bot",
            now=now,
        )

    subscription = come(clock.now)
    assert welcome.greet_all(now=clock.now) == 1
    subscriptions.leave(subscription=subscription, method="bot", now=clock.now)
    come(clock.now + timedelta(hours=1))
    assert welcome.greet_all(now=clock.now + timedelta(hours=1)) == 0
    delivery = Delivery.objects.get()
    assert (delivery.language, delivery.message.language) == ("fr", "en")


def test_nobody_is_welcomed_who_may_not_be_written_to(switched_on, clock):
    join(1, START, allowed=False)
    join(2, START, state="pending")
    suppressed = join(3, START).subscriptions.get()
    Suppression.objects.create(channel="email", address_hash=suppressed.address_hash, reason="complaint")

    assert welcome.greet_all(now=clock.now) == 0
    assert balance(switched_on).candidates == 0


def test_without_a_text_in_a_language_or_a_fallback_nobody_is_lined_up(switched_on, clock):
    Broadcast.objects.update(fallback_language="")
    join(1, START, language="ht")
    assert welcome.greet_all(now=clock.now) == 0


def test_a_worker_that_was_away_for_long_does_not_welcome_those_who_joined_long_ago(switched_on):
    join(1, START)
    join(2, START + timedelta(days=8))
    assert welcome.greet_all(now=START + timedelta(days=9)) == 1


def test_it_never_finishes_by_itself_and_does_when_it_is_switched_off(switched_on, courier, two_people, clock):
    join(1, START)
    welcome.greet_all(now=clock.now)
    courier.work()
    tidying.tidy(now=clock.now)
    switched_on.refresh_from_db()
    assert switched_on.stands_open

    off = clock.now + timedelta(minutes=1)
    join(2, off - timedelta(seconds=1))
    join(3, off)
    broadcasts.close(broadcast=switched_on, user=two_people[1], now=off)
    with pytest.raises(WrongState):
        broadcasts.close(broadcast=switched_on, user=two_people[1], now=off)
    tidying.tidy(now=off)
    switched_on.refresh_from_db()
    assert switched_on.state == State.SENDING, "somebody who joined before still waits"
    clock.now = off + timedelta(minutes=1)
    courier.work()
    tidying.tidy(now=clock.now)

    switched_on.refresh_from_db()
    assert switched_on.state == State.FINISHED
    assert balance(switched_on).statuses["accepted"] == 2
    assert not balance(switched_on).faults


def test_a_new_one_takes_over_and_the_one_before_sends_what_it_owes(switched_on, two_people, courier, clock):
    join(1, START)
    welcome.greet_all(now=clock.now)
    following = broadcasts.create_welcome(user=two_people[0], now=START)
    assert following.messages.count() == 2, "it begins with the texts of the one before"
    later = START + timedelta(hours=1)
    approve(following, two_people, later)
    join(2, later)

    welcome.greet_all(now=later)
    clock.now = later
    courier.work()
    tidying.tidy(now=later)

    switched_on.refresh_from_db()
    assert switched_on.state == State.FINISHED
    assert [balance(each).deliveries for each in (switched_on, following)] == [1, 1]


def test_a_welcome_message_that_nobody_can_be_added_to_holds_up_no_other(switched_on, two_people, monkeypatch, caplog):
    following = broadcasts.create_welcome(user=two_people[0], now=START)
    later = START + timedelta(hours=1)
    approve(following, two_people, later)
    join(1, later)
    greet = welcome.greet

    def fails(*, broadcast, now):
        if broadcast == switched_on:
            raise ValueError("a row that nobody foresaw")
        return greet(broadcast=broadcast, now=now)

    monkeypatch.setattr(welcome, "greet", fails)

    assert welcome.greet_all(now=later) == 1

    assert Delivery.objects.get().broadcast == following
    assert f"nobody could be added to welcome message {switched_on.pk}" in caplog.text


def test_who_comes_back_is_not_welcomed_again_by_a_new_one(switched_on, two_people, clock):
    subscription = join(1, START).subscriptions.get()
    welcome.greet_all(now=clock.now)
    later = START + timedelta(hours=1)
    approve(broadcasts.create_welcome(user=two_people[0], now=START), two_people, later)
    Subscription.objects.filter(pk=subscription.pk).update(confirmed_at=later)

    assert welcome.greet_all(now=later) == 0


def test_a_worker_that_looks_late_adds_nobody_to_what_was_ended_meanwhile(switched_on, clock):
    read_before = Broadcast.objects.get(pk=switched_on.pk)
    broadcasts.cancel(broadcast=switched_on, now=clock.now)
    join(1, START)

    assert welcome.greet(broadcast=read_before, now=clock.now) == 0
    assert balance(read_before).candidates == 0


def test_the_database_too_keeps_a_second_one_from_being_switched_on(switched_on):
    with pytest.raises(IntegrityError), transaction.atomic():
        Broadcast.objects.create(title="Second", kind="welcome", state="sending", started_at=START)


def test_a_paused_one_lines_nobody_up_until_it_is_resumed(switched_on, two_people, clock):
    broadcasts.pause(broadcast=switched_on, reason="Wrong link", user=two_people[1], now=clock.now)
    join(1, START)
    assert welcome.greet_all(now=clock.now) == 0
    broadcasts.resume(broadcast=switched_on, user=two_people[1], now=clock.now)
    assert welcome.greet_all(now=clock.now) == 1


def test_cancelling_it_cancels_who_waits(switched_on, clock):
    join(1, START)
    welcome.greet_all(now=clock.now)
    broadcasts.cancel(broadcast=switched_on, now=clock.now)
    tidying.tidy(now=clock.now)
    assert balance(switched_on).statuses["cancelled"] == 1
    assert welcome.greet_all(now=clock.now) == 0


def test_it_goes_through_the_same_approval(draft, two_people):
    editor, _approver = two_people
    submission = broadcasts.submit(broadcast=draft, user=editor, now=START)
    with pytest.raises(broadcasts.OwnSubmission):
        broadcasts.approve(broadcast=draft, submission_id=submission.pk, user=editor, send_at=None, now=START)
    message = draft.messages.first()
    message.subject = "Edited"
    broadcasts.write(message=message, user=editor, now=START)
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_no_audience_can_be_chosen_for_it_and_it_is_never_urgent(draft, everybody, two_people):
    broadcasts.set_audience(
        broadcast=draft,
        segments=[everybody],
        channels=["email"],
        every_channel=False,
        fallback_language="en",
        missed_rule="send",
        deadline_hours=1,
        ignores_quiet_hours=True,
        user=two_people[0],
        now=START,
    )
    draft.refresh_from_db()
    assert not draft.segments.exists()
    assert draft.every_channel
    assert not draft.ignores_quiet_hours


def test_people_who_are_not_tracked_share_one_link_of_all_who_were_welcomed(switched_on, clock):
    for number in range(7):
        join(number, START)
    welcome.greet_all(now=clock.now)

    cohort = Cohort.objects.get(broadcast=switched_on)
    assert (cohort.segment, cohort.gender, cohort.language, cohort.channel, cohort.size) == (None,) * 4 + (7,)


def test_a_gender_is_copied_only_with_consent_to_count_it(switched_on, clock):
    join(1, START, gender="woman")
    join(2, START, gender="man").subscriptions.update(allows_gender_statistics=True)
    welcome.greet_all(now=clock.now)
    assert sorted(Delivery.objects.values_list("gender", flat=True)) == ["", "man"]


def test_it_is_no_campaign_so_reach_does_not_count_it(switched_on, courier, clock):
    join(1, START)
    welcome.greet_all(now=clock.now)
    courier.work()

    assert rebuild_stale(now=clock.now) == 0
    assert not counted_broadcasts().exists()


@pytest.mark.parametrize("seed", range(4))
def test_in_any_order_of_joining_leaving_sending_and_looking_the_ledger_balances(switched_on, clock, hire, seed):
    chance = random.Random(seed)
    couriers = [hire(ListChannel(clock=clock, name=name), owner=name) for name in ("email", "telegram")]
    for number in range(30):
        step = chance.randrange(5)
        if step < 2:
            join(number, clock.now, channels=chance.choice([("email",), ("telegram",), ("email", "telegram")]))
        elif step == 2:
            welcome.greet_all(now=clock.now)
        elif step == 3:
            chance.choice(couriers).work()
        elif active := list(Subscription.objects.filter(state="active")):
            subscriptions.leave(subscription=chance.choice(active), method="link", now=clock.now)
        clock.now += timedelta(seconds=1)
        assert not balance(switched_on).faults

    addresses = [mail.address for courier in couriers for mail in courier.channel.sent]
    assert len(addresses) == len(set(addresses))


def test_who_joins_at_night_is_welcomed_in_the_morning(switched_on, smtp_server, clock, tmp_path):
    QuietHours.objects.create(email=True)
    clock.now = START + timedelta(hours=12)
    join(1, clock.now)
    tasks = Tasks(owner="w", clock=clock, stopping=Event(), journals=tmp_path)

    assert tasks.welcome()
    assert not tasks.deliver("email")
    clock.now = START + timedelta(hours=21)
    assert tasks.deliver("email")
    tasks.close()

    assert smtp_server.receivers == ["person1@example.org"]


def test_its_progress_page_says_that_it_stands_open_and_offers_to_switch_it_off(
    switched_on, client, django_user_model, clock
):
    join(1, START)
    welcome.greet_all(now=clock.now)
    client.force_login(django_user_model.objects.create_superuser("admin", password=None))

    text = client.get(reverse("broadcast_progress", args=[switched_on.pk])).text

    assert "Switched on" in text
    assert "until it is switched off" in text
    assert f"{reverse('broadcasts:close', args=[switched_on.pk])}?next=" in text
    assert "This does not balance" not in text


def test_it_has_no_time_that_could_be_missed(draft, two_people):
    submission = broadcasts.submit(broadcast=draft, user=two_people[0], now=START)
    broadcasts.approve(broadcast=draft, submission_id=submission.pk, user=two_people[1], send_at=None, now=START)

    lifecycle.start_due(now=START + timedelta(hours=2))

    draft.refresh_from_db()
    assert (draft.state, draft.pause_reason) == ("sending", "")


def test_who_joins_is_welcomed_although_a_clock_was_ahead_when_it_was_switched_on(draft, two_people):
    assert approve(draft, two_people, START + timedelta(days=30)).state == "sending"
    join(1, START + timedelta(days=1))

    assert welcome.greet_all(now=START + timedelta(days=1)) == 1
