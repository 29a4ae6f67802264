"""Imports in the admin: for data officers, from the file to the result, without showing a cell."""

import hashlib
import io
import uuid

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from outreach.audience.imports.carrying import Clerk
from outreach.audience.models import Import, ImportPart, Subscription

from .conftest import ROLES

pytestmark = pytest.mark.django_db

LIST = "Name,E-mail,Langue\nAna,ana@example.org,fr\nEva,eva@,fr\n"
PROVEN = {
    "column_address": "1",
    "column_language": "2",
    "language": "en",
    "date_order": "ymd",
    "consent": "proven",
    "messages_words": "2026.1",
    "given_on": "2026-03-01",
    "proof": "Green folder in the office",
}


def upload(client, content=LIST, name="people.csv"):
    content = content.encode() if isinstance(content, str) else content
    return client.post(reverse("imports:upload"), {"file": SimpleUploadedFile(name, content)})


def work():
    clerk = Clerk(timezone.now)
    while clerk.work():
        pass


def page(answer):
    return BeautifulSoup(answer.content, "html.parser")


@pytest.fixture
def officer(as_role):
    return as_role("Data officers")


@pytest.fixture
def found(officer):
    upload(officer)
    return Import.objects.get()


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"Data officers", "superuser"}))
def test_nobody_else_uploads_carries_out_or_drops(as_role, role):
    client = as_role(role)
    made = Import.objects.create(file_name="a.csv", header=["E-mail"], state=Import.State.TRIED)

    upload(client)
    for step in ("carry_out", "drop"):
        client.post(reverse(f"imports:{step}", args=[made.pk]))

    assert Import.objects.get().state == Import.State.TRIED


def test_a_list_goes_from_the_file_to_the_people(officer, found):
    address = reverse("imports:import", args=[found.pk])
    form = page(officer.get(reverse("imports:columns", args=[found.pk])))
    assert form.select_one("#id_column_address option[selected]")["value"] == "1"
    assert officer.post(reverse("imports:columns", args=[found.pk]), PROVEN).url == address
    assert "http-equiv" in officer.get(address).content.decode()
    work()

    tried = page(officer.get(address))
    assert "Nothing has changed yet" in tried.text
    officer.post(reverse("imports:carry_out", args=[found.pk]))
    work()

    done = officer.get(address)
    cells = {row.th.text: [cell.text for cell in row.select("td")] for row in page(done).select(".live-table tbody tr")}
    assert cells == {"New": ["1", "1"], "Not valid": ["1", "1"]}
    assert "http-equiv" not in done.content.decode()
    assert Subscription.objects.get().address == "ana@example.org"
    assert "ana@" not in done.content.decode().lower()


def test_the_rows_that_are_not_taken_are_a_file_without_addresses(officer):
    upload(officer, "=E-mail()\nsecret at example.org\n")
    found = Import.objects.get()
    officer.post(reverse("imports:columns", args=[found.pk]), {**PROVEN, "column_address": "0", "column_language": "-"})
    work()

    answer = officer.get(reverse("imports:refusals", args=[found.pk]))

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines() == ["Row,Column,Reason", "2,'=E-mail(),This is no e-mail address"]
    assert "attachment" in answer["Content-Disposition"]


@pytest.fixture
def submits(officer):
    """Send what stands in one upload form, as often as it is called."""
    form = page(officer.get(reverse("imports:upload"))).select_one("form[enctype]")
    entry = form.select_one("input[name=entry]")["value"]

    def submits(content=LIST, *, client=officer, entry=entry):
        given = {"file": SimpleUploadedFile("people.csv", content.encode()), "entry": entry}
        return client.post(reverse("imports:upload"), given)

    return submits


def test_a_double_click_leads_to_the_first_import_and_keeps_the_file_once(submits):
    first, second = submits(), submits()

    made = Import.objects.get()
    assert first.url == second.url == reverse("imports:columns", args=[made.pk])
    assert ImportPart.objects.filter(of=made).count() == 1
    assert ModelLogEntry.objects.filter(action="outreach.import.upload").count() == 1


def test_another_file_another_form_or_another_officer_makes_another_import(submits, as_role):
    User.objects.create_superuser("other")
    other = Client()
    other.force_login(User.objects.get(username="other"))

    submits()
    submits(LIST + "Bea,bea@example.org,fr\n")
    submits(entry=str(uuid.UUID(int=7)))
    submits(client=other)
    for _again in range(2):
        submits(entry="")

    assert Import.objects.filter(state=Import.State.UPLOADED).count() == 6


def test_a_second_click_after_the_columns_were_named_leads_there_too(officer, submits):
    submits()
    made = Import.objects.get()
    officer.post(reverse("imports:columns", args=[made.pk]), PROVEN)

    assert officer.get(submits().url).url == reverse("imports:import", args=[made.pk])
    assert Import.objects.count() == 1


def test_what_was_dropped_can_be_uploaded_again_out_of_the_same_form(officer, submits):
    submits()
    officer.post(reverse("imports:drop", args=[Import.objects.get().pk]))

    submits()

    assert sorted(Import.objects.values_list("state", flat=True)) == ["dropped", "uploaded"]


def test_the_log_does_not_tell_what_was_in_the_file(submits):
    submits()

    told = ModelLogEntry.objects.get(action="outreach.import.upload").data["mark"]
    assert told != hashlib.sha256(LIST.encode()).hexdigest()
    assert len(told) == 64


@pytest.mark.parametrize("content", [b"", b"<html>", b"E-mail\n\0", b"PK\x03\x04", b'E-mail\n"a'])
def test_a_hostile_file_gets_an_error_beside_the_field_and_leaves_nothing(officer, content):
    answer = upload(officer, content)

    assert answer.status_code == 200
    assert page(answer).select_one(".w-field__errors").text.strip()
    assert not Import.objects.exists()
    assert not ImportPart.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("column_address", "-"),
        ("column_address", "7"),
        ("column_address", "x"),
        ("column_language", "1"),
        ("language", "xx"),
        ("source", "two words"),
        ("consent", ""),
        ("messages_words", ""),
        ("messages_words", "other"),
        ("messages_words", "2020.9"),
        ("given_on", ""),
        ("given_on", "2999-01-01"),
        ("given_on", "nonsense"),
        ("proof", "short"),
        ("proof", "ask ana@example.org"),
    ],
)
def test_a_wrong_answer_gets_an_error_and_begins_nothing(officer, found, field, value):
    answer = officer.post(reverse("imports:columns", args=[found.pk]), {**PROVEN, field: value})

    assert answer.status_code == 200
    assert page(answer).select(".w-field__errors .error-message, .error-message")
    found.refresh_from_db()
    assert (found.state, found.options) == (Import.State.UPLOADED, {})


def test_columns_are_remembered_for_the_next_file(officer, found):
    officer.post(reverse("imports:columns", args=[found.pk]), {**PROVEN, "column_language": "-"})

    upload(officer)

    form = page(officer.get(reverse("imports:columns", args=[Import.objects.latest("id").pk])))
    assert form.select_one("#id_column_language option[selected]")["value"] == "-"


def test_a_second_click_does_nothing_and_says_so(officer, found):
    officer.post(reverse("imports:columns", args=[found.pk]), PROVEN)
    work()
    officer.post(reverse("imports:carry_out", args=[found.pk]))

    answer = officer.post(reverse("imports:carry_out", args=[found.pk]), follow=True)

    assert "moved on meanwhile" in answer.content.decode()


def test_a_workbook_can_be_uploaded(officer):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["E-mail"])
    book.active.append(["ana@example.org"])
    data = io.BytesIO()
    book.save(data)

    upload(officer, data.getvalue(), "people.xlsx")

    assert Import.objects.get().rows_total == 1
