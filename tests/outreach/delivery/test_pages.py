"""The ledger's staff pages: who may see them and decide, and what they tell."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import translation
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from outreach.audience.models import Subscription, Suppression
from outreach.broadcasts import services as broadcasts
from outreach.broadcasts.models import Broadcast
from outreach.channels import failures
from outreach.delivery import lifecycle, throttle, tidying
from outreach.delivery.decisions import DECISIONS
from outreach.delivery.meanings import WORKER_STOPPED
from outreach.delivery.models import Delivery
from tests.outreach.broadcasts.conftest import member  # noqa: F401

from .conftest import START, person

pytestmark = pytest.mark.django_db
SEEN = {"seen": 9, "after": 0}


@pytest.fixture(autouse=True)
def clock_on_the_wall():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def approver(member):
    return member("approver")


def address(broadcast, name="broadcast_progress", *more) -> str:
    return reverse(name, args=[broadcast.pk, *more])


def page(client, broadcast, name="broadcast_progress") -> BeautifulSoup:
    answer = client.get(address(broadcast, name))
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def words(soup) -> str:
    return " ".join(soup.get_text(" ").split())


@pytest.fixture
def uncertain(client, approver, sending, courier, channel):
    """A broadcast to four people of which one delivery is uncertain for one reason and one for another."""
    for number in range(4):
        person(number)
    broadcast = sending()
    channel.answers = [
        failures.OutcomeUnknown("no answer after the last dot"),
        failures.OutcomeUnknown("the line was cut"),
    ]
    courier.work()
    client.force_login(approver)
    return broadcast


@pytest.mark.parametrize(
    ("role", "reads", "decides"),
    [
        ("editor", True, False),
        ("approver", True, True),
        ("evaluator", False, False),
        ("data officer", False, False),
        ("administrator", False, False),
        ("superuser", True, True),
    ],
)
def test_each_role_gets_what_it_may(client, member, sending, role, reads, decides):
    person(1)
    broadcast = sending()
    client.force_login(member(role))

    pages = [client.get(address(broadcast, name)) for name in ("broadcast_progress", "broadcast_progress_live")]
    answers = [client.post(address(broadcast, "broadcast_decision", name), SEEN) for name in DECISIONS]

    home = reverse("wagtailadmin_home")
    for answer in pages:
        assert answer.status_code == (200 if reads else 302)
        assert reads or answer["Location"] == home
    for answer in answers:
        assert answer.status_code == 302
        assert (answer["Location"] != home) is decides


def test_nobody_outside_sees_them(client, sending):
    person(1)
    broadcast = sending()
    for place in [
        address(broadcast),
        address(broadcast, "broadcast_progress_live"),
        *(address(broadcast, "broadcast_decision", name) for name in DECISIONS),
    ]:
        answer = client.get(place)
        assert answer.status_code == 302
        assert "/admin/login/" in answer["Location"]


def test_nothing_is_decided_by_following_a_link(client, uncertain):
    for name in DECISIONS:
        assert client.get(address(uncertain, "broadcast_decision", name)).status_code == 405


def test_the_page_counts_says_what_states_mean_and_names_nobody(client, uncertain):
    text = words(page(client, uncertain))

    assert "50 % 2 of 4 deliveries settled" in text
    assert "2 deliveries are uncertain" in text
    assert "no answer after the last dot" in text
    assert "The provider took it. That is not yet read, nor even delivered." in text
    assert "4 considered = 4 deliveries + 0 left out" in text
    assert "E-mail 50 %" in text
    assert "English 50 %" in text
    assert "@example.org" not in text


def test_the_part_that_follows_is_the_same_as_on_the_page_and_nothing_else(client, uncertain):
    whole = page(client, uncertain)
    part = page(client, uncertain, "broadcast_progress_live")

    assert part.find("html") is None
    assert [each.name for each in part.find_all(recursive=False)] == ["div"]
    for soup in (whole, part):
        for token in soup.find_all("input", {"name": "csrfmiddlewaretoken"}):
            token.decompose()
    assert words(part) == words(whole.select_one("[data-live]"))


def test_our_own_words_are_told_in_the_readers_language_and_a_providers_are_quoted(client, uncertain, approver):
    first = Delivery.objects.filter(status="uncertain").earliest("pk")
    Delivery.objects.filter(pk=first.pk).update(detail=WORKER_STOPPED)
    UserProfile.objects.update_or_create(user=approver, defaults={"preferred_language": "fr"})

    text = words(page(client, uncertain))

    assert "Courriel : le processus d’envoi s’est arrêté avant une réponse" in text
    assert "Courriel : « the line was cut »" in text


def test_it_reloads_itself_only_without_scripts_and_only_while_something_can_change(client, uncertain, clock):
    found = page(client, uncertain)
    assert found.select_one("noscript meta[http-equiv=refresh]")
    assert "Refresh" not in client.get(address(uncertain)).headers
    assert found.select_one("[data-live]")["data-live-every"] == "2500"

    client.post(address(uncertain, "broadcast_decision", "take-as-sent"), {"seen": 2, "after": 0})
    tidying.tidy(now=clock.now)

    found = page(client, uncertain)
    assert not found.select_one("noscript meta[http-equiv=refresh]")
    assert found.select_one("[data-live]")["data-live-every"] == "0"
    assert found.select_one("[data-live]")["data-live-milestone"].startswith("Finished. 100 percent settled")
    assert set(Delivery.objects.values_list("status", flat=True)) == {"accepted"}


def test_no_answer_is_kept_on_the_way(client, uncertain):
    assert "no-store" in client.get(address(uncertain, "broadcast_progress_live"))["Cache-Control"]


def test_one_cause_is_decided_on_its_own_and_the_history_says_who_did_it(client, uncertain):
    form = page(client, uncertain).select_one("#uncertain-causes form")
    given = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    given.pop("csrfmiddlewaretoken")
    assert given["seen"] == "1"

    client.post(address(uncertain, "broadcast_decision", "send-again"), given)

    assert sorted(Delivery.objects.values_list("status", flat=True)) == ["accepted", "accepted", "queued", "uncertain"]
    entry = ModelLogEntry.objects.get(action="outreach.broadcast.decide")
    assert (entry.user.username, entry.data["count"]) == ("approver", 1)
    told = words(page(client, uncertain))
    assert f"1 uncertain one is sent again ({given['words']}) approver" in told
    with translation.override("fr"):
        assert entry.message.endswith(f"1 remise incertaine est envoyée de nouveau ({given['words']})")


def test_a_second_click_changes_nothing_and_says_why(client, uncertain, courier, channel):
    given = {"seen": 2, "after": 0}
    client.post(address(uncertain, "broadcast_decision", "send-again"), given)
    channel.answers = [failures.OutcomeUnknown("again"), failures.OutcomeUnknown("again")]
    courier.work()

    answer = client.post(address(uncertain, "broadcast_decision", "send-again"), given, follow=True)

    assert "This was decided a moment ago, perhaps by a second click." in answer.text
    assert Delivery.objects.filter(status="uncertain").count() == 2


def test_nobody_decides_on_more_than_they_saw(client, uncertain):
    Delivery.objects.update(status="uncertain")

    answer = client.post(address(uncertain, "broadcast_decision", "send-again"), {"seen": 2, "after": 0}, follow=True)

    assert "There are 4 now, more than you saw. Nothing was changed" in answer.text
    assert Delivery.objects.filter(status="uncertain").count() == 4


@pytest.mark.parametrize("given", [{}, {"seen": "many", "after": 0}, {"seen": -1, "after": 0}, {"seen": 2}])
def test_a_broken_form_changes_nothing_and_says_so(client, uncertain, given):
    answer = client.post(address(uncertain, "broadcast_decision", "send-again"), given, follow=True)

    assert "Nothing was changed: try it again." in answer.text
    assert Delivery.objects.filter(status="uncertain").count() == 2


def test_what_resolved_itself_meanwhile_is_no_error(client, uncertain):
    Delivery.objects.update(status="accepted")

    answer = client.post(address(uncertain, "broadcast_decision", "send-again"), {"seen": 2, "after": 0}, follow=True)

    assert "it resolved itself meanwhile" in answer.text
    assert not ModelLogEntry.objects.filter(action="outreach.broadcast.decide").exists()


def test_what_a_cancelled_broadcast_left_uncertain_can_be_taken_as_sent_and_never_sent_again(client, uncertain, clock):
    broadcasts.cancel(broadcast=uncertain, now=clock.now)
    found = page(client, uncertain)
    assert found.select_one("#take")
    assert not found.select_one("#again")

    client.post(address(uncertain, "broadcast_decision", "send-again"), {"seen": 2, "after": 0})
    assert Delivery.objects.filter(status="uncertain").count() == 2
    client.post(address(uncertain, "broadcast_decision", "take-as-sent"), {"seen": 2, "after": 0})
    assert not Delivery.objects.filter(status="uncertain").exists()


def test_only_what_failed_is_tried_again_with_its_count_on_the_button(client, uncertain):
    Delivery.objects.filter(status="accepted").update(status="failed", detail="gave up after 8 attempts: full")
    button = page(client, uncertain).select_one("#retry")
    assert words(button) == "Try the 2 that failed again"

    client.post(address(uncertain, "broadcast_decision", "retry-failed"), {"seen": 2, "after": 0})

    assert sorted(Delivery.objects.values_list("status", flat=True)) == ["queued", "queued", "uncertain", "uncertain"]


def test_who_cant_be_written_to_any_more_is_not_tried_again(client, uncertain):
    Delivery.objects.update(status="failed", detail="gave up after 8 attempts: full", settled_at=START)
    left, quiet, refused, still = Subscription.objects.order_by("pk")
    Subscription.objects.filter(pk=left.pk).update(state="left")
    Subscription.objects.filter(pk=quiet.pk).update(allows_messages=False)
    Suppression.objects.create(channel="email", address_hash=refused.address_hash, reason="complaint")
    found = page(client, uncertain)
    assert words(found.select_one("#retry")) == "Try the 1 that failed again"
    assert "3 more are left alone" in words(found)

    client.post(address(uncertain, "broadcast_decision", "retry-failed"), {"seen": 1, "after": 0})

    assert Delivery.objects.get(status="queued").subscription == still


@pytest.mark.parametrize(("name", "status"), [("take-as-sent", "uncertain"), ("retry-failed", "failed")])
def test_what_a_worker_adds_in_the_same_moment_is_not_decided_along(client, uncertain, monkeypatch, name, status):
    """Its outcome is written between the look at the number and the act."""
    carry_out = {"take-as-sent": "resolve_uncertain", "retry-failed": "retry_failed"}[name]
    act = getattr(lifecycle, carry_out)
    Delivery.objects.filter(status="uncertain").update(status=status, settled_at=None)

    def overtaken(**given):
        Delivery.objects.filter(status="accepted").update(status=status, settled_at=None)
        return act(**given)

    monkeypatch.setattr(lifecycle, carry_out, overtaken)
    answer = client.post(address(uncertain, "broadcast_decision", name), {"seen": 2, "after": 0}, follow=True)

    assert "There are 4 now, more than you saw" in answer.text
    assert sorted(Delivery.objects.values_list("status", flat=True)) == ["accepted", "accepted", status, status]


def test_what_was_put_off_has_a_next_try_and_no_end(client, uncertain):
    due = START + timedelta(minutes=2)
    Delivery.objects.filter(status="accepted").update(status="deferred", settled_at=None, due_at=due)

    assert "Time left unknown What was put off is tried again at 10:02" in words(page(client, uncertain))


def test_one_cause_of_what_failed_is_not_mixed_with_another_that_has_the_same_words(client, uncertain):
    numbers = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=numbers[:3]).update(status="failed", detail="", settled_at=START)
    Delivery.objects.filter(pk__in=numbers[3:]).update(status="rejected", detail="", settled_at=START)
    forms = page(client, uncertain).select("#failed-causes form")
    given = [{field["name"]: field["value"] for field in form.select("input[name]")} for form in forms]
    three = next(each for each in given if each["seen"] == "3")

    answer = client.post(address(uncertain, "broadcast_decision", "retry-failed"), three, follow=True)

    assert "3 deliveries were changed" in answer.text
    assert sorted(Delivery.objects.values_list("status", flat=True)) == ["queued", "queued", "queued", "rejected"]


def test_what_failed_is_not_tried_again_once_the_figures_are_final(client, uncertain, clock_on_the_wall):
    Delivery.objects.update(status="failed", settled_at=START)
    broadcasts.finish(broadcast=uncertain, now=START)
    assert page(client, uncertain).select_one("#retry")
    clock_on_the_wall.shift(timedelta(days=8))
    assert not page(client, uncertain).select_one("#retry")

    client.post(address(uncertain, "broadcast_decision", "retry-failed"), {"seen": 4, "after": 0})

    assert set(Delivery.objects.values_list("status", flat=True)) == {"failed"}
    uncertain.refresh_from_db()
    assert uncertain.state == "finished"


def test_an_editor_sees_the_question_and_who_answers_it(client, uncertain, member):
    client.force_login(member("editor"))

    found = page(client, uncertain)

    assert "An approver decides." in words(found)
    assert not found.select("form[action*='outreach/progress']")
    assert not found.select("a[href*='/pause/']")


def test_pausing_asks_first_and_leads_back_to_the_page(client, uncertain):
    Delivery.objects.filter(status="accepted").update(status="queued", settled_at=None)
    link = page(client, uncertain).find("a", string="Pause")

    question = client.get(link["href"])
    assert f'href="{address(uncertain)}"' in question.text
    assert client.post(link["href"], {"reason": "A wrong number"})["Location"] == address(uncertain)

    text = words(page(client, uncertain))
    assert "Paused. A wrong number" in text
    assert "It is paused. Once it goes on, at the speed that is allowed:" in text
    foreign = link["href"].replace("next=", "next=https://bad.example")
    assert client.post(foreign.replace("/pause/", "/resume/"))["Location"] == reverse(
        "broadcasts:broadcast", args=[uncertain.pk]
    )


def test_the_page_says_how_long_the_provider_asked_to_wait(client, uncertain, clock):
    throttle.wait_everyone(channel="email", until=clock.now + timedelta(minutes=32), now=clock.now)

    # 14:00 UTC is ten in the morning in Dominica.
    assert "E-mail asked us to wait. It goes on by itself at 10:32" in words(page(client, uncertain))


def test_the_page_asks_for_a_worker_when_nobody_takes_what_is_due(client, approver, sending, clock_on_the_wall):
    person(1)
    broadcast = sending()
    client.force_login(approver)
    assert "No worker" not in words(page(client, broadcast))

    clock_on_the_wall.move_to(START + timedelta(minutes=5))

    text = words(page(client, broadcast))
    assert "No worker has taken anything for about 5 minutes: is one running?" in text
    assert "Time left unknown Nothing went out in the last minute: E-mail." in text


def test_before_it_starts_the_page_says_so_and_when_it_is_late(client, member, approved, clock_on_the_wall):
    person(1)
    broadcast = approved()
    client.force_login(member("editor"))

    assert "until then there is nothing to count" in words(page(client, broadcast))
    clock_on_the_wall.move_to(START + timedelta(minutes=5))
    assert "Its time came about 5 minutes ago, and no worker has begun it" in words(page(client, broadcast))


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("The provider refused the content: 554 Spam", "Le fournisseur a refusé le contenu : 554 Spam"),
        ("40 of its last 100 messages bounced.", "Sur ses 100 derniers messages, 40 ont été retournés."),
        ("Wait for Ana.", "Wait for Ana."),
        ("", ""),
    ],
)
def test_why_it_is_held_is_told_in_the_readers_language_and_what_others_said_as_they_said_it(reason, told):
    with translation.override("fr"):
        found = Broadcast(pause_reason=reason).paused_because
    assert " ".join(found.split()) == told
