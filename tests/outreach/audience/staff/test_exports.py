"""Exporting subscribers: for data officers, with a reason and a password, logged, and safe in a spreadsheet."""

import csv
import io

import openpyxl
import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.urls import reverse
from wagtail.models import ModelLogEntry

from outreach.audience import subscriptions
from outreach.audience.addresses import address_hash
from outreach.audience.models import Segment
from outreach.audience.suppressions import suppress

from .conftest import ROLES

pytestmark = pytest.mark.django_db

REASON = "Asked for by the health centre"
ORDER = {"columns": ["address", "language", "topics"], "form": "csv", "reason": REASON, "password": "secret"}


@pytest.fixture
def officer(as_role):
    client = as_role("Data officers")
    user = User.objects.get(username="data-officers")
    user.set_password("secret")
    user.save()
    client.force_login(user)
    return client


def export(client, **changes):
    return client.post(reverse("export_subscribers"), {**ORDER, **changes})


def table(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"Data officers", "superuser"}))
def test_nobody_else_gets_a_file(as_role, role):
    client = as_role(role)
    User.objects.filter(username=role.lower()).update(password="")

    assert not export(client).streaming


def test_who_left_waits_or_is_suppressed_is_not_in_it(officer, confirmed, joins, now):
    confirmed(address="ana@example.org", topics=["work", "rights"])
    subscriptions.leave(subscription=confirmed(address="left@example.org"), method="link", now=now)
    joins(address="waits@example.org")
    confirmed(address="hated@example.org")
    digest = address_hash(channel="email", address="hated@example.org")
    suppress(channel="email", address_hash=digest, reason="by_hand", now=now)

    found = table(export(officer))

    assert found == [["Address", "Language", "Topics"], ["ana@example.org", "en", "rights; work"]]


def test_an_address_that_looks_like_a_formula_is_text(officer, confirmed):
    confirmed(address="+1@example.org")
    confirmed(address="-x@example.org")

    assert [row[0] for row in table(export(officer))[1:]] == ["'+1@example.org", "'-x@example.org"]


def test_a_workbook_holds_text_alone(officer, confirmed):
    confirmed(address="+1@example.org")

    content = b"".join(export(officer, form="xlsx").streaming_content)

    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert [[cell.value for cell in row] for row in sheet] == [
        ["Address", "Language", "Topics"],
        ["+1@example.org", "en", None],
    ]
    assert {cell.data_type for row in sheet for cell in row if cell.value} <= {"s", "inlineStr"}


def test_a_segment_and_a_channel_narrow_it(officer, confirmed, joins):
    confirmed(address="ana@example.org", group="worker")
    confirmed(address="eva@example.org", group="media")
    joins(channel="telegram", address="7", method="bot", group="worker")
    workers = Segment.objects.create(code="w", name="W", rule={"field": "group", "in": ["worker"]})

    found = table(export(officer, segment=workers.pk, channel="email"))

    assert [row[0] for row in found[1:]] == ["ana@example.org"]


def test_a_gender_is_there_only_where_it_may_be_counted(officer, confirmed):
    both = frozenset({"messages", "gender_statistics"})
    confirmed(address="ana@example.org", gender="woman", purposes=both)
    confirmed(address="eva@example.org", gender="woman")

    assert [row[0] for row in table(export(officer, columns=["gender"]))[1:]] == ["woman", ""]


def test_the_log_says_who_why_and_how_many_and_no_address(officer, confirmed):
    confirmed(address="ana@example.org")

    export(officer)

    entry = ModelLogEntry.objects.get(action="outreach.subscriber.export")
    assert entry.user.username == "data-officers"
    assert entry.data["reason"] == REASON
    assert entry.data["rows"] == 1
    assert "ana" not in str(entry.data)


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": ""},
        {"reason": "short"},
        {"reason": "because of ana@example.org"},
        {"password": "wrong"},
        {"password": ""},
        {"columns": []},
        {"columns": ["address_encrypted"]},
        {"form": "exe"},
        {"segment": "999"},
        {"channel": "fax"},
    ],
)
def test_a_wrong_answer_gets_an_error_and_no_file(officer, confirmed, changes):
    confirmed(address="ana@example.org")

    answer = export(officer, **changes)

    assert answer.status_code == 200
    assert not answer.streaming
    assert BeautifulSoup(answer.content, "html.parser").select(".error-message")
    assert b"ana@example.org" not in answer.content.replace(b"because of ana@example.org", b"")
    assert not ModelLogEntry.objects.filter(action="outreach.subscriber.export").exists()


def test_it_is_read_in_a_few_queries_however_many_there_are(officer, confirmed, django_assert_max_num_queries):
    for number in range(12):
        confirmed(address=f"p{number}@example.org", topics=["work"])

    with django_assert_max_num_queries(35):
        assert len(table(export(officer))) == 13
