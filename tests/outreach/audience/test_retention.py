"""What is not kept for ever goes in time, is counted, and nobody who still gets messages goes without a question."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import call_command

from outreach.audience import retention, subscriptions
from outreach.audience.confirmation import send_due_confirmations
from outreach.audience.inactivity import ask_to_stay, inactive, note_activity
from outreach.audience.models import (
    Import,
    ImportPart,
    ImportRefusal,
    JoinAttempts,
    JoinRequest,
    Removal,
    SoftBounce,
    Subscriber,
    Subscription,
    Suppression,
)
from outreach.audience.removals import count_removed

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def ana(confirmed):
    return confirmed(purposes=frozenset({"messages"}))


def silent_for(days: int, subscription: Subscription, now) -> None:
    Subscriber.objects.filter(pk=subscription.subscriber_id).update(active_at=now - days * DAY)


def counted() -> dict[str, int]:
    return {removal.kind: removal.count for removal in Removal.objects.all()}


def test_each_kind_stays_its_time_and_goes_after_it(ana, now):
    SoftBounce.objects.create(subscription=ana, delivery=1, occurred_at=now)
    load = Import.objects.create(file_name="a.csv", made_at=now)
    ImportPart.objects.create(of=load, number=1, content=b"x")
    ImportRefusal.objects.create(of=load, row=1, reason="invalid")
    Session.objects.create(session_key="a", session_data="", expire_date=now + HOUR)
    kinds = {"soft_bounces": 90, "import_parts": 7, "import_refusals": 30, "join_requests": 14}
    JoinRequest.objects.update(asked_at=now)

    for kind, days in kinds.items():
        early = retention.run(now=now + days * DAY - timedelta(seconds=1))
        assert kind not in early
        assert retention.run(now=now + days * DAY)[kind] == 1 or counted()[kind] == 1

    assert counted() == {**dict.fromkeys(kinds, 1), "sessions": 1}
    load.refresh_from_db()
    assert load.state == "dropped"


def test_an_import_at_work_keeps_its_file(now):
    load = Import.objects.create(file_name="a.csv", made_at=now, lease_until=now + 7 * DAY + HOUR, state="running")
    ImportPart.objects.create(of=load, number=1, content=b"x")

    assert "import_parts" not in retention.run(now=now + 7 * DAY)

    assert retention.run(now=now + 8 * DAY)["import_parts"] == 1


def test_a_count_of_attempts_goes_after_two_hours(now):
    JoinAttempts.objects.create(bucket="a", window=now)

    assert "join_attempts" not in retention.run(now=now + 2 * HOUR - timedelta(seconds=1))
    assert retention.run(now=now + 2 * HOUR)["join_attempts"] == 1


def test_a_mail_to_an_inbox_counts_for_a_day_and_then_goes(joins, now):
    joins()
    send_due_confirmations(now=now)

    assert "join_attempts" not in retention.run(now=now + DAY - timedelta(seconds=1))
    assert retention.run(now=now + DAY)["join_attempts"] == 1


def test_a_rule_that_fails_keeps_no_other_from_its_work(monkeypatch, now):
    def fails(now):
        raise ValueError

    monkeypatch.setattr(retention, "_rules", {"broken": fails, **retention._rules})
    JoinAttempts.objects.create(bucket="a", window=now)

    assert retention.run(now=now + 2 * DAY) == {"join_attempts": 1}


def test_removals_add_up_over_a_day_of_the_office(now):
    for moment in (now, now + HOUR, now + DAY):
        count_removed(kind="sessions", number=2, now=moment)
    count_removed(kind="sessions", number=0, now=now + 2 * DAY)

    assert sorted(Removal.objects.values_list("count", flat=True)) == [2, 4]


@pytest.mark.parametrize(("days", "goes"), [(729, False), (730, True)])
def test_who_gets_no_messages_any_more_goes_after_24_months(ana, now, days, goes):
    subscriptions.leave(subscription=ana, method="link", now=now)
    silent_for(days, ana, now)

    assert retention.run(now=now)["inactive"] == int(goes)

    assert Subscriber.objects.exists() is not goes
    assert Suppression.objects.exists() is goes, "so that no import brings them back"


def test_who_gets_messages_is_asked_first_and_goes_30_days_later(ana, now, smtp_server):
    silent_for(700, ana, now)
    JoinRequest.objects.all().delete()
    assert ask_to_stay(now=now) == 1
    assert ask_to_stay(now=now) == 0, "once"
    later = now + 40 * DAY
    assert not inactive(now=later).exists(), "no question went out"

    _mailed(now)

    assert "Do you still want our messages?" in smtp_server.messages[-1]["Subject"]
    assert "works for 30 days" in smtp_server.messages[-1].get_body(("plain",)).get_content()
    assert retention.run(now=now + 29 * DAY)["inactive"] == 0
    _mailed(now + 29 * DAY)
    assert len(smtp_server.messages) == 1, "no reminder"
    assert retention.run(now=now + 31 * DAY)["inactive"] == 1
    assert not Subscriber.objects.exists()


def test_nobody_is_asked_before_23_months(ana, now):
    silent_for(699, ana, now)

    assert ask_to_stay(now=now) == 0


def test_whoever_presses_the_button_stays_as_they_are(ana, now, smtp_server, client):
    Subscriber.objects.update(group="worker")
    silent_for(700, ana, now)
    JoinRequest.objects.all().delete()
    ask_to_stay(now=now)
    _mailed(now)
    link = next(
        line for line in smtp_server.messages[-1].get_body(("plain",)).get_content().splitlines() if "confirm/" in line
    ).removeprefix("http://testserver")

    with time_machine.travel(now + 29 * DAY, tick=False):
        assert "Yes, keep writing to me" in client.get(link).content.decode()
        assert not Subscriber.objects.filter(active_at__gte=now).exists(), "a scanner that opens the link says nothing"
        assert "You stay" in client.post(link, follow=True).content.decode()

    assert retention.run(now=now + 60 * DAY)["inactive"] == 0
    ana.refresh_from_db()
    assert (ana.state, ana.subscriber.group, ana.allows_messages) == ("active", "worker", True)
    assert ana.subscriber.active_at == now + 29 * DAY


def test_activity_is_written_once_a_day(ana, now):
    silent_for(0, ana, now)

    assert note_activity(subscribers=[ana.subscriber_id], now=now + HOUR) == 0
    assert note_activity(subscribers=[ana.subscriber_id], now=now + DAY + HOUR) == 1


@pytest.mark.parametrize(("method", "moves"), [("form", True), ("bot", True), ("staff", False)])
def test_changing_ones_answers_is_activity_but_not_when_staff_do_it(ana, now, method, moves):
    silent_for(100, ana, now)

    subscriptions.change(subscription=ana, method=method, now=now, group="worker")

    assert Subscriber.objects.filter(active_at=now).exists() is moves


def test_the_command_says_what_went(now):
    JoinAttempts.objects.create(bucket="a", window=now - 3 * DAY)
    said = StringIO()

    with time_machine.travel(now, tick=False):
        call_command("retention", stdout=said)

    assert "join_attempts: 1 now, 1 today" in said.getvalue()


def _mailed(now) -> None:
    from outreach.audience.confirmation import send_due_confirmations

    send_due_confirmations(now=now)
