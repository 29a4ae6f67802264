"""Segments in the admin."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from outreach.audience.models import Segment

from .conftest import ROLES

pytestmark = pytest.mark.django_db

UNTICKABLE = {"not": {"field": "group", "in": ["worker"]}}


@pytest.fixture
def segment():
    return Segment.objects.create(code="workers", name="Workers", rule={"field": "group", "in": ["worker"]})


def text(answer):
    return " ".join(BeautifulSoup(answer.content, "html.parser").select_one("main, #main").text.split())


@pytest.mark.parametrize(
    ("page", "allowed"),
    [
        ("segments:index", {"Editors", "Approvers", "Data officers", "superuser"}),
        ("segments:add", {"Editors", "superuser"}),
        ("segments:edit", {"Editors", "superuser"}),
        ("segments:inspect", {"Editors", "Approvers", "Data officers", "superuser"}),
        ("segments:history", {"Editors", "superuser"}),
        ("segments:usage", {"Editors", "superuser"}),
        ("segments:delete", {"superuser"}),
    ],
)
def test_each_role_sees_only_its_pages(as_role, segment, page, allowed):
    address = reverse(page) if page in {"segments:index", "segments:add"} else reverse(page, args=[segment.pk])

    answers = {role: as_role(role).get(address).status_code for role in ROLES}

    assert {role for role, status in answers.items() if status == 200} == allowed
    assert set(answers.values()) <= {200, 302}


def test_an_editor_makes_a_segment_by_ticking(as_role):
    answer = as_role("Editors").post(
        reverse("segments:add"),
        {"name": "Women at work", "code": "women-at-work", "group": ["worker", ""], "gender": "woman", "topic": "work"},
    )

    assert answer.status_code == 302
    assert Segment.objects.get(code="women-at-work").rule == {
        "all": [
            {"field": "group", "in": ["worker", ""]},
            {"field": "gender", "in": ["woman"]},
            {"field": "topic", "in": ["work"]},
        ]
    }


def test_the_form_shows_the_rule_as_ticks_and_the_people_beside_it(as_role, segment, confirmed):
    for number in range(6):
        confirmed(address=f"{number}@example.org", group="worker")

    answer = as_role("Editors").get(reverse("segments:edit", args=[segment.pk]))

    found = BeautifulSoup(answer.content, "html.parser")
    assert [box["value"] for box in found.select("input[name=group][checked]")] == ["worker"]
    assert "6 people who confirmed and agreed to messages: E-mail 6, Telegram 0" in text(answer)


def test_few_people_are_not_told_apart_and_warned_about(as_role, segment, confirmed):
    confirmed(group="worker")

    said = text(as_role("Editors").get(reverse("segments:edit", args=[segment.pk])))

    assert "<5 people who confirmed" in said
    assert "E-mail <5" in said
    assert "could single somebody out" in said


def test_an_empty_segment_says_so(as_role, segment):
    said = text(as_role("Approvers").get(reverse("segments:inspect", args=[segment.pk])))

    assert "would reach nobody" in said
    assert "Worker or family of a worker" in said


def test_the_code_never_changes(as_role, segment):
    as_role("Editors").post(
        reverse("segments:edit", args=[segment.pk]), {"name": "New", "code": "new", "language": "fr"}
    )

    segment.refresh_from_db()
    assert (segment.name, segment.code) == ("New", "workers")
    assert segment.rule == {"all": [{"field": "language", "in": ["fr"]}]}


def test_a_rule_that_ticks_can_not_say_is_shown_and_kept(as_role, segment):
    Segment.objects.update(rule=UNTICKABLE)
    client, address = as_role("Editors"), reverse("segments:edit", args=[segment.pk])

    shown = BeautifulSoup(client.get(address).content, "html.parser")
    assert '"not"' in shown.select_one("pre").text
    assert not shown.select("input[name=group]")
    client.post(address, {"name": "Others", "code": "workers", "group": "media"})

    segment.refresh_from_db()
    assert (segment.name, segment.rule) == ("Others", UNTICKABLE)


@pytest.mark.parametrize(
    "answers", [{"group": "president"}, {"language": "x" * 10_000}, {"code": "Not A Code"}, {"name": ""}]
)
def test_a_wrong_answer_saves_nothing(as_role, answers):
    answer = as_role("Editors").post(reverse("segments:add"), {"name": "A", "code": "a", **answers})

    assert answer.status_code == 200
    assert not Segment.objects.exists()


def test_the_list_takes_the_same_number_of_queries_for_many_segments(as_role, segment, django_assert_max_num_queries):
    client = as_role("Editors")
    client.get(reverse("segments:index"))
    for number in range(15):
        Segment.objects.create(code=f"s{number}", name=f"S{number}", rule={"all": []})

    with django_assert_max_num_queries(20):
        client.get(reverse("segments:index"))
