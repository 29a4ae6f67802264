"""The consent ledger only grows, and the flags repeat its latest word."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from outreach.audience.choices import Purpose
from outreach.audience.consents import agree, record, record_many
from outreach.audience.models import Consent, Subscriber, Subscription, Wording
from outreach.written_once import Frozen

from .conftest import NOW


@pytest.fixture
def subscription(joins):
    return joins(channel="telegram", address="7", method="bot")


@pytest.fixture
def published(db, now):
    """Words of a version to come."""
    wording = Wording.objects.create(purpose="messages", version="2027.1")
    wording.texts.create(language="en", text="You may write to me.")
    Wording.objects.filter(pk=wording.pk).update(published_at=now)
    return wording


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


def test_no_entry_can_be_changed_or_removed(subscription):
    entry, entries = Consent.objects.first(), Consent.objects.all()

    for forbidden in (
        entry.save,
        entry.delete,
        entries.delete,
        lambda: entries.update(granted=False),
        lambda: entries.bulk_update([entry], ["granted"]),
    ):
        with pytest.raises(Frozen):
            forbidden()


def test_the_database_itself_refuses_to_change_an_entry(subscription):
    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE outreach_consent SET granted = %s", [False])

    assert Consent.objects.filter(granted=True).exists()


@pytest.mark.parametrize("where", ["", "WHERE granted = %s"])
def test_the_database_itself_refuses_to_remove_an_entry(subscription, where):
    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM outreach_consent {where}", [True] if where else [])

    assert Consent.objects.filter(granted=True).exists()


if connection.vendor == "sqlite":

    @pytest.mark.parametrize("statement", ["REPLACE INTO", "INSERT OR REPLACE INTO", "INSERT OR IGNORE INTO"])
    @pytest.mark.parametrize("table", ["outreach_consent", "outreach_wording", "outreach_wordingtext"])
    def test_no_entry_and_no_published_words_can_be_replaced(subscription, published, statement, table):
        with connection.cursor() as cursor:
            before = cursor.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
            with pytest.raises(IntegrityError, match=r"only grows|never changes"), transaction.atomic():
                cursor.execute(f"{statement} {table} SELECT * FROM {table} WHERE id = {before[0][0]}")

            assert cursor.execute(f"SELECT * FROM {table} ORDER BY id").fetchall() == before

    def test_no_published_words_can_be_replaced_under_another_number(published):
        columns = "purpose, version, reason, published_at"
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"REPLACE INTO outreach_wording ({columns}) SELECT {columns} FROM outreach_wording")


def test_entries_go_with_the_person(subscription):
    subscription.subscriber.delete()

    assert not Consent.objects.exists()


def test_only_the_entries_of_the_person_go(subscription, joins):
    other = joins(channel="telegram", address="8", method="bot")

    Subscriber.objects.filter(pk=subscription.subscriber_id).delete()
    connection.check_constraints()

    assert [entry.subscriber_id for entry in Consent.objects.all()] == [other.subscriber_id]


def test_an_entry_keeps_the_name_of_whoever_made_it_when_the_account_goes(subscription, now):
    officer = get_user_model().objects.create_user("officer")
    entry = record(
        subscription=subscription,
        purpose="open_tracking",
        granted=True,
        language="en",
        method="paper",
        now=now,
        actor=officer,
        evidence="Sheet 12",
    )

    officer.delete()

    entry.refresh_from_db()
    assert (entry.actor_name, entry.evidence) == ("officer", "Sheet 12")


def test_an_entry_says_when_it_was_said_and_when_it_was_written_down(subscription, now):
    said = now - timedelta(days=3)

    entry = record(
        subscription=subscription,
        purpose="open_tracking",
        granted=True,
        language="en",
        method="paper",
        now=now,
        given_at=said,
    )

    assert (entry.given_at, entry.recorded_at) == (said, now)


def test_nobody_has_agreed_in_the_future(subscription, now):
    with pytest.raises(ValueError, match="2026"):
        record(
            subscription=subscription,
            purpose="open_tracking",
            granted=True,
            language="en",
            method="paper",
            now=now,
            given_at=now + timedelta(seconds=1),
        )


def test_a_sheet_that_comes_in_late_does_not_undo_what_was_taken_back_meanwhile(subscription, now):
    said = {"subscription": subscription, "purpose": "open_tracking", "language": "en"}
    record(**said, granted=False, method="bot", now=now)

    late = now + timedelta(days=2)
    record(**said, granted=True, method="paper", now=late, given_at=now - timedelta(days=1))
    subscription.refresh_from_db()
    assert not subscription.allows_open_tracking

    record(**said, granted=True, method="bot", now=late)
    subscription.refresh_from_db()
    assert subscription.allows_open_tracking


def test_what_is_said_last_holds_though_the_clocks_of_two_machines_differ(subscription, now):
    said = {"subscription": subscription, "purpose": "open_tracking", "language": "en", "method": "bot"}
    record(**said, granted=False, now=now + timedelta(seconds=2))
    record(**said, granted=True, now=now)

    subscription.refresh_from_db()
    assert subscription.allows_open_tracking


def test_a_language_without_a_text_is_recorded_as_the_one_that_was_shown(subscription, now):
    unfinished = record(
        subscription=subscription, purpose="open_tracking", granted=True, language="acf", method="bot", now=now
    )

    assert unfinished.language == "en"


def test_many_are_recorded_in_a_few_statements(joins, now, django_assert_max_num_queries):
    people = [joins(channel="telegram", address=str(number), method="bot", language="fr") for number in range(1, 31)]
    versions = {"messages": "2026.1", "open_tracking": "2026.1"}

    with django_assert_max_num_queries(6):
        added = record_many(
            subscriptions=[person.pk for person in people],
            wording_versions=versions,
            method="import",
            now=now,
            given_at=now - timedelta(days=9),
            evidence="List of the clinic",
        )

    assert added == 60
    imported = Consent.objects.filter(method="import")
    assert set(imported.values_list("language", "method", "evidence", "granted", "recorded_at")) == {
        ("fr", "import", "List of the clinic", True, now)
    }
    assert Subscription.objects.filter(allows_messages=True, allows_open_tracking=True).count() == 30


def test_a_list_does_not_undo_what_somebody_on_it_took_back_since(subscription, now):
    record(subscription=subscription, purpose="open_tracking", granted=False, language="en", method="bot", now=now)

    record_many(
        subscriptions=[subscription.pk],
        wording_versions={"open_tracking": "2026.1"},
        method="import",
        now=now,
        given_at=now - timedelta(days=1),
    )

    subscription.refresh_from_db()
    assert not subscription.allows_open_tracking


def test_an_unknown_purpose_of_many_is_refused(subscription, now):
    with pytest.raises(ValueError, match="nothing"):
        record_many(subscriptions=[subscription.pk], wording_versions={"nothing": "2026.1"}, method="import", now=now)


class TestLedger(TestCase):
    @settings(deadline=None, max_examples=40)
    @given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=6), st.booleans())
    def test_a_purpose_is_granted_while_a_grant_is_followed_by_no_withdrawal(self, said, at_once):
        subscriber = Subscriber.objects.create(language="en")
        subscription = Subscription.objects.create(subscriber=subscriber, channel="telegram", address_hash="x")

        for granted, day in said:
            times = {"method": "paper", "now": NOW, "given_at": NOW - timedelta(days=day)}
            if at_once:
                versions = {"messages": "2026.1"}
                record_many(subscriptions=[subscription.pk], wording_versions=versions, granted=granted, **times)
            else:
                record(subscription=subscription, purpose="messages", granted=granted, language="en", **times)

        subscription.refresh_from_db()
        assert subscription.allows_messages == any(
            granted
            and all(other or (place < at and said_before >= day) for place, (other, said_before) in enumerate(said))
            for at, (granted, day) in enumerate(said)
        )

    @settings(deadline=None, max_examples=40)
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
