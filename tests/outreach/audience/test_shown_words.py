"""A consent records the words that were on the screen, in the language of the page."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from outreach.audience import form_token
from outreach.audience.confirmation import link
from outreach.audience.models import Consent, JoinRequest, Wording, WordingText
from outreach.audience.subscriptions import confirm, join

from .conftest import NOW

pytestmark = pytest.mark.django_db

OPENED = NOW - timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False), override("en"):
        yield


def publish(version="2026.2", at=NOW - timedelta(seconds=30), **texts):
    wording = Wording.objects.create(purpose="messages", version=version, published_at=at)
    for language, text in (texts or {"en": "Write to me."}).items():
        WordingText.objects.create(wording=wording, language=language, text=text)


def address(language="en"):
    with override(language):
        return reverse("subscribe")


def page(answer):
    return BeautifulSoup(answer.content, "html.parser")


def label(answer):
    return page(answer).select_one("label[for=id_messages]")


def sends(client, shown, to="", **answers):
    form = {
        "email": "ana@example.org",
        "messages": "on",
        "language": "en",
        "opened": form_token.opened(now=OPENED),
        "wording": shown,
    }
    return client.post(to or address(), {**form, **answers})


def recorded():
    """What the consent of whoever asked to join says, once the mailed link was used."""
    token = link(request=JoinRequest.objects.get(), now=NOW).rstrip("/").rpartition("/")[2]
    confirm(token=token, now=NOW)
    consent = Consent.objects.get(purpose="messages")
    return consent.wording_version, consent.language


def test_the_form_shows_what_is_published_and_carries_its_version(client):
    publish()
    answer = client.get(address())

    assert label(answer).text == "Write to me."
    shown = page(answer).select_one("input[name=wording]")["value"]
    assert "messages:2026.2" in shown.split()
    sends(client, shown)
    assert recorded() == ("2026.2", "en")


def test_whoever_had_the_form_open_agreed_to_the_words_on_their_screen(client):
    shown = page(client.get(address())).select_one("input[name=wording]")["value"]
    publish()

    again = sends(client, shown, email="ana")
    assert "Yes, send me messages" in label(again).text
    assert page(again).select_one("input[name=wording]")["value"] == shown
    sends(client, shown)

    assert recorded() == ("2026.1", "en")


@pytest.mark.parametrize(
    "shown", ["", "messages", "messages:1999.1", "nothing:2026.1", "messages:2026.1 " * 9999, "\0"]
)
def test_a_form_that_says_nothing_true_of_its_words_gets_those_of_today(client, shown):
    publish(at=NOW - timedelta(days=2))

    sends(client, shown)

    assert recorded() == ("2026.2", "en")


def test_words_that_were_replaced_a_day_ago_are_agreed_to_by_nobody(client):
    publish(at=NOW - timedelta(days=1, seconds=1))

    sends(client, "messages:2026.1")

    assert recorded() == ("2026.2", "en")


def test_the_language_of_the_page_is_recorded_and_not_that_of_the_messages(client):
    sends(client, "", to=address("fr"), language="es")

    assert recorded() == ("2026.1", "fr")


def test_words_in_another_language_than_the_page_are_marked_and_recorded_so(client):
    publish(en="Write to me.", fr="Écrivez-moi.")

    shown = label(client.get(address("es"))).select_one("span")
    assert (shown.text, shown["lang"], shown["dir"]) == ("Write to me.", "en", "ltr")
    sends(client, "", to=address("es"))

    assert recorded() == ("2026.2", "en")


def test_the_form_asks_for_its_words_once(client):
    publish()
    client.get(address())

    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(address())

    assert sum("outreach_wording" in query["sql"] for query in asked.captured_queries) == 1


def test_on_telegram_the_words_of_today_are_recorded_in_the_language_of_the_chat():
    publish(en="Write to me.", fr="Écrivez-moi.")

    join(
        channel="telegram",
        address="7",
        language="fr",
        purposes=frozenset({"messages"}),
        method="bot",
        now=NOW,
    )

    consent = Consent.objects.get()
    assert (consent.wording_version, consent.language) == ("2026.2", "fr")
