"""The public pages on which people join, as a browser without cookies and JavaScript meets them."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as configured
from django.core import mail
from django.urls import reverse
from django.utils.translation import check_for_language, override

from outreach.audience import form_token, subscriptions
from outreach.audience.addresses import address_hash
from outreach.audience.confirmation import link, send_due_confirmations
from outreach.audience.models import Consent, JoinRequest, Subscriber, Subscription
from outreach.audience.suppressions import suppress

from .conftest import NOW
from .pages import check_page, in_language, opened, page, written

LANGUAGES = [code for code, _name in configured.LANGUAGES if check_for_language(code)]
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    # A request leaves its language behind in the thread.
    with time_machine.travel(NOW, tick=False) as clock, override("en"):
        yield clock


@pytest.fixture
def mailed(joins):
    """The path of a link that was mailed."""

    def mailed(**answers):
        request = joins(**answers).join_requests.latest("id")
        return link(request=request, now=NOW).removeprefix(configured.SITE_URL)

    return mailed


# The form


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["subscribe", "subscribe_done", "subscribe_telegram"])
def test_a_page_is_whole_and_readable_in_each_language(client, language, name):
    answer = client.get(in_language(name, language))

    assert answer.status_code == 200
    check_page(answer, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_begins_in_the_language_of_the_page_and_ticks_nothing(client, language):
    found = page(client.get(in_language("subscribe", language)))

    assert found.select_one("#id_language option[selected]")["value"] == language
    assert not found.select("input[type=checkbox][checked]")
    assert [each["value"] for each in found.select("input[type=radio][checked]")] == [""]
    assert found.select_one("#id_email")["autocomplete"] == "email"


def test_showing_the_form_asks_the_database_a_fixed_number_of_times(client, django_assert_max_num_queries):
    client.get(reverse("subscribe"))

    with django_assert_max_num_queries(6):
        client.get(reverse("subscribe"))


def test_joining_leads_to_the_mailbox_and_the_mail_to_the_end(client, sends):
    answer = sends(
        language="fr",
        group="worker",
        gender="woman",
        gender_statistics="on",
        parish="st_paul",
        topics=["work", "rights"],
        click_tracking="on",
        source="poster-1",
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("subscribe_done"))
    assert not answer.cookies

    send_due_confirmations(now=NOW)
    path = "/fr/confirm/" + mail.outbox[0].body.split("/fr/confirm/")[1].split("\n")[0]
    offered = client.get(path)
    assert Subscription.objects.get().state == "pending"
    assert written("Worker or family of a worker", "fr") in page(offered).text
    assert written("Saint Paul", "fr") in page(offered).text
    confirmed = client.post(path, follow=True)

    found = check_page(confirmed, "fr")
    assert found.h1.text == written("You have joined", "fr")
    leaving = "At the end of every message there is a link. One press on it, and we write no more."
    assert written(leaving, "fr") in found.text
    subscription = Subscription.objects.get()
    subscriber = subscription.subscriber
    assert (subscription.state, subscriber.gender, subscriber.parish) == ("active", "woman", "st_paul")
    assert subscriber.source == "poster-1"
    assert not subscription.allows_open_tracking


def test_the_source_of_a_link_comes_back_with_the_form(client):
    found = page(client.get(reverse("subscribe"), {"source": "clinic-roseau"}))

    assert found.select_one("[name=source]")["value"] == "clinic-roseau"


@pytest.mark.parametrize("source", ["<script>", "x" * 41, "a b", "é", "\x00"])
def test_a_source_that_is_none_is_left_out_and_keeps_nobody_from_joining(client, sends, source):
    found = page(client.get(reverse("subscribe"), {"source": source}))
    sends(source=source.replace("\x00", ""))

    assert not found.select_one("[name=source]").get("value")
    assert Subscriber.objects.get().source == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_answer_is_named_at_the_top_and_at_its_field_and_keeps_the_others(client, language):
    answers = {
        "email": "ana@",
        "language": "es",
        "group": "media",
        "topics": ["work"],
        "opened": opened(NOW - DAY / 2),
    }

    answer = client.post(in_language("subscribe", language), answers)

    assert answer.status_code == 422
    found = check_page(answer, language)
    assert [anchor["href"] for anchor in found.select(".error-summary a")] == ["#id_email", "#id_messages"]
    assert found.select_one("#id_email")["aria-invalid"] == "true"
    assert "id_email_error" in found.select_one("#id_email")["aria-describedby"]
    assert found.select_one("#id_email")["value"] == "ana@"
    assert found.select_one("#id_group option[selected]")["value"] == "media"
    assert found.select_one("#id_topics input[checked], input[name=topics][checked]")["value"] == "work"
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", "a" * 10_000), ("email", "ana@example.org\r\nBcc: eva@example.org"), ("email", ""), ("email", None),
        ("email", "ana\x00@example.org"), ("messages", None), ("language", "x" * 10_000), ("language", "ar"),
        ("language", None), ("group", "president"), ("group", "x" * 10_000), ("gender", "0"), ("gender", "x" * 10_000),
        ("parish", "roseau"), ("parish", "x" * 10_000),
        ("topics", ["x" * 10_000]), ("topics", ["work", "politics"]),
    ],
)  # fmt: skip
def test_a_field_that_holds_what_it_can_not_gets_a_sentence_and_nothing_is_kept(sends, name, value):
    answer = sends(**{name: value})

    assert answer.status_code == 422
    found = check_page(answer, "en")
    assert all(len(error.text) < 200 for error in found.select(".error"))
    assert not Subscriber.objects.exists()


def test_a_source_of_10000_letters_and_unknown_fields_do_no_harm(sends):
    assert sends(source="x" * 10_000, nationality="x" * 10_000).status_code == 302
    assert Subscriber.objects.get().source == ""


# Programs that fill in forms


def test_a_program_that_fills_in_the_hidden_field_is_answered_as_if_it_had_worked(sends):
    answer = sends(website="https://spam.example")

    assert answer.headers["Location"] == reverse("subscribe_done")
    assert not Subscriber.objects.exists()


def test_a_form_that_comes_back_at_once_needs_one_more_press(client, sends):
    answer = sends(opened=opened(NOW))
    found = check_page(answer, "en")
    assert "once more" in found.select_one(".error-summary").text
    assert not Subscriber.objects.exists()

    fresh = found.select_one("[name=opened]")["value"]
    with time_machine.travel(NOW + timedelta(seconds=3), tick=False):
        assert sends(opened=fresh).status_code == 302


@pytest.mark.parametrize(
    "note",
    [None, "", "x" * 10_000, "1:é", form_token.opened(now=NOW)[:-1] + "?"],
)
def test_a_form_without_a_good_note_gets_a_fresh_one_and_keeps_the_answers(sends, note):
    answer = sends(opened=note, group="media")

    found = check_page(answer, "en")
    assert found.select_one("#id_group option[selected]")["value"] == "media"
    fresh = found.select_one("[name=opened]")["value"]
    with time_machine.travel(NOW + timedelta(seconds=3), tick=False):
        assert sends(opened=fresh).status_code == 302


def test_a_form_that_was_open_for_days_needs_one_more_press(sends):
    answer = sends(opened=opened(NOW - 3 * DAY))

    found = check_page(answer, "en")
    assert "open for too long" in found.select_one(".error-summary").text
    assert found.select_one("#id_messages").has_attr("checked")
    fresh = found.select_one("[name=opened]")["value"]
    with time_machine.travel(NOW + timedelta(seconds=3), tick=False):
        assert sends(opened=fresh).status_code == 302


# Nobody learns who has joined


def test_the_answer_is_the_same_whatever_the_address(sends, confirmed, joins):
    confirmed(address="active@example.org")
    joins(address="pending@example.org")
    left = confirmed(address="left@example.org")
    subscriptions.leave(subscription=left, method="one_click", now=NOW)
    for reason in ("complaint", "hard_bounce", "by_hand"):
        digest = address_hash(channel="email", address=f"{reason}@example.org")
        suppress(channel="email", address_hash=digest, reason=reason, now=NOW)

    names = ("new", "active", "pending", "left", "complaint", "hard_bounce", "by_hand")
    answers = [sends(email=f"{name}@example.org") for name in names]

    assert {(each.status_code, each.content, tuple(sorted(each.headers.items()))) for each in answers} == {
        (302, b"", tuple(sorted(answers[0].headers.items())))
    }


def test_nothing_is_sent_to_a_suppressed_address(sends):
    digest = address_hash(channel="email", address="ana@example.org")
    suppress(channel="email", address_hash=digest, reason="complaint", now=NOW)

    sends()

    assert send_due_confirmations(now=NOW) == 0
    assert not Subscriber.objects.exists()


def test_a_double_click_sends_one_mail(sends):
    sends()
    sends()

    assert Subscriber.objects.count() == JoinRequest.objects.count() == 1
    assert send_due_confirmations(now=NOW) == 1


# The mailed link


@pytest.mark.parametrize("language", LANGUAGES)
def test_opening_the_link_confirms_nobody_because_mail_scanners_open_links(client, mailed, language):
    path = mailed(language=language)

    for answer in (client.get(path), client.head(path)):
        assert answer.status_code == 200
    check_page(client.get(path), language)

    assert Subscription.objects.get().state == "pending"
    assert not Consent.objects.exists()


def test_the_page_shows_what_is_agreed_to_before_the_button_is_pressed(client, mailed):
    path = mailed(purposes=frozenset({"messages", "click_tracking"}), topics=["work"])

    text = page(client.get(path)).text

    assert "English" in text
    assert "You may record which links in your messages I follow" in text
    assert "You may record whether I open" not in text
    assert "Work" in text


def test_pressing_the_button_twice_ends_on_the_same_page(client, mailed):
    path = mailed()

    answers = [client.post(path, follow=True) for _press in range(2)]

    assert [page(answer).h1.text for answer in answers] == ["You have joined"] * 2
    assert Consent.objects.count() == 1
    check_page(answers[1], "en")


def test_an_expired_link_offers_a_new_one_and_confirms_nothing(client, mailed, clock):
    path = mailed(language="es")
    send_due_confirmations(now=NOW)
    send_due_confirmations(now=NOW + 2 * DAY)
    clock.move_to(NOW + 4 * DAY)

    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 410
        found = check_page(answer, "es")
        assert found.select_one("button[name=again]")
    assert Subscription.objects.get().state == "pending"

    asked = client.post(path, {"again": "1"})
    assert asked.headers["Location"] == in_language("subscribe_done", "es")
    assert send_due_confirmations(now=NOW + 4 * DAY) == 1


@pytest.mark.parametrize("token", ["x", "x" * 3000, "a:b", "%25", "é", "eyJyZXF1ZXN0IjoxfQ:AAAA"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tampered_link_gets_a_clear_page(client, token, language):
    for method in (client.get, client.post):
        answer = method(f"/{language}/confirm/{token}/")
        assert answer.status_code == 410
        assert check_page(answer, language).h1.text == written("This link does not work", language)


def test_the_link_of_somebody_who_left_since_is_of_no_use(client, mailed):
    path = mailed()
    client.post(path)
    subscriptions.leave(subscription=Subscription.objects.get(), method="one_click", now=NOW)

    for method in (client.get, client.post):
        answer = method(path)
        assert answer.status_code == 410
        assert "left after it was sent" in check_page(answer, "en").text
    assert Subscription.objects.get().state == "left"


def test_pages_with_a_token_in_their_address_keep_it_to_themselves(client, mailed):
    answer = client.get(mailed())

    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["subscribe_done", "subscribe_telegram"])
def test_a_page_that_only_tells_takes_no_post(client, name):
    assert client.post(reverse(name)).status_code == 405


# Telegram


def test_the_telegram_page_hands_the_source_on_to_the_bot(client):
    found = page(client.get(reverse("subscribe_telegram"), {"source": "poster-1"}))

    assert found.select_one("a.button[rel=nofollow]")["href"] == "/telegram/start/?source=poster-1"
