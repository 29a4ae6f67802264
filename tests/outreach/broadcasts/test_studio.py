"""The staff pages: who may see and press what, and what they answer."""

import json
import re
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup, Tag
from django.urls import reverse
from wagtail.users.models import UserProfile

from outreach.audience.models import Segment
from outreach.broadcasts import services
from outreach.broadcasts.models import Broadcast, Campaign, Message, QuietHours
from outreach.delivery import lifecycle
from outreach.reach import rollups
from tests.outreach.broadcasts.conftest import NOW, ROLES, approve

pytestmark = pytest.mark.django_db
State = Broadcast.State

READ = {"editor", "approver", "superuser"}
WRITE = {"editor", "superuser"}
APPROVE = {"approver", "superuser"}
GETS = {
    "index": READ,
    "index_results": READ,
    "add": WRITE,
    "broadcast": READ,
    "audience": WRITE,
    "stories": WRITE,
    "delete": WRITE,
    "history": READ,
    "history_results": READ,
    "cell": READ,
    "edit_cell": WRITE,
    "preview": READ,
    "redraw": WRITE,
    "remove": WRITE,
    "submit": WRITE,
    "approve": APPROVE,
    "schedule": APPROVE,
    "void": READ,
    "pause": APPROVE,
    "resume": APPROVE,
    "cancel": APPROVE,
}
POSTS = {**GETS, "draw": WRITE, "keep": WRITE, "test": READ, "findings": READ, "links": READ}
ONLY_POST = {"draw", "keep", "test", "findings", "links"}
CELL = {"cell", "edit_cell", "preview", "findings", "links", "redraw", "keep", "remove", "test"}
LISTS = {"index", "index_results", "add"}


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


def address(name: str, broadcast: Broadcast, language: str = "en") -> str:
    if name in LISTS:
        return reverse(f"broadcasts:{name}")
    if name in CELL:
        return reverse(f"broadcasts:{name}", args=[broadcast.pk, "email", language])
    return reverse(f"broadcasts:{name}", args=[broadcast.pk])


def page(client, name: str, broadcast: Broadcast) -> BeautifulSoup:
    answer = client.get(address(name, broadcast))
    assert answer.status_code == 200, answer
    return BeautifulSoup(answer.text, "html.parser")


def told(client, response) -> str:
    """What the page after a redirect says in its messages."""
    assert response.status_code == 302, response.text
    return client.get(response["Location"]).text


@pytest.mark.parametrize("role", [*ROLES, "superuser"])
def test_each_page_is_for_its_roles_only(client, draft, member, role):
    client.force_login(member(role))
    seen = set()
    for name in GETS:
        answer = client.get(address(name, draft))
        # A decision that can't be taken now leads back to the broadcast; somebody without the permission is sent away.
        if answer.status_code == 200 or answer["Location"] == address("broadcast", draft):
            seen.add(name)
        else:
            assert answer["Location"] == "/admin/", name

    assert seen == {name for name, roles in GETS.items() if role in roles}


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_done_for_those_who_may_not(client, draft, member, role):
    client.force_login(member(role))
    before = list(Broadcast.objects.values()), list(Message.objects.values())

    for name, roles in POSTS.items():
        if role not in roles:
            assert client.post(address(name, draft))["Location"] == "/admin/", name

    assert before == (list(Broadcast.objects.values()), list(Message.objects.values()))


def test_nobody_gets_in_without_signing_in(client, draft):
    for name in POSTS:
        assert client.get(address(name, draft))["Location"].startswith("/admin/login/"), name
        assert client.post(address(name, draft))["Location"].startswith("/admin/login/"), name


def test_what_changes_something_is_not_done_by_following_a_link(client, draft, editor):
    client.force_login(editor)
    for name in ONLY_POST:
        answer = client.get(address(name, draft))
        if name == "links":
            assert answer["Location"] == reverse("broadcasts:cell", args=[draft.pk, "email", "en"])
        else:
            assert answer.status_code == 405, name


def test_the_menu_leads_to_broadcasts_for_those_who_may_read_them(client, draft, member):
    for role, shown in (("editor", True), ("approver", True), ("evaluator", False)):
        client.force_login(member(role))
        assert ('"/admin/broadcasts/"' in client.get("/admin/").text) is shown, role


def test_a_story_offers_to_be_broadcast_to_those_who_may(client, story, member):
    for role, shown in (("editor", True), ("approver", False)):
        client.force_login(member(role))
        text = client.get(reverse("wagtailadmin_pages:edit", args=[story.pk])).text
        assert (f"{reverse('broadcasts:add')}?story={story.pk}" in text) is shown, role


def test_a_broadcast_is_made_from_a_story(client, story, french, editor):
    client.force_login(editor)
    form = client.get(f"{reverse('broadcasts:add')}?story={story.pk}")
    assert f'value="{story.pk}"' in form.text

    response = client.post(reverse("broadcasts:add"), {"story": story.pk})

    broadcast = Broadcast.objects.get()
    assert broadcast.created_by == editor
    assert broadcast.messages.count() == 4
    assert "The draft is made" in told(client, response)


def test_a_broadcast_needs_a_story_or_a_title(client, story, editor):
    client.force_login(editor)

    assert "Choose a story, or write a title." in client.post(reverse("broadcasts:add"), {}).text
    story.unpublish()
    assert "Choose a story that is published." in client.post(reverse("broadcasts:add"), {"story": story.pk}).text
    client.post(reverse("broadcasts:add"), {"title": "Office closed"})
    assert Broadcast.objects.get().title == "Office closed"


def test_the_page_shows_the_matrix_in_words_and_who_gets_it(client, draft, editor, joined):
    joined("email", "ht", allows_messages=False)
    client.force_login(editor)

    text = page(client, "broadcast", draft).get_text(" ", strip=True)

    assert "Draft One in eight was born abroad" in text
    assert "Missing" in text
    assert "<5 people get it." in text
    assert "No consent to messages: <5" in text
    assert "Goes to <5 people." in text
    assert "Nothing is lacking" in text


def test_on_every_channel_people_and_messages_are_told_apart_wherever_they_are_counted(
    client, draft, editor, member, joined, now
):
    joined("telegram", subscriber=joined("email").subscriber)
    Broadcast.objects.update(every_channel=True)
    draft.refresh_from_db()
    services.submit(broadcast=draft, user=editor, now=now)
    client.force_login(member("superuser"))

    for name in ("broadcast", "preflight"):
        assert "4 people get it. 5 messages go out." in page(client, name, draft).get_text(" ", strip=True)
    assert "People 4 Messages 5" in page(client, "approve", draft).get_text(" ", strip=True)


def test_a_broadcast_that_is_over_has_no_next_step(client, draft, editor, now):
    client.force_login(editor)
    assert "Next step" in page(client, "broadcast", draft).get_text()

    Broadcast.objects.filter(pk=draft.pk).update(state="finished", started_at=now, finished_at=now)

    text = page(client, "broadcast", draft).get_text()
    assert "Ended:" in text
    assert "Next step" not in text


@pytest.mark.parametrize("name", ["broadcasts:broadcast", "broadcast_progress"])
def test_a_broadcast_that_was_sent_leads_to_whom_it_reached_for_those_who_may_read_that(
    client, scheduled, editor, approver, now, name
):
    place, reach = reverse(name, args=[scheduled.pk]), f"{reverse('reach:index')}?broadcast={scheduled.pk}"
    client.force_login(approver)
    assert reach not in client.get(place).text

    lifecycle.start_due(now=now)
    assert reach not in client.get(place).text
    Broadcast.objects.filter(pk=scheduled.pk).update(state="finished", finished_at=now)
    assert reach not in client.get(place).text
    rollups.rebuild(broadcast=scheduled, now=now)

    assert reach in client.get(place).text
    assert scheduled.title in client.get(reach).text
    client.force_login(editor)
    assert reach not in client.get(place).text


def test_why_somebody_is_left_out_is_written_as_the_reader_s_language_has_it(client, draft, editor, joined):
    joined("email", "ht", allows_messages=False)
    UserProfile.objects.update_or_create(user=editor, defaults={"preferred_language": "fr"})
    client.force_login(editor)

    for name in ("broadcast", "preflight"):
        assert "Pas d’accord pour recevoir des messages\u00a0: <5" in page(client, name, draft).get_text()


def test_the_page_says_what_is_lacking_and_does_not_offer_to_submit(client, draft, editor):
    draft.segments.clear()
    client.force_login(editor)

    found = page(client, "broadcast", draft)

    assert "No segment is chosen" in found.get_text()
    assert not found.find("a", href=address("submit", draft))


def test_an_editor_and_an_approver_see_for_which_campaign_it_counts(client, submitted, editor, approver, now):
    client.force_login(editor)
    assert "This broadcast belongs to no campaign" in page(client, "broadcast", submitted).get_text()
    client.force_login(approver)
    assert "No campaign" in page(client, "broadcast", submitted).get_text()
    assert "Campaign No campaign" in page(client, "approve", submitted).get_text(" ", strip=True)

    submitted.campaign = Campaign.objects.create(
        name="Rights at work", slug="rights", starts_on=now.date(), ends_on=now.date()
    )
    submitted.save()

    assert "Campaign: Rights at work" in page(client, "broadcast", submitted).get_text()
    assert "Campaign Rights at work" in page(client, "approve", submitted).get_text(" ", strip=True)


@pytest.mark.parametrize("name", ["broadcast", "preflight"])
def test_before_it_is_known_who_gets_it_that_is_the_next_step_and_nobody_is_counted(
    client, draft, editor, approver, name
):
    draft.segments.clear()
    client.force_login(editor)

    found = page(client, name, draft)

    assert "Choose who gets it" in found.find("a", class_="button", href=address("audience", draft)).get_text()
    text = found.get_text(" ", strip=True)
    for said in ("0 people", "0 messages", "Nobody", "one for everybody", "in their own language", "Expected finish"):
        assert said not in text
    client.force_login(approver)
    assert "Choose who gets it" not in page(client, name, draft).get_text()


def test_the_whole_way_by_pages_from_submission_to_a_time_in_the_offices_zone(client, draft, editor, approver):
    client.force_login(editor)
    assert page(client, "broadcast", draft).find("a", href=address("submit", draft))
    assert "Submitted." in told(client, client.post(address("submit", draft)))

    client.force_login(approver)
    form = page(client, "approve", draft)
    assert "America/Dominica" in form.get_text()
    response = client.post(
        address("approve", draft),
        {
            "submission": form.find("input", {"name": "submission"})["value"],
            "when": "later",
            "send_at": "2026-12-02 09:30",
        },
    )

    assert "Approved." in told(client, response)
    draft.refresh_from_db()
    assert draft.state == State.SCHEDULED
    # Dominica is four hours behind UTC all the year.
    assert draft.send_at == datetime(2026, 12, 2, 13, 30, tzinfo=UTC)
    assert re.search(r"2 December 2026, 09:30\s*America/Dominica", page(client, "broadcast", draft).get_text())


def test_whoever_approves_says_when_it_goes_out_and_nothing_is_chosen_beforehand(client, submitted, approver):
    client.force_login(approver)
    assert not page(client, "approve", submitted).find("input", {"name": "when", "checked": True})

    answer = client.post(address("approve", submitted), {"submission": submitted.approvals.get().pk})

    assert answer.status_code == 422
    assert "This field is required." in answer.text
    assert "Choose a date and a time." not in answer.text
    submitted.refresh_from_db()
    assert submitted.state == State.SUBMITTED


def test_who_chooses_a_time_is_told_when_it_goes_out(client, submitted, approver):
    client.force_login(approver)
    later = {"when": "later", "send_at": "2026-12-02 09:30"}

    approved = client.post(address("approve", submitted), {"submission": submitted.approvals.get().pk, **later})

    assert "Approved. It goes out on 2 December 2026, 09:30 (America/Dominica)." in told(client, approved)
    # It was approved long ago.
    assert "As soon as it is approved" not in page(client, "schedule", submitted).get_text()
    at_once = client.post(address("schedule", submitted), {"when": "now"})
    assert "The time was changed. Sending begins at once." in told(client, at_once)


def test_who_chooses_a_time_in_quiet_hours_is_told_until_when_it_waits(client, submitted, approver):
    QuietHours.objects.create(email=True)
    client.force_login(approver)
    night = {"when": "later", "send_at": "2026-12-02 22:30"}

    approved = client.post(address("approve", submitted), {"submission": submitted.approvals.get().pk, **night})

    assert (
        "It goes out on 2 December 2026, 22:30 (America/Dominica). "
        "E-mail rests in quiet hours until 3 December 2026, 07:00 (America/Dominica)."
    ) in told(client, approved)


@pytest.mark.parametrize(("telegram", "ignores", "begins", "rests"), [(True, False, False, True),
                                                                     (False, False, True, True),
                                                                     (True, True, True, False)])  # fmt: skip
def test_nobody_is_told_that_sending_begins_while_it_rests(
    client, scheduled, approver, telegram, ignores, begins, rests
):
    QuietHours.objects.create(email=True, telegram=telegram, zone="UTC", start=time(13), end=time(15))
    Broadcast.objects.filter(pk=scheduled.pk).update(ignores_quiet_hours=ignores)
    client.force_login(approver)

    said = told(client, client.post(address("schedule", scheduled), {"when": "now"}))

    assert "The time was changed." in said
    assert ("Sending begins at once." in said) is begins
    assert ("E-mail rests in quiet hours until 1 December 2026, 11:00 (America/Dominica)." in said) is rests


def test_the_zone_of_a_persons_profile_does_not_move_the_time(client, submitted, approver):

    profile = UserProfile.get_for_user(approver)
    profile.current_time_zone = "Asia/Tokyo"
    profile.save()
    client.force_login(approver)

    client.post(
        address("approve", submitted),
        {"submission": submitted.approvals.get().pk, "when": "later", "send_at": "2026-12-02 09:30"},
    )

    submitted.refresh_from_db()
    assert submitted.send_at == datetime(2026, 12, 2, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"when": "later", "send_at": "2026-11-30 09:30"}, "This time has passed"),
        ({"when": "later", "send_at": ""}, "Choose a date and a time."),
        ({"when": "later", "send_at": "tomorrow"}, "Enter a valid date/time."),
        ({"when": "later", "send_at": "9999-12-31 23:59"}, "Write a day between 1900 and 2199."),
        ({"when": "later", "send_at": "9999-12-31T23:59:59Z"}, "Write a day between 1900 and 2199."),
        ({"when": "later", "send_at": "9999-12-31T23:59:59-12:00"}, "Write a day between 1900 and 2199."),
        ({"when": "later", "send_at": "0001-01-01T00:00:00Z"}, "Write a day between 1900 and 2199."),
        ({"when": "never"}, "Select a valid choice"),
    ],
)
def test_a_time_that_cannot_be_is_refused_beside_its_field(client, submitted, approver, given, reason):
    client.force_login(approver)

    answer = client.post(address("approve", submitted), {"submission": submitted.approvals.get().pk, **given})

    assert answer.status_code == 422
    assert reason in answer.text
    submitted.refresh_from_db()
    assert submitted.state == State.SUBMITTED


def test_who_submitted_is_told_that_somebody_else_approves(client, draft, member, now):
    somebody = member("superuser")
    services.submit(broadcast=draft, user=somebody, now=now)
    client.force_login(somebody)

    found = page(client, "broadcast", draft)
    assert "You submitted this broadcast; somebody else has to approve it." in found.get_text()
    assert not found.find("a", href=address("approve", draft))
    answer = client.post(address("approve", draft), {"submission": draft.approvals.get().pk, "when": "now"})
    assert "You submitted this broadcast" in told(client, answer)


def test_the_second_of_two_clicks_is_told_that_somebody_was_faster(client, draft, editor):
    client.force_login(editor)
    client.post(address("submit", draft))

    assert "Somebody may have been faster" in told(client, client.post(address("submit", draft)))


def test_an_approver_pauses_resumes_and_cancels(client, submitted, approver, now):
    approve(submitted, approver, now, send_at=now + timedelta(days=1))
    client.force_login(approver)

    for name, data, state in (
        ("pause", {"reason": "Wrong photo"}, State.PAUSED),
        ("resume", {}, State.SCHEDULED),
        ("schedule", {"when": "now"}, State.SCHEDULED),
        ("cancel", {"reason": "Not any more"}, State.CANCELLED),
    ):
        client.get(address(name, submitted))
        assert client.post(address(name, submitted), data).status_code == 302
        submitted.refresh_from_db()
        assert submitted.state == state, name

    assert "Not any more" in page(client, "history", submitted).get_text()


def test_what_is_paused_before_its_time_still_shows_that_time(client, submitted, approver, now):
    approve(submitted, approver, now, send_at=now + timedelta(days=1))
    client.force_login(approver)

    client.post(address("pause", submitted))

    text = page(client, "broadcast", submitted).get_text(" ", strip=True)
    assert "Planned for: 2 December 2026, 10:00 America/Dominica" in text
    asked = page(client, "resume", submitted).get_text(" ", strip=True)
    assert "Planned for: 2 December 2026, 10:00 America/Dominica" in asked


def test_an_editor_takes_a_submission_back_with_a_reason(client, submitted, editor):
    client.force_login(editor)

    client.post(address("void", submitted), {"reason": "A number is wrong"})

    submitted.refresh_from_db()
    assert submitted.state == State.DRAFT
    assert "A number is wrong" in page(client, "broadcast", submitted).get_text()


def test_the_audience_form_saves_and_names_its_errors(client, draft, editor):
    women = Segment.objects.create(code="women", name="Women", rule={"field": "gender", "in": ["woman"]})
    client.force_login(editor)
    data = {
        "title": "Renamed",
        "segments": [women.pk],
        "channels": ["telegram", "email"],
        "fallback_language": "",
        "missed_rule": "send",
        "deadline_hours": 5,
    }

    assert client.post(address("audience", draft), {**data, "channels": []}).status_code == 422
    assert client.post(address("audience", draft), data).status_code == 302

    draft.refresh_from_db()
    assert (draft.title, draft.channels, draft.fallback_language) == ("Renamed", ["email", "telegram"], "")
    assert list(draft.segments.all()) == [women]


def test_who_saves_the_audience_after_a_colleague_is_told_and_loses_nothing(client, draft, editor):
    women = Segment.objects.create(code="women", name="Women", rule={"field": "gender", "in": ["woman"]})
    everybody = draft.segments.get()
    client.force_login(editor)
    data = {"channels": ["email"], "fallback_language": "", "missed_rule": "send", "deadline_hours": 5}
    read = page(client, "audience", draft).select_one("[name=read]")["value"]
    narrowed = {**data, "title": "Theirs", "segments": [women.pk], "read": read}
    assert client.post(address("audience", draft), narrowed).status_code == 302

    mine = {**data, "title": "Mine", "segments": [everybody.pk], "read": read}
    late = client.post(address("audience", draft), mine)

    assert late.status_code == 422
    assert "Somebody changed this page after you opened it." in late.text
    form = BeautifulSoup(late.text, "html.parser")
    assert form.select_one("[name=title]")["value"] == "Mine"
    draft.refresh_from_db()
    assert (draft.title, list(draft.segments.all())) == ("Theirs", [women])
    again = {**mine, "read": form.select_one("[name=read]")["value"]}
    assert client.post(address("audience", draft), again).status_code == 302
    draft.refresh_from_db()
    assert (draft.title, list(draft.segments.all())) == ("Mine", [everybody])


@pytest.mark.parametrize(
    "hostile", [{"segments": ["9" * 20]}, {"segments": ["x"]}, {"deadline_hours": 2**63 - 1}, {"campaign": "9" * 20}]
)
def test_numbers_that_no_row_has_are_refused(client, draft, editor, hostile):
    client.force_login(editor)
    data = {"title": "T", "segments": [draft.segments.get().pk], "channels": ["email"], "missed_rule": "drop"}

    answer = client.post(address("audience", draft), {**data, "deadline_hours": 5, **hostile})

    assert answer.status_code == 422
    draft.refresh_from_db()
    assert draft.title != "T"


@pytest.mark.parametrize("number", ["9" * 20, "9" * 5000, "²"])
def test_stories_with_numbers_that_no_page_has_are_nowhere(client, draft, editor, number):
    client.force_login(editor)
    assert client.get(reverse("broadcasts:add"), {"story": number}).status_code == 200
    assert client.post(reverse("broadcasts:add"), {"newest": [number], "title": "A"}).status_code in {200, 302}
    for move in ("up", "down", "drop"):
        assert client.post(address("stories", draft), {move: number}).status_code < 500


def written(body: str = "Many people moved.", **fields: str) -> dict[str, str]:
    """What the form of a cell sends; its rich text field speaks JSON."""
    block = {"key": "a", "text": body, "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}
    text = json.dumps({"blocks": [block], "entityMap": {}})
    given = {"subject": "One in eight", "preview_text": "", "body": text, "button_label": "", "button_url": ""}
    return {**given, **fields}


def test_an_empty_cell_is_written_and_previewed(client, draft, editor):
    client.force_login(editor)

    assert client.get(address("edit_cell", draft, "es")).status_code == 200
    saved = client.post(address("edit_cell", draft, "es"), written())
    assert saved["Location"] == address("broadcast", draft)

    message = draft.messages.get(language="es")
    assert message.channel == "email"
    assert "Many people moved." in client.get(address("preview", draft, "es")).text


def test_a_text_that_cannot_be_sent_is_not_saved_and_says_why(client, draft, editor):
    client.force_login(editor)
    data = written(button_label="Go", button_url="javascript:alert(1)")

    answer = client.post(address("edit_cell", draft, "es"), data)

    assert answer.status_code == 422
    assert "is not a link that can be sent" in answer.text
    assert not draft.messages.filter(language="es").exists()


def sent_by(form: Tag) -> dict[str, str]:
    """What a browser sends of a form in which nobody typed."""
    chosen = {each["name"]: each.find("option", selected=True) for each in form.find_all("select")}
    return {
        **{each["name"]: each.get("value", "") for each in form.find_all("input") if each.get("name")},
        **{each["name"]: each.text for each in form.find_all("textarea") if each.get("name")},
        **{name: option["value"] if option else "" for name, option in chosen.items()},
    }


@pytest.mark.parametrize("key", ["", ' data-block-key="a1b2c"'])
def test_a_text_that_is_saved_as_it_was_keeps_its_approval(client, draft, editor, approver, now, key):
    before = f"<p{key}>Many people <b>moved</b>.</p>"
    draft.messages.update(body=before)
    services.submit(broadcast=draft, user=editor, now=now)
    approve(draft, approver, now)
    client.force_login(editor)
    form = page(client, "edit_cell", draft).find(id="w-editor-form")

    saved = client.post(address("edit_cell", draft), sent_by(form))

    assert "was saved" in told(client, saved)
    assert draft.messages.get(channel="email", language="en").body == before
    draft.refresh_from_db()
    assert draft.state == State.SCHEDULED


def test_what_a_refused_form_holds_is_asked_about_before_somebody_leaves_it(client, draft, editor):
    client.force_login(editor)
    unsaved = 'data-w-unsaved-force-value="true"'
    for place, refused in (
        ("edit_cell", written(button_label="Go", button_url="javascript:alert(1)")),
        ("audience", {}),
    ):
        assert unsaved not in client.get(address(place, draft)).text
        answer = client.post(address(place, draft), refused)
        assert answer.status_code == 422
        assert unsaved in answer.text


@pytest.mark.parametrize("broken", ["\ud83d", "\ufffe", "\x02"])
@pytest.mark.parametrize("channel", ["email", "telegram"])
def test_half_a_character_is_left_out_of_what_is_written(client, draft, editor, channel, broken):
    client.force_login(editor)
    place = [draft.pk, channel, "en"]

    shown = client.post(reverse("broadcasts:preview", args=place), written(f"One{broken} two"))
    client.post(reverse("broadcasts:edit_cell", args=place), written(f"One{broken} two"))

    assert shown.status_code == 200
    saved = draft.messages.get(channel=channel, language="en").body
    assert broken not in saved
    assert "One" in saved


def test_the_preview_of_what_is_being_written_saves_nothing(client, draft, editor):
    client.force_login(editor)

    assert "Seen before it is saved" in client.post(address("preview", draft), written("Seen before it is saved")).text
    faults = client.post(address("preview", draft), written("")).text
    assert "The text is empty." in faults
    assert not Message.objects.filter(body__contains="Seen before").exists()


@pytest.mark.parametrize("channel", ["email", "telegram"])
def test_nothing_in_a_preview_can_run(client, draft, approver, channel):
    draft.messages.update(body="<p>Hi<script>alert(1)</script><img src=x onerror=alert(1)></p>")
    client.force_login(approver)

    answer = client.get(reverse("broadcasts:preview", args=[draft.pk, channel, "en"]))

    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert "<script" not in answer.text
    assert "onerror" not in answer.text
    assert "link.invalid" not in answer.text


def test_a_stale_cell_shows_what_is_lost_before_it_is_drawn_again(client, draft, story, editor):
    message = draft.messages.get(channel="email", language="en")
    story.title = "One in nine was born abroad"
    story.save_revision().publish()
    client.force_login(editor)
    assert page(client, "broadcast", draft).find("a", href=address("redraw", draft))

    text = page(client, "redraw", draft).get_text()
    assert message.subject in text
    assert "One in nine was born abroad" in text
    client.post(address("redraw", draft))

    message.refresh_from_db()
    assert message.subject == "One in nine was born abroad"


@pytest.mark.parametrize("name", ["redraw", "remove"])
def test_a_text_that_would_be_lost_is_shown_line_by_line(client, draft, editor, name):
    message = draft.messages.get(channel="email", language="en")
    message.body = '<p>First &amp; foremost.</p><ul><li id="b">Pay<br/>on time</li></ul><p>Last.</p>'
    message.button_label = message.button_url = ""
    message.save()
    client.force_login(editor)

    quote = page(client, name, draft).find("section", class_="studio-quote")

    assert quote.find("dd", class_="studio-lines").get_text() == "First & foremost.\n• Pay\non time\nLast."
    assert "Button" not in quote.get_text()


def test_a_stale_cell_can_be_kept_and_any_cell_removed(client, draft, story, editor):
    story.title = "One in nine was born abroad"
    story.save_revision().publish()
    client.force_login(editor)

    form = page(client, "broadcast", draft).select_one(f'form[action="{address("keep", draft)}"]')
    read = form.select_one("[name=read]")["value"]
    story.title = "One in ten was born abroad"
    story.save_revision().publish()
    assert "Somebody changed this" in told(client, client.post(address("keep", draft), {"read": read}))
    assert page(client, "broadcast", draft).select_one(f'form[action="{address("keep", draft)}"]')

    read = page(client, "broadcast", draft).select_one(f'form[action="{address("keep", draft)}"] [name=read]')["value"]
    assert "is kept as it is" in told(client, client.post(address("keep", draft), {"read": read}))
    assert "was removed" in told(client, client.post(address("remove", draft)))
    assert "was removed" in told(client, client.post(address("remove", draft)))  # pressed twice
    assert not draft.messages.filter(channel="email", language="en").exists()


@pytest.mark.parametrize("name", ["redraw", "remove"])
def test_a_text_that_a_colleague_has_just_written_is_neither_drawn_over_nor_removed(client, draft, editor, now, name):
    client.force_login(editor)
    read = page(client, name, draft).select_one("[name=read]")["value"]
    theirs = draft.messages.get(channel="email", language="en")
    theirs.body = "<p>A careful rewrite.</p>"
    services.write(message=theirs, user=editor, now=now)

    assert "Somebody changed this" in told(client, client.post(address(name, draft), {"read": read}))

    assert draft.messages.get(channel="email", language="en").body == theirs.body
    read = page(client, name, draft).select_one("[name=read]")["value"]
    client.post(address(name, draft), {"read": read})
    assert not draft.messages.filter(body=theirs.body).exists()


def test_a_text_whose_story_was_taken_away_meanwhile_is_not_drawn_again(client, draft, story, editor):
    client.force_login(editor)
    read = page(client, "redraw", draft).select_one("[name=read]")["value"]
    story.unpublish()

    answer = client.post(address("redraw", draft), {"read": read})

    assert "No story of this broadcast is published in this language." in told(client, answer)


@pytest.mark.parametrize("act", [services.redraw, services.remove])
def test_a_text_that_a_colleague_has_just_removed_is_neither_drawn_nor_removed(draft, editor, now, act):
    message = draft.messages.get(channel="email", language="en")
    services.remove(message=draft.messages.get(pk=message.pk), user=editor, now=now)

    with pytest.raises(services.WrongState, match="just removed"):
        act(message=message, user=editor, now=now)
    assert not draft.messages.filter(channel="email", language="en").exists()


def test_a_text_that_a_colleague_has_just_removed_is_not_kept(draft, editor, now):
    message = draft.messages.get(channel="email", language="en")
    services.remove(message=draft.messages.get(pk=message.pk), user=editor, now=now)

    with pytest.raises(services.WrongState, match="just removed"):
        services.keep(message=message, user=editor, now=now)
    assert not draft.messages.filter(pk=message.pk).exists()


def test_keeping_a_text_leaves_what_a_colleague_has_just_written(draft, story, editor, now):
    message = draft.messages.get(channel="email", language="en")
    story.title = "One in nine was born abroad"
    story.save_revision().publish()
    draft.messages.filter(pk=message.pk).update(subject="A colleague's")

    services.keep(message=message, user=editor, now=now)

    assert draft.messages.get(pk=message.pk).subject == "A colleague's"


def test_missing_texts_are_drawn_from_the_story(client, draft, editor):
    draft.messages.filter(language="fr").delete()
    client.force_login(editor)

    assert "E-mail, Français" in told(client, client.post(address("draw", draft)))
    assert draft.messages.filter(language="fr").count() == 2


def test_what_is_being_sent_cannot_be_edited(client, scheduled, editor, now):
    services.freeze_content(scheduled)
    Broadcast.objects.update(state=State.SENDING, started_at=now)
    client.force_login(editor)

    assert "can&#x27;t be changed" in told(client, client.get(address("edit_cell", scheduled)))
    found = page(client, "broadcast", scheduled)
    assert not found.find("a", href=address("audience", scheduled))
    assert found.find("a", href=reverse("broadcast_progress", args=[scheduled.pk]))


def test_a_test_from_the_page_goes_to_the_user(client, draft, editor, smtp_server):
    client.force_login(editor)

    assert editor.email in told(client, client.post(address("test", draft)))
    assert smtp_server.receivers == [editor.email]


def test_a_test_without_a_chat_shows_the_link_that_binds_one(client, draft, editor):
    client.force_login(editor)

    answer = client.post(reverse("broadcasts:test", args=[draft.pk, "telegram", "en"]))

    assert answer.status_code == 200
    assert "staff-" in answer.text


@pytest.mark.parametrize("place", [("sms", "en"), ("email", "xx"), ("email", "es")])
def test_a_cell_that_is_not_there_is_not_found(client, draft, editor, place):
    client.force_login(editor)
    assert client.get(reverse("broadcasts:cell", args=[draft.pk, *place]), follow=True).status_code == 404


def test_only_a_draft_that_was_never_submitted_can_be_deleted(client, submitted, editor, now):
    services.void_approval(broadcast=submitted, reason="", user=editor, now=now)
    client.force_login(editor)
    client.post(address("delete", submitted))
    assert Broadcast.objects.count() == 1

    fresh = services.create(title="Never mind", user=editor, now=now)
    client.post(address("delete", fresh))
    assert not Broadcast.objects.filter(pk=fresh.pk).exists()


def test_demo_data_is_labelled_for_staff_and_not_in_the_mail(client, draft, editor):
    Broadcast.objects.update(is_demo=True)
    client.force_login(editor)

    assert "Demo data" in page(client, "index", draft).get_text()
    assert "Demo data" in page(client, "broadcast", draft).get_text()
    assert "emo data" not in client.get(address("preview", draft)).text


@pytest.mark.parametrize(("language", "label"), [("en", "New broadcast"), ("fr", "Nouvel envoi")])
def test_the_list_leads_to_a_new_one_in_words_of_its_language(client, draft, editor, language, label):
    UserProfile.objects.update_or_create(user=editor, defaults={"preferred_language": language})
    client.force_login(editor)

    assert page(client, "index", draft).find("a", href=address("add", draft)).get_text(strip=True) == label


def test_the_list_filters_by_state_and_finds_by_title(client, draft, editor, now):
    services.create(title="Office closed", user=editor, now=now)
    client.force_login(editor)

    found = client.get(f"{reverse('broadcasts:index_results')}?q=Office").text
    assert "Office closed" in found
    assert "One in eight" not in found
    assert "Office closed" not in client.get(f"{reverse('broadcasts:index')}?state=finished").text
