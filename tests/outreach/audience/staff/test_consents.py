"""The page for an inspector: opened by data officers, for a reason, for an hour."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.models import ModelLogEntry

from outreach.audience import subscriptions
from outreach.audience.models import Subscriber

from .conftest import ROLES

pytestmark = pytest.mark.django_db

OFFICERS = {"Data officers", "superuser"}


@pytest.fixture(autouse=True)
def clock(now):
    with time_machine.travel(now, tick=False) as clock:
        yield clock


@pytest.fixture
def ana(confirmed):
    return confirmed(purposes=frozenset({"messages", "open_tracking"}))


def opened(client, subscriber, reason="Audit of November"):
    answer = client.post(reverse("consents:open", args=[subscriber.pk]), {"reason": reason})
    assert answer.status_code == 302
    return answer.headers["Location"]


def text(answer):
    return " ".join(BeautifulSoup(answer.content, "html.parser").select_one("main, #main").get_text(" ").split())


def test_what_one_officer_opened_nobody_else_reads(as_role, ana):
    address = opened(as_role("Data officers"), ana.subscriber)

    for role in set(ROLES) - {"Data officers"}:
        client = as_role(role)
        for place in (address, f"{address}csv/"):
            assert client.get(place).status_code == 302


def test_the_reason_is_needed_and_logged_without_an_address(as_role, ana):
    client, address = as_role("Data officers"), reverse("consents:open", args=[ana.subscriber_id])
    for reason in ("", "ana@example.org asked"):
        answer = client.post(address, {"reason": reason})
        assert answer.status_code == 200
        assert BeautifulSoup(answer.content, "html.parser").select(".error-message")
    assert not ModelLogEntry.objects.exists()

    opened(client, ana.subscriber)

    entry = ModelLogEntry.objects.get()
    assert (entry.action, entry.user.username) == ("outreach.consent.inspect", "data-officers")
    assert entry.data == {"reason": "Audit of November"}


def test_the_page_shows_the_words_and_what_holds_and_no_address(as_role, ana, now):
    subscriptions.change(subscription=ana, method="preferences", now=now, purposes={"open_tracking": False})
    client = as_role("Data officers")

    answer = client.get(opened(client, ana.subscriber))

    said = text(answer)
    assert "Yes, send me messages of this campaign" in said
    assert "Receiving messages: agreed, and it holds now" in said
    assert "Knowing whether I opened a message: taken back" in said
    assert "Statistics by gender: never agreed to" in said
    assert "2026-11-22 14:00:00 2026-11-22 10:00:00" in said
    assert "Preference page" in said
    assert "a…@e….org" in said
    assert "ana@example.org" not in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_file_is_saved_without_an_address(as_role, ana):
    client = as_role("Data officers")

    answer = client.get(f"{opened(client, ana.subscriber)}csv/")

    assert answer.headers["Content-Disposition"] == f'attachment; filename="consents-{ana.subscriber_id}.csv"'
    assert answer.content.decode().startswith("\ufeffchannel,purpose")
    assert "Yes, send me messages" in answer.content.decode()
    assert "ana@example.org" not in answer.content.decode()


def test_the_page_closes_after_an_hour(as_role, ana, clock):
    client = as_role("Data officers")
    address = opened(client, ana.subscriber)

    clock.shift(timedelta(minutes=59))
    assert client.get(address).status_code == 200
    clock.shift(timedelta(minutes=2))
    assert client.get(address).headers["Location"] == reverse("consents:open", args=[ana.subscriber_id])


def test_a_token_for_one_person_opens_no_other_and_a_changed_one_nothing(as_role, ana, confirmed):
    other = confirmed(address="eva@example.org").subscriber
    client = as_role("Data officers")
    token = opened(client, ana.subscriber).rstrip("/").rpartition("/")[2]

    for pk, changed in ((other.pk, token), (ana.subscriber_id, f"9{token}"), (ana.subscriber_id, "x")):
        answer = client.get(reverse("consents:page", args=[pk, changed]))
        assert answer.headers["Location"] == reverse("consents:open", args=[pk])


def test_a_person_who_is_gone_has_no_page(as_role):
    assert as_role("Data officers").get(reverse("consents:open", args=[99])).status_code in {302, 404}


def test_somebody_who_said_nothing_yet_has_an_empty_page(as_role):
    client, nobody = as_role("Data officers"), Subscriber.objects.create(language="en")

    assert "holds nothing of this person" in text(client.get(opened(client, nobody)))


def test_a_persons_page_leads_there(as_role, ana):
    answer = as_role("Data officers").get(reverse("subscribers:inspect", args=[ana.subscriber_id]))

    assert reverse("consents:open", args=[ana.subscriber_id]) in answer.content.decode()
