"""What is said of a broadcast on its way: speeds, times left, signs of life, kinds of trouble, parts."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.broadcasts import services as broadcasts
from outreach.broadcasts.models import Broadcast, QuietHours
from outreach.channels import failures
from outreach.delivery import meanings, throttle
from outreach.delivery.models import Delivery
from outreach.delivery.pace import in_words, pace, speed_in_words
from outreach.delivery.progress import progress
from outreach.delivery.signs import late
from outreach.delivery.tallies import Tally, tallies
from outreach.delivery.troubles import MOST_SHOWN, Kind

from .conftest import START, person, write

NOW = START + timedelta(minutes=10)
QUERIES = 10


def tally(status="queued", count=1, *, channel="email", lately=0, tried_at=None, due_at=START) -> Tally:
    tried = count if tried_at else 0
    return Tally(status, channel, "en", count, 0, tried, lately, tried_at, due_at, due_at)


def measured(*found: Tally, allowed=None, rests=None, now=NOW):
    allowed = allowed or {"email": 50}
    return pace(found, started_at=START, allowed=allowed, went_on={}, rests=rests or {}, quiet={}, now=now)


def test_the_time_left_follows_from_the_last_minute():
    found = measured(tally(count=600), tally("accepted", 3000, lately=120, tried_at=NOW))

    assert found.lately == 2
    assert found.left == timedelta(minutes=5)
    assert found.overall == 5
    assert found.at_best == timedelta(seconds=12)


def test_the_time_left_is_not_shorter_than_a_rest_that_has_begun():
    rest = timedelta(hours=10)
    going = tally("accepted", 3000, lately=120, tried_at=NOW)

    assert measured(tally(count=600), going, rests={"email": NOW + rest}).left == rest + timedelta(minutes=5)
    put_off = tally("deferred", 1, due_at=NOW + timedelta(minutes=1))
    assert measured(put_off, going, rests={"email": NOW + rest}).left == rest


def test_where_only_what_was_put_off_is_left_the_next_try_is_told_and_no_end():
    going = tally("accepted", 3000, lately=120, tried_at=NOW)
    first, last = (NOW + timedelta(minutes=minutes) for minutes in (1, 5))
    put_off = [tally("deferred", due_at=last), tally("deferred", due_at=first), tally("uncertain", 4)]

    assert measured(*put_off, going).next_try == first
    assert measured(*put_off, going, rests={"email": last}).next_try == last
    assert measured(*put_off, tally(count=1), going).next_try is None
    assert measured(going).next_try is None


def test_in_its_first_minute_the_speed_is_over_the_time_that_passed():
    now = START + timedelta(seconds=20)

    assert measured(tally("accepted", 100, lately=100, tried_at=now), now=now).lately == 5


def test_a_channel_that_stands_still_makes_the_time_left_unknown():
    going = tally("accepted", 100, lately=60, tried_at=NOW)
    found = measured(tally(count=60), going, tally(count=1, channel="telegram"), allowed={"email": 50, "telegram": 25})

    assert found.lately == 1
    assert (found.left, found.still) == (None, ("telegram",))


def test_at_best_a_channel_goes_on_after_its_rest():
    found = measured(tally(count=100), rests={"email": NOW + timedelta(minutes=3)})

    assert found.at_best == timedelta(minutes=3, seconds=2)


def test_the_slowest_channel_says_when_all_is_done():
    found = measured(
        tally(count=60),
        tally("accepted", 60, lately=60, tried_at=NOW),
        tally(count=60, channel="telegram"),
        tally("accepted", 30, channel="telegram", lately=30, tried_at=NOW),
        allowed={"email": 50, "telegram": 25},
    )

    assert found.left == timedelta(minutes=2)


def test_it_is_not_through_before_the_last_deferred_message_is_due():
    due = NOW + timedelta(hours=2)

    assert measured(tally("deferred", 3, due_at=due)).left == timedelta(hours=2)


def test_with_nothing_to_send_nothing_is_left_and_no_speed_is_made_up():
    found = measured(tally("uncertain", 3))

    assert (found.left, found.lately, found.overall) == (timedelta(0), None, None)


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(0), "less than a minute"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(seconds=60), "about a minute"),
        (timedelta(seconds=61), "about 2 minutes"),
        (timedelta(minutes=90), "about 90 minutes"),
        (timedelta(minutes=91), "about 2 hours"),
        (timedelta(hours=36), "about 36 hours"),
        (timedelta(hours=37), "about 2 days"),
    ],
)
def test_times_are_said_as_a_person_would(time, words):
    assert in_words(time) == words


@pytest.mark.parametrize(
    ("speed", "words"),
    [
        (None, ""),
        (0.001, "1 a minute"),
        (0.5, "30 a minute"),
        (2.345, "2.3 a second"),
        (49.6, "50 a second"),
        (1500.0, "1,500 a second"),
    ],
)
def test_speeds_are_said_so_that_they_tell_something(speed, words):
    assert speed_in_words(speed) == words


@given(
    st.lists(
        st.tuples(st.sampled_from(Delivery.Status.values), st.integers(1, 10**6), st.integers(0, 10**5)), max_size=8
    )
)
def test_no_time_left_is_negative_or_endless(rows):
    found = measured(
        *(
            tally(status, count, lately=min(count, lately), tried_at=NOW if lately else None)
            for status, count, lately in rows
        )
    )

    assert found.left is None or timedelta(0) <= found.left <= timedelta(minutes=10**6)
    assert found.at_best >= timedelta(0)


def test_every_state_of_a_delivery_is_explained():
    assert set(meanings.DELIVERIES) == set(Delivery.Status)


@pytest.mark.django_db
def test_the_ledger_is_read_in_a_few_queries_however_many_parts_it_has(
    sending, courier, channel, clock, django_assert_max_num_queries
):
    for number in range(12):
        person(number, language="en")
    broadcast = sending()
    channel.answers = [failures.AddressDead(f"550 number {number}") for number in range(8)]
    courier.work()

    with django_assert_max_num_queries(QUERIES):
        found = progress(broadcast, now=clock.now)

    assert found.settled == 12
    dead = found.troubles[0]
    assert (dead.kind, dead.count, len(dead.causes), dead.others) == (Kind.DEAD, 8, MOST_SHOWN, 8 - MOST_SHOWN)


@pytest.mark.django_db
def test_each_channel_and_language_is_counted_for_itself(broadcast, sending, courier, clock):
    write(broadcast, language="fr")
    for number, language in enumerate(["en", "en", "fr"]):
        person(number, language=language)
    broadcast = sending()
    courier.work()

    [(whole, languages)] = progress(broadcast, now=clock.now).parts

    assert (whole.channel, whole.all, whole.sent, whole.percent) == ("E-mail", 3, 3, 100)
    assert [(part.language, part.all) for part in languages] == [("English", 2), ("Français", 1)]


@pytest.mark.django_db
def test_who_is_left_out_is_counted_by_channel_and_reason(sending, clock):
    person(1)
    person(2, allowed=False)
    person(3, language="ht")
    broadcast = sending()

    [(channel, rows)] = progress(broadcast, now=clock.now).exclusions

    assert channel == "E-mail"
    assert [(row.name, row.count) for row in rows] == [("no_consent", 1), ("no_language", 1)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (failures.AddressDead("550 nobody"), Kind.DEAD),
        (failures.ReceiverBlocked("blocked"), Kind.BLOCKED),
        (failures.TryLater("452 full"), Kind.LATER),
        (failures.MessageRejected("554 spam"), Kind.CONTENT),
        (failures.ChannelRefused("535 wrong password"), Kind.CHANNEL),
        (failures.OutcomeUnknown("cut"), Kind.BROKEN),
        (failures.ChannelError("something"), Kind.GIVEN_UP),
    ],
)
def test_each_failure_is_of_its_kind_with_the_providers_words(sending, courier, channel, clock, failure, kind):
    person(1)
    broadcast = sending()
    channel.answers = [failure]
    courier.work()
    broadcast.refresh_from_db()

    [trouble] = progress(broadcast, now=clock.now).troubles

    assert (trouble.kind, trouble.count) == (kind, 1)
    assert trouble.causes[0].words == str(failure)


@pytest.mark.django_db
def test_a_pause_by_a_person_makes_no_address_a_fault_of_the_channel(sending, courier, channel, clock, two_people):
    person(1)
    broadcast = sending()
    channel.answers = [failures.TryLater("452 full")]
    courier.work()
    broadcasts.pause(broadcast=broadcast, reason="452 full, says somebody", user=two_people[1], now=clock.now)

    assert progress(broadcast, now=clock.now).troubles[0].kind == Kind.LATER


@pytest.mark.django_db
def test_silence_is_measured_from_the_last_sign_of_life(sending, clock):
    person(1)
    broadcast = sending()

    assert progress(broadcast, now=START + timedelta(seconds=119)).signs.silent is None
    assert progress(broadcast, now=START + timedelta(minutes=5)).signs.silent == timedelta(minutes=5)
    Delivery.objects.update(attempted_at=START + timedelta(minutes=4))
    assert progress(broadcast, now=START + timedelta(minutes=5)).signs.silent is None


@pytest.mark.django_db
def test_nobody_is_missed_while_there_is_nothing_to_take(sending, clock, two_people):
    person(1)
    broadcast = sending()
    now = START + timedelta(minutes=30)
    throttle.wait_everyone(channel="email", until=now + timedelta(minutes=1), now=now)
    assert progress(broadcast, now=now).signs.silent is None
    # The rest is over, and that for less than it takes to worry.
    assert progress(broadcast, now=now + timedelta(minutes=2)).signs.silent is None
    assert progress(broadcast, now=now + timedelta(minutes=3)).signs.silent == timedelta(minutes=2)

    broadcasts.pause(broadcast=broadcast, reason="", user=two_people[0], now=now)
    assert progress(broadcast, now=now + timedelta(minutes=9)).signs.silent is None
    broadcasts.resume(broadcast=broadcast, user=two_people[0], now=now + timedelta(minutes=9))
    assert progress(broadcast, now=now + timedelta(minutes=10)).signs.silent is None


@pytest.mark.django_db
def test_a_scheduled_broadcast_is_late_only_after_a_while(approved):
    person(1)
    broadcast = approved()
    broadcast.refresh_from_db()

    assert late(broadcast, now=START + timedelta(seconds=90)) is None
    assert late(broadcast, now=START + timedelta(minutes=3)) == timedelta(minutes=3)


@pytest.mark.django_db
def test_milestones_are_quarters_and_not_every_count(sending, courier, clock):
    for number in range(8):
        person(number)
    broadcast = sending()
    said = []
    for row in Delivery.objects.all():
        Delivery.objects.filter(pk=row.pk).update(status="accepted", settled_at=clock.now)
        said.append(progress(broadcast, now=clock.now).milestone)

    assert said == [
        "Sending",
        *["Sending. 25 percent settled"] * 2,
        *["Sending. 50 percent settled"] * 2,
        *["Sending. 75 percent settled"] * 2,
        "Sending. 100 percent settled",
    ]


@pytest.mark.django_db
def test_the_parts_of_a_reading_add_up_to_the_ledger(sending, courier, channel, clock):
    for number in range(6):
        person(number)
    broadcast = sending()
    channel.answers = [failures.OutcomeUnknown("cut"), failures.TryLater("452")]
    courier.work()

    found = tallies(broadcast, now=clock.now)

    assert sum(each.count for each in found) == 6
    assert sum(each.lately for each in found) == 6
    assert all(each.unsettled == 0 for each in found if not each.is_open)


def test_the_time_left_reckons_with_the_quiet_hours_to_come(sending):
    """60 went in the last minute and 40 are left: 40 seconds, of which ten lie before quiet hours that last a night."""
    now = START + timedelta(minutes=30)
    sent(sending, 100, 60, at=now - timedelta(seconds=5))
    QuietHours.objects.create(email=True, zone="UTC", start=(now + timedelta(seconds=10)).time(), end=time(0, 30))

    left = progress(Broadcast.objects.get(), now=now).pace.left

    assert now + left == datetime(2026, 10, 2, 0, 30, 30, tzinfo=UTC)


def test_once_it_goes_on_the_speed_is_over_the_time_since_then(sending, two_people):
    resumed = START + timedelta(hours=1)
    broadcast = sent(sending, 100, 50, at=resumed + timedelta(seconds=5))
    broadcasts.pause(broadcast=broadcast, reason="", user=two_people[1], now=START + timedelta(seconds=1))
    broadcasts.resume(broadcast=broadcast, user=two_people[1], now=resumed)

    assert progress(broadcast, now=resumed + timedelta(seconds=5)).pace.lately == 10


def test_after_a_rest_the_speed_is_over_the_time_since_then(sending):
    woke = START + timedelta(hours=1)
    broadcast = sent(sending, 100, 50, at=woke + timedelta(seconds=5))
    throttle.wait_everyone(channel="email", until=woke, now=START)

    assert progress(broadcast, now=woke + timedelta(seconds=5)).pace.lately == 10


def sent(sending, people: int, some: int, *, at: datetime) -> Broadcast:
    """A broadcast of which some messages were sent at one moment."""
    for number in range(people):
        person(number)
    broadcast = sending()
    numbers = list(Delivery.objects.order_by("pk").values_list("pk", flat=True)[:some])
    Delivery.objects.filter(pk__in=numbers).update(status="accepted", settled_at=at, attempted_at=at)
    return broadcast
