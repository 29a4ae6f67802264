"""Scanners are known by what they do with one copy; readers are left alone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.delivery.models import Delivery
from outreach.tracking.hits.clicks import write_hits
from outreach.tracking.hits.scanners import Click, mark_soon, verdicts
from outreach.tracking.models import TrackingEvent
from outreach.tracking.tokens import Use
from tests.outreach.delivery.conftest import START

from .test_ingestion import Counter, hit


def judged(*clicks: tuple[int, float], links: int = 4, handed_over=START, reasons: tuple[str, ...] = ()) -> dict:
    """The verdict on each of ``clicks``, given as link and seconds after the mail was handed over."""
    made = [
        Click(pk, link, START + timedelta(seconds=at), reasons[pk] if reasons else "")
        for pk, (link, at) in enumerate(clicks)
    ]
    return dict(verdicts(made, links=links, handed_over=handed_over))


def test_a_reader_who_follows_some_links_is_left_alone():
    assert judged((1, 60), (2, 90), (1, 91), (3, 300)) == {}


def test_whatever_follows_the_hidden_link_did_everything_around_it():
    assert judged((1, 100), (0, 130), (2, 189), (1, 191)) == {0: "honeypot", 1: "honeypot", 2: "honeypot"}


def test_most_links_within_seconds_are_no_reader():
    assert judged((1, 60), (2, 61), (3, 62), (4, 500)) == {0: "burst", 1: "burst", 2: "burst"}


@pytest.mark.parametrize(
    ("clicks", "links"),
    [
        ([(1, 60), (2, 61)], 2),
        ([(1, 60), (2, 61), (3, 62)], 6),
        ([(1, 60), (1, 61), (1, 62), (1, 63)], 1),
        ([(1, 60), (2, 64), (3, 68)], 3),
    ],
    ids=["two links only", "half of the links", "the same link", "too slow"],
)
def test_a_quick_reader_is_no_burst(clicks, links):
    assert judged(*clicks, links=links) == {}


def test_nobody_clicks_before_the_mail_is_there():
    assert judged((1, 1.9), (2, 2.1)) == {0: "soon"}
    assert judged((1, 0.5), handed_over=None) == {}


def test_what_came_long_before_a_mail_was_handed_over_answers_an_earlier_one():
    assert judged((1, -61), (2, -59)) == {1: "soon"}


def test_a_time_that_was_corrected_says_nothing_of_speed():
    clicks = [Click(pk, link, START, "") for pk, link in enumerate((1, 2, 3))]

    assert dict(verdicts(clicks, links=3, handed_over=START, corrected_to=START)) == {}
    trapped = [*clicks, Click(3, 0, START, "honeypot")]
    assert set(dict(verdicts(trapped, links=3, handed_over=START, corrected_to=START))) == {0, 1, 2}


def test_a_reason_that_is_known_stays_and_still_gives_the_others_away():
    assert judged((1, 60), (2, 61), (3, 62), reasons=("head", "head", "")) == {2: "burst"}


@given(st.lists(st.tuples(st.integers(0, 6), st.floats(0, 400)), max_size=30), st.integers(1, 6))
def test_the_verdict_on_a_burst_is_that_of_a_plain_search(clicks, links):
    clicks = sorted(clicks, key=lambda click: click[1])
    found = judged(*clicks, links=links, handed_over=None)

    traps = [at for link, at in clicks if link == 0]
    at_once = set()
    for _link, begin in clicks:
        window = [n for n, (link, at) in enumerate(clicks) if link and 0 <= round((at - begin) * 1e6) <= 5_000_000]
        different = {clicks[n][0] for n in window}
        if len(different) >= 3 and len(different) * 2 > links:
            at_once |= set(window)
    moments = [START + timedelta(seconds=at) for _link, at in clicks]
    for number, moment in enumerate(moments):
        is_trapped = any(abs(moment - (START + timedelta(seconds=trap))) <= timedelta(minutes=1) for trap in traps)
        if is_trapped:
            assert found[number] == "honeypot"
        elif found.get(number) == "burst":
            assert number in at_once


@pytest.mark.django_db
def test_what_comes_later_gives_earlier_clicks_away(delivered):
    first, now = delivered[0], START + timedelta(hours=1)
    write_hits([hit(first, minutes=10), hit(delivered[1], minutes=10)], now=now, drops=Counter())
    assert set(TrackingEvent.objects.values_list("machine_reason", flat=True)) == {""}

    write_hits([hit(first, minutes=10.5, link=0)], now=now, drops=Counter())

    reasons = dict(TrackingEvent.objects.filter(link=1).values_list("delivery", "machine_reason"))
    assert reasons == {first.pk: "honeypot", delivered[1].pk: ""}


@pytest.mark.django_db
def test_a_click_faster_than_the_mail_is_a_machines_by_mail_and_not_on_telegram(delivered):
    Delivery.objects.filter(pk=delivered[1].pk).update(channel="telegram")

    write_hits([hit(each, minutes=0.01) for each in delivered[:2]], now=START + timedelta(hours=1), drops=Counter())

    reasons = dict(TrackingEvent.objects.values_list("delivery", "machine_reason"))
    assert reasons == {delivered[0].pk: "soon", delivered[1].pk: ""}


@pytest.mark.django_db
def test_a_click_that_was_read_before_anybody_wrote_when_the_mail_went_is_judged_in_the_end(delivered):
    first, second = delivered[0], delivered[1]
    Delivery.objects.update(attempted_at=None, status="attempting")
    early, later = hit(first, minutes=0.01), hit(second, minutes=5)
    write_hits([early, later], now=START + timedelta(hours=1), drops=Counter())
    assert not TrackingEvent.objects.exclude(machine_reason="").exists()
    Delivery.objects.update(attempted_at=START, status="accepted")

    assert mark_soon(broadcast=first.broadcast_id) == 1
    assert mark_soon(broadcast=first.broadcast_id) == 0

    assert TrackingEvent.objects.get(machine_reason="soon").delivery == first


@pytest.mark.django_db
@pytest.mark.parametrize("sent_again", [timedelta(), timedelta(hours=1)], ids=["a clock that went back", "sent again"])
def test_a_reader_whom_clocks_or_a_second_copy_overtook_stays_a_reader(delivered, sent_again):
    now = START + timedelta(hours=2)
    write_hits([hit(delivered[0], minutes=30 if sent_again else -600)], now=now, drops=Counter())
    Delivery.objects.update(attempted_at=START + sent_again)
    write_hits([hit(delivered[0], minutes=70, link=2)], now=now, drops=Counter())

    assert mark_soon(broadcast=delivered[0].broadcast_id) == 0
    assert set(TrackingEvent.objects.values_list("machine_reason", flat=True)) == {""}


@pytest.mark.django_db
def test_opens_are_no_clicks(delivered):
    opens = [hit(delivered[0], use=Use.OPEN, link=0), hit(delivered[0], minutes=30.1)]

    write_hits(opens, now=START + timedelta(hours=1), drops=Counter())

    assert list(TrackingEvent.objects.order_by("pk").values_list("kind", "link", "machine_reason")) == [
        ("open", None, ""),
        ("click", 1, ""),
    ]
