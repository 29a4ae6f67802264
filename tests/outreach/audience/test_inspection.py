"""One person's ledger as an inspector reads it."""

import csv
import io
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.audience import subscriptions
from outreach.audience.consents import record
from outreach.audience.inspection import COLUMNS, as_csv, ledger_of, masked
from outreach.audience.models import Wording, WordingText

PART = st.text("abcdefgh0123456789", min_size=2, max_size=12)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(confirmed):
    return confirmed(language="fr", purposes=frozenset({"messages", "click_tracking"}))


def lines(subscriber):
    return list(csv.DictReader(io.StringIO(as_csv(ledger_of(subscriber=subscriber)))))


def test_each_purpose_tells_what_was_said_in_which_words_and_what_holds_now(ana, now):
    subscriptions.change(subscription=ana, method="preferences", now=now, purposes={"click_tracking": False})

    (channel,) = ledger_of(subscriber=ana.subscriber)

    told = {each.purpose.value: each for each in channel.purposes}
    assert (channel.channel, channel.masked) == ("email", "a…@e….org")
    assert told["messages"].is_granted
    assert told["messages"].entries[0].words.text.startswith("Oui")
    assert [entry.consent.granted for entry in told["click_tracking"].entries] == [True, False]
    assert not told["click_tracking"].is_granted
    assert told["open_tracking"].entries == []


def test_words_that_staff_published_are_shown_as_they_were(ana, now):
    for version, text in (("2026.2", "Write to me."), ("2026.3", "Do write to me.")):
        wording = Wording.objects.create(purpose="messages", version=version, published_at=now)
        WordingText.objects.create(wording=wording, language="en", text=text)
        record(
            subscription=ana,
            purpose="messages",
            granted=True,
            language="fr",
            method="paper",
            now=now,
            wording_version=version,
        )

    (channel,) = ledger_of(subscriber=ana.subscriber)

    assert [(entry.words.text, entry.words.language) for entry in channel.purposes[0].entries[1:]] == [
        ("Write to me.", "en"),
        ("Do write to me.", "en"),
    ]


def test_a_version_that_nobody_knows_is_an_entry_without_words(ana, now):
    record(
        subscription=ana,
        purpose="messages",
        granted=True,
        language="en",
        method="import",
        now=now,
        wording_version="old",
    )

    assert ledger_of(subscriber=ana.subscriber)[0].purposes[0].entries[-1].words is None


def test_a_long_ledger_takes_as_many_queries_as_a_short_one(ana, now, django_assert_num_queries):
    for number in range(20):
        record(subscription=ana, purpose="messages", granted=bool(number % 2), language="fr", method="link", now=now)

    with django_assert_num_queries(3):
        ledger_of(subscriber=ana.subscriber)


def test_the_file_has_a_line_for_each_entry_in_both_zones(ana, now, django_user_model):
    officer = django_user_model.objects.create_user("officer")
    record(
        subscription=ana,
        purpose="messages",
        granted=False,
        language="fr",
        method="paper",
        now=now,
        given_at=now - timedelta(hours=1),
        actor=officer,
        evidence="Sheet 12",
    )

    last = lines(ana.subscriber)[1]

    assert tuple(last) == COLUMNS
    assert (last["said_at_utc"], last["said_at_office"]) == ("2026-11-22T13:00:00+00:00", "2026-11-22T09:00:00-04:00")
    assert (last["recorded_at_utc"], last["given"]) == ("2026-11-22T14:00:00+00:00", "withdrawn")
    assert (last["entered_by"], last["evidence"], last["version"]) == ("officer", "Sheet 12", "2026.1")


@pytest.mark.parametrize("evidence", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1"])
def test_no_cell_of_the_file_is_a_formula(ana, now, evidence):
    record(
        subscription=ana,
        purpose="messages",
        granted=False,
        language="fr",
        method="paper",
        now=now,
        evidence=evidence,
    )

    assert lines(ana.subscriber)[1]["evidence"].startswith("'")


@pytest.mark.parametrize(
    ("channel", "address", "shown"),
    [
        ("email", "ana@example.org", "a…@e….org"),
        ("email", "a@b.co", "a…@b….co"),
        ("telegram", "123456789", "…89"),
        ("telegram", "-10012", "…12"),
        ("telegram", "7", "…"),
    ],
)
def test_an_address_is_shown_so_that_only_its_owner_knows_it(channel, address, shown):
    assert masked(channel, address) == shown


@given(PART, PART)
def test_no_address_can_be_read_from_what_is_shown(local, domain):
    shown = masked("email", f"{local}@{domain}.org")

    assert shown == f"{local[0]}…@{domain[0]}….org"
