"""Fresh links by mail: who gets one, how often, and what happens when the mail server is away."""

import re
import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from outreach.audience import suppressions
from outreach.audience.confirmation import send_due_confirmations
from outreach.audience.models import FreshLink, Suppression
from outreach.audience.preferences import links
from outreach.audience.preferences.mailing import (
    KEPT,
    ask,
    ask_for_address,
    forget_old_requests,
    send_due_links,
)

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_the_mail_holds_a_fresh_link_in_the_language_of_the_person(ana, now):
    ana.subscriber.language = "fr"
    ana.subscriber.save()
    ask_for_address(address="ana@example.org", now=now)

    assert send_due_links(now=now) == 1
    (sent,) = mail.outbox
    assert sent.to == ["ana@example.org"]
    assert sent.extra_headers["Content-Language"] == "fr"
    assert 'lang="fr"' in str(sent.alternatives[0][0])
    found = re.search(r"http://testserver/fr/preferences/(\S+)/", sent.body)
    assert found
    assert links.read(token=found[1], now=now).is_fresh(now)
    assert "ana@example.org" not in sent.body


def test_an_address_that_is_not_known_gets_nothing(db, now):
    ask_for_address(address="nobody@example.org", now=now)

    assert send_due_links(now=now) == 0
    assert not FreshLink.objects.exists()


def test_an_address_that_complained_gets_nothing(ana, now):
    suppressions.suppress(channel="email", address_hash=ana.address_hash, reason="complaint", now=now)
    ask(subscription=ana, now=now)

    assert not FreshLink.objects.exists()


def test_what_is_suppressed_between_asking_and_mailing_is_not_mailed(ana, now):
    ask(subscription=ana, now=now)
    suppressions.suppress(channel="email", address_hash=ana.address_hash, reason="complaint", now=now)

    assert send_due_links(now=now) == 0
    assert send_due_links(now=now + timedelta(days=1)) == 0
    assert mail.outbox == []


def test_asking_twice_at_once_mails_once(ana, now):
    for _again in range(3):
        ask(subscription=ana, now=now)
    assert send_due_links(now=now) == 1
    ask(subscription=ana, now=now + 9 * MINUTE)

    assert send_due_links(now=now + 20 * MINUTE) == 0


def test_an_inbox_gets_three_a_day_ten_minutes_apart(ana, now):
    sent = []
    for minute in range(0, 120, 5):
        ask(subscription=ana, now=now + minute * MINUTE)
        sent += [minute] * send_due_links(now=now + minute * MINUTE)

    assert sent == [0, 10, 20]
    assert send_due_links(now=now + timedelta(days=1)) == 1


def test_mails_to_confirm_and_fresh_links_count_together(joins, now):
    waiting = joins(address="ben@example.org")
    send_due_confirmations(now=now)
    ask(subscription=waiting, now=now + 2 * MINUTE)

    assert send_due_links(now=now + 9 * MINUTE) == 0
    assert send_due_links(now=now + 10 * MINUTE) == 1
    joins(address="ben@example.org", language="fr", now=now + 11 * MINUTE)
    assert send_due_confirmations(now=now + 19 * MINUTE) == 0
    assert send_due_confirmations(now=now + 20 * MINUTE) == 1


def test_fresh_links_for_all_addresses_of_one_inbox_count_together(confirmed, now):
    for number in range(9):
        ask(subscription=confirmed(address=f"v.ictim+{number}@gmail.com"), now=now)

    sent = [send_due_links(now=now + minute * MINUTE) for minute in (0, 5, 10, 15, 20, 30, 60, 1439)]

    assert sent == [1, 0, 1, 0, 1, 0, 0, 0]
    assert send_due_links(now=now + timedelta(days=1)) == 1


def test_a_chat_gets_its_link_by_mail_only_where_the_person_has_an_inbox(ana, chat, now):
    ask(subscription=chat, now=now)
    assert FreshLink.objects.get().subscription == ana
    FreshLink.objects.all().delete()
    type(ana).objects.filter(pk=ana.pk).update(state="left")

    ask(subscription=chat, now=now)
    assert not FreshLink.objects.exists()


class Away(EmailBackend):
    """A mail server that is not there."""

    def send_messages(self, messages):
        raise smtplib.SMTPServerDisconnected("for ana@example.org")


def test_a_mail_server_that_is_away_is_tried_again_and_logs_no_address(ana, now, settings, caplog):
    settings.EMAIL_BACKEND = f"{__name__}.Away"
    ask(subscription=ana, now=now)
    assert send_due_links(now=now) == 0
    assert "example.org" not in caplog.text
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert send_due_links(now=now) == 0
    assert send_due_links(now=now + MINUTE) == 1


def test_a_link_to_an_address_at_which_nobody_is_any_more_suppresses_it(ana, now, smtp_server):
    smtp_server.answers("receiver", "550 5.1.1 No such mailbox", times=2)
    ask(subscription=ana, now=now)

    assert send_due_links(now=now) == 0

    ana.refresh_from_db()
    assert ana.state == "stopped"
    assert Suppression.objects.get().reason == "hard_bounce"
    assert send_due_links(now=now + timedelta(days=1)) == 0


def test_a_request_is_forgotten_when_it_counts_for_no_limit_any_more(ana, now):
    ask(subscription=ana, now=now)
    send_due_links(now=now)

    assert forget_old_requests(now=now + KEPT - MINUTE) == 0
    assert forget_old_requests(now=now + KEPT) == 1
