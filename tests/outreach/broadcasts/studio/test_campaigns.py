"""Campaigns in the admin, and the campaign that a broadcast belongs to."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction
from django.urls import reverse

from outreach.broadcasts import services
from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.preflight import Verdict, preflight
from outreach.broadcasts.refusals import WrongState

pytestmark = pytest.mark.django_db

ROLES = ("editor", "approver", "evaluator", "data officer", "administrator", "superuser")
READERS = {"editor", "approver", "evaluator", "superuser"}
EDITORS = {"editor", "approver", "superuser"}
PAGES = {
    "campaigns:index": READERS,
    "campaigns:add": EDITORS,
    "campaigns:edit": EDITORS,
    "campaigns:inspect": READERS,
    "campaigns:delete": {"superuser"},
}


@pytest.fixture
def campaign(db) -> Campaign:
    return Campaign.objects.create(name="Rights", slug="rights", starts_on=date(2026, 10, 1), ends_on=date(2027, 9, 30))


def audience_form(broadcast: Broadcast, **given: object) -> dict[str, object]:
    return {
        "title": broadcast.title,
        "segments": [segment.pk for segment in broadcast.segments.all()],
        "channels": broadcast.channels,
        "fallback_language": broadcast.fallback_language,
        "missed_rule": broadcast.missed_rule,
        "deadline_hours": broadcast.deadline_hours,
        **given,
    }


@pytest.mark.parametrize("page", PAGES)
def test_each_role_sees_only_its_pages(client, member, campaign, page):
    address = reverse(page, args=[campaign.pk] if page not in ("campaigns:index", "campaigns:add") else [])
    answers = {}
    for role in ROLES:
        client.force_login(member(role))
        answers[role] = client.get(address).status_code

    assert {role for role, status in answers.items() if status == 200} == PAGES[page]
    assert set(answers.values()) <= {200, 302}


def test_nobody_outside_sees_a_campaign(client, campaign):
    assert client.get(reverse("campaigns:index"))["Location"].startswith(reverse("wagtailadmin_login"))


def test_the_list_says_on_which_days_a_campaign_begins_and_ends(client, editor, campaign):
    client.force_login(editor)
    list_ = BeautifulSoup(client.get(reverse("campaigns:index")).content, "html.parser")

    row = list_.select_one("table.listing tbody tr").text
    assert "1 October 2026" in row
    assert "30 September 2027" in row


def test_an_editor_makes_a_campaign(client, editor):
    client.force_login(editor)
    given = {"name": "Rights", "slug": "rights", "starts_on": "2026-10-01", "ends_on": "2027-09-30"}

    assert client.post(reverse("campaigns:add"), given).status_code == 302
    assert Campaign.objects.get().ends_on == date(2027, 9, 30)


def test_a_period_that_ends_before_it_starts_is_refused_at_its_last_day(client, editor):
    client.force_login(editor)
    given = {"name": "Rights", "slug": "rights", "starts_on": "2026-10-01", "ends_on": "2026-09-30"}

    answer = client.post(reverse("campaigns:add"), given)

    assert "The last day is before the first." in answer.content.decode()
    assert not Campaign.objects.exists()


@pytest.mark.parametrize("days", [("2026-10-01", "9999-12-31"), ("0001-01-01", "2026-10-01")])
def test_days_of_impossible_years_are_refused_at_their_field(client, editor, days):
    client.force_login(editor)
    given = {"name": "Rights", "slug": "rights", "starts_on": days[0], "ends_on": days[1]}

    answer = client.post(reverse("campaigns:add"), given)

    assert "Write a day between 1900 and 2199." in answer.content.decode()
    assert not Campaign.objects.exists()


def test_the_database_takes_no_period_that_ends_before_it_starts(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.create(name="A", slug="a", starts_on=date(2026, 2, 1), ends_on=date(2026, 1, 1))


def test_the_only_campaign_stands_chosen_until_somebody_said_who_gets_it(client, draft, editor, campaign):
    client.force_login(editor)
    address = reverse("broadcasts:audience", args=[draft.pk])

    def chosen() -> str:
        found = BeautifulSoup(client.get(address).content, "html.parser")
        return found.select_one("select[name=campaign] option[selected]")["value"]

    assert chosen() == ""
    draft.segments.clear()
    assert chosen() == str(campaign.pk)
    Campaign.objects.create(name="Two", slug="two", starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 2))
    assert chosen() == ""


def test_an_editor_chooses_the_campaign_or_none(client, draft, editor, campaign):
    client.force_login(editor)
    address = reverse("broadcasts:audience", args=[draft.pk])

    client.post(address, audience_form(draft, campaign=campaign.pk))
    draft.refresh_from_db()
    assert draft.campaign == campaign

    client.post(address, audience_form(draft, campaign=""))
    draft.refresh_from_db()
    assert draft.campaign is None


def test_the_campaign_takes_no_approval_back(scheduled, editor, campaign, now):
    services.set_campaign(broadcast=scheduled, campaign=campaign, user=editor, now=now)

    scheduled.refresh_from_db()
    assert (scheduled.campaign, scheduled.state) == (campaign, Broadcast.State.SCHEDULED)
    services.verify_approval(scheduled)


@pytest.mark.parametrize("state", ["sending", "paused", "finished"])
def test_the_campaign_stays_once_the_broadcast_started(draft, editor, campaign, now, state):
    Broadcast.objects.update(state=state, started_at=now)

    with pytest.raises(WrongState):
        services.set_campaign(broadcast=draft, campaign=campaign, user=editor, now=now)

    assert Broadcast.objects.get().campaign is None


def test_the_preflight_warns_of_a_broadcast_without_a_campaign(draft, campaign, now):
    def said() -> tuple[str, str]:
        line = next(each for each in preflight(draft, now=now).lines if each.name == "Campaign")
        return line.verdict, line.sentences[0]

    warning = "This broadcast belongs to no campaign: it will count in no results framework."
    assert said() == (Verdict.LOOK, warning)
    draft.campaign = campaign
    assert said() == (Verdict.PASS, "It counts for “Rights”.")


def test_a_welcome_message_is_asked_for_no_campaign(client, editor, campaign, now):
    welcome = services.create_welcome(user=editor, now=now)
    client.force_login(editor)

    page = client.get(reverse("broadcasts:audience", args=[welcome.pk]))

    assert 'name="campaign"' not in page.content.decode()
