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
from outreach.audience.wording import current_versions

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


def note(answer):
    """The signed note of a form, which names the versions that it shows."""
    return page(answer).select_one("input[name=opened]")["value"]


def sends(client, opened="", to="", **answers):
    form = {
        "email": "ana@example.org",
        "messages": "on",
        "language": "en",
        "opened": opened or form_token.opened(now=OPENED, versions=current_versions()),
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
    assert form_token.read(token=note(answer)).versions["messages"] == "2026.2"
    sends(client)
    assert recorded() == ("2026.2", "en")


def test_whoever_had_the_form_open_while_words_changed_is_asked_again(client):
    opened = form_token.opened(now=OPENED, versions=current_versions())
    publish()

    again = sends(client, opened)
    assert again.status_code == 422
    assert "Write to me." in label(again).text
    assert not page(again).select_one("input[name=messages]").has_attr("checked")
    assert not JoinRequest.objects.exists()
    sends(client, note(again))

    assert recorded() == ("2026.2", "en")


@pytest.mark.parametrize("versions", [{}, {"messages": "1999.1"}, {"nothing": "2026.1"}, {"messages": "2026.1"}])
def test_consent_to_words_that_are_not_those_of_today_is_not_taken(client, versions):
    publish(at=NOW - timedelta(days=2))

    again = sends(client, form_token.opened(now=OPENED, versions=versions))

    assert again.status_code == 422
    assert not JoinRequest.objects.exists()


def test_the_language_of_the_page_is_recorded_and_not_that_of_the_messages(client):
    sends(client, to=address("fr"), language="es")

    assert recorded() == ("2026.1", "fr")


def test_words_in_another_language_than_the_page_are_marked_and_recorded_so(client):
    publish(en="Write to me.", fr="Écrivez-moi.")

    shown = label(client.get(address("es"))).select_one("span")
    assert (shown.text, shown["lang"], shown["dir"]) == ("Write to me.", "en", "ltr")
    sends(client, to=address("es"))

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
