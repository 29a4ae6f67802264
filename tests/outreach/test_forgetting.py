"""After somebody is erased, no table, file, log or revision holds their address, and every figure stays."""

import io
import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as project
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import PageLogEntry

from campaign_site.log_lines import Line
from outreach import forgetting
from outreach.audience import erasure, mentions
from outreach.audience.addresses import encrypt
from outreach.audience.erasure import erase
from outreach.audience.imports import forgetting as lists
from outreach.audience.imports import lifecycle
from outreach.audience.models import Consent, Import, Removal, Subscriber, Subscription, Suppression
from outreach.broadcasts import test_chats
from outreach.broadcasts.models import Broadcast, TestChat
from outreach.delivery import forgetting as ledger
from outreach.delivery.balance import balance
from outreach.delivery.models import Delivery
from outreach.reach.models import PeopleSet, Rollup
from outreach.sandbox.models import SandboxChat, SandboxMessage, SandboxUpdate
from outreach.sandbox.stored_inbox import StoredInbox
from outreach.tracking.models import TrackingEvent
from outreach.worker import Worker
from tests.ground.traces import in_files, in_tables

from .broadcasts.conftest import NOW, editor, everybody, joined, member, stories, story  # noqa: F401
from .test_whole_way import clock, join_by_mail, press, work  # noqa: F401

MAILBOX, CHAT = "zoraida.unmistakable@example.org", 7391846250
THEIRS = (MAILBOX, str(CHAT))


@pytest.fixture
def log_output():
    """What the product would have logged, written as it writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    options = project.LOGGING["formatters"]["line"]
    handler.setFormatter(Line(options["format"], style=options["style"]))
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def folders(settings, tmp_path):
    settings.LOCAL_DIR, settings.MEDIA_ROOT = tmp_path / "local", str(tmp_path / "media")
    return tmp_path / "local", tmp_path / "media"


def in_the_sandbox() -> None:
    """What the sandbox keeps of a mail, a phone and what both wrote."""
    inbox = StoredInbox()
    async_to_sync(inbox.keep_mail)(receivers=[MAILBOX], content=f"To: {MAILBOX}\r\n\r\nHello".encode())
    SandboxChat.objects.create(number=CHAT, name="Phone")
    async_to_sync(inbox.keep_message)(chat=CHAT, message={"chat": {"id": CHAT}, "text": "Hello"})
    SandboxUpdate.objects.create(chat=CHAT, payload={"message": {"chat": {"id": CHAT}, "text": "/start"}})


def noted_by_staff(story, user) -> None:
    """A draft that quoted the address and was changed since, notes, and the entries of two logs."""
    story.summary = f"Write to {MAILBOX.upper()}."
    story.save_revision()
    story.refresh_from_db()
    story.save_revision().publish()
    log(instance=story, action="wagtail.edit", user=user, data={"note": f"as {MAILBOX} asked", "number": 7})
    log(instance=Subscriber.objects.first(), action="wagtail.edit", user=user, title=MAILBOX, data={"to": [MAILBOX]})
    LogEntry.objects.log_actions(user.pk, Subscriber.objects.all()[:1], CHANGE, f"Changed {MAILBOX}.")
    Consent._base_manager.update(evidence=f"Letter of {MAILBOX}, 3 May")
    Import.objects.create(file_name=f"{MAILBOX}.csv", failure=f"not {MAILBOX}", state=Import.State.FAILED)


def waiting_in_a_list(user) -> Import:
    """A list that an officer uploaded and nobody has carried out."""
    content = f"E-mail,Language\n{MAILBOX},en\nsomebody@example.org,en\n".encode()
    return lifecycle.upload(file=io.BytesIO(content), name="list.csv", user=user, now=NOW)


def left_traces(*folders: Path) -> list[str]:
    """In tables and files; on SQLite also in what deleting and changing left in the database's own file."""
    found = {*in_tables(THEIRS), *in_files(THEIRS, *folders)}
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        content = Path(connection.settings_dict["NAME"]).read_bytes().lower()
        found |= {"the database's file"} if MAILBOX.encode() in content else set()
    return sorted(found)


@pytest.mark.django_db(transaction=True)
def test_somebody_who_joined_got_mail_clicked_and_bounced_leaves_no_trace_when_erased(
    client, clock, smtp_server, bot_api, settings, story, everybody, member, log_output, folders
):
    settings.EMAIL_PER_SECOND = settings.TELEGRAM_PER_SECOND = 1000
    worker = Worker()
    join_by_mail(client, clock, worker, smtp_server, MAILBOX, click_tracking="on")
    join_by_mail(client, clock, worker, smtp_server, "somebody.else@example.org")
    bot_api.writes(CHAT, "/start")
    work(worker)
    press(bot_api, CHAT, worker, "English")
    press(bot_api, CHAT, worker, "Yes, send me messages")

    client.force_login(member("editor"))
    client.post(reverse("broadcasts:add"), {"story": story.pk, "title": ""})
    broadcast = Broadcast.objects.get()
    audience = {"title": "October", "segments": [everybody.pk], "channels": ["email", "telegram"]}
    audience |= {"fallback_language": "en", "missed_rule": "hold", "deadline_hours": 24}
    client.post(reverse("broadcasts:audience", args=[broadcast.pk]), audience)
    client.post(reverse("broadcasts:submit", args=[broadcast.pk]))
    client.force_login(member("approver"))
    approval = {"submission": broadcast.approvals.get().pk, "when": "now"}
    client.post(reverse("broadcasts:approve", args=[broadcast.pk]), approval)
    smtp_server.answers("receiver", f"451 4.2.1 <{MAILBOX}> is over quota", receiver=MAILBOX)
    work(worker)
    assert "quota" in Delivery.objects.get(status="deferred", channel="email").detail
    clock.shift(timedelta(minutes=10))
    work(worker)
    client.logout()
    mail = next(mail for mail in reversed(smtp_server.messages) if mail["To"] == MAILBOX)
    client.get(re.search(r"http://testserver(/r/\S+/\d+)", mail.get_body(("plain",)).get_content())[1])
    work(worker)
    assert TrackingEvent.objects.filter(kind="click", delivery__isnull=False).count() == 1
    assert balance(broadcast).statuses["accepted"] >= 2

    in_the_sandbox()
    noted_by_staff(story, member("editor"))
    waiting_in_a_list(member("editor"))
    Delivery.objects.filter(channel="email").update(provider_id="the-providers-number")
    TestChat.objects.create(user=member("editor"), address_encrypted=encrypt(str(CHAT)), bound_at=NOW)
    before = figures(broadcast)
    kept = {"outreach_subscription.address_encrypted", "wagtailcore_revision.content", "outreach_importpart.content"}
    assert kept <= set(left_traces(*folders))

    client.force_login(member("superuser"))
    for channel, address in (("email", MAILBOX), ("telegram", str(CHAT))):
        found = client.post(reverse("subscribers:find"), {"channel": channel, "address": address})
        number = int(found["Location"].rstrip("/").rpartition("/")[2])
        client.post(reverse("subscribers:erase", args=[number]))
    client.logout()
    worker.run_once()

    assert left_traces(*folders) == []
    assert not [address for address in THEIRS if address in log_output.getvalue()]
    assert figures(broadcast) == before
    assert not balance(broadcast).faults
    assert Suppression.objects.filter(reason="erased").count() == 2
    assert [(removal.kind, removal.count) for removal in Removal.objects.filter(kind="erased")] == [("erased", 2)]
    assert Delivery.objects.exclude(provider_id="").count() == 1, "somebody else's stays"
    assert Subscriber.objects.count() == 1


def figures(broadcast: Broadcast) -> list[object]:
    """What is counted of the messages that were taken, and by whom; what still waited for somebody is cancelled."""
    taken = Rollup.objects.filter(broadcast=broadcast, accepted__gt=0).order_by("channel")
    people = PeopleSet.objects.filter(broadcast=broadcast).order_by("axis", "kind", "place")
    return [
        list(taken.values_list("channel", "planned", "accepted", "trackable", "clicked", "machine_clicked")),
        [(*row[:-1], bytes(row[-1])) for row in people.values_list("axis", "kind", "place", "size", "numbers")],
        balance(broadcast).statuses["accepted"],
        TrackingEvent.objects.count(),
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("left_out", "found"),
    [
        (None, set()),
        (lists.forget, {"outreach_importpart.content"}),
        (mentions.forget, {"wagtailcore_revision.content", "outreach_import.file_name", "django_admin_log"}),
        (test_chats.forget, {"outreach_testchat.address_encrypted"}),
        (ledger.forget, {"outreach_delivery.detail", "outreach_delivery.provider_id"}),
        (forgetting._outside, {"outreach_sandboxmessage.content", "outreach_sandboxchat.number"}),
    ],
)
def test_the_search_finds_what_one_place_would_have_kept(story, joined, member, folders, monkeypatch, left_out, found):
    monkeypatch.setattr(erasure, "_places", [place for place in erasure._places if place is not left_out])
    person = both_ways(joined)
    in_the_sandbox()
    noted_by_staff(story, member("editor"))
    waiting_in_a_list(member("editor"))
    TestChat.objects.create(user=member("editor"), address_encrypted=encrypt(str(CHAT)), bound_at=NOW)
    sent_to(person, detail=f"550 {MAILBOX} is no mailbox", provider_id=f"<1.{MAILBOX}>")

    assert erase(subscriber=person, now=NOW) == []

    traces = left_traces(*folders)
    assert all(any(trace.startswith(each) for trace in traces) for each in found)
    assert bool(traces) == bool(found)


def both_ways(joined) -> Subscriber:
    """One person with both addresses."""
    first = joined("email", address_encrypted=encrypt(MAILBOX))
    joined("telegram", subscriber=first.subscriber, address_encrypted=encrypt(str(CHAT)))
    return first.subscriber


def sent_to(person: Subscriber, **kept: str) -> Delivery:
    broadcast = Broadcast.objects.create(title="October", fallback_language="en")
    message = broadcast.messages.create(channel="email", language="en", subject="One", body="<p>One</p>")
    subscription = person.subscriptions.first()
    return Delivery.objects.create(
        broadcast=broadcast,
        message=message,
        subscriber=person,
        subscription=subscription,
        channel="email",
        language="en",
        due_at=NOW,
        **kept,
    )


@pytest.mark.django_db
def test_what_the_editors_published_stays_as_it_is_and_is_named(story, joined):
    person = both_ways(joined)
    story.summary = f"The office: {MAILBOX}."
    story.save_revision().publish()

    assert erase(subscriber=person, now=NOW) == [story.title]

    story.refresh_from_db()
    assert MAILBOX in story.summary
    assert MAILBOX in story.latest_revision.content["summary"]


@pytest.mark.django_db
def test_an_address_that_only_looks_alike_is_left_alone(story, joined):
    person = both_ways(joined)
    near = f"not.{MAILBOX} {MAILBOX}dm {MAILBOX.replace('.', 'x', 1)}"
    log(instance=story, action="wagtail.edit", data={"note": near})

    erase(subscriber=person, now=NOW)

    assert PageLogEntry.objects.get(action="wagtail.edit", page=story.pk, data__has_key="note").data["note"] == near


@pytest.mark.django_db
def test_somebody_whose_key_is_lost_is_erased_all_the_same(joined, settings):
    person = both_ways(joined)
    Subscription.objects.filter(channel="email").update(
        address_encrypted="gcm:bm90aGluZyBhdCBhbGwsIG5vdGhpbmcgYXQgYWxs"
    )

    erase(subscriber=person, now=NOW)

    assert not Subscription.objects.exists()
    assert Suppression.objects.count() == 2


@pytest.mark.django_db
def test_erasing_somebody_who_is_gone_counts_nothing(joined):
    person = both_ways(joined)
    erase(subscriber=Subscriber.objects.get(pk=person.pk), now=NOW)

    erase(subscriber=person, now=NOW)

    assert Removal.objects.get().count == 1


@pytest.mark.django_db
def test_an_answer_that_comes_after_the_erasure_brings_no_number_back(joined):
    from outreach.delivery.ledger import Outcome, settle

    person = both_ways(joined)
    delivery = sent_to(person, lease_owner="worker", status="attempting")
    erase(subscriber=person, now=NOW)

    settle(outcomes=[Outcome(delivery.pk, "accepted", NOW, NOW, provider_id="provider-1")], owner="worker")

    delivery.refresh_from_db()
    assert (delivery.status, delivery.provider_id) == ("accepted", "")


def test_no_error_brings_an_address_into_the_log(log_output):
    logger = logging.getLogger("outreach.channels.telegram")
    for text in (f"550 <{MAILBOX}> unknown", f"https://example.org/?to={MAILBOX.replace('@', '%40')}", f"chat {CHAT}"):
        try:
            raise ValueError(text)
        except ValueError:
            logger.exception("it could not be sent to %s", MAILBOX)

    written = log_output.getvalue()
    assert written.count("Traceback") == 3
    assert "zoraida" not in written
    assert str(CHAT) not in written
    assert "it could not be sent to …" in written


@pytest.mark.parametrize(
    "line",
    ["delivery 1234567 can't be composed", "3 of 200000 rows", "see https://example.org/a/b", "26 November"],
)
def test_what_is_no_address_stays_in_the_log(log_output, line):
    logging.getLogger("outreach").warning(line)

    assert line in log_output.getvalue()


@pytest.mark.django_db(transaction=True)
def test_failures_of_both_channels_log_no_address(smtp_server, bot_api, joined, log_output):
    """The confirmation mail's failures are raised by the real mail library against a real server."""
    from outreach.audience.confirmation import send_due_confirmations
    from outreach.audience.subscriptions import join
    from outreach.channels.telegram_client import BotClient
    from outreach.tracking.updates import poll

    join(
        channel="email",
        address=MAILBOX,
        language="en",
        purposes=frozenset({"messages"}),
        method="form",
        now=timezone.now() - timedelta(minutes=1),
    )
    smtp_server.answers("receiver", f"550 5.1.1 <{MAILBOX}> unknown")
    send_due_confirmations(now=timezone.now())
    bot_api.answers(403, f"Forbidden: {CHAT} blocked the bot", chat=CHAT)
    bot_api.writes(CHAT, "/start")
    client = BotClient.from_settings()
    poll(client=client, now=timezone.now())
    client.close()

    written = log_output.getvalue()
    assert "was not taken" in written
    assert "zoraida" not in written
    assert str(CHAT) not in written


@pytest.mark.django_db
def test_mails_of_the_sandbox_to_others_stay(joined):
    person = both_ways(joined)
    in_the_sandbox()
    async_to_sync(StoredInbox().keep_mail)(receivers=["other@example.org"], content=b"To: other@example.org\r\n\r\nHi")

    erase(subscriber=person, now=NOW)

    assert [message.receiver for message in SandboxMessage.objects.all()] == ["other@example.org"]
