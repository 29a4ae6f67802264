"""The preference page as a person uses it, and as somebody does who got a message passed on."""

import gzip
import re
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings as django_settings
from django.core import mail
from django.utils import timezone

from outreach.audience import form_token, limits
from outreach.audience.choices import ChannelName, Purpose
from outreach.audience.models import Consent, FreshLink, Subscriber, Subscription, Suppression
from outreach.audience.preferences import links
from outreach.audience.preferences.mailing import send_due_links

pytestmark = pytest.mark.django_db
MOST_BYTES = 20_000


def text(answer) -> str:
    return " ".join(BeautifulSoup(answer.content, "html.parser").select_one("main").get_text(" ").split())


def ledger(subscription, since=0) -> set[tuple[str, str, bool, str]]:
    entries = Consent.objects.filter(subscriber=subscription.subscriber_id, pk__gt=since)
    return {(entry.channel, entry.purpose, entry.granted, entry.method) for entry in entries}


def last_entry() -> int:
    return Consent.objects.latest("pk").pk


@pytest.mark.parametrize(
    ("field", "value"),
    [("language", "ht"), ("frequency", "monthly"), ("group", "student"), ("gender", "another"), ("parish", "st_paul")],
)
def test_each_answer_can_be_changed(client, ana, page_of, filled, field, value):
    path = page_of(ana)

    answer = client.post(path, {**filled(path), field: value}, follow=True)

    assert getattr(Subscriber.objects.get(), field) == value
    assert "Saved." in text(answer)
    assert "Nothing had to be changed" not in text(answer)


@pytest.mark.parametrize(("topics", "kept"), [(["work", "data"], ["data", "work"]), ([], [])])
def test_topics_can_be_changed_and_none_means_all(client, ana, page_of, filled, topics, kept):
    path = page_of(ana)

    answer = client.post(path, {**filled(path), "topics": topics}, follow=True)

    assert sorted(ana.subscriber.topics.values_list("topic", flat=True)) == kept
    assert "Changed: Topics" in text(answer)


def test_sending_the_page_untouched_changes_nothing(client, ana, chat, page_of, filled):
    before, path = last_entry(), page_of(ana)

    answer = client.post(path, filled(path), follow=True)

    assert "Nothing had to be changed" in text(answer)
    assert ledger(ana, before) == set()
    assert Subscription.objects.filter(state="active").count() == 2


def test_a_double_click_changes_nothing_more(client, ana, page_of, filled):
    path = page_of(ana)
    data = {**filled(path), "language": "fr", f"open_tracking_{ana.pk}": "on"}
    client.post(path, data)
    before = last_entry()

    client.post(path, data)

    assert ledger(ana, before) == set()


@pytest.mark.parametrize("purpose", [Purpose.OPEN_TRACKING, Purpose.CLICK_TRACKING])
def test_each_consent_to_measuring_is_given_and_taken_back_for_its_channel(client, ana, chat, page_of, filled, purpose):
    path, name = page_of(ana), f"{purpose}_{ana.pk}"
    data = filled(path)
    data.pop(name, None)
    client.post(path, data)
    before = last_entry()

    client.post(path, {**data, name: "on"})
    assert ledger(ana, before) == {("email", purpose, True, "preferences")}
    before = last_entry()
    client.post(path, data)

    assert ledger(ana, before) == {("email", purpose, False, "preferences")}
    ana.refresh_from_db()
    assert not ana.allows(purpose)


def test_taking_back_the_statistics_takes_the_gender_along(client, ana, page_of, filled):
    path, before = page_of(ana), last_entry()
    data = filled(path)
    del data["gender_statistics"]

    answer = client.post(path, data, follow=True)

    assert Subscriber.objects.get().gender == ""
    assert ledger(ana, before) == {("email", "gender_statistics", False, "preferences")}
    assert "Changed: Gender, Statistics by gender" in text(answer)


def test_consent_to_statistics_counts_on_every_channel_and_only_with_a_gender(client, ana, chat, page_of, filled):
    path, before = page_of(ana), last_entry()
    data = filled(path)

    client.post(path, {**data, "gender": "undisclosed"})
    assert not Subscription.objects.filter(allows_gender_statistics=True).exists()
    client.post(path, {**data, "gender": "man"})

    assert Subscription.objects.filter(allows_gender_statistics=True).count() == 2
    assert Subscriber.objects.get().gender == "man"
    assert ("telegram", "gender_statistics", True, "preferences") in ledger(ana, before)


def test_nobody_is_asked_about_opens_on_telegram(client, ana, chat, page_of):
    page = client.get(page_of(ana)).content.decode()

    assert f"open_tracking_{ana.pk}" in page
    assert f"open_tracking_{chat.pk}" not in page
    assert f"click_tracking_{chat.pk}" in page


def test_without_the_consent_to_messages_a_channel_is_left_and_the_other_stays(client, ana, chat, page_of, filled):
    path = page_of(ana)
    data = filled(path)
    del data[f"messages_{chat.pk}"]

    client.post(path, data)

    assert set(Subscription.objects.values_list("channel", "state")) == {("email", "active"), ("telegram", "left")}


def test_one_channel_is_left_by_its_button_and_then_all_by_one(client, ana, chat, page_of):
    path = page_of(ana)

    answer = client.post(path, {"leave": chat.pk}, follow=True)
    assert "Changed: Channels" in text(answer)
    assert set(Subscription.objects.values_list("channel", "state")) == {("email", "active"), ("telegram", "left")}
    client.post(path, {"leave": "all"})

    assert set(Subscription.objects.values_list("state", flat=True)) == {"left"}
    assert not Consent.objects.filter(method="preferences", granted=True).exists()
    again = client.post(path, {"leave": "all"}, follow=True)
    assert "Nothing had to be changed" in text(again)
    assert "No channel reaches you now" in text(again)


def test_nobody_leaves_for_somebody_else(client, ana, confirmed, page_of):
    ben = confirmed(address="ben@example.org")

    client.post(page_of(ana), {"leave": ben.pk})

    assert set(Subscription.objects.values_list("state", flat=True)) == {"active"}


def test_the_words_that_were_on_the_page_are_the_ones_recorded(client, ana, page_of, filled, monkeypatch):
    from outreach.audience import wording

    path = page_of(ana).replace("/en/", "/fr/")
    data = filled(path)
    newer = {**wording.VERSIONS[Purpose.OPEN_TRACKING], "2099.1": "Other words."}
    monkeypatch.setitem(wording.VERSIONS, Purpose.OPEN_TRACKING, newer)

    client.post(path, {**data, f"open_tracking_{ana.pk}": "on"})

    given = Consent.objects.latest("pk")
    assert (given.purpose, given.wording_version, given.language) == ("open_tracking", "2026.1", "fr")


def test_a_channel_that_began_while_the_page_was_open_does_not_end_by_it(client, ana, page_of, filled, request):
    path = page_of(ana)
    data = filled(path)
    chat = request.getfixturevalue("chat")

    client.post(path, {**data, "language": "fr"})

    chat.refresh_from_db()
    assert (chat.state, chat.allows_messages) == ("active", True)


@pytest.mark.parametrize(
    "broken",
    [
        {"language": "xx"},
        {"frequency": ""},
        {"group": "hostile"},
        {"gender": "<script>"},
        {"parish": "atlantis"},
        {"topics": ["rights", "nonsense"]},
        {"screen": "forged"},
        {"screen": ""},
    ],
)
def test_an_answer_that_is_none_is_refused_and_nothing_is_half_saved(client, ana, page_of, filled, broken):
    path, before = page_of(ana), last_entry()

    data = {**filled(path), "language": "fr", f"open_tracking_{ana.pk}": "on", **broken}
    answer = client.post(path, data)

    assert answer.status_code == 422
    assert BeautifulSoup(answer.content, "html.parser").select_one(".error-summary a[href^='#']")
    assert Subscriber.objects.get().language == "en"
    assert ledger(ana, before) == set()


def test_an_empty_or_cut_off_form_changes_nothing(client, ana, page_of):
    assert client.post(page_of(ana), {}).status_code == 422

    ana.refresh_from_db()
    assert (ana.state, ana.allows_messages) == ("active", True)


def test_the_page_never_shows_the_address_in_full(client, ana, page_of):
    page = client.get(page_of(ana)).content.decode()

    assert "a…@e….org" in page
    assert "ana@" not in page
    assert "example.org" not in page


def test_a_link_from_a_message_does_not_tell_what_the_person_said_about_themselves(client, ana, page_of, filled):
    path = page_of(ana, proven=False)
    data = filled(path)
    assert (data["group"], data["gender"], data["parish"]) == (["keep"], ["keep"], ["keep"])

    client.post(path, {**data, "language": "es"})

    person = Subscriber.objects.get()
    assert (person.language, person.group, person.gender) == ("es", "worker", "woman")
    client.post(path, {**data, "group": "media"})
    assert Subscriber.objects.get().group == "media"


@pytest.mark.parametrize("page", ["data/", "data/?file=json", "erase/"])
@pytest.mark.parametrize(("proven", "age"), [(False, timedelta(0)), (True, timedelta(hours=2))])
def test_data_and_erasure_need_a_fresh_link(client, ana, page_of, now, page, proven, age):
    path = page_of(ana, proven=proven, made=now - age)

    answers = [client.get(path + page), client.post(path + page)]

    assert [answer.status_code for answer in answers] == [403, 403]
    for answer in answers:
        assert "ana@example.org" not in answer.content.decode()
        assert "passed on" in text(answer)
    assert Subscriber.objects.exists()


def test_the_button_mails_a_fresh_link_that_opens_everything(client, ana, page_of):
    answer = client.post(page_of(ana, proven=False) + "data/", {"fresh": "1"})
    assert answer["Location"].endswith("/preferences/asked/")
    send_due_links(now=timezone.now())

    found = re.search(r"http://testserver(/en/preferences/\S+/)", mail.outbox[0].body)

    assert found
    assert "ana@example.org" in client.get(found[1] + "data/").content.decode()


def test_an_old_link_offers_a_fresh_one_and_opens_nothing(client, ana, page_of, now):
    path = page_of(ana, made=now - timedelta(days=2))

    assert client.get(path).status_code == 410
    assert client.post(path, {"leave": "all"}).status_code == 410
    assert Subscription.objects.get().state == "active"
    client.post(path, {"fresh": "1"})
    assert FreshLink.objects.get().subscription == ana


@pytest.mark.parametrize("page", ["", "data/", "erase/"])
def test_a_forged_link_opens_nothing(client, ana, page):
    for method in (client.get, client.post):
        assert method(f"/en/preferences/forged/{page}").status_code == 410
    assert Subscriber.objects.exists()


def test_only_the_button_erases_and_then_nothing_is_kept(client, ana, chat, page_of):
    path = page_of(ana)
    assert "What stays" in text(client.get(path + "erase/"))
    assert Subscriber.objects.exists()

    answer = client.post(path + "erase/", follow=True)

    assert answer.status_code == 410
    assert "Nothing is kept of you" in text(answer)
    for model in (Subscriber, Subscription, Consent, FreshLink):
        assert not model.objects.exists()
    assert set(Suppression.objects.values_list("channel", "reason")) == {("email", "erased"), ("telegram", "erased")}
    assert client.post(path + "erase/").status_code == 410


def test_the_page_of_a_chat_without_an_inbox_leads_to_the_bot(client, ana, chat, page_of):
    Subscription.objects.filter(pk=ana.pk).delete()

    page = text(client.get(page_of(chat, proven=False)))

    assert "/erase" in page
    assert "Mail me a fresh link" not in page
    assert "Join by e-mail" in page


@pytest.mark.parametrize("page", ["", "data/", "data/?file=json", "erase/"])
def test_pages_behind_a_link_are_kept_by_nobody_and_tell_nobody_their_address(client, ana, page_of, page):
    answer = client.get(page_of(ana) + page)

    assert answer.status_code == 200
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("language", [code for code, _name in django_settings.LANGUAGES])
@pytest.mark.parametrize("proven", [True, False])
def test_the_page_and_its_styles_weigh_at_most_20_kilobytes_and_need_no_script(
    client, ana, chat, page_of, language, proven
):
    path = page_of(ana, proven=proven).replace("/en/", f"/{language}/")
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    page = BeautifulSoup(gzip.decompress(answer.content), "html.parser")
    static = Path("templates/static")
    styles = [
        str(link["href"]).partition("/static/")[2] for link in page.select("link[rel=stylesheet], link[rel=icon]")
    ]

    weight = len(answer.content) + sum(len(gzip.compress((static / name).read_bytes())) for name in styles)

    assert len(styles) >= 4
    assert weight <= MOST_BYTES
    assert not page.select("script, [style], iframe")
    assert page.html["lang"] == language


def form(now, **changes):
    opened = form_token.opened(now=now - timedelta(seconds=10))
    return {"email": "ana@example.org", "opened": opened, "website": "", **changes}


def test_the_answer_is_the_same_for_every_address(client, ana, now):
    answers = [
        client.post("/en/preferences/", form(now, email=email)) for email in ("ana@example.org", "nobody@example.org")
    ]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, "/en/preferences/asked/")] * 2
    assert FreshLink.objects.count() == 1
    assert not answers[0].cookies


def test_an_address_is_found_however_it_is_written(client, ana, now):
    client.post("/en/preferences/", form(now, email="  ANA@Example.ORG "))

    assert FreshLink.objects.get().subscription == ana


@pytest.mark.parametrize("changes", [{"email": ""}, {"email": "ana"}, {"opened": ""}, {"opened": "forged"}])
def test_what_no_person_can_have_filled_in_is_refused(client, ana, now, changes):
    answer = client.post("/en/preferences/", form(now, **changes))

    assert answer.status_code == 422
    assert not FreshLink.objects.exists()


def test_who_is_too_quick_or_falls_into_the_trap_gets_no_mail(client, ana, now):
    quick = client.post(
        "/en/preferences/", form(now, opened=form_token.opened(now=timezone.now() + timedelta(minutes=1)))
    )
    trapped = client.post("/en/preferences/", form(now, website="https://spam.example"))

    assert (quick.status_code, trapped.status_code) == (422, 302)
    assert not FreshLink.objects.exists()


def test_a_person_who_has_not_confirmed_yet_can_see_and_erase_what_they_sent(client, joins, page_of):
    waiting = joins(address="ben@example.org")
    path = page_of(waiting)

    assert "Waiting for confirmation" in text(client.get(path))
    assert "ben@example.org" in text(client.get(path + "data/"))
    client.post(path + "erase/")

    assert not Subscriber.objects.exists()


def test_a_fresh_link_may_be_handed_out_in_a_chat(client, chat, now):
    address = links.address(subscription=chat, proven=True, now=now)

    assert "12345" in text(client.get(address.removeprefix("http://testserver") + "data/"))
    assert chat.channel == ChannelName.TELEGRAM


def test_no_refusal_writes_a_link_into_the_log(client, ana, page_of, now, caplog):
    path = page_of(ana, proven=False)
    answers = [
        client.post(path, {}),
        client.get(path + "data/"),
        client.get(page_of(ana, made=now - timedelta(days=2))),
    ]

    assert [answer.status_code for answer in answers] == [422, 403, 410]
    assert "/preferences/" not in caplog.text


def test_a_flood_of_requests_for_links_is_stopped_and_led_back_to_the_same_form(client, ana, now, monkeypatch):
    monkeypatch.setattr(limits, "PER_NETWORK", limits.Limit(ask=1, refuse=2))

    answers = [client.post("/en/preferences/", form(now, email=f"{name}@example.org")) for name in ("a", "b", "ana")]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert answers[-1]["Retry-After"]
    assert 'href="/en/preferences/"' in answers[-1].content.decode()
    assert not FreshLink.objects.exists()
