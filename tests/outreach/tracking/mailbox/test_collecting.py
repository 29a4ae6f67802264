"""Mail servers send back what they could not deliver, and anybody may write to the same mailbox."""

import logging
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.audience.erasure import erase
from outreach.audience.models import SoftBounce, Subscriber, Subscription, Suppression
from outreach.delivery.message_ids import message_id
from outreach.delivery.models import Delivery
from outreach.tasks import READ_BOUNCES_EVERY, Tasks
from outreach.tracking.mailbox.collecting import collect
from outreach.tracking.mailbox.parsing import LARGEST, Sort, read
from tests.outreach.delivery.conftest import START, broadcast, everybody  # noqa: F401
from tests.outreach.mail_servers import ImapServer, PopServer, Server
from tests.outreach.tracking.webhooks.conftest import accepted  # noqa: F401

from . import mails

pytestmark = pytest.mark.django_db
NOW = START + timedelta(hours=1)


@pytest.fixture(params=[ImapServer, PopServer])
def server(request):
    running = request.param()
    yield running
    running.stop()


@pytest.fixture
def imap_server():
    running = ImapServer()
    yield running
    running.stop()


@pytest.fixture
def pop_server():
    running = PopServer()
    yield running
    running.stop()


def named(delivery: Delivery) -> str:
    return message_id(broadcast=delivery.broadcast_id, delivery=delivery.pk)


def gather(server: Server):
    return collect(url=server.url, now=NOW)


def standing(delivery: Delivery) -> tuple[str, str, list[str], int]:
    return (
        Delivery.objects.get(pk=delivery.pk).status,
        Subscription.objects.get(pk=delivery.subscription_id).state,
        list(Suppression.objects.values_list("reason", flat=True)),
        SoftBounce.objects.count(),
    )


UNTOUCHED = ("accepted", "active", [], 0)


def test_a_bounce_a_delay_and_a_complaint_reach_ledger_and_people_and_leave_the_mailbox(server, accepted):
    server.put(
        mails.status_report(named=named(accepted[0]), to="Person0@Example.org"),
        mails.status_report(
            named=named(accepted[1]), to="person1@example.org", action="delayed", status="4.2.2", diagnostic="452 full"
        ),
        mails.complaint(named=named(accepted[2])),
    )

    counts = gather(server)

    assert counts == {"ours": 5 - 2, "bounce": 2, "complaint": 1}
    assert [standing(each)[:2] for each in accepted] == [
        ("bounced", "stopped"),
        ("accepted", "active"),
        ("delivered", "left"),
    ]
    assert SoftBounce.objects.get().delivery == accepted[1].pk
    assert sorted(Suppression.objects.values_list("reason", flat=True)) == ["complaint", "hard_bounce"]
    assert server.mails == []


@pytest.mark.parametrize(
    ("status", "diagnostic", "expected"),
    [
        ("5.1.1", "550 5.1.1 <person0@example.org>: User unknown", ("bounced", "stopped", ["hard_bounce"], 0)),
        ("5.0.0", "550 No such user", ("bounced", "stopped", ["hard_bounce"], 0)),
        ("5.2.2", "552 5.2.2 Mailbox full", ("failed", "active", [], 1)),
        ("5.7.1", "550 5.7.1 Blocked by a list", ("failed", "active", [], 1)),
        ("4.4.7", "delivery time expired", ("failed", "active", [], 1)),
        ("5.7.1", "554 Relay access denied", ("rejected", "active", [], 0)),
    ],
)
def test_only_a_dead_address_is_suppressed(imap_server, accepted, status, diagnostic, expected):
    imap_server.put(
        mails.status_report(named=named(accepted[0]), to="person0@example.org", status=status, diagnostic=diagnostic)
    )

    gather(imap_server)

    assert standing(accepted[0]) == expected
    assert "person0" not in Delivery.objects.get(pk=accepted[0].pk).detail


def test_a_bounce_that_follows_no_standard_is_understood(imap_server, accepted):
    imap_server.put(mails.qmail(named=named(accepted[0]), to="person0@example.org"))

    assert gather(imap_server)["ours"] == 1

    assert standing(accepted[0]) == ("bounced", "stopped", ["hard_bounce"], 0)


@pytest.mark.parametrize("kind", ["opt-out", "not-spam", "auth-failure"])
def test_only_a_complaint_is_one(imap_server, accepted, kind):
    imap_server.put(mails.complaint(named=named(accepted[0]), kind=kind))

    gather(imap_server)

    assert standing(accepted[0]) == (("delivered", "left", [], 0) if kind == "opt-out" else UNTOUCHED)


def test_a_forged_bounce_harms_nobody(server, accepted):
    first, victim = accepted[0], "person1@example.org"
    unsigned = f"{first.broadcast_id}.{accepted[1].pk}.aaaaaaaaaaaaaaaaaaaa@testserver"
    own = named(first)
    server.put(
        mails.status_report(named=unsigned, to=victim),
        mails.status_report(named=f"{first.broadcast_id}.{accepted[1].pk}@testserver", to=victim),
        # Signed, but for a message that went to somebody else.
        mails.status_report(named=own, to=victim),
        mails.status_report(named=own.replace(f".{first.pk}.", f".{accepted[1].pk}."), to=victim),
        mails.complaint(named=unsigned),
        mails.qmail(named=unsigned, to=victim),
    )

    counts = gather(server)

    assert counts["ours"] == 0
    assert counts["bounce"] == 5
    assert [standing(each) for each in accepted] == [UNTOUCHED] * 3
    assert server.mails == []


def test_an_answer_of_somebody_who_is_away_is_ignored(server, accepted):
    server.put(mails.away(named=named(accepted[0]), to="person0@example.org"))

    assert gather(server)["automatic"] == 1

    assert standing(accepted[0]) == UNTOUCHED
    assert server.mails == []


def test_what_a_person_wrote_stays_for_a_person_and_is_read_once(imap_server):
    imap_server.put(mails.letter())

    assert gather(imap_server)["other"] == 1
    assert gather(imap_server) == {}

    assert len(imap_server.mails) == 1
    assert imap_server.flags[1] == {"\\Flagged"}


def test_over_pop_nothing_can_stay(pop_server):
    pop_server.put(mails.letter())

    assert gather(pop_server)["other"] == 1

    assert pop_server.mails == []


@pytest.mark.parametrize(
    ("kind", "command"), [(ImapServer, "UID STORE"), (ImapServer, "UID EXPUNGE"), (PopServer, "QUIT")]
)
def test_a_line_that_breaks_before_the_mail_is_gone_loses_nothing_and_counts_nothing_twice(accepted, kind, command):
    server = kind()
    server.put(
        mails.status_report(named=named(accepted[0]), to="person0@example.org", status="4.2.2", diagnostic="452 full")
    )
    server.breaks_off_at = command
    gather(server)
    assert len(server.mails) == 1
    assert standing(accepted[0]) == ("failed", "active", [], 1)

    server.breaks_off_at = ""
    gather(server)

    server.stop()
    assert standing(accepted[0]) == ("failed", "active", [], 1)


def test_a_mail_goes_only_after_what_it_reports_is_in_the_ledger(server, accepted, monkeypatch):
    server.put(mails.status_report(named=named(accepted[0]), to="person0@example.org"))

    def full(**_reports):
        raise OSError("no space left")

    monkeypatch.setattr("outreach.delivery.reports.take", full)
    gather(server)

    assert len(server.mails) == 1
    assert not any("STORE" in command or command.startswith("DELE") for command in server.commands)


@pytest.mark.parametrize(
    "url", ["imap://bounces:wrong@127.0.0.1:{port}/INBOX", "imap://x:y@127.0.0.1:1", "pop://x:y@127.0.0.1:1"]
)
def test_a_mailbox_that_can_not_be_opened_is_said_without_its_password(imap_server, url, caplog):
    assert collect(url=url.format(port=imap_server.port), now=NOW) == {}

    assert "the bounce mailbox can't be opened" in caplog.text
    assert "wrong" not in caplog.text


def test_nothing_that_is_logged_holds_an_address(imap_server, accepted, caplog):
    caplog.set_level(logging.DEBUG, logger="outreach")
    imap_server.put(mails.status_report(named=named(accepted[0]), to="person0@example.org"), mails.letter(), b"\xff")

    gather(imap_server)

    assert "1 ours" in caplog.text
    assert "@" not in caplog.text


def test_a_bounce_after_the_person_was_erased_is_no_error(imap_server, accepted):
    imap_server.put(
        mails.status_report(named=named(accepted[0]), to="person0@example.org"),
        mails.complaint(named=named(accepted[0])),
    )
    erase(subscriber=Subscriber.objects.get(pk=accepted[0].subscriber_id), now=START)

    gather(imap_server)

    assert Delivery.objects.get(pk=accepted[0].pk).status == "bounced"
    assert list(Suppression.objects.values_list("reason", flat=True)) == ["erased"]


# Hostile mails


def test_of_a_large_mail_only_the_beginning_is_fetched(server, accepted):
    report = mails.status_report(named=named(accepted[0]), to="person0@example.org")
    server.put(report + b"x" * 70 + (b"\r\n" + b"x" * 70) * 60_000)

    gather(server)

    assert standing(accepted[0])[:2] == ("bounced", "stopped")
    assert server.sent_bytes < LARGEST + 10_000


def test_over_pop_a_mail_with_an_endless_line_is_removed_and_holds_up_no_other(pop_server, accepted):
    pop_server.put(b"Subject: x\r\n\r\n" + b"x" * 5000)
    pop_server.put(mails.status_report(named=named(accepted[0]), to="person0@example.org"))

    gather(pop_server)
    gather(pop_server)

    assert standing(accepted[0])[:2] == ("bounced", "stopped")
    assert pop_server.mails == []


def nested(kind: str, depth: int) -> bytes:
    if kind == "mails":
        return b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Subject: x\r\n\r\nx"
    return b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (place, place) for place in range(depth)
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 1000,
        b"\xff\xfe" * 1000,
        nested("mails", 1000),
        nested("mails", 45),
        nested("parts", 1000),
        nested("parts", 45),
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n\r\n",
        b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: ; ; ;\r\nAction: failed\r\n",
        b"Content-Type: message/feedback-report\r\n\r\n\r\n",
        b"Content-Type: message/feedback-report; charset=none\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
        b"Content-Type: text/plain; charset=\xff\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=ZZ=\r\n",
        b"From: MAILER-DAEMON\r\n\r\n" + b"<" * 200_000,
    ],
)
def test_a_hostile_mail_is_read_without_an_error(content):
    assert read(content, now=NOW).reports == ()


@pytest.mark.parametrize("kind", ["mails", "parts"])
def test_a_mail_that_is_nested_without_end_is_not_followed_down(kind, monkeypatch):
    followed = []
    monkeypatch.setattr("outreach.tracking.mailbox.parsing.message_from_bytes", followed.append)

    read(nested(kind, 1000), now=NOW)
    assert followed == []
    read(nested(kind, 10), now=NOW)
    assert len(followed) == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_mail_that_was_cut_or_garbled_is_read_without_an_error(accepted, data):
    whole = data.draw(
        st.sampled_from(
            [
                mails.status_report(named=named(accepted[0]), to="person0@example.org"),
                mails.complaint(named=named(accepted[0])),
                mails.qmail(named=named(accepted[0]), to="person0@example.org"),
            ]
        )
    )
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(whole)), st.integers(0, len(whole)))))
    garbled = whole[:start] + data.draw(st.binary(max_size=30)) + whole[end:]

    reading = read(garbled, now=NOW)

    assert reading.sort in Sort
    assert {each.delivery for each in reading.reports} <= {accepted[0].pk}


# When


def test_the_worker_reads_the_mailbox_every_five_minutes(imap_server, settings, tmp_path):
    from threading import Event

    from tests.outreach.delivery.conftest import Clock

    settings.BOUNCE_MAILBOX_URL, clock = imap_server.url, Clock()
    tasks = Tasks(owner="w", clock=clock, stopping=Event(), journals=tmp_path / "j", hits=tmp_path / "h")
    for waited in (0, 60, READ_BOUNCES_EVERY.total_seconds() - 60):
        clock.wait(waited)
        tasks.read_bounces()

    assert len([command for command in imap_server.commands if "LOGIN" in command]) == 2
    settings.BOUNCE_MAILBOX_URL = ""
    clock.wait(3600)
    tasks.read_bounces()
    assert len([command for command in imap_server.commands if "LOGIN" in command]) == 2
