"""Joining, confirming, changing, leaving and being stopped."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from outreach.audience import subscriptions
from outreach.audience.addresses import InvalidAddress, address_hash
from outreach.audience.confirmation import LinkUsed, link
from outreach.audience.models import Consent, JoinRequest, Subscriber, Subscription, Suppression
from outreach.audience.suppressions import suppress

EVERYTHING = frozenset({"messages", "gender_statistics", "click_tracking", "open_tracking"})


def token_of(subscription, now):
    request = subscription.join_requests.latest("id")
    return link(request=request, now=now).rstrip("/").rpartition("/")[2]


def suppress_address(reason, now, channel="email", address="ana@example.org"):
    digest = address_hash(channel=channel, address=address)
    suppress(channel=channel, address_hash=digest, reason=reason, now=now)


def test_nothing_that_was_typed_counts_before_the_link_is_used(joins):
    subscription = joins(group="worker", gender="woman", topics=["work"], purposes=EVERYTHING)

    assert subscription.state == "pending"
    assert (subscription.subscriber.group, subscription.subscriber.gender) == ("", "")
    assert not Consent.objects.exists()
    assert not subscription.allows_messages


def test_confirming_does_all_that_was_asked_for(confirmed):
    subscription = confirmed(
        language="fr",
        group="worker",
        gender="woman",
        topics=["work", "rights", "work"],
        purposes=EVERYTHING,
        source="poster",
    )

    subscription.refresh_from_db()
    subscriber = subscription.subscriber
    assert subscription.state == "active"
    assert (subscriber.language, subscriber.group, subscriber.gender) == ("fr", "worker", "woman")
    assert subscriber.source == "poster"
    assert sorted(subscriber.topics.values_list("topic", flat=True)) == ["rights", "work"]
    assert all(subscription.allows(purpose) for purpose in EVERYTHING)
    assert Consent.objects.filter(granted=True, method="form", language="fr").count() == 4


def test_using_the_link_twice_changes_nothing_more(joins, now):
    subscription = joins()
    token = token_of(subscription, now)

    for _press in range(2):
        subscriptions.confirm(token=token, now=now)

    assert Consent.objects.count() == 1
    assert Subscription.objects.get().state == "active"


def test_an_address_is_kept_encrypted_and_found_by_its_hash(joins):
    subscription = joins(address=" Ana@Example.org ")

    assert "ana@" not in subscription.address_encrypted.lower()
    assert subscription.address == "ana@example.org"
    assert subscription == joins(address="ana@example.org")
    assert Subscriber.objects.count() == 1


def test_a_form_sent_by_anybody_changes_nothing_for_somebody_who_has_joined(confirmed, joins):
    subscription = confirmed(language="fr", group="worker", purposes=EVERYTHING)
    before = Consent.objects.count()

    joins(language="en", group="employer")

    subscription.refresh_from_db()
    assert subscription.state == "active"
    assert (subscription.subscriber.language, subscription.subscriber.group) == ("fr", "worker")
    assert subscription.allows_click_tracking
    assert Consent.objects.count() == before


def test_somebody_who_has_joined_changes_their_choices_by_confirming_again(confirmed):
    confirmed(language="fr", purposes=EVERYTHING, gender="woman")

    subscription = confirmed(language="es", purposes=frozenset({"messages", "open_tracking"}))

    assert subscription.subscriber.language == "es"
    assert subscription.allows_open_tracking
    assert not subscription.allows_click_tracking
    assert subscription.subscriber.gender == ""


def test_an_older_link_is_of_no_use_once_a_newer_one_was_confirmed(joins, now):
    subscription = joins(language="fr")
    older = token_of(subscription, now)
    JoinRequest.objects.update(sent_at=now, mails=1)
    joins(language="es", now=now + timedelta(hours=1))
    subscriptions.confirm(token=token_of(subscription, now), now=now)

    with pytest.raises(LinkUsed):
        subscriptions.confirm(token=older, now=now)

    assert Subscriber.objects.get().language == "es"


def test_each_link_confirms_what_its_own_form_asked_for(joins, now):
    subscription = joins(language="fr")
    older = token_of(subscription, now)
    JoinRequest.objects.update(sent_at=now, mails=1)
    joins(language="es", purposes=EVERYTHING, now=now + timedelta(hours=1))

    subscriptions.confirm(token=older, now=now)

    assert Subscriber.objects.get().language == "fr"
    assert not Subscription.objects.get().allows_click_tracking


def test_joining_without_consent_to_messages_is_refused(joins):
    with pytest.raises(subscriptions.MessagesNotWanted):
        joins(purposes=frozenset({"click_tracking"}))

    assert not Subscriber.objects.exists()


def test_joining_with_no_address_is_refused(joins):
    with pytest.raises(InvalidAddress):
        joins(address="ana")


@pytest.mark.parametrize("gender", ["woman", "man", "another"])
def test_a_gender_is_kept_only_with_the_consent_to_count_it(confirmed, gender):
    assert confirmed(gender=gender).subscriber.gender == ""


def test_preferring_not_to_say_needs_no_consent(confirmed):
    subscription = confirmed(gender="undisclosed", purposes=EVERYTHING)

    assert subscription.subscriber.gender == "undisclosed"
    assert not subscription.allows_gender_statistics


# Leaving and coming back


def test_leaving_takes_every_consent_back_at_once(confirmed, now):
    subscription = confirmed(purposes=EVERYTHING, gender="man")

    subscriptions.leave(subscription=subscription, method="one_click", now=now)

    subscription.refresh_from_db()
    assert (subscription.state, subscription.ended_at) == ("left", now)
    assert not any(subscription.allows(purpose) for purpose in EVERYTHING)
    assert Consent.objects.filter(granted=False, method="one_click").count() == 4


def test_leaving_takes_the_gender_with_the_consent_to_count_it(confirmed, now):
    subscription = confirmed(purposes=EVERYTHING, gender="man", group="worker")

    subscriptions.leave(subscription=subscription, method="one_click", now=now)

    subscriber = Subscriber.objects.get()
    assert (subscriber.gender, subscriber.group) == ("", "worker")


def test_leaving_twice_changes_nothing_more(confirmed, now):
    subscription = confirmed()
    subscriptions.leave(subscription=subscription, method="one_click", now=now)
    before = Consent.objects.count()

    subscriptions.leave(subscription=Subscription.objects.get(), method="link", now=now + timedelta(days=1))

    assert Consent.objects.count() == before
    assert Subscription.objects.get().ended_at == now


def test_an_old_link_does_not_bring_back_somebody_who_left(joins, now):
    subscription = joins()
    token = token_of(subscription, now)
    subscriptions.confirm(token=token, now=now)
    subscriptions.leave(subscription=subscription, method="one_click", now=now)

    with pytest.raises(LinkUsed):
        subscriptions.confirm(token=token, now=now)

    assert Subscription.objects.get().state == "left"


def test_somebody_who_left_comes_back_by_confirming(confirmed, joins, now):
    subscription = confirmed()
    subscriptions.leave(subscription=subscription, method="one_click", now=now)
    assert joins().state == "left"

    assert confirmed().state == "active"

    assert Subscription.objects.get().ended_at is None


def test_a_dead_address_is_stopped_and_keeps_its_ledger(confirmed, now):
    subscription = confirmed()
    before = Consent.objects.count()

    subscriptions.stop(subscription=subscription, now=now)

    assert Subscription.objects.get().state == "stopped"
    assert Consent.objects.count() == before


def test_stopping_somebody_who_left_leaves_them_left(confirmed, now):
    subscription = confirmed()
    subscriptions.leave(subscription=subscription, method="one_click", now=now)

    subscriptions.stop(subscription=subscription, now=now)

    assert Subscription.objects.get().state == "left"


# Telegram


def test_a_chat_is_its_own_proof(joins):
    subscription = joins(channel="telegram", address="7", method="bot", language="ht")

    assert subscription.state == "active"
    assert subscription.allows_messages
    assert not subscription.join_requests.exists()


def test_a_stopped_chat_comes_back_by_joining(joins, now):
    subscription = joins(channel="telegram", address="7", method="bot")
    subscriptions.stop(subscription=subscription, now=now)
    suppress_address("blocked", now, channel="telegram", address="7")

    assert joins(channel="telegram", address="7", method="bot").state == "active"

    assert not Suppression.objects.exists()


# Suppressed addresses


@pytest.mark.parametrize("reason", ["complaint", "hard_bounce", "by_hand"])
def test_a_suppressed_address_can_not_join(joins, now, reason):
    suppress_address(reason, now)

    with pytest.raises(subscriptions.AddressSuppressed):
        joins()

    assert not Subscription.objects.exists()


@pytest.mark.parametrize("reason", ["erased", "blocked"])
def test_what_a_person_did_themselves_they_undo_by_confirming(confirmed, now, reason):
    suppress_address(reason, now)

    assert confirmed().state == "active"

    assert not Suppression.objects.exists()


def test_an_address_suppressed_after_the_mail_went_out_is_not_confirmed(joins, now):
    subscription = joins()
    suppress_address("complaint", now)

    with pytest.raises(subscriptions.AddressSuppressed):
        subscriptions.confirm(token=token_of(subscription, now), now=now)


def test_a_reason_that_joining_can_not_lift_replaces_one_that_it_can(now, db):
    for reason in ("erased", "complaint", "blocked"):
        suppress_address(reason, now)

    assert Suppression.objects.get().reason == "complaint"


# Changing


def test_changing_writes_down_only_what_is_named(confirmed, now):
    subscription = confirmed(language="fr", group="worker", topics=["work"])

    subscriptions.change(subscription=subscription, method="bot", now=now, language="es")

    subscriber = Subscriber.objects.get()
    assert (subscriber.language, subscriber.group) == ("es", "worker")
    assert [choice.topic for choice in subscriber.topics.all()] == ["work"]
    assert Consent.objects.count() == 1


def test_a_gender_goes_when_the_consent_to_count_it_is_taken_back(confirmed, now):
    subscription = confirmed(gender="woman", purposes=EVERYTHING)

    subscriptions.change(subscription=subscription, method="bot", now=now, purposes={"gender_statistics": False})

    assert Subscriber.objects.get().gender == ""


def test_saying_the_same_again_adds_nothing_to_the_ledger(confirmed, now):
    subscription = confirmed(purposes=EVERYTHING)
    before = Consent.objects.count()

    subscriptions.change(subscription=subscription, method="bot", now=now, purposes={"click_tracking": True})

    assert Consent.objects.count() == before


# Two at once


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_same_form_twice_at_once_makes_one_person(joins):
    joins(address="warm@example.org")
    barrier, failures = threading.Barrier(4), []

    def press() -> None:
        try:
            barrier.wait(timeout=10)
            joins()
        except Exception as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _press in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert failures == []
    assert Subscription.objects.count() == Subscriber.objects.count() == JoinRequest.objects.count() == 2


def test_the_slower_of_two_first_forms_finds_the_row_of_the_faster(joins, monkeypatch, now):
    """What happens between two workers, in one: the row appears after it was looked for."""
    faster = joins()
    looked = iter([True])
    found = subscriptions._locked

    def too_early(**found_by):
        if next(looked, False):
            raise Subscription.DoesNotExist
        return found(**found_by)

    monkeypatch.setattr(subscriptions, "_locked", too_early)

    assert joins() == faster
    assert Subscriber.objects.count() == 1
