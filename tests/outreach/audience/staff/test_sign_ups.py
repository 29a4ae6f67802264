"""Sign-ups by source in the admin: for everybody who works with counts, small ones hidden."""

import csv
import io
from datetime import date

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import override
from wagtail.users.models import UserProfile

from outreach.audience.models import JoinLink, SignUpCount
from tests.outreach.audience.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False), override("en"):
        yield


@pytest.fixture
def counted(db):
    JoinLink.objects.create(code="kamoro", place="Health centre", kind="poster")
    for month, joined in ((9, 3), (10, 12)):
        SignUpCount.objects.create(
            source="kamoro", day=date(2026, month, 5), channel="email", asked=joined + 4, joined=joined
        )


def rows(answer):
    found = BeautifulSoup(answer.content, "html.parser")
    return [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in found.select("table tr")]


@pytest.mark.parametrize("role", ["Editors", "Evaluators", "Data officers"])
def test_the_menu_leads_there(as_role, role):
    found = as_role(role).get(reverse("wagtailadmin_home")).content.decode()

    assert reverse("sign_ups:index") in found


def test_a_month_can_be_chosen_and_small_counts_are_hidden(as_role, counted):
    client = as_role("Evaluators")

    chosen = rows(client.get(reverse("sign_ups:index"), {"month": "2026-09"}))
    every = rows(client.get(reverse("sign_ups:index")))

    assert chosen[1][2:] == ["7", "<5", "0", "<5"]
    assert every[1][2:] == ["23", "at least 13", "0", "at least 13"]
    assert every[2] == ["Total", "", "23", "at least 13", "0", "at least 13"]


def test_sources_that_are_no_links_and_kinds_of_links_are_told_in_the_readers_words(as_role, counted):
    for source in ("site", "bot", "event", "clinic"):
        SignUpCount.objects.create(source=source, day=date(2026, 10, 5), channel="email", asked=9, joined=9)
    client = as_role("Evaluators")

    english = [row[0] for row in rows(client.get(reverse("sign_ups:index")))]
    user = get_user_model().objects.get(pk=client.session["_auth_user_id"])
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": "fr"})
    french = [row[0] for row in rows(client.get(reverse("sign_ups:index")))]

    assert english[1:-1] == [
        "Poster: Health centre kamoro", "The Telegram bot", "clinic", "An event or a session", "The site"
    ]  # fmt: skip
    assert french[1].endswith("\u00a0: Health centre kamoro")
    assert "clinic" in french
    assert not {"bot", "site", "event", *english[2:3]} & set(french)


def test_the_file_is_that_of_the_page(as_role, counted):
    answer = as_role("Evaluators").get(reverse("sign_ups:file"), {"month": "2026-09"})

    assert answer["Content-Disposition"] == 'attachment; filename="sign-ups-2026-09.csv"'
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert lines[1][0] == "kamoro"
    assert lines[1][5:] == ["2026-09", "7", "<5", "0", "<5"]


@pytest.mark.parametrize("page", ["index", "file"])
@pytest.mark.parametrize("month", ["x", "2026-13", "2026-1", "2026-10-01", "2026-10\x00", "-"])
def test_a_month_that_is_none_is_not_found(as_role, page, month):
    answer = as_role("Evaluators").get(reverse(f"sign_ups:{page}"), {"month": month}, follow=True)

    assert answer.status_code == 404


def test_a_page_without_counts_says_what_to_do(as_role):
    assert "Nobody has signed up yet." in as_role("Editors").get(reverse("sign_ups:index")).content.decode()


def test_what_the_demo_invented_says_so_on_the_page_and_beside_the_link(as_role, counted):
    client = as_role("Editors")
    assert "demo data" not in client.get(reverse("sign_ups:index")).content.decode().lower()
    JoinLink.objects.update(is_demo=True)

    listed = BeautifulSoup(client.get(reverse("sign_ups:index")).content, "html.parser").select_one("main, #main")
    one = client.get(reverse("join_links:inspect", args=[JoinLink.objects.get().pk])).content.decode()

    assert "Includes demo data" in listed.text
    assert "Demo data" in listed.select_one("tbody th").text
    assert "Demo data" in one
