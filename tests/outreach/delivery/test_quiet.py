"""Quiet hours at work: nothing begins its way in them but what is urgent."""

from datetime import timedelta
from itertools import pairwise
from threading import Event

import pytest
from django.urls import reverse

from outreach.broadcasts import services as broadcasts
from outreach.broadcasts.models import Broadcast, QuietHours
from outreach.delivery import lifecycle
from outreach.delivery.desk import AtOnce
from outreach.delivery.models import Delivery
from outreach.delivery.progress import progress
from outreach.delivery.signs import Rest
from outreach.tasks import Tasks

from .conftest import START, NothingNew, SendingNow, person, write

pytestmark = pytest.mark.django_db
NIGHT = START + timedelta(hours=12)
"""Ten in the evening in Dominica."""
MORNING = START + timedelta(hours=21)


@pytest.fixture
def tasks(clock, tmp_path):
    tasks = Tasks(owner="w", clock=clock, stopping=Event(), journals=tmp_path)
    yield tasks
    tasks.close()


@pytest.fixture
def at_night(sending, clock):
    """Start the broadcast by day, and let it become night before anything is sent."""

    def at_night() -> Broadcast:
        QuietHours.objects.create(email=True)
        broadcast = sending()
        clock.now = NIGHT
        return broadcast

    return at_night


def test_a_broadcast_waits_for_the_morning(tasks, clock, at_night, smtp_server):
    person(1)
    at_night()

    for _look in range(3):
        assert tasks.deliver("email") is False
    assert smtp_server.messages == []
    clock.now = MORNING - timedelta(seconds=1)
    assert tasks.deliver("email") is False
    clock.now = MORNING
    assert tasks.deliver("email") is True
    assert smtp_server.receivers == ["person1@example.org"]


def test_what_was_claimed_before_does_not_go_out_when_the_quiet_hours_begin(sending, channel, hire, clock):
    for number in range(20):
        person(number)
    QuietHours.objects.create(email=True)
    sending()
    clock.now = evening = NIGHT - timedelta(hours=1) - timedelta(seconds=5)
    channel.per_second = 1

    hire(channel).work()

    assert max(channel.moments) < evening + timedelta(seconds=6)
    assert 4 <= len(channel.sent) <= 6
    assert set(Delivery.objects.exclude(status="accepted").values_list("status", "lease_owner")) == {("queued", "")}


class LateToLook(AtOnce):
    """Looks which broadcasts go on, and tells of it only ``seconds`` later by the clock; does all else at once."""

    def __init__(self, clock, seconds: float) -> None:
        self.clock, self.seconds, self.looks = clock, timedelta(seconds=seconds), 0

    def submit(self, fn, /, *args, **kwargs):
        done = super().submit(fn, *args, **kwargs)
        if isinstance(args[0], SendingNow):
            self.looks += 1
            told_at = self.clock() + self.seconds
            done.done = lambda: self.clock() >= told_at
        return done


def test_no_message_waits_while_the_desk_looks_at_the_clock(sending, channel, hire, clock):
    for number in range(20):
        person(number)
    QuietHours.objects.create(email=True)
    sending()
    clock.now = evening = NIGHT - timedelta(hours=1) - timedelta(seconds=5)
    channel.per_second = 2
    desk = LateToLook(clock, seconds=0.5)

    hire(channel, desk=desk, watch=NothingNew()).work()

    gaps = {after - before for before, after in pairwise(channel.moments)}
    assert gaps == {timedelta(seconds=0.5)}
    assert desk.looks >= 3
    assert evening + timedelta(seconds=5) <= max(channel.moments) <= evening + timedelta(seconds=5 + 2)
    assert set(Delivery.objects.exclude(status="accepted").values_list("status", "lease_owner")) == {("queued", "")}


@pytest.mark.parametrize("seconds", [0, 86_400])
def test_what_a_line_has_already_does_not_begin_when_the_quiet_hours_do(sending, channel, hire, clock, seconds):
    """A slow server: the quiet hours begin between the taking of a mail and the first byte of it.

    After so long nothing goes on the strength of an old look, however late the desk is with a new one.
    """
    for number in range(3):
        person(number)
    QuietHours.objects.create(email=True)
    sending()
    clock.now = NIGHT - timedelta(hours=1, seconds=1)
    channel.before = lambda _outgoing: setattr(clock, "now", NIGHT)

    hire(channel, desk=LateToLook(clock, seconds), watch=NothingNew()).work()

    assert channel.sent == []
    assert set(Delivery.objects.values_list("status", flat=True)) == {"queued"}


def test_what_is_urgent_does_not_wait(broadcast, tasks, at_night, smtp_server):
    Broadcast.objects.update(ignores_quiet_hours=True)
    broadcast.refresh_from_db()
    person(1)
    at_night()

    assert tasks.deliver("email") is True
    assert len(smtp_server.messages) == 1


def test_where_nothing_is_to_be_sent_one_look_is_enough(sending, clock, django_assert_num_queries):
    """Every worker asks for each channel once a second."""
    person(1)
    QuietHours.objects.create(email=True, telegram=True)
    broadcast = sending()

    with django_assert_num_queries(1):
        assert lifecycle.sending_on("telegram", now=clock.now) == []
    with django_assert_num_queries(2):
        assert lifecycle.sending_on("email", now=clock.now) == [broadcast.pk]


def test_a_channel_without_quiet_hours_goes_on(broadcast, tasks, at_night, bot_api):
    broadcast.channels = ["telegram"]
    broadcast.save()
    write(broadcast, channel="telegram")
    bot_api.writes(1001, "hello")
    person(1, channels=("telegram",))
    at_night()

    assert tasks.deliver("telegram") is True
    assert 1001 in {message["chat_id"] for message in bot_api.sent}


def test_to_make_it_urgent_takes_the_approval_back(broadcast, approved, two_people, everybody):
    person(1)
    approved()
    broadcasts.set_audience(
        broadcast=broadcast,
        segments=[everybody],
        channels=["email"],
        every_channel=False,
        fallback_language="",
        missed_rule="hold",
        deadline_hours=24,
        ignores_quiet_hours=True,
        user=two_people[0],
        now=START,
    )
    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.State.DRAFT


def test_made_urgent_behind_the_approval_it_is_not_sent(approved, tasks, clock):
    person(1)
    broadcast = approved()
    Broadcast.objects.update(ignores_quiet_hours=True)

    tasks.start_broadcasts()

    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.State.DRAFT


def test_the_progress_page_says_until_when_it_rests(at_night, client, django_user_model):
    import time_machine

    person(1)
    broadcast = at_night()
    client.force_login(django_user_model.objects.create_superuser("admin", password=None))

    with time_machine.travel(NIGHT, tick=False):
        for name in ("broadcast_progress", "broadcasts:broadcast"):
            text = client.get(reverse(name, args=[broadcast.pk])).text
            assert "E-mail rests in quiet hours until:" in text
            assert "2 October 2026, 07:00" in text


def test_nobody_is_asked_for_a_worker_at_night_nor_in_the_minute_after(at_night):
    person(1)
    broadcast = at_night()

    asleep = progress(broadcast, now=NIGHT + timedelta(hours=3)).signs
    assert asleep.rests == (Rest("email", MORNING, is_quiet=True),)
    assert asleep.silent is None
    assert progress(broadcast, now=MORNING + timedelta(minutes=1)).signs.silent is None
    assert progress(broadcast, now=MORNING + timedelta(minutes=3)).signs.silent == timedelta(minutes=3)


def test_at_night_the_time_that_is_left_begins_in_the_morning(at_night):
    person(1)
    found = progress(at_night(), now=NIGHT)

    assert found.pace.at_best >= MORNING - NIGHT


def test_what_is_urgent_has_no_rest_at_night(broadcast, at_night):
    Broadcast.objects.update(ignores_quiet_hours=True)
    broadcast.refresh_from_db()
    person(1)
    at_night()

    found = progress(broadcast, now=NIGHT).signs
    assert found.rests == ()
    assert found.silent == NIGHT - START
