"""The suppression list in the admin: for data officers, without addresses."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.models import ModelLogEntry

from outreach.audience.addresses import address_hash
from outreach.audience.models import Subscription, Suppression
from outreach.audience.suppressions import suppress

from .conftest import ROLES

pytestmark = pytest.mark.django_db

ANA = {"channel": "email", "address": "ana@example.org"}
OFFICERS = {"Data officers", "superuser"}


@pytest.fixture
def row(now):
    suppress(channel="email", address_hash=address_hash(**ANA), reason="complaint", now=now)
    return Suppression.objects.get()


def page(answer):
    return BeautifulSoup(answer.content, "html.parser")


def text(answer):
    return " ".join(page(answer).select_one("main, #main").text.split())


@pytest.mark.parametrize("role", sorted(set(ROLES) - OFFICERS))
def test_nobody_else_adds_or_lifts(as_role, row, role):
    client = as_role(role)
    client.post(reverse("suppressions:lift", args=[row.pk]), {"why": "Because"})
    client.post(reverse("suppressions:add"), {**ANA, "address": "eva@example.org", "reason": "by_hand", "why": "So"})

    assert list(Suppression.objects.all()) == [row]


def test_the_list_shows_channel_reason_and_date_and_no_hash(as_role, row):
    answer = as_role("Data officers").get(reverse("suppressions:index"))

    said = text(answer)
    assert "The receiver complained" in said
    assert "E-mail" in said
    assert row.address_hash[:8] in said
    assert row.address_hash not in answer.content.decode()


def test_the_list_can_be_narrowed_and_counts_by_reason(as_role, row, now):
    suppress(channel="telegram", address_hash="b" * 64, reason="blocked", now=now)
    client = as_role("Data officers")

    for query, found in (({}, 2), ({"reason": "blocked"}, 1), ({"channel": "email"}, 1), ({"reason": "erased"}, 0)):
        listed = page(client.get(reverse("suppressions:index"), query))
        assert len(listed.select("#listing-results table.listing tbody tr")) == found
    counts = {
        each.dt.text: each.dd.text
        for each in page(client.get(reverse("suppressions:index"))).select(".ledger-counts div")
    }
    assert (counts["The receiver complained"], counts["The receiver blocked us"]) == ("1", "1")
    assert sum(map(int, counts.values())) == 2


def test_an_address_is_added_and_its_subscription_stopped(as_role, confirmed):
    confirmed()
    client = as_role("Data officers")

    answer = client.post(
        reverse("suppressions:add"), {**ANA, "reason": "by_hand", "why": "Asked by letter"}, follow=True
    )

    assert Suppression.objects.get().reason == "by_hand"
    assert Subscription.objects.get().state == "stopped"
    assert "It had a subscription, which is stopped now." in answer.content.decode()
    assert "Address suppressed: Asked by letter" in answer.content.decode()


@pytest.mark.parametrize(
    "answers",
    [
        {"address": "ana"},
        {"address": ""},
        {"channel": "pigeon"},
        {"reason": "erased"},
        {"why": ""},
        {"why": "ana@example.org asked"},
        {"why": "Chat 12345678"},
    ],
)
def test_a_wrong_answer_adds_nothing_and_says_where(as_role, answers):
    answer = as_role("Data officers").post(
        reverse("suppressions:add"), {**ANA, "reason": "by_hand", "why": "Asked", **answers}
    )

    assert answer.status_code == 200
    assert page(answer).select(".error-message")
    assert not Suppression.objects.exists()
    assert not ModelLogEntry.objects.exists()


def test_an_address_can_be_looked_up_without_standing_in_a_url(as_role, row, confirmed):
    client = as_role("Data officers")

    found = text(client.post(reverse("suppressions:check"), {**ANA, "address": " Ana@example.org"}))
    missing = text(client.post(reverse("suppressions:check"), {**ANA, "address": "eva@example.org"}))

    assert "on the list since" in found
    assert "The receiver complained" in found
    assert "It has no subscription" in found
    assert "not on the list" in missing
    assert not ModelLogEntry.objects.exists()


def test_lifting_needs_a_reason_and_shows_in_the_history(as_role, row):
    client, address = as_role("Data officers"), reverse("suppressions:lift", args=[row.pk])

    assert "complained about our messages" in text(client.get(address))
    assert page(client.post(address, {"why": " "})).select(".error-message")
    assert Suppression.objects.exists()
    answer = client.post(address, {"why": "Signed letter of 3 November"}, follow=True)

    assert not Suppression.objects.exists()
    assert "Suppression lifted: Signed letter of 3 November" in text(answer)
    assert "data-officers" in text(client.get(reverse("suppressions:history")))
    assert client.post(address, {"why": "Again"}).status_code in {302, 404}


def test_the_list_takes_the_same_number_of_queries_for_many(as_role, row, now, django_assert_max_num_queries):
    client = as_role("Data officers")
    client.get(reverse("suppressions:index"))
    for number in range(20):
        suppress(channel="email", address_hash=f"{number:064}", reason="blocked", now=now)

    with django_assert_max_num_queries(20):
        client.get(reverse("suppressions:index"))
