"""The pages of repeating broadcasts."""

from datetime import time, timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.models import ModelLogEntry

from outreach.audience.models import Segment
from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.series import approval, editions
from outreach.broadcasts.series.models import Series
from tests.outreach.broadcasts.conftest import NOW, ROLES

pytestmark = pytest.mark.django_db
READ, WRITE, APPROVE = {"editor", "approver", "superuser"}, {"editor", "superuser"}, {"approver", "superuser"}
PAGES = {
    "index": READ,
    "index_results": READ,
    "add": WRITE,
    "edit": WRITE,
    "inspect": READ,
    "delete": WRITE,
    "history": WRITE,
}
PRESSED = {"pause": READ, "resume": READ, "approve": APPROVE, "withdraw": APPROVE}


@pytest.fixture
def series(everybody, member) -> Series:
    """Mondays at nine, by somebody who is neither the editor nor the approver of the tests."""
    series = Series(title="The week's stories", weekdays=[0], local_time=time(9))
    approval.begin(series=series, user=member("administrator"), now=NOW)
    series.segments.add(everybody)
    return series


def address(name: str, series: Series) -> str:
    return reverse(f"series:{name}", args=[] if name in {"index", "index_results", "add"} else [series.pk])


def told(client, response) -> str:
    assert response.status_code == 302, response.text
    return client.get(response["Location"]).text


def form(segment, **given: object) -> dict[str, object]:
    return {
        "title": "The week's stories",
        "rhythm": "weekly",
        "weekdays": ["0", "3"],
        "month_day": "1",
        "local_time": "09:30",
        "hours_ahead": "24",
        "carries": "both",
        "topic": "work",
        "most_stories": "3",
        "segments": [segment.pk],
        "channels": ["telegram", "email"],
        "fallback_language": "en",
        "missed_rule": "hold",
        **given,
    }


@pytest.mark.parametrize("role", [*ROLES, "superuser"])
def test_each_page_is_for_its_roles_only(client, series, member, role):
    client.force_login(member(role))
    assert {name for name in PAGES if client.get(address(name, series)).status_code == 200} == {
        name for name, roles in PAGES.items() if role in roles
    }


@pytest.mark.parametrize("role", [*ROLES, "superuser"])
def test_nothing_is_done_for_those_who_may_not(client, series, member, role):
    client.force_login(member(role))
    for name, roles in PRESSED.items():
        assert client.get(address(name, series)).status_code == 405 or role not in READ
        before = list(Series.objects.values()), series.approvals.count()
        answer = client.post(address(name, series), {"rule_hash": approval.rule_hash(series)})
        if role not in roles:
            assert (list(Series.objects.values()), series.approvals.count()) == before, name
        else:
            assert answer["Location"] == address("inspect", series), name


def test_what_stands_in_the_fields_of_the_other_rhythm_stops_nobody(client, series, everybody, editor):
    client.force_login(editor)

    client.post(address("edit", series), form(everybody, month_day="99"))
    series.refresh_from_db()
    assert (series.weekdays, series.month_day) == ([0, 3], 1)

    client.post(address("edit", series), form(everybody, rhythm="monthly", month_day="5", weekdays=["9"]))
    series.refresh_from_db()
    assert (series.rhythm, series.weekdays, series.month_day) == ("monthly", [0, 3], 5)


def test_a_segment_s_rule_is_not_repeated_where_its_name_says_it(client, series, everybody, editor):
    everybody.name = "Everybody"
    everybody.save()
    client.force_login(editor)

    assert "(Everybody)" not in client.get(address("inspect", series)).text
    assert "Everybody: Everybody" not in client.get(address("edit", series)).text


def test_nobody_gets_in_without_signing_in(client, series):
    for name in PAGES:
        assert client.get(address(name, series))["Location"].startswith("/admin/login/"), name
    for name in PRESSED:
        assert client.post(address(name, series))["Location"].startswith("/admin/login/"), name


def test_a_series_is_made_with_its_rule_and_shows_its_next_dates(client, everybody, editor):
    client.force_login(editor)

    answer = client.post(reverse("series:add"), form(everybody))

    series = Series.objects.get()
    assert (series.edited_by, series.handled_until, series.weekdays) == (editor, NOW, [0, 3])
    assert series.stories_since == NOW - timedelta(days=7)
    assert (series.channels, series.carries) == (["email", "telegram"], "both")
    assert list(series.segments.all()) == [everybody]
    assert answer["Location"] == address("inspect", series)
    text = BeautifulSoup(client.get(answer["Location"]).text, "html.parser").find("main").get_text(" ", strip=True)
    assert "Every week on Monday, Thursday, 09:30" in text
    assert "3 December 2026, 09:30" in text
    assert "7 December 2026, 09:30" in text
    assert "America/Dominica" in text
    assert "Stories and news. The newest ones published since the edition before, at most 3." in " ".join(text.split())
    assert ModelLogEntry.objects.for_instance(series).get().action == "wagtail.create"


def test_a_series_belongs_to_the_only_campaign_unless_somebody_says_otherwise(client, everybody, editor):
    campaign = Campaign.objects.create(name="One", slug="one", starts_on="2026-01-01", ends_on="2026-12-31")
    client.force_login(editor)
    page = BeautifulSoup(client.get(reverse("series:add")).text, "html.parser")
    assert page.select_one("select[name=campaign] option[selected]")["value"] == str(campaign.pk)

    answer = client.post(reverse("series:add"), {**form(everybody), "campaign": campaign.pk}, follow=True)
    assert Series.objects.get().campaign == campaign
    assert BeautifulSoup(answer.text, "html.parser").find("dt", string="Campaign").find_next("dd").string == "One"

    Campaign.objects.create(name="Two", slug="two", starts_on="2026-01-01", ends_on="2026-12-31")
    page = BeautifulSoup(client.get(reverse("series:add")).text, "html.parser")
    assert page.select_one("select[name=campaign] option").string == "No campaign"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"weekdays": []}, "Choose at least one day."),
        ({"weekdays": ["0", "1"], "hours_ahead": "48"}, "a draft can be made at most 24 hours ahead"),
        ({"hours_ahead": "0"}, "greater than or equal to 1"),
        ({"most_stories": "999"}, "less than or equal to 10"),
        ({"rhythm": "monthly", "month_day": "32"}, "less than or equal to 31"),
        ({"weekdays": ["7"]}, "Select a valid choice"),
        ({"local_time": "25:00"}, "Enter a valid time."),
        ({"segments": []}, "This field is required."),
        ({"channels": []}, "This field is required."),
        ({"topic": "gossip"}, "Select a valid choice"),
        ({"carries": "gossip"}, "Select a valid choice"),
        ({"carries": ""}, "This field is required."),
    ],
)
def test_a_rule_that_can_not_be_is_refused_beside_its_field(client, everybody, editor, given, reason):
    client.force_login(editor)

    assert reason in client.post(reverse("series:add"), form(everybody, **given)).text
    assert not Series.objects.exists()


def test_editing_a_rule_keeps_what_the_workers_wrote_meanwhile(client, series, everybody, editor):
    client.force_login(editor)
    later = NOW + timedelta(days=7)
    Series.objects.update(handled_until=later)

    assert client.post(address("edit", series), form(everybody, most_stories="2")).status_code == 302

    series.refresh_from_db()
    assert (series.most_stories, series.handled_until, series.edited_by) == (2, later, editor)


def test_an_old_page_replaces_nothing_that_somebody_changed_meanwhile(client, series, everybody, editor, member):
    narrow = Segment.objects.create(code="fr", name="French", rule={"field": "language", "in": ["fr"]})
    client.force_login(member("superuser"))
    page = BeautifulSoup(client.get(address("edit", series)).text, "html.parser")
    opened = form(everybody, title="Stories of the week", read=page.find("input", {"name": "read"})["value"])
    client.force_login(editor)
    assert client.post(address("edit", series), form(narrow)).status_code == 302

    client.force_login(member("superuser"))
    answer = client.post(address("edit", series), opened)

    assert "Somebody changed this page after you opened it." in answer.text
    assert list(series.segments.all()) == [narrow]
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.find("input", {"name": "title"})["value"] == "Stories of the week"
    again = {**opened, "read": page.find("input", {"name": "read"})["value"]}
    assert client.post(address("edit", series), again).status_code == 302
    assert list(series.segments.all()) == [everybody]


@pytest.mark.parametrize("step", ["edit", "pause", "withdraw", "delete"])
def test_that_an_edition_waits_for_a_reader_again_is_told(client, series, everybody, editor, approver, step):
    approval.approve(series=series, read=approval.rule_hash(series), user=approver, now=NOW)
    edition = Broadcast.objects.create(title="Unread", series=series, state="scheduled", occurrence=NOW, send_at=NOW)
    edition.approvals.create(submitted_at=NOW, approved_at=NOW, approved_by=approver, in_advance=True)
    client.force_login(approver if step == "withdraw" else editor)

    shown = told(client, client.post(address(step, series), form(everybody)))

    assert "1 edition that was scheduled in advance is a draft again: nobody had read it." in shown
    edition.refresh_from_db()
    assert edition.state == "draft"


def test_pausing_and_resuming_is_told_and_logged(client, series, editor):
    client.force_login(editor)

    assert "no edition is made until it is resumed" in told(client, client.post(address("pause", series)))
    assert "While it is paused, no edition is made." in client.get(address("inspect", series)).text
    assert "Resumed" in told(client, client.post(address("resume", series)))
    actions = [entry.action for entry in ModelLogEntry.objects.for_instance(series)]
    assert {"outreach.series.pause", "outreach.series.resume"} <= set(actions)


def test_an_approver_agrees_in_advance_and_takes_it_back(client, series, approver):
    client.force_login(approver)
    page = BeautifulSoup(client.get(address("inspect", series)).text, "html.parser")
    read = page.find("input", {"name": "rule_hash"})["value"]

    assert "approver agreed in advance" in told(client, client.post(address("approve", series), {"rule_hash": read}))
    assert approval.standing_approval(series).approved_by == approver
    assert "is a draft that is submitted" in told(client, client.post(address("withdraw", series)))
    assert approval.standing_approval(series) is None


def test_who_agrees_in_advance_reads_the_whole_rule(client, series, approver):
    Series.objects.update(fallback_language="fr", every_channel=True, missed_rule="drop")
    client.force_login(approver)

    text = " ".join(BeautifulSoup(client.get(address("inspect", series)).text, "html.parser").get_text(" ").split())

    assert "It goes out on every channel that a person has." in text
    assert "Fallback language Who has no text in their language gets Français." in text
    assert "If the time was missed Drop after the deadline" in text


def test_a_rule_that_was_changed_since_it_was_read_is_not_approved(client, series, approver, everybody):
    client.force_login(approver)
    read = approval.rule_hash(series)
    everybody.rule = {"field": "language", "in": ["fr"]}
    everybody.save()

    assert "read it once more" in told(client, client.post(address("approve", series), {"rule_hash": read}))
    assert not series.approvals.exists()


def test_who_wrote_the_rule_is_told_that_somebody_else_approves(client, everybody, member):
    somebody = member("superuser")
    client.force_login(somebody)
    client.post(reverse("series:add"), form(everybody))
    series = Series.objects.get()

    assert "You wrote this rule" in client.get(address("inspect", series)).text
    answer = client.post(address("approve", series), {"rule_hash": approval.rule_hash(series)})
    assert "You wrote this rule" in told(client, answer)


def test_an_edition_that_waits_shows_on_the_list_of_broadcasts(client, series, story, editor):
    type(story).objects.filter(pk=story.pk).update(first_published_at=NOW)
    editions.make_due(now=NOW + timedelta(days=5))
    edition = Broadcast.objects.get()
    client.force_login(editor)

    text = client.get(reverse("broadcasts:index")).text
    assert "1 edition made itself and waits to be read and submitted" in text
    assert f'href="{reverse("broadcasts:broadcast", args=[edition.pk])}"' in text
    page = client.get(reverse("broadcasts:broadcast", args=[edition.pk])).text
    assert "is planned for" in page
    assert address("inspect", series) in page
    Broadcast.objects.update(state="cancelled")
    assert "made itself" not in client.get(reverse("broadcasts:index")).text
