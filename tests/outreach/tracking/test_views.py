"""The links in a message as a reader, a mail program and a scanner use them."""

import pytest
from django.urls import reverse

from outreach.audience.models import Consent, Subscription
from outreach.broadcasts import services as broadcasts
from outreach.delivery.freeze import freeze
from outreach.delivery.models import Delivery
from outreach.tracking.models import TrackingEvent
from outreach.tracking.tokens import Token, Use, mint
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


def test_a_consenting_readers_click_is_counted_on_their_delivery(client, delivered):
    links = links_of(delivered[0])
    targets = delivered[0].message.links

    answers = [client.get(path(link)) for link in links.clicks]

    assert [answer["Location"] for answer in answers] == targets
    assert set(targets) == {"https://example.org/a", "https://example.org/story"}
    events = TrackingEvent.objects.order_by("pk")
    assert [(e.delivery_id, e.cohort_id, e.link) for e in events] == [
        (delivered[0].pk, None, number) for number in range(1, len(targets) + 1)
    ]


def test_everybody_elses_click_names_a_cohort_and_nobody(client, delivered):
    links = links_of(delivered[1])
    assert links.clicks == links_of(delivered[2]).clicks

    client.get(path(links.clicks[0]))

    event = TrackingEvent.objects.get()
    assert event.delivery is None
    assert event.cohort.size >= 5


def test_the_pixel_stands_only_in_the_mail_of_who_consented(client, delivered):
    assert links_of(delivered[1]).open_pixel == ""

    answer = client.get(path(links_of(delivered[0]).open_pixel))

    assert answer["Content-Type"] == "image/gif"
    assert TrackingEvent.objects.get().kind == "open"


def test_who_took_back_the_consent_is_counted_with_their_cohort_alone(client, delivered):
    links = links_of(delivered[0])
    Subscription.objects.update(allows_click_tracking=False, allows_open_tracking=False)

    assert client.get(path(links.clicks[0])).status_code == 302
    client.get(path(links.open_pixel))

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
    ],
)
def test_machines_are_kept_apart_with_a_reason(client, delivered, method, headers, reason):
    link = links_of(delivered[0]).clicks[0]

    assert getattr(client, method)(path(link), headers=headers).status_code == 302

    assert TrackingEvent.objects.get().machine_reason == reason


@pytest.mark.parametrize("link", [0, 99])
def test_a_link_that_was_not_in_the_message_leads_nowhere(client, delivered, link):
    token = mint(Token(Use.PERSONAL_CLICK, delivered[0].message_id, delivered[0].pk))

    assert client.get(reverse("follow", args=[token, link])).status_code == 410
    assert not TrackingEvent.objects.exists()


def test_forged_and_foreign_tokens_lead_nowhere_and_count_nothing(client, delivered):
    foreign = mint(Token(Use.UNSUBSCRIBE, delivered[0].message_id, delivered[0].pk))
    gone = mint(Token(Use.COHORT_CLICK, 999_999, 1))

    assert client.get("/r/forged/1").status_code == 410
    assert client.get(reverse("follow", args=[foreign, 1])).status_code == 410
    assert client.get(reverse("follow", args=[gone, 1])).status_code == 410
    assert client.get("/o/forged").status_code == 200
    assert client.post("/u/forged").status_code == 410
    assert not TrackingEvent.objects.exists()


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
    from outreach.broadcasts.models import Message

    Message.objects.update(language="fr")
    answer = client.get(path(links_of(delivered[0]).unsubscribe))

    assert 'lang="fr"' in answer.content.decode()


def test_leaving_after_erasure_changes_nothing_and_says_so_kindly(client, delivered):
    address = path(links_of(delivered[0]).unsubscribe)
    delivered[0].subscriber.delete()

    assert client.post(address).status_code == 200


def test_nothing_about_the_visitor_is_kept(client, delivered):
    client.get(path(links_of(delivered[0]).clicks[0]), REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="Phone/1")

    kept = str(TrackingEvent.objects.values().get())
    assert "203.0.113.9" not in kept
    assert "Phone" not in kept


def test_a_click_writes_one_row_and_reads_the_message_once(client, delivered, django_assert_num_queries):
    link = path(links_of(delivered[1]).clicks[0])
    client.get(link)
    with django_assert_num_queries(1):
        client.get(link)
