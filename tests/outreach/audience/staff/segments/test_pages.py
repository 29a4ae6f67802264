"""Segments in the admin."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from outreach.audience.models import Segment, SegmentEdit
from outreach.broadcasts.models import Broadcast
from tests.outreach.audience.staff.conftest import ROLES

from .forms import filled_in, sent_back

pytestmark = pytest.mark.django_db

WORKERS = {"all": [{"field": "group", "in": ["worker"]}]}
NESTED = {
    "any": [
        {"not": {"any": [{"field": "parish", "in": ["st_george"]}, {"field": "active", "within": 90}]}},
        {"not": {"field": "channel", "in": ["telegram"]}},
        {"field": "joined", "from": "2026-06-01"},
    ]
}


@pytest.fixture
def segment():
    return Segment.objects.create(code="workers", name="Workers", rule=WORKERS)


def page(answer):
    return BeautifulSoup(answer.content, "html.parser")


def text(answer):
    found = page(answer)
    return " ".join((found.select_one("main, #main") or found).get_text(" ").split())


def named(**given):
    return {"name": "Women at work", "code": "women-at-work", **given}


@pytest.mark.parametrize("name", ["count", "builder"])
def test_only_who_may_change_segments_asks_while_building(as_role, name):
    data = {**filled_in(NESTED), "do": "group r"}

    answers = {role: as_role(role).post(reverse(f"segments:{name}"), data).status_code for role in ROLES}

    assert {role for role, status in answers.items() if status == 200} == {"Editors", "superuser"}
    assert set(answers.values()) == {200, 302}


@pytest.mark.parametrize("role", ROLES)
def test_only_who_may_change_segments_takes_an_old_rule_again(as_role, segment, now, role):
    edit = SegmentEdit.objects.create(segment=segment, edited_at=now, name="Workers", rule=NESTED)

    as_role(role).post(reverse("segments:restore", args=[segment.pk, edit.pk]))

    segment.refresh_from_db()
    assert (segment.rule == NESTED) is (role in {"Editors", "superuser"})


def test_an_editor_makes_a_segment_with_groups(as_role):
    answer = as_role("Editors").post(reverse("segments:add"), named(**filled_in(NESTED)))

    assert answer.status_code == 302
    made = Segment.objects.get()
    assert made.rule == NESTED
    assert made.edits.get().edited_by.username == "editors"


def test_a_rule_is_built_with_buttons_alone(as_role):
    """Without a script: each button sends the whole form, and what was typed stays."""
    client, address = as_role("Editors"), reverse("segments:add")
    found = page(client.get(address))

    def press(button, **given):
        nonlocal found
        answer = client.post(address, {**named(), **sent_back(found), **given, "do": button})
        assert answer.status_code == 200
        found = page(answer)

    press("add r", **{"r.new": "gender"})
    press("group r", **{"r-0.values": ["woman"]})
    press("add r-1", **{"r-1.new": "language", "r-0.is_not": "1"})
    press("add r-1", **{"r-1.new": "active_within", "r-1-0.values": ["fr", "ht"]})
    press("add r-1", **{"r-1.new": "joined", "r-1-1.days": "30"})
    press("remove r-1-2")

    assert not Segment.objects.exists()
    assert found.select_one("#id_name")["value"] == "Women at work"
    assert not found.select(".w-field__errors .error-message")
    client.post(address, {**named(), **sent_back(found)})
    assert Segment.objects.get().rule == {
        "all": [
            {"not": {"field": "gender", "in": ["woman"]}},
            {"any": [{"field": "language", "in": ["fr", "ht"]}, {"field": "active", "within": 30}]},
        ]
    }


def test_the_form_shows_the_rule_and_the_people_beside_it(as_role, segment, confirmed):
    for number in range(6):
        confirmed(address=f"{number}@example.org", group="worker")

    answer = as_role("Editors").get(reverse("segments:edit", args=[segment.pk]))

    assert [box["value"] for box in page(answer).select("input[name='r-0.values'][checked]")] == ["worker"]
    assert "5 people who confirmed and agreed to messages" in text(answer)
    assert "Rounded down to fives" in text(answer)
    assert "6 people" in text(as_role("superuser").get(reverse("segments:edit", args=[segment.pk])))


def test_every_form_comes_back_as_it_was_sent(as_role, segment):
    Segment.objects.update(rule=NESTED)
    client, address = as_role("Editors"), reverse("segments:edit", args=[segment.pk])

    client.post(address, {"name": "Others", **sent_back(page(client.get(address)))})

    segment.refresh_from_db()
    assert (segment.name, segment.code, segment.rule) == ("Others", "workers", NESTED)


def test_an_old_rule_stays_as_it_was_written_until_it_means_something_else(as_role, segment):
    old = {"not": {"not": {"field": "group", "in": []}}}
    Segment.objects.update(rule=old)
    client, address = as_role("Editors"), reverse("segments:edit", args=[segment.pk])

    client.post(address, {"name": "Nobody", **sent_back(page(client.get(address)))})

    segment.refresh_from_db()
    assert (segment.name, segment.rule) == ("Nobody", old)


def test_the_code_never_changes(as_role, segment):
    given = {"name": "New", "code": "new", **filled_in({"field": "language", "in": ["fr"]})}

    as_role("Editors").post(reverse("segments:edit", args=[segment.pk]), given)

    segment.refresh_from_db()
    assert (segment.name, segment.code) == ("New", "workers")
    assert segment.rule == {"all": [{"field": "language", "in": ["fr"]}]}


@pytest.mark.parametrize(
    "given",
    [
        filled_in({"field": "group", "in": ["president"]}),
        filled_in({"field": "group", "in": []}),
        {**filled_in(WORKERS), "code": "Not A Code"},
        {**filled_in(WORKERS), "name": ""},
        {**filled_in(WORKERS), "r.mode": "most"},
        {"part": ["r:group-of-parts", "r-0:password"]},
        {},
    ],
)
def test_a_wrong_answer_saves_nothing_and_says_so(as_role, given):
    answer = as_role("Editors").post(reverse("segments:add"), named(**given))

    assert answer.status_code == 200
    assert page(answer).select(".error-message, .errorlist, .messages .error")
    assert not Segment.objects.exists()


@pytest.mark.parametrize("name", ["add", "count", "builder"])
def test_a_damaged_form_changes_nothing(as_role, name):
    answer = as_role("Editors").post(reverse(f"segments:{name}"), {"part": ["r-0:gender"], "do": "add r"})

    assert answer.status_code == 400
    assert b"came back damaged" in answer.content


def test_an_unsaved_rule_is_counted(as_role, confirmed):
    for number in range(7):
        confirmed(address=f"{number}@example.org", group="worker", language="ht")

    said = text(as_role("Editors").post(reverse("segments:count"), filled_in(WORKERS)))

    assert "People whose group is “Worker or family of a worker”." in said
    assert "5 people who confirmed" in said
    assert "Kreyòl ayisyen 5" in said
    assert "E-mail 5" in said
    assert "Receiving messages 5" in said


def test_a_rule_that_lacks_something_is_not_counted(as_role):
    said = text(as_role("Editors").post(reverse("segments:count"), filled_in({"field": "group", "in": []})))

    assert said == "The count appears once each condition is complete."


def test_a_button_of_the_builder_answers_with_the_builder(as_role):
    data = {**filled_in(WORKERS), "do": "add r", "r.new": "parish"}

    found = page(as_role("Editors").post(reverse("segments:builder"), data))

    assert found.select_one("[data-rule-focus]")["id"] == "part-r-1"
    assert found.select_one("#part-r-1 legend").text == "Parish"
    assert not found.select("html")


def test_the_sources_that_are_known_are_offered(as_role, confirmed):
    confirmed(source="clinic-roseau")
    data = {"part": ["r:group-of-parts"], "do": "add r", "r.new": "source"}

    found = page(as_role("Editors").post(reverse("segments:builder"), data))

    assert [box["value"] for box in found.select("input[name='r-0.values']")] == ["clinic-roseau"]


def test_few_people_are_not_told_apart_from_nobody_and_warned_about(as_role, segment, confirmed):
    client, address = as_role("Editors"), reverse("segments:inspect", args=[segment.pk])
    nobody = text(client.get(address))
    confirmed(group="worker")

    one = text(client.get(address))

    assert "<5 people who confirmed" in one
    assert "E-mail <5" in one
    assert "could single somebody out" in one
    assert one == nobody


def test_who_sees_people_is_told_that_nobody_is_there(as_role, segment):
    said = text(as_role("Data officers").get(reverse("segments:inspect", args=[segment.pk])))

    assert "would reach nobody" in said
    assert "Worker or family of a worker" in said


def test_only_who_may_see_people_sees_a_sample(as_role, segment, confirmed):
    confirmed(address="ana@example.org", group="worker")
    address = reverse("segments:inspect", args=[segment.pk])

    assert "Some of them" not in text(as_role("Editors").get(address))
    assert "Some of them" not in text(as_role("Approvers").get(address))
    answer = as_role("Data officers").get(address)
    assert "Some of them" in text(answer)
    assert "ana@" not in answer.content.decode()
    assert "/subscribers/" not in str(page(answer).select_one("main, #main").select("table"))


def test_the_page_tells_the_history_and_an_editor_takes_an_old_rule_again(as_role, segment):
    client, address = as_role("Editors"), reverse("segments:inspect", args=[segment.pk])
    client.post(reverse("segments:edit", args=[segment.pk]), {"name": "Workers", **filled_in(NESTED)})

    shown = page(client.get(address))
    (form,) = shown.select("form[action*=restore]")
    answer = client.post(form["action"], follow=True)

    assert shown.select_one("del").text == "People whose group is “Worker or family of a worker”"
    assert shown.select_one("ins").text.startswith("People for whom none of this holds")
    assert "The segment has this rule again." in answer.content.decode()
    segment.refresh_from_db()
    assert segment.rule == WORKERS
    assert "Take this rule again" not in text(as_role("Approvers").get(address))


def test_a_segment_in_use_can_not_be_deleted(as_role, segment):
    broadcast = Broadcast.objects.create(title="October")
    broadcast.segments.add(segment)
    client, address = as_role("superuser"), reverse("segments:delete", args=[segment.pk])

    assert "October" in text(client.get(address))
    assert not page(client.get(address)).select("main button.serious")
    client.post(address)
    assert Segment.objects.exists()

    broadcast.delete()
    client.post(address)
    assert not Segment.objects.exists()


def test_two_segments_are_compared(as_role, segment, confirmed):
    other = Segment.objects.create(code="french", name="French", rule={"field": "language", "in": ["fr"]})
    for number in range(13):
        confirmed(address=f"{number}@example.org", group="worker", language="fr" if number < 6 else "en")
    data = {"first": segment.pk, "second": other.pk}

    said = text(as_role("Approvers").get(reverse("segments:compare"), data))
    exactly = text(as_role("Data officers").get(reverse("segments:compare"), data))

    assert "Only in “Workers” 5 In both 5 Only in “French” <5" in said
    assert "Only in “Workers” 7 In both 6 Only in “French” 0" in exactly
    assert "People whose language is Français." in said


@pytest.mark.parametrize("data", [{"first": 1, "second": 1}, {"first": "x", "second": 9**30}, {"second": ""}])
def test_a_comparison_of_anything_else_says_what_is_wrong(as_role, segment, data):
    Segment.objects.update(id=1)

    answer = as_role("Editors").get(reverse("segments:compare"), data)

    assert answer.status_code == 200
    assert page(answer).select(".error-message, .messages .error, .help-critical")


def test_a_rule_that_can_no_longer_be_read_is_said_to_be_so(as_role, segment):
    Segment.objects.update(rule={"field": "gone", "in": []})
    client = as_role("superuser")

    for name in ("edit", "inspect"):
        assert "can no longer be read" in text(client.get(reverse(f"segments:{name}", args=[segment.pk])))
    assert "can no longer be read" in text(client.get(reverse("segments:index")))


def test_the_list_says_each_rule_and_takes_the_same_number_of_queries_for_many(
    as_role, segment, django_assert_max_num_queries
):
    client = as_role("Editors")
    assert "People whose group is “Worker or family of a worker”" in text(client.get(reverse("segments:index")))
    for number in range(15):
        Segment.objects.create(code=f"s{number}", name=f"S{number}", rule={"all": []})

    with django_assert_max_num_queries(20):
        client.get(reverse("segments:index"))
