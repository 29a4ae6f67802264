"""The whole way in one go: people join, an editor writes, an approver approves, a worker sends, an evaluator reads."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from outreach.audience.models import Subscription
from outreach.broadcasts.models import Broadcast
from outreach.delivery.balance import balance
from outreach.reach.snapshots.closing import close_due
from outreach.worker import Worker

from .broadcasts.conftest import NOW, editor, everybody, french, joined, member, stories, story  # noqa: F401

WOMEN = 6


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


def work(worker: Worker) -> None:
    """Let a worker do all that there is to do."""
    while worker.run_once():
        pass


def join_by_mail(client, clock, worker, smtp_server, address: str, **answers: str) -> None:
    page = client.get("/en/subscribe/").content.decode()
    opened = re.search(r'name="opened" value="([^"]+)"', page)[1]
    clock.shift(timedelta(seconds=30))
    client.post(
        "/en/subscribe/",
        {"email": address, "messages": "on", "language": "en", "opened": opened, "website": "", **answers},
    )
    work(worker)
    mail = next(mail for mail in smtp_server.messages if mail["To"] == address)
    link = re.search(r"http://testserver(/en/confirm/\S+)", mail.get_body(("plain",)).get_content())[1]
    assert client.get(link).status_code == 200
    assert client.post(link, follow=True).status_code == 200


def press(bot_api, chat: int, worker: Worker, label: str) -> None:
    """Press the button with this label in the last message that has it."""
    for message in reversed(bot_api.sent):
        for button in [button for row in message["keyboard"] for button in row]:
            if button["text"] == label:
                bot_api.presses(chat, button["callback_data"], message=message["message_id"])
                work(worker)
                return
    raise AssertionError(f"no button says {label}: {bot_api.sent}")


@pytest.mark.django_db(transaction=True)
def test_a_story_reaches_people_and_an_evaluator_sees_how_many(
    client,
    clock,
    smtp_server,
    bot_api,
    settings,
    story,
    french,
    everybody,
    member,
):
    settings.EMAIL_PER_SECOND = settings.TELEGRAM_PER_SECOND = 1000
    worker = Worker()
    for number in range(WOMEN):
        consents = {"gender": "woman", "gender_statistics": "on"} | ({"click_tracking": "on"} if number == 0 else {})
        join_by_mail(client, clock, worker, smtp_server, f"woman{number}@example.org", **consents)
    bot_api.writes(501, "/start", language="fr")
    work(worker)
    press(bot_api, 501, worker, "English")
    press(bot_api, 501, worker, "Yes, send me messages")
    assert Subscription.objects.filter(state="active").count() == WOMEN + 1

    client.force_login(member("editor"))
    client.post(reverse("broadcasts:add"), {"story": story.pk, "title": ""})
    broadcast = Broadcast.objects.get()
    assert broadcast.messages.count() == 4, "two languages on two channels"
    client.post(
        reverse("broadcasts:audience", args=[broadcast.pk]),
        {
            "title": "October",
            "segments": [everybody.pk],
            "channels": ["email", "telegram"],
            "fallback_language": "en",
            "missed_rule": "hold",
            "deadline_hours": 24,
        },
    )
    client.post(reverse("broadcasts:test", args=[broadcast.pk, "email", "en"]))
    assert smtp_server.messages[-1]["To"] == "editor@example.org"
    client.post(reverse("broadcasts:submit", args=[broadcast.pk]))
    broadcast.refresh_from_db()
    assert broadcast.state == "submitted"
    approval = {"submission": broadcast.approvals.get().pk, "when": "now"}
    assert client.post(reverse("broadcasts:approve", args=[broadcast.pk]), approval).status_code in {302, 403}
    broadcast.refresh_from_db()
    assert broadcast.state == "submitted", "nobody approves what they submitted"

    client.force_login(member("approver"))
    client.post(reverse("broadcasts:approve", args=[broadcast.pk]), approval)
    before = len(smtp_server.messages)
    work(worker)
    broadcast.refresh_from_db()
    assert broadcast.state == "finished"
    assert balance(broadcast).statuses["accepted"] == WOMEN + 1
    assert not balance(broadcast).faults
    assert story.title in bot_api.sent[-1]["text"]

    client.logout()
    mails = {mail["To"]: mail for mail in smtp_server.messages[before:]}
    assert sorted(mails) == [f"woman{number}@example.org" for number in range(WOMEN)]
    mail = mails["woman0@example.org"]
    follow = re.search(r"http://testserver(/r/\S+/\d+)", mail.get_body(("plain",)).get_content())[1]
    assert client.get(follow)["Location"].startswith("http://testserver/en/")
    cohort = re.search(r"http://testserver(/r/\S+/\d+)", mails["woman1@example.org"].get_body(("plain",)).get_content())
    client.get(cohort[1])
    leave = re.fullmatch(r"<http://testserver(/u/\S+)>", mails["woman5@example.org"]["List-Unsubscribe"])[1]
    client.post(leave, {"List-Unsubscribe": "One-Click"})
    assert Subscription.objects.filter(state="left").count() == 1
    work(worker)

    client.force_login(member("evaluator"))
    page = client.get(reverse("reach:index"), {"broadcast": broadcast.pk})
    assert page.status_code == 200
    text = re.sub(r"<[^>]+>|\s+", " ", page.content.decode())
    assert re.search(r"People reached +fewer than 10 ", text), "before the figures are final they tell of nobody"
    assert "example.org" not in text

    close_due(now=broadcast.finished_at + timedelta(days=8))
    page = client.get(reverse("reach:index"), {"broadcast": broadcast.pk})
    text = re.sub(r"<[^>]+>|\s+", " ", page.content.decode())
    assert re.search(r"People reached +7 ", text)
    assert "example.org" not in text
