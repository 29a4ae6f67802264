"""Whoever may not see a person can't find out about one by comparing two audiences."""

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse

from outreach.audience.models import Segment, Subscriber
from outreach.audience.segments import Told
from outreach.broadcasts import services
from outreach.broadcasts.models import Broadcast
from tests.outreach.broadcasts.conftest import NOW, approve, join

pytestmark = pytest.mark.django_db

RETURNEES = {"field": "group", "in": ["returnee"]}
BUT_WOMEN = {"all": [RETURNEES, {"not": {"field": "gender", "in": ["woman"]}}]}


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def asked(story, editor, now):
    """A draft about a group of seven, of whom one is a woman."""
    for number in range(7):
        gender = "man" if number else "woman"
        join(subscriber=Subscriber.objects.create(language="en", group="returnee", gender=gender))
    return services.create_from_story(story=story, user=editor, now=now)


def page(client, broadcast: Broadcast, name: str, rule) -> str:
    segment, _made = Segment.objects.update_or_create(code="asked", defaults={"name": "Asked", "rule": rule})
    broadcast.segments.set([segment])
    answer = client.get(reverse(f"broadcasts:{name}", args=[broadcast.pk]))
    assert answer.status_code == 200
    text = " ".join(BeautifulSoup(answer.text, "html.parser").find("main").get_text(" ").split())
    return text.replace(segment.in_words, "")


@pytest.mark.parametrize("name", ["preflight", "broadcast"])
def test_an_editor_cant_tell_six_people_from_seven(client, asked, editor, name):
    client.force_login(editor)

    with_her, without_her = (page(client, asked, name, rule) for rule in (RETURNEES, BUT_WOMEN))

    assert "5 people get it" in with_her or "5 messages go out" in with_her
    assert "Rounded down to fives" in with_her
    assert with_her == without_her


def test_who_may_see_people_reads_how_many_there_are(client, asked, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("boss"))

    assert "7 people get it." in page(client, asked, "broadcast", RETURNEES)
    assert "7 messages go out." in page(client, asked, "preflight", RETURNEES)


def test_what_is_said_to_be_fewer_than_five_is_told_nowhere_else(client, asked, editor):
    client.force_login(editor)
    women = {"all": [RETURNEES, {"field": "gender", "in": ["woman"]}]}

    assert "<5 messages go out. " in page(client, asked, "preflight", women)
    assert "Goes to <5 people." in page(client, asked, "broadcast", women)


def readers_without_text(client, broadcast: Broadcast) -> list[str]:
    """What the matrix says of those who read Haitian Creole, in which there is no text, on each channel."""
    answer = client.get(reverse("broadcasts:broadcast", args=[broadcast.pk]))
    lines = [
        " ".join(why.get_text().split()) for why in BeautifulSoup(answer.text, "html.parser").select("p.studio-why")
    ]
    return [each for each in lines if "read it here" in each or "reads it here" in each]


@pytest.mark.parametrize(
    ("number", "told"), [(1, "<5 subscribers read"), (4, "<5 subscribers read"), (7, "5 subscribers read")]
)
@pytest.mark.parametrize("falls_back", [True, False])
def test_how_many_read_a_language_without_a_text_is_rounded_as_well(
    client, draft, editor, django_user_model, number, told, falls_back
):
    for _person in range(number):
        join(subscriber=Subscriber.objects.create(language="ht"))
    if not falls_back:
        draft.fallback_language = "es"
        draft.save()
    draft.messages.filter(language="ht").delete()

    client.force_login(editor)
    (line,) = readers_without_text(client, draft)
    assert line.startswith(f"{told} it here and would get {'English instead' if falls_back else 'nothing'}")

    client.force_login(django_user_model.objects.create_superuser("boss"))
    (line,) = readers_without_text(client, draft)
    assert line.startswith(f"{number} subscriber")


def test_an_approver_reads_it_rounded_too_and_what_becomes_of_it_if_its_time_is_missed(
    client, draft, editor, approver, now
):
    services.submit(broadcast=draft, user=editor, now=now)
    client.force_login(approver)

    found = BeautifulSoup(client.get(reverse("broadcasts:approve", args=[draft.pk])).text, "html.parser")

    assert found.find("dt", string="People").find_next_sibling("dd").get_text() == "<5"
    missed = found.find("dt", string="If the time was missed").find_next_sibling("dd")
    assert missed.get_text() == "Hold until somebody decides"
    approve(draft, approver, now)


@pytest.mark.parametrize(
    ("number", "value", "text"),
    [(0, 0, "0"), (1, 5, "<5"), (4, 5, "<5"), (5, 5, "5"), (9, 5, "5"), (1234, 1230, "1,230")],
)
def test_a_rounded_number_says_no_more_than_its_text(number, value, text):
    told = Told(number, exactly=False)
    assert (int(told), str(told), f"{told}") == (value, text, text)
    assert (int(Told(number, exactly=True)), str(Told(number, exactly=True))) == (number, f"{number:,}")
