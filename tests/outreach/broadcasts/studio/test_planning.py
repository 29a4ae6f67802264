"""The pages for planning: preflight, calendar, welcome message, and the time at which something goes out."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.users.models import UserProfile

from outreach.broadcasts import services
from outreach.broadcasts.models import Broadcast, QuietHours
from outreach.delivery import lifecycle
from tests.outreach.broadcasts.conftest import NOW, ROLES, approve

pytestmark = pytest.mark.django_db
State = Broadcast.State
READ = {"editor", "approver", "superuser"}


def text(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return BeautifulSoup(answer.text, "html.parser").find("main").get_text(" ", strip=True)


def address(name: str, *arguments: object) -> str:
    return reverse(f"broadcasts:{name}", args=arguments)


@pytest.mark.parametrize("role", [*ROLES, "superuser"])
def test_each_page_is_for_its_roles_only(client, draft, member, role):
    client.force_login(member(role))
    for place in (address("preflight", draft.pk), address("calendar"), address("welcome")):
        answer = client.get(place)
        assert (answer.status_code == 200) is (role in READ), place
        if role not in READ:
            assert answer["Location"] == "/admin/"

    answer = client.post(address("welcome"))
    made = Broadcast.objects.filter(kind="welcome").exists()
    assert made is (role in {"editor", "superuser"})
    if not made:
        assert answer["Location"] == "/admin/"


def test_nobody_gets_in_without_signing_in(client, draft):
    for place in (address("preflight", draft.pk), address("calendar"), address("welcome")):
        assert client.get(place)["Location"].startswith("/admin/login/")


def test_the_menu_leads_to_the_calendar_for_those_who_may_read_broadcasts(client, member):
    for role, shown in (("editor", True), ("approver", True), ("evaluator", False)):
        client.force_login(member(role))
        assert ('"/admin/broadcasts/calendar/"' in client.get("/admin/").text) is shown, role


def test_editor_and_approver_see_the_same_preflight_and_each_their_own_next_step(client, draft, editor, approver):
    client.force_login(editor)
    assert f'href="{address("preflight", draft.pk)}"' in client.get(address("broadcast", draft.pk)).text
    found = client.get(address("preflight", draft.pk)).text
    assert f'href="{address("submit", draft.pk)}"' in found
    services.submit(broadcast=draft, user=editor, now=NOW)
    assert f'href="{address("approve", draft.pk)}"' not in client.get(address("preflight", draft.pk)).text
    client.force_login(approver)
    assert f'href="{address("approve", draft.pk)}"' in client.get(address("preflight", draft.pk)).text
    assert f'href="{address("preflight", draft.pk)}"' in client.get(address("approve", draft.pk)).text


def test_what_is_stopped_is_not_offered_for_submission(client, draft, editor):
    draft.segments.clear()
    client.force_login(editor)

    found = client.get(address("preflight", draft.pk)).text

    assert "No segment is chosen" in found
    assert f'href="{address("submit", draft.pk)}"' not in found


def test_what_is_being_sent_has_no_preflight(client, draft, editor):
    Broadcast.objects.update(state=State.SENDING, started_at=NOW)
    client.force_login(editor)

    assert client.get(address("preflight", draft.pk))["Location"] == address("broadcast", draft.pk)


def test_urgency_is_chosen_with_the_audience_and_shown_to_the_approver(client, draft, everybody, editor, approver):
    client.force_login(editor)
    client.post(
        address("audience", draft.pk),
        {
            "title": "Storm",
            "segments": [everybody.pk],
            "channels": ["email", "telegram"],
            "fallback_language": "en",
            "missed_rule": "send",
            "deadline_hours": 5,
            "ignores_quiet_hours": "on",
        },
    )
    draft.refresh_from_db()
    assert draft.ignores_quiet_hours
    services.submit(broadcast=draft, user=editor, now=NOW)
    client.force_login(approver)
    assert "Urgent: it is sent in quiet hours too, and to people who want fewer messages." in text(
        client, address("approve", draft.pk)
    )


def test_the_calendar_shows_a_month_with_its_zone_and_leads_to_those_beside(client, submitted, approver):
    approve(submitted, approver, NOW, send_at=datetime(2026, 12, 24, 13, 30, tzinfo=UTC))
    QuietHours.objects.create(telegram=True)
    client.force_login(approver)

    answer = client.get(address("calendar"))
    found = BeautifulSoup(answer.text, "html.parser").find("main")

    day = next(cell for cell in found.find_all("td") if "24" in cell.get_text() and cell.find("a"))
    assert "09:30" in day.get_text()
    assert day.find("a")["href"] == address("broadcast", submitted.pk)
    assert "Scheduled" in day.get_text()
    assert day.find("svg") is not None
    assert "All times are those of America/Dominica." in found.get_text(" ", strip=True)
    assert "Telegram is quiet from 21:00 to 07:00" in found.get_text(" ", strip=True)
    assert {link["href"] for link in found.select(".studio-month a")} == {"?month=2026-11", "?month=2027-01"}
    assert "December 2026" in found.find("h2").get_text()


@pytest.mark.parametrize("asked", ["2026-13", "2026", "1999-12", "2200-01", "december", "2026-12-01", "٢٠٢٦-١٢"])
def test_for_a_month_that_there_is_not_the_present_one_is_shown(client, editor, asked):
    client.force_login(editor)
    answer = client.get(address("calendar"), {"month": asked})
    assert "There is no such month" in answer.text
    assert "December 2026" in answer.text


def test_an_empty_month_says_so(client, editor):
    client.force_login(editor)
    assert "Nothing goes out in this month." in text(client, f"{address('calendar')}?month=2031-05")


def test_a_welcome_message_is_made_written_approved_and_switched_off_by_pages(
    client, stories, joined, editor, approver
):
    joined("email", "en")
    client.force_login(editor)
    assert "No welcome message is switched on" in text(client, address("welcome"))
    client.post(address("welcome"))
    welcome = Broadcast.objects.get()
    found = text(client, address("broadcast", welcome.pk))
    assert "Everybody who joins gets it once" in found
    assert "Who joins in this language is not welcomed." in found
    assert "Segments:" not in found
    welcome.messages.create(channel="email", language="en", subject="Welcome", body="<p>Good to have you.</p>")
    answer = client.post(
        address("audience", welcome.pk), {"title": "Hello", "channels": ["email"], "fallback_language": "en"}
    )
    assert answer.status_code == 302
    assert "Everybody who joins gets it once" in text(client, address("preflight", welcome.pk))
    client.post(address("submit", welcome.pk))

    client.force_login(approver)
    assert "everybody who joins from then on" in text(client, address("approve", welcome.pk))
    client.post(address("approve", welcome.pk), {"submission": welcome.approvals.get().pk, "when": "now"})
    assert "Approved. Who joins from now on gets it." in text(client, address("broadcast", welcome.pk))
    lifecycle.start_due(now=NOW)
    assert "Switched on" in text(client, address("broadcast", welcome.pk))
    assert "Switched on" in text(client, address("welcome"))
    assert "Switched on" in text(client, address("index"))

    assert client.get(address("close", welcome.pk)).status_code == 200
    client.post(address("close", welcome.pk))
    welcome.refresh_from_db()
    assert welcome.closed_at == NOW
    assert not BeautifulSoup(client.get(address("broadcast", welcome.pk)).text, "html.parser").find(
        "a", href=address("close", welcome.pk)
    )


def test_welcome_messages_with_one_title_are_told_apart(client, editor, approver):
    client.force_login(editor)
    with time_machine.travel(NOW, tick=False) as traveller:
        for _ in range(2):
            client.post(address("welcome"))
            traveller.shift(timedelta(days=1))

        found = text(client, address("welcome"))

    assert "Begun: 1 December 2026, 10:00 America/Dominica editor" in found
    assert "Begun: 2 December 2026, 10:00 America/Dominica editor" in found


def test_a_welcome_message_that_never_began_can_not_be_switched_off(client, approver):
    held = Broadcast.objects.create(title="Hello", kind="welcome", state=State.PAUSED, pause_reason="Later.")
    client.force_login(approver)
    assert not BeautifulSoup(client.get(address("broadcast", held.pk)).text, "html.parser").find(
        "a", href=address("close", held.pk)
    )

    client.post(address("close", held.pk))

    held.refresh_from_db()
    assert held.closed_at is None


@pytest.mark.parametrize("fallback", ["", "en"])
def test_its_preflight_says_what_becomes_of_languages_without_a_text(client, joined, editor, fallback):
    joined("email", "fr")
    welcome = Broadcast.objects.create(
        title="Hello", kind="welcome", channels=["email"], fallback_language=fallback, every_channel=True
    )
    welcome.messages.create(channel="email", language="en", subject="Welcome", body="<p>Good to have you.</p>")
    client.force_login(editor)

    found = text(client, address("preflight", welcome.pk))

    assert "there is one for everybody" not in found
    assert "gets it in their own language" not in found
    why = (
        "Who joins in this language gets English instead."
        if fallback
        else "Who joins in this language is not welcomed."
    )
    assert f"E-mail, Français: {why}" in found


def test_why_the_engine_held_a_broadcast_is_told_in_the_reader_s_language(client, draft, approver, now):
    Broadcast.objects.update(state=State.SCHEDULED, send_at=now - timedelta(hours=2), missed_rule="hold")
    assert not lifecycle.start(broadcast_id=draft.pk, now=now)
    UserProfile.objects.update_or_create(user=approver, defaults={"preferred_language": "fr"})
    client.force_login(approver)

    found = text(client, address("broadcast", draft.pk))

    assert "L’heure prévue est passée avant que l’envoi puisse commencer." in found
    assert "Its time passed" not in found


def test_only_a_welcome_message_can_be_switched_off(client, draft, approver):
    Broadcast.objects.update(state=State.SENDING, started_at=NOW)
    client.force_login(approver)

    client.post(address("close", draft.pk))

    draft.refresh_from_db()
    assert (draft.state, draft.closed_at) == (State.SENDING, None)


@pytest.mark.parametrize("role", [*ROLES, "superuser"])
def test_only_an_approver_switches_it_off(client, member, role):
    welcome = Broadcast.objects.create(title="Hello", kind="welcome", state=State.SENDING, started_at=NOW)
    client.force_login(member(role))

    client.post(address("close", welcome.pk))

    welcome.refresh_from_db()
    assert (welcome.closed_at is not None) is (role in {"approver", "superuser"})


def choose(client, broadcast: Broadcast, **given: str):
    return client.post(
        address("approve", broadcast.pk), {"submission": broadcast.approvals.get().pk, "when": "later", **given}
    )


def test_a_time_that_the_clocks_skip_is_refused_with_the_next_that_there_is(client, submitted, approver, settings):
    settings.OFFICE_TIME_ZONE = "Europe/Paris"
    client.force_login(approver)

    answer = choose(client, submitted, send_at="2027-03-28 02:30")

    assert answer.status_code == 422
    assert (
        "The clocks in Europe/Paris skip this time: the next one that they show is 28 March 2027, 03:00" in answer.text
    )
    submitted.refresh_from_db()
    assert submitted.state == State.SUBMITTED


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Port-au-Prince"])
@pytest.mark.parametrize("which", [0, 1])
def test_a_time_that_the_clocks_show_twice_is_asked_about(client, submitted, approver, settings, zone, which):
    settings.OFFICE_TIME_ZONE = zone
    typed, first = {
        "Europe/Paris": ("2027-10-31 02:30", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        "America/Port-au-Prince": ("2027-11-07 01:30", datetime(2027, 11, 7, 5, 30, tzinfo=UTC)),
    }[zone]
    client.force_login(approver)

    answer = choose(client, submitted, send_at=typed)

    assert answer.status_code == 422
    assert "show this time twice: choose which you mean" in answer.text
    labels = [label.get_text(strip=True) for label in BeautifulSoup(answer.text, "html.parser").select("label")]
    assert ("The first, UTC+02:00" if zone == "Europe/Paris" else "The first, UTC-04:00") in labels
    assert choose(client, submitted, send_at=typed, which=str(which)).status_code == 302
    submitted.refresh_from_db()
    assert submitted.send_at == first + which * timedelta(hours=1)


def test_a_plain_time_asks_nothing_more(client, submitted, approver):
    client.force_login(approver)
    assert 'name="which"' not in client.get(address("approve", submitted.pk)).text
    assert choose(client, submitted, send_at="2026-12-02 09:30", which="7").status_code == 302


@pytest.mark.parametrize(("language", "name"), [("en", "August 2026"), ("fr", "août 2026"), ("ht", "out 2026")])
def test_months_are_named_in_the_language_of_whoever_reads(client, editor, language, name):
    UserProfile.objects.update_or_create(user=editor, defaults={"preferred_language": language})
    client.force_login(editor)

    found = client.get(address("calendar"), {"month": "2026-08"})

    assert name in found.text
