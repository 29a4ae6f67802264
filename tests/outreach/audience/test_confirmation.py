"""The mailed link: who gets one, when, how often, and what its bearer can do."""

import logging
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.core import mail
from django.core.signing import Signer
from django.utils.translation import check_for_language

from outreach.audience import subscriptions
from outreach.audience.addresses import address_hash
from outreach.audience.confirmation import (
    LinkBroken,
    LinkExpired,
    LinkUsed,
    ask_again,
    link,
    read_link,
    send_due_confirmations,
)
from outreach.audience.dead_addresses import bury
from outreach.audience.models import JoinRequest, Suppression
from outreach.audience.retention import forget_unconfirmed
from outreach.audience.suppressions import suppress

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def token_of(request, now):
    return link(request=request, now=now).rstrip("/").rpartition("/")[2]


# The link


def test_a_link_works_for_three_days(joins, now):
    request = joins().join_requests.get()
    token = token_of(request, now)

    assert read_link(token=token, now=now + 3 * DAY) == request
    with pytest.raises(LinkExpired) as expired:
        read_link(token=token, now=now + 3 * DAY + timedelta(seconds=1))
    assert expired.value.request == request


def test_a_link_with_any_letter_changed_is_broken(joins, now):
    token = token_of(joins().join_requests.get(), now)

    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(LinkBroken):
            read_link(token=token[:place] + other + token[place + 1 :], now=now)


@pytest.mark.parametrize(
    "token",
    ["", "a", ":", "a" * 10_000, "é", "\x00", Signer(salt="outreach.form").sign("1"),
     Signer(salt="outreach.confirmation").sign("1"), Signer(salt="outreach.confirmation").sign_object([1])],
)  # fmt: skip
def test_what_is_no_link_of_ours_is_broken(db, now, token):
    with pytest.raises(LinkBroken):
        read_link(token=token, now=now)


def test_a_link_whose_form_is_gone_is_of_no_use(joins, now):
    request = joins().join_requests.get()
    token = token_of(request, now)
    request.delete()

    with pytest.raises(LinkUsed):
        read_link(token=token, now=now)


def test_a_confirmed_link_still_shows_what_was_agreed_to_after_three_days(joins, now):
    request = joins().join_requests.get()
    token = token_of(request, now)
    subscriptions.confirm(token=token, now=now)

    assert read_link(token=token, now=now + 10 * DAY).confirmed_at == now


# The mail


@pytest.mark.parametrize("language", [code for code, _name in configured.LANGUAGES])
def test_the_mail_leads_to_the_page_in_the_language_asked_for(joins, now, language):
    joins(language=language)

    assert send_due_confirmations(now=now) == 1

    sent = mail.outbox[0]
    html = sent.alternatives[0].content
    assert sent.to == ["ana@example.org"]
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    page = language if check_for_language(language) else "en"
    address = f"{configured.SITE_URL}/{page}/confirm/"
    assert address in sent.body
    assert address in html
    assert f'lang="{language}"' in html
    assert "fonts.googleapis" not in html


def test_the_link_in_the_mail_confirms(joins, now):
    joins()
    send_due_confirmations(now=now)

    token = mail.outbox[0].body.split("/confirm/")[1].split("/")[0]

    assert subscriptions.confirm(token=token, now=now).state == "active"


def test_a_mail_that_was_sent_is_not_sent_again(joins, now):
    joins()

    assert [send_due_confirmations(now=now + n * MINUTE) for n in range(4)] == [1, 0, 0, 0]


def test_one_reminder_comes_two_days_later_and_then_nothing(joins, now):
    joins()

    assert [send_due_confirmations(now=now + n * DAY) for n in range(10)] == [1, 0, 1, 0, 0, 0, 0, 0, 0, 0]


def test_nobody_who_confirmed_is_reminded(joins, now):
    request = joins().join_requests.get()
    send_due_confirmations(now=now)

    subscriptions.confirm(token=token_of(request, now), now=now + HOUR)

    assert send_due_confirmations(now=now + 3 * DAY) == 0


def test_somebody_who_has_joined_is_told_so_in_the_mail(confirmed, joins, now):
    confirmed()
    joins(group="media", now=now + HOUR)

    send_due_confirmations(now=now + HOUR)

    assert "You already get our messages" in mail.outbox[0].body


def test_an_address_suppressed_in_the_meantime_gets_no_mail(joins, now):
    joins()
    digest = address_hash(channel="email", address="ana@example.org")
    suppress(channel="email", address_hash=digest, reason="complaint", now=now)

    assert send_due_confirmations(now=now) == 0
    assert mail.outbox == []
    assert not JoinRequest.objects.exclude(due_at=None).exists()


# How often


def test_one_inbox_gets_at_most_three_mails_in_a_day_however_often_the_form_is_sent(joins, now):
    languages = ["en", "fr", "es", "ht"]
    for minute in range(24 * 60):
        if minute % 7 == 0:
            joins(language=languages[minute % 4], now=now + minute * MINUTE)
        send_due_confirmations(now=now + minute * MINUTE)

    assert len(mail.outbox) == 3


def victims(number):
    """Addresses of one inbox, each spelt in another way."""
    return [f"v{'.' * (each % 2)}ictim+{each}@{'google' * (each % 3 == 0)}{'g' * (each % 3 > 0)}mail.com"
            for each in range(number)]  # fmt: skip


def test_one_inbox_gets_at_most_three_mails_in_a_day_however_its_address_is_spelt(joins, now):
    for address in victims(60):
        joins(address=address)
    for minute in (0, 5, 10, 15, 20, 25, 30, 40, 60, 120, 720, 1439):
        send_due_confirmations(now=now + minute * MINUTE)

    assert len(mail.outbox) == 3


def test_a_flood_for_one_inbox_dries_up_by_itself(joins, now):
    for address in victims(20):
        joins(address=address)
    for hour in range(6 * 24):
        send_due_confirmations(now=now + hour * HOUR)

    assert len(mail.outbox) <= 12
    assert not JoinRequest.objects.exclude(due_at=None).exists()


def test_a_mail_that_an_inbox_had_to_wait_for_is_not_lost(joins, now):
    joins(address="ana@example.org")
    joins(address="ana+home@example.org")

    assert [send_due_confirmations(now=now + n * MINUTE) for n in (0, 9, 10, 20)] == [1, 0, 1, 0]
    assert [sent.to for sent in mail.outbox] == [["ana@example.org"], ["ana+home@example.org"]]


def test_a_mail_that_was_not_taken_counts_for_no_inbox(joins, now, smtp_server):
    joins(address="ana+home@example.org")
    smtp_server.stop()
    send_due_confirmations(now=now)
    smtp_server.start()

    assert send_due_confirmations(now=now + MINUTE) == 1


def test_the_same_form_twice_in_ten_minutes_sends_one_mail(joins, now):
    joins()
    send_due_confirmations(now=now)

    joins(now=now + MINUTE)

    assert send_due_confirmations(now=now + HOUR) == 0


def test_a_form_with_other_answers_waits_ten_minutes_and_is_not_lost(joins, now):
    joins(language="en")
    send_due_confirmations(now=now)
    joins(language="fr", now=now + MINUTE)

    assert send_due_confirmations(now=now + 9 * MINUTE) == 0
    assert send_due_confirmations(now=now + 10 * MINUTE) == 1
    assert "/fr/confirm/" in mail.outbox[1].body


def test_an_expired_link_can_be_asked_for_again_within_the_same_limits(joins, now):
    request = joins().join_requests.get()
    for day in range(3):
        send_due_confirmations(now=now + day * DAY)

    ask_again(request=request, now=now + 6 * DAY)
    ask_again(request=request, now=now + 6 * DAY)

    assert send_due_confirmations(now=now + 6 * DAY) == 1
    assert send_due_confirmations(now=now + 6 * DAY) == 0


# A mail server in trouble, over real SMTP


def test_a_mail_goes_out_over_real_smtp_with_both_parts(joins, now, smtp_server):
    joins(language="fr")

    assert send_due_confirmations(now=now) == 1

    assert smtp_server.receivers == ["ana@example.org"]
    message = smtp_server.messages[0]
    assert message.get_body(("plain",)) is not None
    assert message.get_body(("html",)) is not None


def test_a_mail_server_that_is_away_loses_nothing_and_is_asked_more_and_more_rarely(joins, now, smtp_server):
    joins()
    smtp_server.stop()

    waits = []
    moment = now
    for _try in range(4):
        assert send_due_confirmations(now=moment) == 0
        due = JoinRequest.objects.get().due_at
        waits.append(due - moment)
        moment = due
    smtp_server.start()

    assert waits == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert send_due_confirmations(now=moment) == 1
    assert smtp_server.receivers == ["ana@example.org"]


def test_a_mail_server_that_is_away_is_not_asked_for_each_mail(joins, now, smtp_server):
    for name in ("ana", "eva", "lea"):
        joins(address=f"{name}@example.org")
    smtp_server.stop()

    send_due_confirmations(now=now)

    assert JoinRequest.objects.filter(failures=0).count() == 2


@pytest.mark.parametrize("stage", ["greeting", "sender", "receiver", "data", "body", "end"])
def test_a_dropped_line_or_a_4xx_means_later(joins, now, smtp_server, stage):
    joins()
    smtp_server.drops(stage)
    assert send_due_confirmations(now=now) == 0
    smtp_server.answers(stage if stage != "body" else "end", "451 4.3.0 Try again later")
    assert send_due_confirmations(now=now + 10 * MINUTE) == 0

    assert send_due_confirmations(now=now + HOUR) == 1
    assert smtp_server.receivers == ["ana@example.org"]


def test_one_refused_address_keeps_nobody_else_waiting(joins, now, smtp_server):
    for name in ("gone", "eva", "lea"):
        joins(address=f"{name}@example.org")
    smtp_server.answers("receiver", "550 5.1.1 No such mailbox", receiver="gone@example.org")

    assert send_due_confirmations(now=now) == 2

    assert sorted(smtp_server.receivers) == ["eva@example.org", "lea@example.org"]
    assert send_due_confirmations(now=now + DAY) == 0, "an address that does not exist is not tried again"


@pytest.mark.parametrize("stage", ["receiver", "end"])
def test_an_address_at_which_nobody_is_is_suppressed_like_one_of_a_broadcast(joins, now, smtp_server, stage):
    subscription = joins()
    smtp_server.answers(stage, "550 5.1.1 No such mailbox")

    send_due_confirmations(now=now)

    subscription.refresh_from_db()
    assert (subscription.state, subscription.ended_at) == ("stopped", now)
    assert list(Suppression.objects.values_list("reason", "address_hash")) == [
        ("hard_bounce", subscription.address_hash)
    ]
    with pytest.raises(subscriptions.AddressSuppressed):
        joins(now=now + HOUR)
    assert forget_unconfirmed(now=now + 14 * DAY) == 1, "an address that was never confirmed is not kept"
    assert Suppression.objects.count() == 1


@pytest.mark.parametrize("reply", ["550 5.7.1 Blocked", "552 5.2.2 Mailbox full", "550 Relay denied", "450 4.2.0 No"])
def test_any_other_refusal_suppresses_nobody(joins, now, smtp_server, reply):
    subscription = joins()
    smtp_server.answers("receiver", reply)

    send_due_confirmations(now=now)

    subscription.refresh_from_db()
    assert subscription.state == "pending"
    assert not Suppression.objects.exists()


def test_a_worker_that_died_while_sending_is_followed_by_another(joins, now, monkeypatch):
    joins()

    def dies(**_mail):
        raise KeyboardInterrupt

    monkeypatch.setattr("outreach.audience.confirmation.confirmation_mail", dies)
    with pytest.raises(KeyboardInterrupt):
        send_due_confirmations(now=now)
    monkeypatch.undo()

    assert send_due_confirmations(now=now) == 0, "it may still be at work"
    assert send_due_confirmations(now=now + 5 * MINUTE) == 1


def test_the_log_holds_no_address(joins, now, smtp_server, caplog):
    joins(address="gone@example.org")
    smtp_server.answers("receiver", "550 5.1.1 <gone@example.org> No such mailbox")

    with caplog.at_level(logging.DEBUG, logger="outreach"):
        send_due_confirmations(now=now)

    assert caplog.records
    assert "gone@" not in caplog.text


# Forgetting


def test_a_form_that_nobody_confirmed_is_forgotten_after_14_days(joins, confirmed, now):
    confirmed(address="eva@example.org")
    ana = joins()

    assert forget_unconfirmed(now=now + 13 * DAY) == 0
    assert forget_unconfirmed(now=now + 14 * DAY) == 1

    assert not JoinRequest.objects.exists()
    assert not type(ana).objects.filter(pk=ana.pk).exists()
    assert type(ana).objects.get().state == "active"


def test_who_could_not_be_reached_before_they_confirmed_is_forgotten_and_stays_suppressed(joins, now):
    ana = joins()
    bury(subscriptions=[ana.pk], now=now + DAY)

    forget_unconfirmed(now=now + 14 * DAY)
    assert type(ana).objects.filter(pk=ana.pk).exists()
    assert forget_unconfirmed(now=now + 15 * DAY) == 1

    assert not type(ana).objects.exists()
    assert Suppression.objects.filter(address_hash=ana.address_hash).exists()


def test_who_left_before_they_confirmed_is_remembered_so_that_no_list_asks_them_again(joins, now):
    ana = joins()
    type(ana).objects.filter(pk=ana.pk).update(state="left", ended_at=now)

    forget_unconfirmed(now=now + 60 * DAY)

    assert type(ana).objects.filter(pk=ana.pk).exists()
