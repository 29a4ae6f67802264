"""Everything that is kept of one person: nothing left out, nothing of anybody else, in words and for a machine."""

import json

import pytest
from django.utils.translation import override

from outreach.audience import personal_data, subscriptions, suppressions
from outreach.audience.choices import Purpose
from outreach.audience.models import Consent, FreshLink, SoftBounce, Subscriber
from outreach.audience.personal_data import Fact, document, readable
from outreach.audience.wording import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(confirmed, now):
    subscription = confirmed(
        language="fr",
        group="worker",
        gender="woman",
        topics=["work", "rights"],
        purposes=frozenset({Purpose.MESSAGES, Purpose.GENDER_STATISTICS}),
        source="clinic",
    )
    subscriptions.change(
        subscription=subscription, method=Consent.Method.PREFERENCES, now=now, parish="st_paul", frequency="weekly"
    )
    return subscription


def test_it_says_what_the_person_said_and_their_address_in_clear(ana):
    found = document(subscriber=ana.subscriber)

    (about,) = found["about"]
    said = {name: about[name] for name in ("language", "group", "gender", "parish", "frequency", "topics", "source")}
    assert said == {
        "language": "fr",
        "group": "worker",
        "gender": "woman",
        "parish": "st_paul",
        "frequency": "weekly",
        "topics": ["rights", "work"],
        "source": "clinic",
    }
    (address,) = found["addresses"]
    assert (address["channel"], address["address"], address["state"]) == ("email", "ana@example.org", "active")


def test_consents_stand_with_the_full_words_in_the_language_in_which_they_were_read(ana):
    found = document(subscriber=ana.subscriber)["consents"]

    assert {entry["words"] for entry in found} == {
        words(purpose, "2026.1", "fr") for purpose in (Purpose.MESSAGES, Purpose.GENDER_STATISTICS)
    }
    assert {(entry["granted"], entry["method"]) for entry in found} == {(True, "form")}


def test_a_consent_to_words_that_are_not_there_any_more_is_told_all_the_same(ana, now):
    Consent.objects.create(
        subscriber=ana.subscriber,
        channel="email",
        purpose="messages",
        granted=True,
        wording_version="1999.1",
        language="fr",
        given_at=now,
        method="form",
    )

    assert document(subscriber=ana.subscriber)["consents"][-1]["words"] == "1999.1"


def test_forms_links_bounces_and_suppressions_are_in_it(ana, joins, now):
    joins(language="es")
    FreshLink.objects.create(subscription=ana, asked_at=now)
    SoftBounce.objects.create(subscription=ana, delivery=1, occurred_at=now)
    suppressions.suppress(channel="email", address_hash=ana.address_hash, reason="blocked", now=now)

    found = document(subscriber=ana.subscriber)

    assert [form["language"] for form in found["forms"]] == ["fr", "es"]
    assert [len(found[name]) for name in ("fresh_links", "soft_bounces", "suppressions")] == [1, 1, 1]
    assert found["suppressions"][0]["reason"] == "blocked"


def test_nothing_of_anybody_else_is_in_it(ana, confirmed):
    confirmed(address="ben@example.org", group="media")

    kept = json.dumps(document(subscriber=ana.subscriber))

    assert "ben@" not in kept
    assert "media" not in kept


def test_it_can_be_written_as_json_and_read_in_the_language_of_the_person(ana):
    json.dumps(document(subscriber=ana.subscriber))
    with override("fr"):
        told = dict(readable(subscriber=ana.subscriber))

    texts = {fact.key: fact.text for row in next(iter(told.values())) for fact in row}
    assert texts["language"] == "Français"
    assert "topics" in texts
    assert all(fact.text for rows in told.values() for row in rows for fact in row)


def test_what_a_later_stage_keeps_is_added_by_name(ana, monkeypatch):
    monkeypatch.setattr(personal_data, "_more", dict(personal_data._more))
    personal_data.register("shoes", "Your shoes", lambda subscriber: [[Fact("size", "Size", subscriber.pk)]])

    assert document(subscriber=ana.subscriber)["shoes"] == [{"size": ana.subscriber_id}]
    assert ("Your shoes", [[Fact("size", "Size", ana.subscriber_id)]]) in readable(subscriber=ana.subscriber)


def test_every_table_that_leads_to_a_person_has_its_part():
    """A new table about people fails here until the document tells of it."""
    leading = {
        relation.get_accessor_name()
        for model in (Subscriber, subscriptions.Subscription)
        for relation in model._meta.related_objects
    }
    told = {
        "topics",
        "subscriptions",
        "consents",
        "deliveries",
        "join_requests",
        "fresh_links",
        "soft_bounces",
    }

    assert leading == told
