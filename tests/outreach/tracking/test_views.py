"""The links in a message as a reader, a mail program and a scanner use them."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from outreach.audience.models import Consent, Subscription
from outreach.broadcasts import services as broadcasts
from outreach.broadcasts.models import Broadcast, Message
from outreach.broadcasts.rendering.email import PERSONAL_PATH
from outreach.delivery.freeze import freeze
from outreach.delivery.models import Cohort, Delivery, Exclusion, Freeze
from outreach.tracking.hits import recording
from outreach.tracking.hits.drops import drops
from outreach.tracking.hits.targets import targets
from outreach.tracking.models import Drop, TrackingEvent
from outreach.tracking.tokens import Token, Use, mint
from outreach.tracking.web.sources import reference
from tests.outreach.delivery.conftest import START, broadcast, everybody, person  # noqa: F401

from .copies import links_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivered(broadcast):
    """The deliveries of a broadcast to six people, the first of whom consented to tracking."""
    for number in range(6):
        person(number)
    Subscription.objects.filter(pk=Subscription.objects.earliest("pk").pk).update(
        allows_click_tracking=True, allows_open_tracking=True
    )
    broadcasts.freeze_content(broadcast)
    freeze(broadcast=broadcast, now=START)
    return list(Delivery.objects.order_by("pk").select_related("message"))


def path(address: str) -> str:
    return address.removeprefix("http://testserver")


def test_a_consenting_readers_click_is_counted_on_their_delivery(client, delivered, ingest):
    links = links_of(delivered[0])
    targets = delivered[0].message.links

    answers = [client.get(path(link)) for link in links.clicks]

    assert [answer["Location"] for answer in answers] == targets
    assert set(targets) == {"https://example.org/a", "https://example.org/story"}
    assert ingest().events == len(targets)
    events = TrackingEvent.objects.order_by("pk")
    assert [(e.delivery_id, e.cohort_id, e.link) for e in events] == [
        (delivered[0].pk, None, number) for number in range(1, len(targets) + 1)
    ]


def test_everybody_elses_click_names_a_cohort_and_nobody(client, delivered, ingest):
    links = links_of(delivered[1])
    assert links.clicks == links_of(delivered[2]).clicks

    client.get(path(links.clicks[0]))

    ingest()
    event = TrackingEvent.objects.get()
    assert event.delivery is None
    assert event.cohort.size >= 5


def test_the_pixel_stands_only_in_the_mail_of_who_consented(client, delivered, ingest):
    assert links_of(delivered[1]).open_pixel == ""

    answer = client.get(path(links_of(delivered[0]).open_pixel))

    assert answer["Content-Type"] == "image/gif"
    ingest()
    assert TrackingEvent.objects.get().kind == "open"


def test_no_address_is_longer_than_what_a_mail_is_measured_with(delivered):
    links = links_of(delivered[0])

    longest = max([*links.clicks, links.unsubscribe, links.view, links.open_pixel, links.trap], key=len)
    assert 30 < len(path(longest)) <= PERSONAL_PATH


def test_who_took_back_the_consent_is_counted_with_their_cohort_alone(client, delivered, ingest):
    links = links_of(delivered[0])

    assert client.get(path(links.clicks[0])).status_code == 302
    client.get(path(links.open_pixel))
    # After the click, and before anybody has looked at it.
    Subscription.objects.update(allows_click_tracking=False, allows_open_tracking=False)

    assert ingest().drops["consent"] == 1
    event = TrackingEvent.objects.get()
    assert (event.kind, event.delivery_id) == ("click", None)
    assert event.cohort.size >= 5


@pytest.mark.parametrize(
    ("method", "headers", "reason"),
    [
        ("get", {}, ""),
        ("head", {}, "head"),
        ("get", {"Sec-Purpose": "prefetch;prerender"}, "prefetch"),
        ("get", {"Purpose": "prefetch"}, "prefetch"),
        ("get", {"X-Moz": "prefetch"}, "prefetch"),
        ("get", {"X-Purpose": "preview"}, "prefetch"),
        ("get", {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}, "bot"),
        ("get", {"User-Agent": "TelegramBot (like TwitterBot)"}, "bot"),
        ("get", {"User-Agent": "Mozilla/5.0 (Linux; Android 9; CUBOT P40) Chrome/120 Mobile"}, ""),
    ],
)
def test_machines_are_kept_apart_with_a_reason(client, delivered, ingest, method, headers, reason):
    link = links_of(delivered[0]).clicks[0]

    assert getattr(client, method)(path(link), headers=headers).status_code == 302

    ingest()
    assert TrackingEvent.objects.get().machine_reason == reason


@pytest.mark.parametrize("link", [3, 99, 12345])
def test_a_link_that_was_not_in_the_message_leads_nowhere(client, delivered, ingest, link):
    token = mint(Token(Use.PERSONAL_CLICK, delivered[0].message_id, delivered[0].pk))

    assert client.get(reverse("follow", args=[token, link])).status_code == 410
    assert ingest().drops == {"link": 1}
    assert not TrackingEvent.objects.exists()


def test_forged_and_foreign_tokens_lead_nowhere_and_count_nothing(client, delivered, ingest):
    foreign = mint(Token(Use.UNSUBSCRIBE, delivered[0].message_id, delivered[0].pk))
    gone = mint(Token(Use.COHORT_CLICK, 999_999, 1))

    good = mint(Token(Use.PERSONAL_CLICK, delivered[0].message_id, delivered[0].pk))
    assert client.get("/r/forged/1").status_code == 410
    assert client.get(f"/r/{good[:20]}/1").status_code == 410
    assert client.get(reverse("follow", args=[foreign, 1])).status_code == 410
    assert client.get(reverse("follow", args=[gone, 1])).status_code == 410
    assert client.get("/o/forged").status_code == 200
    assert client.post("/u/forged").status_code == 410
    assert ingest().drops == {"token": 5, "gone": 1}
    assert not TrackingEvent.objects.exists()
    today = timezone.localdate()
    told = drops(since=today, until=today + timedelta(days=1))
    assert (told[Drop.Reason.TOKEN], told[Drop.Reason.GONE], told[Drop.Reason.LOST]) == (5, 1, 0)


def test_a_dead_link_says_so_in_the_readers_language(client, delivered):
    answer = client.get("/r/forged/1", headers={"Accept-Language": "fr"})

    assert 'lang="fr"' in answer.content.decode()


def test_a_link_that_is_followed_again_is_one_clicker(client, delivered, ingest):
    link = path(links_of(delivered[0]).clicks[0])
    for _again in range(3):
        client.get(link)

    assert ingest().events == 3
    assert TrackingEvent.objects.values("delivery").distinct().count() == 1


def test_posting_to_a_link_counts_nothing(client, delivered, ingest):
    assert client.post(path(links_of(delivered[0]).clicks[0])).status_code == 405
    assert client.post(path(links_of(delivered[0]).open_pixel)).status_code == 405
    assert ingest().events == 0


def test_a_link_of_a_deleted_broadcast_leads_nowhere_and_what_was_noted_is_dropped_by_name(client, delivered, ingest):
    link = path(links_of(delivered[0]).clicks[0])
    client.get(link)
    number = delivered[0].broadcast_id
    for model in (Delivery, Cohort, Exclusion, Freeze):
        model.objects.filter(broadcast=number).delete()
    Broadcast.objects.filter(pk=number).delete()

    assert ingest().drops == {"gone": 1}
    targets.forget()
    assert client.get(link).status_code == 410


def test_the_link_that_nobody_sees_leads_home_and_gives_a_scanner_away(client, delivered, ingest):
    links = links_of(delivered[0])
    client.get(path(links.clicks[0]))

    assert client.get(path(links.trap))["Location"] == "http://testserver/"
    ingest()
    events = TrackingEvent.objects.order_by("pk").values_list("delivery", "link", "machine_reason")
    assert list(events) == [(delivered[0].pk, 1, "honeypot"), (delivered[0].pk, 0, "honeypot")]


def test_a_shared_link_that_nobody_sees_gives_away_who_follows_all_links_then(client, delivered, ingest):
    links = links_of(delivered[1])
    for link in (*links.clicks, links.trap):
        client.get(path(link))

    ingest()
    found = list(TrackingEvent.objects.filter(delivery=None).values_list("machine_reason", flat=True))
    assert found == ["honeypot"] * (len(links.clicks) + 1)


def test_a_shared_link_that_nobody_sees_says_nothing_of_who_follows_another_alone(client, delivered, ingest):
    links = links_of(delivered[1])
    assert len(links.clicks) > 1
    client.get(path(links.clicks[0]))
    client.get(path(links.trap))

    ingest()
    assert list(TrackingEvent.objects.order_by("pk").values_list("link", "machine_reason")) == [
        (1, ""),
        (0, "honeypot"),
    ]


def test_a_proxy_that_fetches_every_picture_is_no_reader(client, delivered, ingest):
    client.get(path(links_of(delivered[0]).open_pixel), headers={"User-Agent": "Mozilla/5.0"})

    ingest()
    assert TrackingEvent.objects.get().machine_reason == "proxy"


def test_a_reader_is_led_on_where_the_disk_takes_nothing(client, delivered, ingest, settings, tmp_path, caplog):
    (tmp_path / "full").write_text("no folder")
    settings.LOCAL_DIR = tmp_path / "full"

    answers = [client.get(path(links_of(delivered[0]).clicks[0])) for _again in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert [record.message for record in caplog.records if "not counted" in record.message] != []


def test_the_first_click_says_so_where_the_database_is_away(client, delivered, ingest):
    link = path(links_of(delivered[0]).clicks[0])

    def away(*_query):
        raise OperationalError

    with connection.execute_wrapper(away):
        assert client.get(link).status_code == 503
    assert client.get(link).status_code == 302


def test_only_reading_the_page_to_leave_leaves_nobody(client, delivered):
    address = path(links_of(delivered[0]).unsubscribe)

    answer = client.get(address)

    assert answer.status_code == 200
    assert not answer.cookies
    assert Subscription.objects.get(pk=delivered[0].subscription_id).state == "active"


def test_one_click_of_a_mail_program_leaves_for_good(client, delivered):
    address = path(links_of(delivered[0]).unsubscribe)

    answer = client.post(address, data="List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    client.post(address)

    assert answer.status_code == 200
    subscription = Subscription.objects.get(pk=delivered[0].subscription_id)
    assert subscription.state == "left"
    assert not subscription.allows_messages
    assert TrackingEvent.objects.filter(kind="unsubscribe").count() == 1
    assert Consent.objects.filter(subscriber=delivered[0].subscriber_id, granted=False, method="one_click").exists()


def test_the_page_to_leave_speaks_the_language_of_the_message(client, delivered):
    Message.objects.update(language="fr")
    answer = client.get(path(links_of(delivered[0]).unsubscribe))

    assert 'lang="fr"' in answer.content.decode()


def test_the_page_to_leave_leads_on_to_the_preference_page_in_the_language_of_the_message(client, delivered):
    Message.objects.update(language="fr")
    address = path(links_of(delivered[0]).unsubscribe)

    for answer in (client.get(address), client.post(address)):
        page = BeautifulSoup(answer.content, "html.parser")
        (link,) = page.select("main a[href^='/fr/preferences/']")
        opened = client.get(link["href"])
        assert opened.status_code == 200
        assert opened.context["whose"] == "p…@e….org"
        assert not opened.context["is_fresh"]
        assert answer["Referrer-Policy"] == "no-referrer"


def test_an_unsubscribe_token_of_one_person_opens_no_page_of_another(client, delivered):
    token = mint(Token(Use.UNSUBSCRIBE, delivered[0].message_id, delivered[0].pk))

    assert client.get(f"/en/preferences/{token}/").status_code == 410


def test_leaving_after_erasure_changes_nothing_and_says_so_kindly(client, delivered):
    address = path(links_of(delivered[0]).unsubscribe)
    delivered[0].subscriber.delete()

    answer = client.post(address)
    assert answer.status_code == 200
    assert "/preferences/" not in answer.content.decode()


def test_nothing_about_the_visitor_is_kept(client, delivered, ingest):
    client.get(path(links_of(delivered[0]).clicks[0]), REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="Phone/1")

    recording.journal().keep_up()
    noted = b"".join(file.read_bytes() for file in recording.folder().iterdir())
    ingest()
    kept = str(TrackingEvent.objects.values().get())
    assert noted
    for text in (noted.decode(), kept):
        assert "203.0.113.9" not in text
        assert "Phone" not in text


def test_a_click_reads_nothing_once_the_message_is_known(client, delivered, django_assert_num_queries):
    client.get(path(links_of(delivered[1]).clicks[0]))
    others = path(links_of(delivered[0]).clicks[1])
    with django_assert_num_queries(0):
        assert client.get(others).status_code == 302


def test_a_link_to_our_own_site_says_which_broadcast_led_there(client, delivered):
    Message.objects.update(links=["http://testserver/en/story/?page=2#end", "https://example.org/a?x=1"])
    token = mint(Token(Use.PERSONAL_CLICK, delivered[0].message_id, delivered[0].pk))

    own, other = (client.get(reverse("follow", args=[token, link]))["Location"] for link in (1, 2))

    assert own == f"http://testserver/en/story/?page=2&b={reference(delivered[0].broadcast_id)}#end"
    assert other == "https://example.org/a?x=1"
