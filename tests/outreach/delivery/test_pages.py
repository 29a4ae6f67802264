"""The ledger's staff pages: who may see them and decide, and what they tell."""

import pytest
from django.urls import reverse

from outreach.channels import failures
from outreach.delivery import lifecycle
from outreach.delivery.models import Delivery
from tests.outreach.broadcasts.conftest import member  # noqa: F401

from .conftest import person

pytestmark = pytest.mark.django_db
DECISIONS = ("send-again", "take-as-sent", "retry-failed")


@pytest.mark.parametrize(
    ("role", "reads", "decides"),
    [
        ("editor", True, False),
        ("approver", True, True),
        ("evaluator", False, False),
        ("data officer", False, False),
        ("administrator", False, False),
        ("superuser", True, True),
    ],
)
def test_each_role_gets_what_it_may(client, member, sending, role, reads, decides):
    person(1)
    broadcast = sending()
    client.force_login(member(role))

    page = client.get(reverse("broadcast_progress", args=[broadcast.pk]))
    answers = [client.post(reverse("broadcast_decision", args=[broadcast.pk, name])) for name in DECISIONS]

    home = reverse("wagtailadmin_home")
    assert page.status_code == (200 if reads else 302)
    assert reads or page["Location"] == home
    for answer in answers:
        assert answer.status_code == 302
        assert (answer["Location"] != home) is decides


def test_nobody_outside_sees_them(client, sending):
    person(1)
    broadcast = sending()
    for address in [
        reverse("broadcast_progress", args=[broadcast.pk]),
        *(reverse("broadcast_decision", args=[broadcast.pk, name]) for name in DECISIONS),
    ]:
        answer = client.get(address)
        assert answer.status_code == 302
        assert "/admin/login/" in answer["Location"]


def test_the_page_counts_and_offers_the_decision(client, member, sending, courier, channel, clock):
    for number in range(3):
        person(number)
    broadcast = sending()
    channel.answers = [failures.OutcomeUnknown("the line broke after the last dot")]
    courier.work()
    client.force_login(member("approver"))

    page = client.get(reverse("broadcast_progress", args=[broadcast.pk]))
    text = " ".join(page.content.decode().split())

    assert page["Refresh"]
    assert "2 of 3 deliveries settled" in text
    assert "1 delivery is uncertain" in text
    assert "the line broke after the last dot" in text
    assert "3 considered = 3 deliveries + 0 left out" in text
    assert "person1@example.org" not in text

    client.post(reverse("broadcast_decision", args=[broadcast.pk, "take-as-sent"]))
    lifecycle.tidy(now=clock.now)
    page = client.get(reverse("broadcast_progress", args=[broadcast.pk]))
    assert "Refresh" not in page
    assert set(Delivery.objects.values_list("status", flat=True)) == {"accepted"}


def test_before_it_starts_the_page_says_so(client, member, approved):
    person(1)
    broadcast = approved()
    client.force_login(member("editor"))

    page = client.get(reverse("broadcast_progress", args=[broadcast.pk]))

    assert "until then there is nothing to count" in page.content.decode()
