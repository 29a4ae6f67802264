"""What staff do to the suppression list, and that everybody who writes or joins keeps to it."""

import pytest
from django.core import mail
from wagtail.models import ModelLogEntry

from outreach.audience.addresses import InvalidAddress, address_hash
from outreach.audience.choices import SuppressionReason
from outreach.audience.confirmation import link, send_due_confirmations
from outreach.audience.models import Subscription, Suppression
from outreach.audience.subscriptions import AddressSuppressed, confirm
from outreach.audience.suppression_list import add, history, lift, look_up
from outreach.audience.suppressions import suppress

pytestmark = pytest.mark.django_db

ANA = {"channel": "email", "address": "ana@example.org"}


@pytest.fixture
def officer(django_user_model):
    return django_user_model.objects.create_user("officer")


@pytest.fixture
def adds(officer, now):
    def adds(**given):
        return add(**{**ANA, "reason": "by_hand", "why": "Asked by letter", "user": officer, "now": now, **given})

    return adds


def test_an_address_is_kept_as_a_hash_however_it_is_written(adds, now):
    adds(address=" ANA@Example.org ")

    row = Suppression.objects.get()
    assert (row.address_hash, row.reason, row.since) == (address_hash(**ANA), "by_hand", now)
    assert look_up(**ANA).suppression == row
    assert look_up(channel="email", address="eva@example.org").suppression is None


@pytest.mark.parametrize("address", ["ana", "ana@example", "", "ana@example.org; eva@example.org", "x" * 9999])
def test_what_is_no_address_changes_nothing(adds, address):
    with pytest.raises(InvalidAddress):
        adds(address=address)

    assert not Suppression.objects.exists()
    assert not ModelLogEntry.objects.exists()


@pytest.mark.parametrize("reason", ["erased", "hard_bounce", "blocked", "nonsense"])
def test_staff_give_only_their_own_reasons(adds, reason):
    with pytest.raises(ValueError, match=reason):
        adds(reason=reason)

    assert not Suppression.objects.exists()


def test_adding_ends_the_subscription_and_says_so(adds, confirmed, now):
    subscription = confirmed()

    added = adds()

    assert (added.is_new, added.ended_subscription) == (True, True)
    subscription.refresh_from_db()
    assert (subscription.state, subscription.ended_at) == ("stopped", now)
    assert (adds().is_new, adds().ended_subscription) == (False, False)


def test_the_harder_reason_stays(adds, now):
    suppress(channel="email", address_hash=address_hash(**ANA), reason="complaint", now=now)
    assert adds().suppression.reason == "complaint"

    Suppression.objects.update(reason="erased")
    assert adds().suppression.reason == "by_hand"


def test_whoever_is_on_the_list_can_neither_ask_nor_confirm_and_gets_no_mail(adds, joins, now):
    request = joins().join_requests.get()
    token = link(request=request, now=now).rstrip("/").rpartition("/")[2]
    adds()

    with pytest.raises(AddressSuppressed):
        joins()
    request.subscription.join_requests.create(language="en", method="form", asked_at=now, due_at=now)
    assert send_due_confirmations(now=now) == 0
    assert not mail.outbox
    request.save(force_insert=True)
    with pytest.raises(AddressSuppressed):
        confirm(token=token, now=now)
    assert Subscription.objects.get().state == "stopped"


@pytest.mark.parametrize("reason", SuppressionReason.values)
def test_lifting_lets_the_person_join_again_and_subscribes_nobody(adds, officer, confirmed, now, reason):
    confirmed()
    adds()
    Suppression.objects.update(reason=reason)

    assert lift(suppression=Suppression.objects.get(), why="Wrote to us", user=officer, now=now)

    assert not Suppression.objects.exists()
    assert Subscription.objects.get().state == "stopped"
    assert confirmed().state == "active"


def test_lifting_twice_does_nothing_more(adds, officer, now):
    row = adds().suppression
    assert lift(suppression=row, why="One", user=officer, now=now)

    assert not lift(suppression=row, why="Two", user=officer, now=now)

    assert [entry.data["why"] for entry in history()] == ["One", "Asked by letter"]


def test_the_log_says_who_when_and_why_and_holds_no_address(adds, officer, now):
    digest = adds().suppression.address_hash
    lift(suppression=Suppression.objects.get(), why="A mistake", user=officer, now=now)

    lifted, added = history()
    assert (lifted.action, lifted.user, lifted.timestamp) == ("outreach.suppression.lift", officer, now)
    assert (lifted.message, added.message) == ("Suppression lifted: A mistake", "Address suppressed: Asked by letter")
    for entry in (lifted, added):
        told = f"{entry.label} {entry.data}"
        assert "ana" not in told
        assert digest not in told
