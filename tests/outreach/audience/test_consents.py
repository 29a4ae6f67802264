"""The consent ledger only grows, and the flags repeat its latest word."""

import pytest
from django.contrib.auth import get_user_model
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from outreach.audience.choices import Purpose
from outreach.audience.consents import agree, record
from outreach.audience.models import Consent, Subscriber, Subscription

from .conftest import NOW


@pytest.fixture
def subscription(joins):
    return joins(channel="telegram", address="7", method="bot")


def test_an_entry_says_what_when_how_and_in_which_words(subscription, now):
    officer = get_user_model().objects.create_user("officer")

    consent = record(
        subscription=subscription,
        purpose="click_tracking",
        granted=True,
        language="fr",
        method="bot",
        now=now,
        actor=officer,
    )

    assert (consent.purpose, consent.granted, consent.language, consent.method) == ("click_tracking", True, "fr", "bot")
    assert (consent.given_at, consent.wording_version, consent.actor) == (now, "2026.1", officer)
    subscription.refresh_from_db()
    assert subscription.allows_click_tracking


def test_taking_back_adds_an_entry_and_changes_none(subscription, now):
    for granted in (True, False):
        record(
            subscription=subscription, purpose="open_tracking", granted=granted, language="en", method="bot", now=now
        )

    entries = Consent.objects.filter(purpose="open_tracking").order_by("id")
    assert [entry.granted for entry in entries] == [True, False]
    subscription.refresh_from_db()
    assert not subscription.allows_open_tracking


def test_an_unknown_purpose_is_refused(subscription, now):
    with pytest.raises(ValueError, match="nothing"):
        record(subscription=subscription, purpose="nothing", granted=True, language="en", method="bot", now=now)


def test_the_same_words_are_not_recorded_twice_but_new_words_are(subscription, now):
    before = Consent.objects.count()

    for version in ("2026.1", "2026.1", "2027.1"):
        agree(
            subscription=subscription,
            wording_versions={"messages": version},
            language="en",
            method="bot",
            now=now,
        )

    assert Consent.objects.count() == before + 1
    assert Consent.objects.latest("id").wording_version == "2027.1"


class TestLedger(TestCase):
    @given(st.lists(st.frozensets(st.sampled_from(Purpose.values)), max_size=6))
    def test_the_flags_always_repeat_the_latest_entry_of_each_purpose(self, rounds):
        subscriber = Subscriber.objects.create(language="en")
        subscription = Subscription.objects.create(subscriber=subscriber, channel="telegram", address_hash="x")

        for wanted in rounds:
            versions = dict.fromkeys(wanted, "2026.1")
            agree(subscription=subscription, wording_versions=versions, language="en", method="bot", now=NOW)

        subscription.refresh_from_db()
        last = {entry.purpose: entry.granted for entry in Consent.objects.filter(subscriber=subscriber).order_by("id")}
        assert {purpose: subscription.allows(purpose) for purpose in Purpose.values} == {
            purpose: last.get(purpose, False) for purpose in Purpose.values
        }
