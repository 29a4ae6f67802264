"""Entering a paper sheet: errors beside the field, a whole sheet or nothing, and nothing twice."""

import uuid

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils.translation import override

from outreach.audience.models import Consent, JoinLink, PaperSheet, Subscriber, Subscription
from outreach.audience.suppressions import suppress
from tests.outreach.audience.conftest import NOW

from .conftest import ROLES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock, override("en"):
        yield clock


@pytest.fixture
def place(db):
    return JoinLink.objects.create(code="kamoro", place="Health centre", kind="sheet")


@pytest.fixture
def sends(as_role, place):
    """Send the form as a data officer would who fills in these rows."""
    client = as_role("Data officers")

    def sends(*rows, total=10, **head):
        form = {
            "entry": str(uuid.UUID(int=7)),
            "link": place.pk,
            "signed_on": "2026-11-20",
            "language": "en",
            "evidence": "Binder 3, sheet 12",
            **{f"version_{purpose}": "2026.1" for purpose in (
                "messages", "gender_statistics", "open_tracking", "click_tracking")},
            "rows-TOTAL_FORMS": total,
            "rows-INITIAL_FORMS": 0,
            **head,
        }  # fmt: skip
        for number, row in enumerate(rows):
            form |= {f"rows-{number}-{name}": value for name, value in row.items()}
        return client.post(reverse("sheets:enter"), {name: value for name, value in form.items() if value is not None})

    return sends


ANA = {"address": " Ana@Example.org ", "messages": "on"}


def wrong(answer):
    """The fields that an error stands beside, and what it says."""
    assert answer.status_code == 200
    assert not PaperSheet.objects.exists()
    assert not Subscriber.objects.exists()
    found = BeautifulSoup(answer.content, "html.parser")
    by_id = {error["id"].removesuffix("_error"): error.text.strip() for error in found.select(".errorlist[id]")}
    for identity in by_id:
        control = found.find(id=identity)
        assert control is None or f"{identity}_error" in control["aria-describedby"]
    heads = {error.find_parent(class_="w-field__wrapper").find("label")["for"]: error.text.strip()
             for error in found.select(".sheet-head .error-message")}  # fmt: skip
    return {**by_id, **heads}


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"Data officers", "superuser"}))
def test_nobody_else_enters_anything(as_role, role):
    as_role(role).post(reverse("sheets:enter"), {"rows-TOTAL_FORMS": 1})

    assert not PaperSheet.objects.exists()


def test_the_form_names_every_control_and_has_ten_rows(as_role, place):
    found = BeautifulSoup(
        as_role("Data officers").get(reverse("sheets:enter"), {"link": place.pk}).content, "html.parser"
    )

    controls = found.select("main form[method=post] :is(input:not([type=hidden]), select)")
    for control in controls:
        assert found.find("label", attrs={"for": control["id"]}), control
    assert len(found.select("fieldset.sheet-row")) == 10
    assert found.select_one("#id_link option[selected]")["value"] == str(place.pk)


def test_a_whole_sheet_is_entered_and_the_officer_told_what_became_of_it(sends, confirmed, now):
    confirmed(address="active@example.org")
    from outreach.audience.addresses import address_hash

    digest = address_hash(channel="email", address="never@example.org")
    suppress(channel="email", address_hash=digest, reason="complaint", now=now)
    others = [{"address": f"{name}@example.org", "messages": "on"} for name in ("active", "never")]

    answer = sends({**ANA, "language": "fr", "topics": ["work"], "parish": "st_george"}, {}, *others)

    assert answer.headers["Location"] == reverse("sheets:index")
    sheet = PaperSheet.objects.get()
    assert (sheet.invited, sheet.already_active, sheet.refused) == (1, 1, 1)
    assert sheet.wording_versions["messages"] == "2026.1"
    said = answer.client.get(answer.headers["Location"]).content.decode()
    assert "1 person gets a mail and joins by confirming." in said
    assert "1 was with us already." in said
    assert "1 is refused" in said
    assert "example.org" not in said
    entry = Consent.objects.get(method="paper")
    assert entry.evidence == "Binder 3, sheet 12 #1"
    assert entry.actor.username == "data-officers"
    assert entry.subscriber.subscriptions.get().address == "ana@example.org"


def test_a_double_click_enters_nothing_twice(sends):
    sends(ANA)
    sends(ANA)

    assert (PaperSheet.objects.count(), Subscription.objects.count(), Consent.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize(
    ("row", "field", "said"),
    [
        ({"address": "ana@example", "messages": "on"}, "address", "Write an e-mail address"),
        ({"address": "a" * 300, "messages": "on"}, "address", "at most 254"),
        ({"messages": "on"}, "address", "Write the address, or empty the row."),
        ({"address": "eva@example.org"}, "messages", "Without this tick"),
        ({**ANA, "gender": "woman"}, "gender", "Without the tick for statistics"),
        ({**ANA, "language": "xx"}, "language", "Choose one of the answers."),
        ({**ANA, "parish": "atlantis"}, "parish", "Choose one of the answers."),
        ({**ANA, "topics": ["gossip"]}, "topics", "Choose among the topics."),
        ({"address": "eva@example.org\x00", "messages": "on"}, "address", "Null characters"),
    ],
)
def test_a_row_that_is_wrong_says_so_and_nothing_of_the_sheet_is_kept(sends, row, field, said):
    errors = wrong(sends({"address": "fine@example.org", "messages": "on"}, row))

    assert list(errors) == [f"id_rows-1-{field}"]
    assert said in errors[f"id_rows-1-{field}"]


@pytest.mark.parametrize(
    ("head", "field", "said"),
    [
        ({"link": ""}, "link", "Choose the place."),
        ({"link": "0"}, "link", "Choose one of the answers."),
        ({"signed_on": ""}, "signed_on", "Write the date that stands on the sheet."),
        ({"signed_on": "yesterday"}, "signed_on", "Write the date like"),
        ({"signed_on": "2026-11-23"}, "signed_on", "still to come"),
        ({"signed_on": "2025-11-21"}, "signed_on", "more than a year ago"),
        ({"evidence": ""}, "evidence", "Say where the signed sheet can be found."),
        ({"evidence": "ana@example.org"}, "evidence", "without any address"),
        ({"version_messages": "1999.1"}, "version_messages", "Choose one of the answers."),
        ({"language": "xx"}, "language", "Choose one of the answers."),
    ],
)
def test_a_head_that_is_wrong_says_so_and_nothing_is_kept(sends, head, field, said):
    errors = wrong(sends(ANA, **head))

    assert list(errors) == [f"id_{field}"]
    assert said in errors[f"id_{field}"]


def test_an_address_that_stands_twice_is_said_at_the_second_even_if_more_is_wrong(sends):
    errors = wrong(sends(ANA, {"address": "ana@example.org", "messages": "on"}, {"address": "x", "messages": "on"}))

    assert set(errors) == {"id_rows-1-address", "id_rows-2-address"}


def test_an_empty_sheet_is_not_entered(sends):
    answer = sends()

    assert "Fill in at least one row." in answer.content.decode()
    assert wrong(answer) == {}


@pytest.mark.parametrize("total", ["", "-1", "x", "101", "100000000"])
def test_a_tampered_number_of_rows_enters_nothing(sends, total):
    answer = sends(ANA, total=total)

    assert answer.status_code == 200
    assert not PaperSheet.objects.exists()


def test_a_form_without_its_own_number_enters_nothing(sends):
    assert sends(ANA, entry="x").status_code == 200
    assert not PaperSheet.objects.exists()


def test_more_rows_keep_what_was_typed_and_complain_of_nothing_yet(sends):
    answer = sends({"address": "half@", "topics": ["work"], "gender": "woman"}, more="1", evidence="")

    found = BeautifulSoup(answer.content, "html.parser")
    assert len(found.select("fieldset.sheet-row")) == 20
    assert not found.select(".errorlist, .error-message")
    assert found.find(id="id_rows-0-address")["value"] == "half@"
    assert found.select_one("input[name=rows-0-topics][value=work]").has_attr("checked")
    assert found.find(id="id_signed_on")["value"] == "2026-11-20"
    assert found.select_one("input[name=entry]")["value"] == str(uuid.UUID(int=7))
    assert found.select_one("input[name=rows-TOTAL_FORMS]")["value"] == "20"
    assert found.select_one("input[name=rows-INITIAL_FORMS]")["value"] == "0"
    assert not PaperSheet.objects.exists()


def test_a_hundred_rows_are_the_most(sends):
    found = BeautifulSoup(sends(ANA, more="1", total=95).content, "html.parser")

    assert len(found.select("fieldset.sheet-row")) == 100
    assert not found.select("button[name=more]")


def test_the_list_takes_the_same_number_of_queries_for_many_sheets(as_role, sends, django_assert_max_num_queries):
    for number in range(12):
        sends({"address": f"p{number}@example.org", "messages": "on"}, entry=str(uuid.UUID(int=100 + number)))
    client = as_role("superuser")
    client.get(reverse("sheets:index"))

    with django_assert_max_num_queries(20):
        client.get(reverse("sheets:index"))
