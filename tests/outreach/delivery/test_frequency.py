"""How often a person wants to be written to, honoured when an audience is counted and when it is fixed."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from outreach.broadcasts.audience import by_reason, receivers, shares
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.preflight.people import people
from outreach.broadcasts.refusals import Refused
from outreach.delivery import lifecycle
from outreach.delivery.balance import balance
from outreach.delivery.decisions import decide
from outreach.delivery.freeze import freeze
from outreach.delivery.models import Delivery, Freeze
from outreach.delivery.welcome import greet

from .conftest import START, person, write

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def readers():
    """Three people, by how often they want to be written to."""
    return {name: person(number, frequency=name) for number, name in enumerate(("every", "weekly", "monthly"))}


@pytest.fixture
def earlier(everybody, readers):
    """A broadcast to everybody that ran so long ago."""

    def earlier(ago: timedelta, *, status="accepted", **changes) -> Broadcast:
        made = Broadcast.objects.create(
            **{"title": "Earlier", "channels": ["email"], "started_at": START - ago, "state": "finished", **changes}
        )
        made.segments.add(everybody)
        text = write(made)
        for reader in readers.values():
            subscription = reader.subscriptions.get()
            Delivery.objects.create(
                broadcast=made,
                message=text,
                subscriber=reader,
                subscription=subscription,
                channel="email",
                segment="everybody",
                language="en",
                status=status,
                due_at=START - ago,
                attempted_at=START - ago,
            )
        return made

    return earlier


def reached(broadcast) -> set[str]:
    return set(Delivery.objects.filter(broadcast=broadcast).values_list("subscriber__frequency", flat=True))


@pytest.mark.parametrize(
    ("ago", "who"),
    [
        (timedelta(hours=1), {"every"}),
        (6 * DAY, {"every"}),
        # The same weekday, begun a little earlier in the morning.
        (7 * DAY - timedelta(hours=11), {"every", "weekly"}),
        (8 * DAY, {"every", "weekly"}),
        (27 * DAY, {"every", "weekly"}),
        # From the first of February to the first of March.
        (28 * DAY, {"every", "weekly", "monthly"}),
    ],
)
def test_who_wants_fewer_gets_no_second_one_within_their_time(broadcast, earlier, ago, who):
    earlier(ago)

    frozen = freeze(broadcast=broadcast, now=START)

    assert reached(broadcast) == who
    left_out = dict(broadcast.exclusions.values_list("reason", "count"))
    assert left_out == ({"too_soon": 3 - len(who)} if len(who) < 3 else {})
    assert frozen.candidates == 3
    assert not balance(broadcast).faults


@pytest.mark.parametrize("status", ["delivered", "queued", "deferred", "attempting", "uncertain"])
def test_what_is_still_on_its_way_counts_too(broadcast, earlier, status):
    earlier(DAY, status=status, state="sending")

    freeze(broadcast=broadcast, now=START)

    assert reached(broadcast) == {"every"}


@pytest.mark.parametrize("status", ["bounced", "blocked", "rejected", "failed", "cancelled", "expired"])
def test_what_never_came_does_not_count(broadcast, earlier, status):
    earlier(DAY, status=status)

    freeze(broadcast=broadcast, now=START)

    assert reached(broadcast) == {"every", "weekly", "monthly"}


def test_what_came_long_after_its_broadcast_began_counts_from_when_it_came(broadcast, earlier):
    earlier(8 * DAY)
    Delivery.objects.update(attempted_at=START - DAY)

    freeze(broadcast=broadcast, now=START)

    assert reached(broadcast) == {"every"}


def test_a_week_counts_from_the_beginning_however_long_the_sending_took(broadcast, earlier):
    earlier(7 * DAY)
    Delivery.objects.update(attempted_at=START - 6 * DAY - timedelta(hours=4))

    freeze(broadcast=broadcast, now=START)

    assert reached(broadcast) == {"every", "weekly"}


@pytest.mark.parametrize(("state", "who"), [("sending", {"every"}), ("paused", {"every", "weekly", "monthly"})])
def test_what_waits_for_long_counts_while_its_broadcast_sends(broadcast, earlier, state, who):
    earlier(60 * DAY, status="queued", state=state)
    Delivery.objects.update(attempted_at=None)

    freeze(broadcast=broadcast, now=START)

    assert reached(broadcast) == who


def test_a_clock_that_was_ahead_once_keeps_nobody_from_being_written_to(broadcast, earlier):
    earlier(-300 * DAY)

    freeze(broadcast=broadcast, now=START)

    assert reached(broadcast) == {"every", "weekly", "monthly"}


def test_a_failed_one_is_not_tried_again_for_who_had_another_since(earlier):
    failed = earlier(3 * DAY, status="failed")
    earlier(timedelta(hours=2), title="The next")

    assert lifecycle.retry_failed(broadcast=failed, now=START) == 1

    again = Delivery.objects.filter(broadcast=failed, status="queued")
    assert [each.subscriber.frequency for each in again] == ["every"]
    Broadcast.objects.filter(pk=failed.pk).update(ignores_quiet_hours=True)
    failed.refresh_from_db()
    assert lifecycle.retry_failed(broadcast=failed, now=START) == 2


def test_that_nobody_is_left_to_try_again_is_told(earlier, django_user_model):
    failed = earlier(3 * DAY, status="failed")
    earlier(timedelta(hours=2), title="The next")
    Delivery.objects.filter(subscriber__frequency="every").delete()
    user = django_user_model.objects.create_user("somebody")

    with pytest.raises(Refused, match="or want fewer messages"):
        decide(broadcast=failed, name="retry-failed", seen=2, after=0, user=user, now=START)

    failed.refresh_from_db()
    assert failed.state == "finished"


def test_that_some_were_left_alone_is_told(earlier, client, django_user_model):
    failed = earlier(3 * DAY, status="failed")
    earlier(timedelta(hours=2), title="The next")
    client.force_login(django_user_model.objects.create_superuser("boss"))
    Freeze.objects.create(broadcast=failed, candidates=3, frozen_at=START)
    place = reverse("broadcast_decision", args=[failed.pk, "retry-failed"])

    with time_machine.travel(START, tick=False):
        progress_page = client.get(reverse("broadcast_progress", args=[failed.pk])).text
        answer = client.post(place, {"seen": 3, "after": 0}, follow=True)

    assert "Try the 1 that failed again" in progress_page
    assert "2 more are left alone" in progress_page
    assert "1 delivery was changed. The rest resolved itself meanwhile, or is for people" in answer.text


def test_a_welcome_message_does_not_count(broadcast, earlier):
    earlier(DAY, kind="welcome")

    freeze(broadcast=broadcast, now=START)

    assert reached(broadcast) == {"every", "weekly", "monthly"}


def test_an_urgent_broadcast_goes_to_everybody(broadcast, earlier):
    earlier(DAY)
    Broadcast.objects.filter(pk=broadcast.pk).update(ignores_quiet_hours=True)
    broadcast.refresh_from_db()

    freeze(broadcast=broadcast, now=START)

    assert reached(broadcast) == {"every", "weekly", "monthly"}


def test_a_broadcast_does_not_stand_in_its_own_way(broadcast, readers):
    freeze(broadcast=broadcast, now=START)
    Broadcast.objects.filter(pk=broadcast.pk).update(started_at=START, state="sending")

    assert by_reason(shares(broadcast)) == {("email", ""): 3}


def test_who_joined_is_welcomed_whatever_they_want(broadcast, earlier, readers):
    earlier(timedelta(hours=2))
    Broadcast.objects.filter(pk=broadcast.pk).update(kind="welcome", state="sending", started_at=START - DAY)
    broadcast.refresh_from_db()
    freeze(broadcast=broadcast, now=START - DAY)
    Delivery.objects.filter(broadcast=broadcast).delete()
    for reader in readers.values():
        reader.subscriptions.update(confirmed_at=START - timedelta(hours=1))

    assert greet(broadcast=broadcast, now=START) == 3


def test_preflight_counts_them_as_of_the_time_of_sending_and_says_why(broadcast, earlier):
    now = timezone.now()
    earlier(timedelta(0), started_at=now - DAY)
    counted = people(broadcast, exactly=True)

    assert counted.getting == receivers(shares(broadcast)) == 1
    (left_out,) = counted.left_out
    assert (left_out.label, left_out.count) == ("Wants fewer messages", 2)
    assert "a week or a month" in left_out.why

    broadcast.send_at = now + 8 * DAY
    assert people(broadcast, exactly=True).getting == 2


def test_a_chat_counts_for_the_inbox_because_both_are_one_person(broadcast, earlier, readers):
    earlier(DAY)
    Delivery.objects.update(channel="telegram")

    freeze(broadcast=broadcast, now=START)

    assert reached(broadcast) == {"every"}
