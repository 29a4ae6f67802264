"""The worker: real servers on both channels, from a scheduled broadcast to messages received."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connections
from django.utils import timezone

from outreach.broadcasts.models import Approval, Broadcast
from outreach.broadcasts.series import approval
from outreach.broadcasts.series.models import Series
from outreach.broadcasts.standing import audience_hash, content_hash
from outreach.delivery.balance import balance
from outreach.tasks import Tasks
from outreach.worker import Lane, Worker, lanes

from .broadcasts.conftest import stories, story, written  # noqa: F401
from .delivery.conftest import START, approved, broadcast, everybody, person, two_people, write  # noqa: F401


@pytest.fixture
def scheduled(broadcast, approved):
    """A broadcast that is due, to three people by e-mail and two by Telegram."""

    def make() -> Broadcast:
        broadcast.channels, broadcast.missed_rule = ["email", "telegram"], "send"
        broadcast.save()
        write(broadcast, channel="telegram")
        for number in range(5):
            person(number, channels=("email",) if number < 3 else ("telegram",))
        return approved(START)

    return make


@pytest.mark.django_db(transaction=True)
def test_a_worker_sends_what_is_due_on_both_channels_and_ends_when_told(smtp_server, bot_api, scheduled):
    for number in (3, 4):
        bot_api.writes(1000 + number, "hello")
    due = scheduled()
    worker = Worker()
    thread = threading.Thread(target=worker.run)
    thread.start()

    try:
        ended = threading.Event()
        for _second in range(300):
            due.refresh_from_db()
            if due.state == Broadcast.State.FINISHED:
                break
            ended.wait(0.1)
    finally:
        worker.stop()
        thread.join(timeout=20)

    assert not thread.is_alive()
    assert sorted(smtp_server.receivers) == [f"person{n}@example.org" for n in range(3)]
    assert {1003, 1004} <= {message["chat_id"] for message in bot_api.sent}
    assert balance(due).statuses["accepted"] == 5
    assert not balance(due).faults


@pytest.mark.django_db(transaction=True)
def test_running_once_does_every_task_in_turn(smtp_server, bot_api, scheduled, settings):
    settings.EMAIL_PER_SECOND = settings.TELEGRAM_PER_SECOND = 1000
    due = scheduled()
    worker = Worker()

    while worker.run_once():
        pass

    due.refresh_from_db()
    assert due.state == Broadcast.State.FINISHED
    assert len(smtp_server.messages) == 3


@pytest.mark.django_db(transaction=True)
def test_a_task_that_fails_does_not_end_its_lane(monkeypatch, caplog):
    worker = Worker()

    def fail() -> bool:
        worker.stop()
        raise RuntimeError("no luck")

    worker._follow(Lane("office", [fail]))

    assert "office failed and is tried again" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_no_lane_waits_long_for_one_that_computes(monkeypatch):
    usual, seen = sys.getswitchinterval(), []
    worker = Worker()

    def look() -> bool:
        seen.append(sys.getswitchinterval())
        worker.stop()
        return True

    monkeypatch.setattr("outreach.worker.lanes", lambda _tasks: [Lane("looking", [look])])

    worker.run()

    assert seen[0] < usual / 10
    assert sys.getswitchinterval() == usual


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows the policy")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("refused", ["", "sched_setscheduler", "sched_getscheduler"])
def test_lanes_interrupt_nobody_where_the_system_lets_them(monkeypatch, refused):
    ask = os.sched_getscheduler
    usual, seen = ask(0), []
    worker = Worker()

    def look() -> bool:
        seen.append(ask(0))
        worker.stop()
        return True

    def refuse(*_arguments: object) -> None:
        raise PermissionError

    if refused:
        monkeypatch.setattr(f"outreach.worker.os.{refused}", refuse)
    monkeypatch.setattr("outreach.worker.lanes", lambda _tasks: [Lane("looking", [look])])

    worker.run()

    assert usual == os.SCHED_OTHER
    assert seen == [os.SCHED_OTHER if refused else os.SCHED_BATCH]
    assert ask(0) == usual


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows the policy")
@pytest.mark.django_db(transaction=True)
def test_a_policy_that_somebody_chose_stays(monkeypatch):
    seen = []
    worker = Worker()

    def look() -> bool:
        seen.append(os.sched_getscheduler(0))
        worker.stop()
        return True

    def run_idle() -> None:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        worker.run()
        seen.append(os.sched_getscheduler(0))
        connections.close_all()

    monkeypatch.setattr("outreach.worker.lanes", lambda _tasks: [Lane("looking", [look])])
    # In a thread of its own, whose policy ends with it.
    with ThreadPoolExecutor(1) as executor:
        executor.submit(run_idle).result()

    assert seen == [os.SCHED_IDLE, os.SCHED_IDLE]


@pytest.mark.django_db(transaction=True)
def test_what_is_in_no_hurry_is_not_looked_for_in_every_round():
    worker = Worker()
    rounds, seldom = [], []

    def often() -> bool:
        rounds.append(len(seldom))
        if len(rounds) == 3:
            worker.stop()
        return True

    worker._follow(Lane("office", [often], seldom=[lambda: bool(seldom.append(1))]))

    assert rounds == [0, 1, 1]


@pytest.mark.django_db
def test_with_a_webhook_nobody_polls_the_bot(settings, bot_api):
    settings.TELEGRAM_WEBHOOK_SECRET = "secret"
    tasks = Tasks(owner="w", clock=timezone.now, stopping=threading.Event())

    assert tasks.answer_bot() is False
    assert bot_api.calls == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_makes_editions_and_welcomes_who_joins_before_it_sends(
    smtp_server, bot_api, settings, story, everybody
):
    now = timezone.now()
    settings.EMAIL_PER_SECOND = 1000
    day = (now + timedelta(days=1)).weekday()
    series = Series(title="The week", weekdays=[day], hours_ahead=48)
    approval.begin(series=series, user=None, now=now)
    series.segments.add(everybody)
    welcome = Broadcast.objects.create(kind="welcome", title="Welcome", state="scheduled", send_at=now)
    write(welcome)
    Approval.objects.create(
        broadcast=welcome,
        content_hash=content_hash(welcome),
        audience_hash=audience_hash(welcome),
        submitted_at=now,
        approved_at=now,
    )
    worker = Worker()
    worker.run_once()
    person(1).subscriptions.update(confirmed_at=timezone.now())

    while worker.run_once():
        pass

    assert smtp_server.receivers == ["person1@example.org"]
    assert series.editions.get().state == Broadcast.State.DRAFT
    welcome.refresh_from_db()
    assert welcome.stands_open
    assert not balance(welcome).faults


@pytest.mark.django_db
def test_pages_appear_at_their_times_by_the_worker_once_a_minute(story):
    story.title = "Later"
    story.save_revision(approved_go_live_at=START - timedelta(days=365 * 10))
    now = START
    tasks = Tasks(owner="test", clock=lambda: now, stopping=threading.Event())
    tasks.publish_pages()
    story.refresh_from_db()
    assert story.title == "Later"
    story.title = "Later still"
    story.save_revision(approved_go_live_at=START - timedelta(days=365 * 10))
    tasks.publish_pages()
    story.refresh_from_db()
    assert story.title == "Later"
    now = START + timedelta(minutes=1)
    tasks.publish_pages()
    story.refresh_from_db()
    assert story.title == "Later still"


def test_a_disk_that_takes_no_journal_costs_no_memory(tmp_path, transactional_db):
    folder = tmp_path / "journals"
    folder.write_text("here no folder can be made")
    tasks = Tasks(owner="w", clock=timezone.now, stopping=threading.Event(), threaded=True, journals=folder)

    for _round in range(3):
        with pytest.raises(OSError, match="journals"):
            tasks.deliver("email")

    assert tasks._desks == []


def test_every_task_has_one_lane():
    tasks = Tasks(owner="w", clock=timezone.now, stopping=threading.Event())
    followed = [task for lane in lanes(tasks) for task in (*lane.tasks, *lane.seldom)]

    names = [task.func.__name__ if isinstance(task, partial) else task.__name__ for task in followed]
    public = {name for name, found in vars(Tasks).items() if callable(found) and not name.startswith("_")}
    assert sorted(names) == sorted([*(public - {"close"}), "deliver"])
