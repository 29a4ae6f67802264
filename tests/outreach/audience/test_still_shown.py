"""Whoever has a person erased: data officers learn which published pages still show the address."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageLogEntry

from home.models import StandardPage
from outreach.audience import retention
from outreach.audience.erasure import erase
from outreach.audience.models import Subscriber
from outreach.audience.preferences import links
from outreach.audience.still_shown import NOTED, noted
from outreach.audience.subscriptions import leave
from outreach.tracking.presses import press

from .staff.conftest import ROLES, as_role  # noqa: F401

ADDRESS = "zoraida@example.org"

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(confirmed):
    return confirmed(address=ADDRESS)


@pytest.fixture
def office(now):
    """A published page that shows the address, also in its title."""
    page = StandardPage(title=f"Call {ADDRESS}", slug="call", summary=f"The office: {ADDRESS}", body="<p>x</p>")
    Page.objects.get(depth=1).add_child(instance=page)
    page.save_revision().publish()
    Page.objects.filter(pk=page.pk).update(last_published_at=now - timedelta(days=9))
    return page


def names() -> list[str]:
    return [shown.name for shown in noted(limit=9)]


def test_the_page_is_noted_once_in_its_own_log_without_the_address(person, office, now):
    assert erase(subscriber=person.subscriber, now=now) == ["Call …"]

    entry = PageLogEntry.objects.get(action=NOTED)
    assert (entry.page_id, entry.label, entry.timestamp, entry.data) == (office.pk, "Call …", now, {})
    assert entry.message == "Shows the address of somebody who was erased"


def test_somebody_who_erases_themselves_by_their_link_leaves_a_note(person, office, client):
    token = links.token(subscription=person, proven=True, now=timezone.now())

    client.post(reverse("erase_me", args=[token]))

    assert not Subscriber.objects.exists()
    assert names() == ["Call …"]


def test_somebody_who_erases_themselves_in_the_chat_leaves_a_note(person, office, joins, now):
    chat = joins(channel="telegram", address="7391846250", method="bot")
    type(chat).objects.filter(pk=chat.pk).update(subscriber=person.subscriber)
    chat.refresh_from_db()

    press(data="erase:yes", chat=7391846250, subscription=chat, now=now)

    assert not Subscriber.objects.filter(pk=person.subscriber_id).exists()
    assert names() == ["Call …"]


def test_somebody_of_whom_nothing_was_heard_leaves_a_note(person, office, now):
    leave(subscription=person, method="link", now=now)
    Subscriber.objects.update(active_at=now - timedelta(days=2000))

    retention.forget_inactive(now=now)

    assert not Subscriber.objects.exists()
    assert names() == ["Call …"]


def test_nothing_is_noted_where_no_page_shows_it(person, now):
    erase(subscriber=person.subscriber, now=now)

    assert names() == []


def test_a_page_that_is_noted_twice_is_listed_once_and_what_is_published_again_comes_last(
    person, office, confirmed, now, django_assert_num_queries
):
    other = StandardPage(title="Other", slug="other", summary=f"Ask {ADDRESS} or bob@example.org", body="<p>x</p>")
    Page.objects.get(depth=1).add_child(instance=other)
    other.save_revision().publish()
    bob = confirmed(address="bob@example.org").subscriber
    Page.objects.update(last_published_at=now)
    erase(subscriber=person.subscriber, now=now)
    erase(subscriber=bob, now=now + timedelta(days=1))
    Page.objects.filter(pk=office.pk).update(last_published_at=now + timedelta(days=2))

    with django_assert_num_queries(2):
        found = noted(limit=9)

    assert [(shown.name, shown.noted_at) for shown in found] == [("Other", now + timedelta(days=1)), ("Call …", now)]
    assert [shown.published_again_at for shown in found] == [None, now + timedelta(days=2)]


def test_a_page_that_was_deleted_is_not_listed(person, office, now):
    erase(subscriber=person.subscriber, now=now)

    office.delete()

    assert names() == []


def test_data_officers_are_led_to_the_page_by_its_name(person, office, now, as_role):
    erase(subscriber=person.subscriber, now=now)

    shown = {role: as_role(role).get(reverse("removals:index")) for role in ROLES}
    led = {
        role
        for role, answer in shown.items()
        if reverse("wagtailadmin_pages:edit", args=[office.pk]) in str(answer.content)
    }

    content = shown["Data officers"].content.decode()
    assert led == {"Data officers", "Administrators", "superuser"}
    assert "Call …" in content
    assert "Not yet" in content
    assert ADDRESS not in content


def test_the_list_says_nothing_of_pages_where_none_is_noted(as_role):
    content = as_role("Data officers").get(reverse("removals:index")).content.decode()

    assert "still-shown" not in content
