"""Erasing somebody who stands in a list that waits."""

from datetime import timedelta

import pytest
from openpyxl import Workbook
from wagtail.models import ModelLogEntry

from outreach.audience.erasure import erase
from outreach.audience.imports import lifecycle, report
from outreach.audience.models import Import, ImportPart

from .conftest import file

pytestmark = pytest.mark.django_db

ADDRESS = "zoraida@example.org"
State = Import.State


@pytest.fixture
def person(confirmed):
    return confirmed(address=ADDRESS).subscriber


@pytest.fixture
def uploads(officer, now):
    def uploads(content):
        return lifecycle.upload(file=file(content), name="list.csv", user=officer, now=now)

    return uploads


def ended(found: Import) -> bool:
    found.refresh_from_db()
    return found.state == State.DROPPED and not ImportPart.objects.filter(of=found).exists()


@pytest.mark.parametrize(
    "row",
    [ADDRESS, f" {ADDRESS.upper()} ", f"Zoraida <{ADDRESS}>", f"mailto:{ADDRESS}", f"\nwrite to {ADDRESS}!"],
)
def test_a_list_with_them_is_dropped_in_whatever_way_it_writes_them(person, uploads, now, row):
    found = uploads(f'E-mail,Language\nbob@example.org,en\n"{row}",en\n')

    erase(subscriber=person, now=now)

    assert ended(found)


@pytest.mark.parametrize("row", [f"not.{ADDRESS}", "zoraida@example.com", "bob@example.org"])
def test_a_list_of_others_stays(person, uploads, now, row):
    found = uploads(f"E-mail,Language\n{row},en\n")

    erase(subscriber=person, now=now)

    assert not ended(found)


def test_a_list_that_was_tried_is_dropped_and_says_why_without_saying_who(person, tries, now):
    found = tries(f"E-mail\n{ADDRESS}\nbob@example.org\n")
    assert found.state == State.TRIED

    erase(subscriber=person, now=now)

    assert ended(found)
    assert "was erased after it was uploaded" in report.of(found).failure
    entry = ModelLogEntry.objects.get(action="outreach.import.erased")
    assert entry.object_id == str(found.pk)
    assert "Import dropped: somebody in the list was erased" in entry.message
    assert ADDRESS not in f"{entry.label}{entry.data}{found.failure}"


def test_a_workbook_is_looked_into(person, uploads, now, tmp_path):
    book = Workbook()
    for row in (["E-mail"], ["bob@example.org"], [ADDRESS]):
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    found = uploads((tmp_path / "list.xlsx").read_bytes())

    erase(subscriber=person, now=now)

    assert ended(found)


def test_a_domain_in_other_letters_is_the_same(confirmed, uploads, now):
    person = confirmed(address="zoraida@bücher.example").subscriber
    found = uploads("E-mail\nZoraida@BÜCHER.example\n")

    erase(subscriber=person, now=now)

    assert ended(found)


def test_a_list_that_nobody_can_read_any_more_is_dropped(person, uploads, now):
    found = uploads("E-mail\nbob@example.org\n")
    ImportPart.objects.update(content=b"gcm:bm90aGluZyBhdCBhbGwsIG5vdGhpbmcgYXQgYWxs")

    erase(subscriber=person, now=now)

    assert ended(found)


@pytest.mark.parametrize(("minutes", "goes"), [(1, False), (-1, True)])
def test_one_that_a_worker_carries_out_goes_on_and_one_that_waits_for_a_worker_does_not(
    person, tries, officer, now, minutes, goes
):
    found = tries(f"E-mail\n{ADDRESS}\n")
    lifecycle.carry_out(of=found, user=officer, now=now)
    Import.objects.update(lease_until=now + timedelta(minutes=minutes))

    erase(subscriber=person, now=now)

    assert ended(found) == goes


def test_what_is_done_stays_done(person, imports, now):
    found = imports(f"E-mail\n{ADDRESS}\n")

    erase(subscriber=person, now=now)

    found.refresh_from_db()
    assert (found.state, found.failure) == (State.DONE, "")
