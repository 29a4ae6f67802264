"""Lists that are tried and carried out: what becomes of each row, on every turn of a worker, dead or alive."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import ModelLogEntry

from outreach.audience import retention, subscriptions
from outreach.audience.addresses import address_hash
from outreach.audience.cells import safe
from outreach.audience.choices import Purpose
from outreach.audience.confirmation import link, send_due_confirmations
from outreach.audience.erasure import erase
from outreach.audience.imports import carrying, lifecycle, report
from outreach.audience.imports.carrying import LEASE, Clerk
from outreach.audience.models import (
    Consent,
    Import,
    ImportPart,
    ImportRefusal,
    JoinRequest,
    Subscriber,
    Subscription,
    Suppression,
    TopicChoice,
)
from outreach.audience.suppressions import suppress
from outreach.audience.wording import words
from tests.ground.workbooks import write_shared

from .conftest import PROVEN, UNPROVEN, file, work

pytestmark = pytest.mark.django_db

State = Subscription.State
EVERYTHING = "E-mail,Langue,Groupe,Genre,Paroisse,Thèmes,Date\nEva@Example.org,Français,worker,Femme,Saint John,Work; "
EVERYTHING += "rights,2026-02-03\n"


def reasons(found):
    return list(ImportRefusal.objects.filter(of=found).order_by("row").values_list("row", "column", "reason"))


def state_of(address):
    return Subscription.objects.get(address_hash=address_hash(channel="email", address=address)).state


def test_a_trial_changes_nothing(tries):
    found = tries(EVERYTHING)

    assert found.state == Import.State.TRIED
    assert found.counts == {"trial": {"new": 1}}
    assert not Subscriber.objects.exists()


def test_a_workbook_whose_cells_share_their_texts_is_carried_out_as_a_csv_file_is(imports):
    data = BytesIO()
    write_shared(data, [["E-mail", "Language"], *([f"p{number}@example.org", "Français"] for number in range(300))])

    found = imports(data.getvalue())

    assert found.counts["done"] == {"new": 300}
    assert set(Subscriber.objects.values_list("language", flat=True)) == {"fr"}


def test_who_is_proven_is_active_with_a_consent_for_each_purpose(imports, officer, now):
    found = imports(EVERYTHING)

    person, own = Subscriber.objects.get(), Subscription.objects.get()
    given = datetime(2026, 2, 3, 16, tzinfo=UTC)
    assert (person.language, person.group, person.gender, person.parish) == ("fr", "worker", "woman", "st_john")
    assert person.frequency == "every"
    assert set(person.topics.values_list("topic", flat=True)) == {"work", "rights"}
    assert (own.state, own.address, own.confirmed_at) == (State.ACTIVE, "eva@example.org", given)
    assert own.allows_messages
    assert own.allows_gender_statistics
    assert not own.allows_open_tracking
    assert not own.allows_click_tracking
    consents = {consent.purpose: consent for consent in Consent.objects.all()}
    assert set(consents) == {"messages", "gender_statistics"}
    consent = consents["messages"]
    assert (consent.granted, consent.wording_version, consent.language) == (True, "2026.1", "fr")
    assert (consent.given_at, consent.method, consent.actor) == (given, "import", officer)
    assert (consent.recorded_at, consent.actor_name) == (now, officer.get_username())
    assert consent.evidence == f"#{found.pk}: Green folder in the office"


def test_other_words_can_be_shown_for_each_person(imports):
    imports(EVERYTHING, replace(PROVEN, messages_words="other", gender_words="", other_words="Ring me any time."))

    consent = Consent.objects.get()
    assert words(consent.purpose, consent.wording_version, consent.language) == "Ring me any time."


def test_a_list_that_we_exported_comes_back_with_the_same_addresses(imports):
    imports("E-mail\n" + "\n".join(map(safe, ["-ana@example.org", "+bob@example.org", "o'hara@example.org"])) + "\n")

    assert sorted(own.address for own in Subscription.objects.all()) == [
        "+bob@example.org",
        "-ana@example.org",
        "o'hara@example.org",
    ]


def test_no_gender_is_kept_without_the_consent_to_count_it(imports):
    imports(EVERYTHING, replace(PROVEN, gender_words=""))

    assert Subscriber.objects.get().gender == ""
    assert Consent.objects.get().purpose == Purpose.MESSAGES


def test_who_is_not_proven_is_asked_a_few_a_second(imports, now):
    imports(EVERYTHING + "b@example.org,,,,,,\n" + "c@example.org,,,,,,\n", UNPROVEN)

    assert set(Subscription.objects.values_list("state", flat=True)) == {State.PENDING}
    assert not Consent.objects.exists()
    assert not TopicChoice.objects.exists()
    requests = list(JoinRequest.objects.order_by("due_at"))
    assert [request.due_at for request in requests] == [now + timedelta(seconds=n / 10) for n in range(3)]
    first = requests[0]
    assert (first.language, first.group, first.parish, first.gender) == ("fr", "worker", "st_john", "")
    assert first.topics == ["rights", "work"]


def test_a_second_list_waits_for_the_mails_of_the_first(imports, now):
    imports("E-mail\na@example.org\nb@example.org\n", UNPROVEN)
    imports("E-mail\nc@example.org\n", UNPROVEN)

    last = JoinRequest.objects.order_by("-id").first()
    assert last.due_at == now + timedelta(seconds=0.1)


def test_the_mail_says_that_they_stood_in_a_list_and_confirming_is_a_consent_by_link(imports, now, mailoutbox):
    imports("E-mail\na@example.org\n", UNPROVEN)
    send_due_confirmations(now=now)

    (mail,) = mailoutbox
    for text in (mail.body, mail.alternatives[0][0]):
        assert "in a list" in text
        assert words(Purpose.MESSAGES, language="en")[:30] in text
    subscriptions.confirm(
        token=link(request=JoinRequest.objects.get(), now=now).rstrip("/").rpartition("/")[2], now=now
    )

    assert Subscription.objects.get().state == State.ACTIVE
    assert Consent.objects.get().method == Consent.Method.LINK


def test_each_row_that_is_not_taken_has_a_number_a_column_and_a_reason(tries, confirmed, joins, now):
    left, stopped = confirmed(address="left@example.org"), confirmed(address="stopped@example.org")
    subscriptions.leave(subscription=left, method="link", now=now)
    subscriptions.stop(subscription=stopped, now=now)
    joins(address="waits@example.org")
    confirmed(address="known@example.org")
    digest = address_hash(channel="email", address="hated@example.org")
    suppress(channel="email", address_hash=digest, reason="complaint", now=now)
    rows = [
        "E-mail,Language,Date,Other",
        "left@example.org,,,",
        "stopped@example.org,,,",
        "waits@example.org,,,",
        "known@example.org,,,",
        "HATED@example.org,,,",
        "new@example.org,,,",
        " New@Example.org ,,,",
        "=cmd|'/c calc'!A1,,,",
        ",,,someone",
        "lang@example.org,Klingon,,",
        "date@example.org,,2036-01-01,",
        "day@example.org,,01/02/2026,",
        "cells@example.org,,,,much",
    ]

    found = tries("\n".join(rows) + "\n")

    assert found.counts["trial"] == {
        "left": 1,
        "stopped": 1,
        "waiting": 1,
        "unchanged": 1,
        "suppressed": 1,
        "new": 1,
        "duplicate": 1,
        "invalid": 6,
    }
    assert reasons(found) == [
        (2, "E-mail", "left"),
        (3, "E-mail", "stopped"),
        (6, "E-mail", "suppressed"),
        (8, "E-mail", "duplicate"),
        (9, "E-mail", "address"),
        (10, "E-mail", "no_address"),
        (11, "Language", "value"),
        (12, "Date", "date"),
        (13, "Date", "date"),
        (14, "", "cells"),
    ]


def test_dates_are_read_in_the_order_that_the_officer_names(imports):
    imports("E-mail,Date\na@example.org,03/02/2026\n", replace(PROVEN, date_order="dmy"))

    assert Consent.objects.filter(purpose="messages").get().given_at.date().isoformat() == "2026-02-03"


def test_a_row_without_a_date_is_not_proven(tries):
    found = tries("E-mail,Date\na@example.org,\n", replace(PROVEN, given_on=""))

    assert reasons(found) == [(2, "Date", "no_date")]


def test_known_people_change_only_if_the_officer_wants_it(imports, confirmed):
    confirmed(address="eva@example.org", language="en", group="media", topics=["data"])

    assert imports(EVERYTHING).counts["done"] == {"unchanged": 1}
    assert Subscriber.objects.get().language == "en"
    assert imports(EVERYTHING, replace(PROVEN, updates=True)).counts["done"] == {"update": 1}

    person = Subscriber.objects.get()
    assert (person.language, person.group, person.parish) == ("fr", "worker", "st_john")
    assert set(person.topics.values_list("topic", flat=True)) == {"work", "rights"}
    assert person.gender == ""
    assert not person.subscriptions.get().allows_gender_statistics
    assert imports(EVERYTHING, replace(PROVEN, updates=True)).counts["done"] == {"unchanged": 1}


def test_a_gender_changes_only_where_the_person_lets_it_be_counted(imports, confirmed):
    both = frozenset({Purpose.MESSAGES, Purpose.GENDER_STATISTICS})
    confirmed(address="eva@example.org", gender="man", purposes=both)

    imports(EVERYTHING, replace(PROVEN, updates=True))

    assert Subscriber.objects.get().gender == "woman"


ENDINGS = {
    "left": lambda own, now: subscriptions.leave(subscription=own, method="link", now=now),
    "stopped": lambda own, now: subscriptions.stop(subscription=own, now=now),
    "erased": lambda own, now: erase(subscriber=own.subscriber, now=now),
}


@pytest.mark.parametrize("declared", [PROVEN, UNPROVEN])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ending=st.sampled_from(sorted(ENDINGS)),
    name=st.text("abcdefgh.", min_size=1, max_size=8).filter(lambda text: ".." not in f".{text}."),
    upper=st.booleans(),
    updates=st.booleans(),
)
def test_nobody_is_ever_brought_back(imports, confirmed, now, declared, ending, name, upper, updates):
    address = f"{name}@example.org"
    Subscriber.objects.all().delete()
    Suppression.objects.all().delete()
    ENDINGS[ending](confirmed(address=address), now)
    before = list(Subscription.objects.values())

    imports(f"E-mail\n{address.upper() if upper else address}\n", replace(declared, updates=updates))

    assert list(Subscription.objects.values()) == before
    assert not Subscription.objects.filter(state__in=[State.ACTIVE, State.PENDING]).exists()


def many(count):
    return "E-mail\n" + "".join(f"p{number}@example.org\n" for number in range(count)) + "p0@example.org\n"


@pytest.fixture
def short_chunks(monkeypatch):
    monkeypatch.setattr(carrying, "CHUNK", 10)


@pytest.mark.parametrize("declared", [PROVEN, UNPROVEN])
def test_a_dead_workers_import_goes_on_with_another_and_no_row_comes_twice(
    tries, officer, clerk, now, declared, short_chunks
):
    found = tries(many(35), declared)
    lifecycle.carry_out(of=found, user=officer, now=now)
    assert clerk.work()
    assert clerk.work()  # and dies here, with the lease in hand.

    other, later = Clerk(lambda: now + LEASE / 2), Clerk(lambda: now + LEASE)
    assert not other.work()
    work(later)

    found.refresh_from_db()
    assert found.state == Import.State.DONE
    assert found.counts["done"] == found.counts["trial"] == {"new": 35, "duplicate": 1}
    assert Subscription.objects.count() == 35
    assert reasons(found) == [(37, "E-mail", "duplicate")]
    dues = JoinRequest.objects.order_by("due_at").values_list("due_at", flat=True)
    assert list(dues) == ([] if declared.proven else [now + timedelta(seconds=n / 10) for n in range(35)])


def test_a_worker_that_was_thought_dead_writes_nothing_more(tries, officer, clerk, now, short_chunks):
    found = tries(many(35))
    lifecycle.carry_out(of=found, user=officer, now=now)
    clerk.work()
    work(Clerk(lambda: now + LEASE))

    work(clerk)

    assert Subscription.objects.count() == 35
    found.refresh_from_db()
    assert found.counts["done"] == {"new": 35, "duplicate": 1}


def test_a_chunk_that_fails_leaves_nothing_behind_and_is_tried_again(
    tries, officer, clerk, now, short_chunks, monkeypatch
):
    found = tries(many(35))
    lifecycle.carry_out(of=found, user=officer, now=now)
    clerk.work()
    with monkeypatch.context() as full_disk:

        def fails(*_given):
            raise OSError("No space left on device")

        full_disk.setattr(carrying, "insert", fails)
        with pytest.raises(OSError, match="No space"):
            clerk.work()
    assert Subscription.objects.count() == 10

    work(clerk)

    found.refresh_from_db()
    assert found.counts["done"] == {"new": 35, "duplicate": 1}


def test_a_chunk_over_which_the_program_stumbles_ends_its_import_and_lets_the_next_one_go_on(
    tries, officer, clerk, now, short_chunks, monkeypatch
):
    found, behind = tries(many(35)), tries(EVERYTHING)
    lifecycle.carry_out(of=found, user=officer, now=now)
    lifecycle.carry_out(of=behind, user=officer, now=now)
    clerk.work()
    write = carrying.Writer.write

    def stumbles(self, rows, **given):
        if found.pk == Import.objects.filter(state=Import.State.RUNNING).order_by("id").values_list("pk", flat=True)[0]:
            raise ZeroDivisionError
        return write(self, rows, **given)

    monkeypatch.setattr(carrying.Writer, "write", stumbles)
    for _attempt in range(carrying.MOST_ATTEMPTS - 1):
        with pytest.raises(ZeroDivisionError):
            clerk.work()
    found.refresh_from_db()
    assert found.state == Import.State.RUNNING

    work(clerk)

    found.refresh_from_db()
    behind.refresh_from_db()
    assert (found.state, found.rows_done, found.counts["done"]) == (Import.State.FAILED, 10, {"new": 10})
    assert "fault in this program" in report.of(found).failure
    assert not ImportPart.objects.filter(of=found).exists()
    assert (behind.state, behind.counts["done"]) == (Import.State.DONE, {"new": 1})


def test_a_failure_of_the_machine_ends_no_import_however_often_it_happens(
    tries, officer, clerk, now, short_chunks, monkeypatch
):
    found = tries(many(15))
    lifecycle.carry_out(of=found, user=officer, now=now)

    def fails(*_given):
        raise OperationalError("database is locked")

    with monkeypatch.context() as locked:
        locked.setattr(carrying, "insert", fails)
        for _attempt in range(carrying.MOST_ATTEMPTS + 1):
            with pytest.raises(OperationalError):
                clerk.work()

    work(clerk)

    found.refresh_from_db()
    assert found.state == Import.State.DONE


def test_an_import_can_be_stopped_under_way(tries, officer, clerk, now, short_chunks):
    found = tries(many(35))
    lifecycle.carry_out(of=found, user=officer, now=now)
    clerk.work()

    assert lifecycle.drop(of=found, user=officer, now=now)
    work(clerk)

    found.refresh_from_db()
    assert found.state == Import.State.DROPPED
    assert Subscription.objects.count() == 10
    assert not ImportPart.objects.exists()


def test_the_world_may_change_between_the_trial_and_the_import(tries, officer, clerk, confirmed, now):
    found = tries("E-mail\na@example.org\nb@example.org\n")
    subscriptions.leave(subscription=confirmed(address="a@example.org"), method="link", now=now)

    lifecycle.carry_out(of=found, user=officer, now=now)
    work(clerk)

    found.refresh_from_db()
    assert found.counts == {"trial": {"new": 2}, "done": {"new": 1, "left": 1}}
    assert state_of("a@example.org") == State.LEFT


def test_carrying_out_twice_does_it_once(tries, officer, clerk, now):
    found = tries("E-mail\na@example.org\n")

    assert lifecycle.carry_out(of=found, user=officer, now=now)
    assert not lifecycle.carry_out(of=found, user=officer, now=now)
    work(clerk)
    assert not lifecycle.carry_out(of=found, user=officer, now=now)
    assert Subscription.objects.count() == 1


def test_the_file_is_kept_encrypted_and_gone_when_it_is_done(tries, officer, clerk, now):
    found = tries("E-mail\nana@example.org\n")
    kept = bytes(ImportPart.objects.get().content)
    assert kept.startswith(b"gcm:")
    assert b"ana@" not in kept

    lifecycle.carry_out(of=found, user=officer, now=now)
    work(clerk)

    assert not ImportPart.objects.exists()


def test_a_file_of_many_parts_is_read_as_one(tries, monkeypatch):
    monkeypatch.setattr("outreach.audience.imports.parts.PART_BYTES", 100)

    assert tries(many(100)).counts["trial"] == {"new": 100, "duplicate": 1}
    assert ImportPart.objects.count() > 10


def test_a_file_under_a_lost_key_fails_and_says_so(officer, clerk, now):
    found = lifecycle.upload(file=file("E-mail\na@example.org\n"), name="a.csv", user=officer, now=now)
    lifecycle.begin_trial(of=found, columns={"address": 0}, declared=PROVEN, now=now)
    ImportPart.objects.update(content=b"gcm:AAAA")

    work(clerk)

    found.refresh_from_db()
    assert found.state == Import.State.FAILED


def test_the_log_names_who_did_what_and_no_address(imports, officer):
    imports(EVERYTHING)

    entries = list(ModelLogEntry.objects.filter(action__startswith="outreach.import").order_by("pk"))
    assert [entry.action.rpartition(".")[2] for entry in entries] == ["upload", "carry_out", "done"]
    assert {entry.user for entry in entries} == {officer}
    assert not any("eva" in f"{entry.label} {entry.data}".lower() for entry in entries)


def test_a_file_name_with_an_address_is_not_kept(officer, now):
    found = lifecycle.upload(file=file("E-mail\na@b.org\n"), name="C:\\ana@example.org.csv", user=officer, now=now)

    assert found.file_name == "list.csv"


def test_what_nobody_went_on_with_is_dropped_after_a_week(tries, now):
    found = tries("E-mail\nwrong\n")

    retention.run(now=now + timedelta(days=6))
    assert ImportPart.objects.exists()
    retention.run(now=now + timedelta(days=7))
    assert not ImportPart.objects.exists()
    found.refresh_from_db()
    assert found.state == "dropped"
    assert reasons(found)
    retention.run(now=now + timedelta(days=38))
    assert not reasons(found)


def test_a_chunk_takes_as_many_statements_for_many_rows_as_for_few(tries, officer, now, django_assert_max_num_queries):
    found = tries(many(500))
    lifecycle.carry_out(of=found, user=officer, now=now)
    clerk = Clerk(lambda: now)

    with django_assert_max_num_queries(45):
        work(clerk)
