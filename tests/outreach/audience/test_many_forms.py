"""What a person meets when more forms come in than one network, or all of them, are likely to send."""

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils.translation import override

from outreach.audience import limits
from outreach.audience.confirmation import send_due_confirmations
from outreach.audience.limits import Limit
from outreach.audience.models import JoinAttempts, JoinRequest, Subscriber

from .conftest import NOW
from .pages import answer_to, check_page, written

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock, override("en"):
        yield clock


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    """One form an hour goes through by itself, and four are taken at most."""
    monkeypatch.setattr(limits, "PER_NETWORK", Limit(ask=1, refuse=4))


class Asked:
    """The question on a page, as somebody reads it."""

    def __init__(self, found):
        self.note = found.select_one("[name=challenge]")["value"]
        self.text = found.select_one("label[for=id_answer]").text


@pytest.fixture
def asked(sends):
    """The answer to a second form, and its question."""
    sends(email="first@example.org")
    answer = sends(group="media")
    return answer, Asked(check_page(answer, "en"))


def addresses():
    return {subscription.address for each in Subscriber.objects.all() for subscription in each.subscriptions.all()}


def test_above_the_limit_a_question_comes_and_what_was_typed_stays(asked):
    answer, _question = asked

    assert answer.status_code == 422
    found = check_page(answer, "en")
    assert [link["href"] for link in found.select(".error-summary a")] == ["#id_answer"]
    assert "Please answer one question more." in found.select_one(".error-summary").text
    assert found.select_one("#id_email")["value"] == "ana@example.org"
    assert found.select_one("#id_messages").has_attr("checked")
    assert found.select_one("#id_group option[selected]")["value"] == "media"
    assert "id_answer_helptext" in found.select_one("#id_answer")["aria-describedby"]
    assert not found.select(".field img, .field svg, .field audio")
    assert addresses() == {"first@example.org"}


def test_the_right_answer_lets_the_form_through(sends, asked):
    _answer, question = asked

    assert sends(challenge=question.note, answer=answer_to(question)).status_code == 302
    assert addresses() == {"first@example.org", "ana@example.org"}
    assert send_due_confirmations(now=NOW) == len(mail.outbox) == 2


def test_a_wrong_answer_brings_another_question_and_keeps_nothing(sends, asked):
    _answer, question = asked

    answer = sends(challenge=question.note, answer="000")

    found = check_page(answer, "en")
    assert answer.status_code == 422
    assert "Here is another question." in found.select_one(".error-summary").text
    assert Asked(found).note != question.note
    assert not found.select_one("#id_answer").get("value")
    assert addresses() == {"first@example.org"}


def test_an_answer_serves_one_form(sends, asked):
    _answer, question = asked
    sends(challenge=question.note, answer=answer_to(question))

    answer = sends(email="eva@example.org", challenge=question.note, answer=answer_to(question))

    assert answer.status_code == 422
    assert "eva@example.org" not in addresses()


def test_whoever_has_to_mend_something_else_as_well_is_asked_anew(sends, asked):
    _answer, question = asked

    found = check_page(sends(email="ana@", challenge=question.note, answer=answer_to(question)), "en")

    assert [link["href"] for link in found.select(".error-summary a")] == ["#id_email"]
    again = Asked(found)
    assert sends(challenge=again.note, answer=answer_to(again)).status_code == 302


@pytest.mark.parametrize("answer", ["", "x" * 10_000, "\x00", "<b>1</b>", None])
def test_a_hostile_answer_gets_a_sentence_and_nothing_is_kept(sends, asked, answer):
    _answer, question = asked

    found = check_page(sends(challenge=question.note, answer=answer), "en")

    assert all(len(error.text) < 200 for error in found.select(".error"))
    assert addresses() == {"first@example.org"}


@pytest.mark.parametrize("language", ["fr", "es", "ht"])
def test_the_question_is_in_the_language_of_the_page(client, sends, language):
    sends()
    with override(language):
        answer = sends(email="eva@example.org")
        question = Asked(check_page(answer, language))
        assert sends(email="eva@example.org", challenge=question.note, answer=answer_to(question)).status_code == 302


def test_far_above_the_limit_a_page_says_when_and_where_else(sends, caplog):
    for number in range(4):
        sends(email=f"p{number}@example.org")
    answer = sends(source="poster-1")

    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")
    found = check_page(answer, "en")
    links = [link["href"] for link in found.select("article a")]
    assert links == [f"{reverse('subscribe_telegram')}?source=poster-1", reverse("subscribe")]
    assert "in 60 minutes" in found.article.text
    assert JoinRequest.objects.count() == 1
    assert "@example.org" not in caplog.text


@pytest.mark.parametrize("language", ["fr", "es", "ht"])
def test_the_page_of_refusal_is_whole_in_each_language(sends, language):
    for number in range(4):
        sends(email=f"p{number}@example.org")
    with override(language):
        found = check_page(sends(), language)
    assert found.h1.text == written("Too many forms just now", language)


def test_in_the_next_hour_forms_go_through_again(sends, clock):
    for number in range(5):
        sends(email=f"p{number}@example.org")
    clock.move_to(NOW.replace(hour=NOW.hour + 1))

    assert sends(email="eva@example.org").status_code == 302


def test_forms_that_could_not_send_a_mail_are_not_counted(sends):
    for _time in range(5):
        sends(email="ana@")
        sends(website="https://spam.example")

    assert not JoinAttempts.objects.exists()
    assert sends().status_code == 302


def test_readers_elsewhere_are_not_asked(client, sends, asked):
    with_proxy = {"REMOTE_ADDR": "10.0.0.3", "HTTP_X_FORWARDED_FOR": "198.51.100.7, 203.0.113.9"}
    client.defaults.update(with_proxy)

    assert sends(email="eva@example.org").status_code == 302
