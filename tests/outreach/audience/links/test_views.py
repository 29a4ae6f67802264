"""The short address and where it leads, as phones and machines meet it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils.translation import override

from outreach.audience.models import JoinLink, SignUpCount
from tests.outreach.audience.test_pages import LANGUAGES, check_page, in_language

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    # A request leaves its language behind in the thread.
    with override("en"):
        yield


def test_a_short_address_leads_to_the_ways_to_join_in_the_readers_language(client, make_link):
    make_link("kamoro")

    for header, prefix in (("fr-CA,fr;q=0.9", "/fr/"), ("es", "/es/"), ("de", "/en/"), ("", "/en/")):
        answer = client.get("/j/kamoro", headers={"accept-language": header})
        assert (answer.status_code, answer["Location"]) == (302, f"{prefix}join/?source=kamoro")


@pytest.mark.parametrize(
    "typed", ["/j/kamoro", "/j/KAMORO", "/j/Kam0ro", "/j/ka-mo-ro/", "/j/kamoro.", "/j/%20kamoro", "/j/kamor%C3%B3"]
)
def test_slips_lead_to_the_same_link(client, make_link, typed):
    make_link("kamoro")

    assert client.get(typed)["Location"].endswith("?source=kamoro")


def test_a_retired_link_goes_on_leading(client, make_link, now):
    make_link("kamoro", retired_at=now)

    assert client.get("/j/kamoro")["Location"] == "/en/join/?source=kamoro"


@pytest.mark.parametrize(
    "typed",
    ["/j/befaso", "/j/", "/j", "/j/%00", "/j/%22%3E%3Cscript%3E", "/j/" + "a" * 3000, "/j/..%2Fadmin", "/j/%FF"],
)
def test_anything_else_leads_to_the_form_and_carries_nothing_on(client, make_link, typed):
    make_link("kamoro")

    answer = client.get(typed)

    assert (answer.status_code, answer["Location"]) == (302, "/en/join/")


def test_the_answer_is_kept_by_nobody_and_tells_no_other_site(client, make_link):
    make_link("kamoro")

    answer = client.get("/j/kamoro")

    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "Accept-Language" in answer["Vary"]
    assert not answer.cookies


def test_opening_counts_and_changes_nothing(client, make_link):
    make_link("kamoro")
    before = list(JoinLink.objects.values())

    for path in ("/j/kamoro", "/en/join/?source=kamoro"):
        client.head(path)
        client.get(path, headers={"purpose": "prefetch"})

    assert list(JoinLink.objects.values()) == before
    assert not SignUpCount.objects.exists()


def test_nothing_can_be_sent_to_a_short_address(make_link):
    make_link("kamoro")

    assert Client(enforce_csrf_checks=True).post("/j/kamoro").status_code in {403, 405}


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_ways_carry_the_link_on(client, language):
    answer = client.get(in_language("ways_to_join", language), {"source": "kamoro"})

    found = check_page(answer, language)
    ways = [urlsplit(anchor["href"]) for anchor in found.select("main a.button")]
    assert [way.path for way in ways] == [f"/{language}/subscribe/", "/telegram/start/"]
    assert [parse_qs(way.query) for way in ways] == [{"source": ["kamoro"]}] * 2
    assert answer["Referrer-Policy"] == "no-referrer"


def test_the_page_weighs_at_most_eight_kilobytes(client):
    for language in LANGUAGES:
        assert len(client.get(in_language("ways_to_join", language), {"source": "a" * 40}).content) <= 8_000


def test_the_page_says_what_to_think_of_before_joining(client):
    said = BeautifulSoup(client.get("/en/join/").content, "html.parser").text

    assert "Are you under 18?" in said
    assert "Does somebody else use your phone" in said


@pytest.mark.parametrize("source", ['"><script>', "a" * 41, "a b", "é"])
def test_a_source_that_is_none_is_left_out(client, source):
    answer = client.get("/en/join/", {"source": source})

    assert "source=" not in str(BeautifulSoup(answer.content, "html.parser").main)


def test_the_form_counts_by_the_link_that_led_to_it(client, make_link):
    make_link("kamoro")
    page = BeautifulSoup(client.get("/j/KAMORO", follow=True).content, "html.parser")

    form = BeautifulSoup(client.get(page.select_one("main a.button")["href"]).content, "html.parser")

    assert form.select_one("input[name=source]")["value"] == "kamoro"
