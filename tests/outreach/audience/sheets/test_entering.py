"""A signed sheet: what was signed is kept, and only their own confirming makes anybody active."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from wagtail.models import ModelLogEntry

from outreach.audience import subscriptions
from outreach.audience.addresses import address_hash
from outreach.audience.choices import Purpose, SuppressionReason
from outreach.audience.confirmation import link, send_due_confirmations
from outreach.audience.models import Consent, JoinLink, PaperSheet, SignUpCount, Subscriber, Subscription
from outreach.audience.sheets.entering import Head, SignedRow, enter
from outreach.audience.suppressions import suppress

pytestmark = pytest.mark.django_db
SIGNED_ON = date(2026, 11, 20)


@pytest.fixture
def officer(db):
    return User.objects.create_user("officer")


@pytest.fixture
def enters(officer, now):
    """Enter a sheet; a row is an address or what its person wrote."""
    place = JoinLink.objects.create(code="kamoro", place="Health centre", kind="sheet")

    def enters(*rows, entry="one", **head):
        said = {"language": "fr", "purposes": frozenset({Purpose.MESSAGES})}
        written = [{"address": row} if isinstance(row, str) else row for row in rows]
        versions = {purpose: f"1999.{number}" for number, purpose in enumerate(Purpose.values)}
        return enter(
            head=Head(
                **{
                    "link": place,
                    "signed_on": SIGNED_ON,
                    "language": "en",
                    "wording_versions": versions,
                    "evidence": "Binder 3",
                    **head,
                }
            ),
            rows=[SignedRow(**{**said, "number": at, **row}) for at, row in enumerate(written, start=1)],
            entry=entry,
            user=officer,
            now=now,
        )

    return enters


def confirm(subscription, now):
    address = link(request=subscription.join_requests.latest("id"), now=now)
    return subscriptions.confirm(token=address.rstrip("/").rpartition("/")[2], now=now)


def told(sheet):
    return sheet.invited, sheet.already_active, sheet.refused


EVERYTHING = {
    "address": "ana@example.org",
    "group": "worker",
    "gender": "woman",
    "parish": "st_george",
    "topics": ("work", "rights"),
    "purposes": frozenset(Purpose.values),
}


def test_somebody_new_waits_gets_a_mail_and_joins_by_confirming(enters, now):
    assert told(enters({**EVERYTHING, "language": "en"})) == (1, 0, 0)
    subscription = Subscription.objects.get()
    assert subscription.state == "pending"
    assert subscription.subscriber.gender == ""
    assert send_due_confirmations(now=now) == 1
    assert mail.outbox[0].to == ["ana@example.org"]
    for text in (mail.outbox[0].body, mail.outbox[0].alternatives[0].content):
        assert "wrote this address on a sign-up sheet" in text

    confirm(subscription, now + timedelta(hours=1))

    person = Subscriber.objects.get()
    assert (person.language, person.group, person.gender, person.parish) == ("en", "worker", "woman", "st_george")
    assert person.source == "kamoro"
    assert set(person.topics.values_list("topic", flat=True)) == {"work", "rights"}
    subscription.refresh_from_db()
    assert subscription.state == "active"
    assert subscription.allows_gender_statistics


def test_the_ledger_says_who_entered_what_was_signed_where_it_lies_and_when_it_was(enters, officer, now):
    enters("eva@example.org", EVERYTHING)

    entries = Consent.objects.filter(subscriber__subscriptions__join_requests__topics=["rights", "work"])
    assert {(entry.purpose, entry.wording_version) for entry in entries} == {
        (purpose, f"1999.{number}") for number, purpose in enumerate(Purpose.values)
    }
    for entry in entries:
        assert (entry.method, entry.actor, entry.granted, entry.language) == ("paper", officer, True, "en")
        assert entry.evidence == "Binder 3 #2"
        assert (entry.given_at, entry.recorded_at) == (datetime(2026, 11, 20, 16, tzinfo=UTC), now)


def test_what_was_signed_stays_the_consent_of_record_after_confirming(enters, now):
    enters(EVERYTHING)
    before = list(Consent.objects.order_by("id").values())

    confirm(Subscription.objects.get(), now)

    assert list(Consent.objects.order_by("id").values()) == before


def test_a_sheet_signed_today_is_not_signed_later_than_now(enters):
    early = datetime(2026, 11, 20, 12, tzinfo=UTC)
    from outreach.audience.sheets.entering import signed_at

    assert signed_at(SIGNED_ON, now=early) == early


def test_nobody_on_a_sheet_can_be_written_to_before_they_confirm(enters):
    enters(EVERYTHING)

    assert not Subscription.objects.filter(state="active").exists()


def test_the_same_form_twice_enters_nothing_twice(enters, now):
    first = enters(EVERYTHING, "eva@example.org")
    consents = Consent.objects.count()

    again = enters(EVERYTHING, "eva@example.org")

    assert again == first
    assert PaperSheet.objects.count() == 1
    assert (Consent.objects.count(), Subscription.objects.count()) == (consents, 2)
    assert ModelLogEntry.objects.filter(action="outreach.papersheet.enter").count() == 1


def test_somebody_active_stays_as_they_are(enters, confirmed):
    confirmed(language="es", group="media")
    before = list(Consent.objects.values()), list(Subscriber.objects.values())

    assert told(enters(EVERYTHING)) == (0, 1, 0)

    assert (list(Consent.objects.values()), list(Subscriber.objects.values())) == before
    assert not Subscription.objects.get().join_requests.filter(confirmed_at=None).exists()


@pytest.mark.parametrize("reason", SuppressionReason.values)
def test_a_suppressed_address_is_refused_and_stays_suppressed(enters, now, reason):
    digest = address_hash(channel="email", address="ana@example.org")
    suppress(channel="email", address_hash=digest, reason=reason, now=now)

    assert told(enters(EVERYTHING, "eva@example.org")) == (1, 0, 1)

    assert not Subscription.objects.filter(address_hash=digest).exists()
    assert send_due_confirmations(now=now) == 1
    assert mail.outbox[0].to == ["eva@example.org"]


@pytest.mark.parametrize("end", ["left", "stopped"])
def test_who_left_is_only_brought_back_by_their_own_confirming(enters, confirmed, now, end):
    gone = confirmed()
    if end == "left":
        subscriptions.leave(subscription=gone, method="link", now=now)
    else:
        subscriptions.stop(subscription=gone, now=now)
    before = list(Consent.objects.order_by("id").values())

    assert told(enters(EVERYTHING)) == (1, 0, 0)

    gone.refresh_from_db()
    assert gone.state == end
    assert list(Consent.objects.order_by("id").values()) == before

    confirm(gone, now)

    gone.refresh_from_db()
    assert gone.state == "active"
    assert Consent.objects.latest("id").method == "link"


def test_a_second_sheet_of_somebody_who_waits_records_nothing_again(enters):
    enters("ana@example.org")

    enters("ana@example.org", entry="two")

    assert Consent.objects.count() == 1


def test_sign_ups_on_paper_are_counted_for_their_place(enters, now):
    enters("ana@example.org", "eva@example.org")
    confirm(Subscription.objects.latest("id"), now)

    assert list(SignUpCount.objects.values_list("source", "channel", "asked", "joined")) == [("kamoro", "email", 2, 1)]


def test_the_log_says_who_entered_a_sheet_and_names_nobody(enters, officer):
    enters(EVERYTHING)

    entry = ModelLogEntry.objects.get(action="outreach.papersheet.enter")
    assert entry.user == officer
    assert entry.data == {"rows": 1}
    assert "@" not in f"{entry.label} {entry.data}"


def test_a_failure_half_way_leaves_nothing_of_the_sheet(enters):
    with pytest.raises(ValueError, match="not a valid Purpose"):
        enters("ana@example.org", {"address": "eva@example.org", "purposes": frozenset({"messages", "x"})})

    assert not PaperSheet.objects.exists()
    assert not Subscriber.objects.exists()
