"""Subscribers in the admin: for data officers, without addresses."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from outreach.audience import consents, subscriptions
from outreach.audience.dead_addresses import bury
from outreach.audience.erasure import erase
from outreach.audience.models import (
    Consent,
    JoinRequest,
    SoftBounce,
    Subscriber,
    Subscription,
    Suppression,
    TopicChoice,
)

from .conftest import ROLES

pytestmark = pytest.mark.django_db

EVERYTHING = frozenset({"messages", "gender_statistics", "click_tracking", "open_tracking"})


@pytest.fixture
def ana(confirmed):
    return confirmed(group="worker", gender="woman", topics=["work"], purposes=EVERYTHING).subscriber


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"Data officers", "superuser"}))
def test_nobody_else_erases_anybody(as_role, ana, role):
    as_role(role).post(reverse("subscribers:erase", args=[ana.pk]))

    assert Subscriber.objects.filter(pk=ana.pk).exists()


def test_no_page_shows_an_address(as_role, ana):
    client = as_role("Data officers")
    encrypted = Subscription.objects.get().address_encrypted

    for page, arguments in (("index", []), ("inspect", [ana.pk]), ("erase", [ana.pk])):
        content = client.get(reverse(f"subscribers:{page}", args=arguments)).content.decode()
        assert "ana@example.org" not in content
        assert encrypted not in content


def test_the_list_can_be_narrowed_and_names_nobody_twice(as_role, ana, joins):
    chat = joins(channel="telegram", address="1", method="bot")
    old = chat.subscriber_id
    Subscription.objects.filter(pk=chat.pk).update(subscriber=ana)
    Subscriber.objects.filter(pk=old).delete()
    client = as_role("Data officers")

    for query, found in (({"subscriptions__state": "active"}, 1), ({"group": "media"}, 0), ({"language": "en"}, 1)):
        listed = BeautifulSoup(client.get(reverse("subscribers:index"), query).content, "html.parser")
        assert len(listed.select("table.listing tbody tr")) == found


def test_the_list_shows_fifty_people_a_page(as_role):
    Subscriber.objects.bulk_create(Subscriber(language="en") for _number in range(51))
    client = as_role("Data officers")

    for number, found in (("1", 50), ("2", 1)):
        listed = BeautifulSoup(client.get(reverse("subscribers:index"), {"p": number}).content, "html.parser")
        assert len(listed.select("table.listing tbody tr")) == found


def test_an_export_of_the_list_holds_nothing(as_role, ana):
    answer = as_role("Data officers").get(reverse("subscribers:index"), {"export": "csv"})

    assert b"".join(answer.streaming_content).strip() == b""


def test_the_list_takes_the_same_number_of_queries_for_many_people(as_role, confirmed, django_assert_max_num_queries):
    client = as_role("Data officers")
    for number in range(15):
        confirmed(address=f"{number}@example.org")
    client.get(reverse("subscribers:index"))

    with django_assert_max_num_queries(20):
        client.get(reverse("subscribers:index"))


def test_the_exact_address_finds_a_person_and_never_stands_in_a_url(as_role, ana):
    answer = as_role("Data officers").post(
        reverse("subscribers:find"), {"channel": "email", "address": " ANA@example.org"}
    )

    assert answer.headers["Location"] == reverse("subscribers:inspect", args=[ana.pk])


@pytest.mark.parametrize("address", ["eva@example.org", "ana@example", "ana", "", "%", "x" * 10_000])
def test_any_other_text_finds_nobody(as_role, ana, address):
    answer = as_role("Data officers").post(reverse("subscribers:find"), {"channel": "email", "address": address})

    assert answer.status_code == 200
    assert BeautifulSoup(answer.content, "html.parser").select(".error-message")


def test_a_persons_page_shows_what_they_agreed_to_in_which_words_and_what_they_took_back(as_role, ana, now):
    subscription = Subscription.objects.get()
    subscriptions.change(subscription=subscription, method="bot", now=now, purposes={"click_tracking": False})
    consents.record(
        subscription=subscription,
        purpose="open_tracking",
        granted=True,
        language="en",
        method="form",
        now=now,
        wording_version="1999.1",
    )

    said = BeautifulSoup(
        as_role("Data officers").get(reverse("subscribers:inspect", args=[ana.pk])).content, "html.parser"
    ).text

    assert "Yes, send me messages of this campaign" in said
    assert "Taken back" in said
    assert "The words of version 1999.1 are not known" in said
    assert "Worker or family of a worker" in said


def test_erasing_asks_first_then_removes_everything_and_is_logged(as_role, ana):
    client = as_role("Data officers")
    asked = client.get(reverse("subscribers:erase", args=[ana.pk]))
    assert "can not be undone" in asked.content.decode()
    assert Subscriber.objects.exists()

    client.post(reverse("subscribers:erase", args=[ana.pk]))

    for model in (Subscriber, Subscription, Consent, TopicChoice, JoinRequest):
        assert not model.objects.exists()
    entry = ModelLogEntry.objects.get()
    assert (entry.action, entry.user.username) == ("outreach.subscriber.erase", "data-officers")
    assert "@" not in f"{entry.label} {entry.data}"


def test_an_erased_person_can_join_again_themselves(ana, confirmed, now):
    erase(subscriber=ana, now=now)
    assert Suppression.objects.get().reason == "erased"

    assert confirmed().state == "active"

    assert not Suppression.objects.exists()


def test_a_complaint_survives_erasure(ana, now):
    Suppression.objects.create(
        channel="email", address_hash=Subscription.objects.get().address_hash, reason="complaint", since=now
    )

    erase(subscriber=ana, now=now)

    assert Suppression.objects.get().reason == "complaint"


def test_a_person_page_tells_what_came_back_and_why_nobody_may_write(as_role, ana):
    subscription = ana.subscriptions.get()
    for number in range(3):
        SoftBounce.objects.create(subscription=subscription, delivery=number, occurred_at=timezone.now())
    client, address = as_role("Data officers"), reverse("subscribers:inspect", args=[ana.pk])
    assert "3 messages came back for now" in client.get(address).content.decode()
    assert "Never written to" not in client.get(address).content.decode()

    bury(subscriptions=[subscription.pk], now=timezone.now())

    content = client.get(address).content.decode()
    assert "Stopped by the channel" in content
    assert "The address does not exist" in content
