"""A scanner among the many people who share a link loses its own clicks, and theirs stay."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.broadcasts.models import Message
from outreach.delivery.models import Cohort
from outreach.tracking.hits.clicks import write_hits
from outreach.tracking.hits.lines import Hit
from outreach.tracking.hits.scanners import BURST, Click
from outreach.tracking.hits.shared_links import mark_whole, verdicts
from outreach.tracking.models import TrackingEvent
from outreach.tracking.tokens import Use
from tests.outreach.delivery.conftest import START

NOW = START + timedelta(hours=1)


def judged(*clicks: tuple[int, float], links: int = 2, reasons: tuple[str, ...] = ()) -> set[int]:
    """Which of ``clicks``, given as link and second in the order of time, are found to be a machine's."""
    made = [
        Click(pk, link, START + timedelta(seconds=at), reasons[pk] if reasons else "honeypot" if link == 0 else "")
        for pk, (link, at) in enumerate(clicks)
    ]
    return set(verdicts(made, links=links))


def test_a_scanner_that_follows_everything_within_seconds_loses_all_its_clicks():
    assert judged((1, 60), (2, 61), (0, 62)) == {0, 1}
    assert judged((0, 60), (1, 61), (2, 62)) == {1, 2}


def test_people_who_follow_the_same_link_then_keep_their_clicks():
    assert judged((1, 58), (1, 61), (0, 62), (2, 62.5), (2, 64), (1, 66)) == {1, 3}


def test_several_scanners_take_a_click_each():
    found = judged((1, 60), (1, 60.1), (1, 60.2), (0, 61), (0, 61.1), (2, 62), (2, 62.1))
    assert len(found & {0, 1, 2}) == 2
    assert found >= {5, 6}


def test_one_scanner_leaves_the_next_its_clicks():
    assert judged((1, 58), (2, 58), (0, 60), (1, 64), (2, 64), (0, 66)) == {0, 1, 3, 4}


@pytest.mark.parametrize(
    "clicks",
    [
        [(1, 60), (2, 61)],
        [(1, 60), (0, 61)],
        [(1, 50), (0, 61), (2, 62)],
        [(0, 60), (1, 65.1), (2, 65.2)],
    ],
    ids=["no trap", "not all links", "one of them long before", "all too late"],
)
def test_whatever_could_be_people_is_left_alone(clicks):
    assert judged(*clicks) == set()


def test_a_message_without_links_has_no_clicks_to_judge():
    assert judged((0, 60), (1, 61), links=0) == set()


def test_what_a_program_says_of_itself_counts_as_followed_and_keeps_its_reason():
    assert judged((1, 60), (2, 61), (0, 62), reasons=("head", "", "honeypot")) == {1}


CLICKS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40)), max_size=25).map(
    lambda clicks: sorted(clicks, key=lambda click: click[1])
)


@given(CLICKS, st.integers(1, 3))
def test_a_trap_costs_at_most_one_click_on_each_link_and_none_far_away(clicks, links):
    found = judged(*clicks, links=links)

    traps = [at for link, at in clicks if link == 0]
    for link in range(1, 4):
        assert sum(clicks[pk][0] == link for pk in found) <= len(traps)
    for pk in found:
        assert any(abs(clicks[pk][1] - trap) <= BURST.total_seconds() for trap in traps)
    # Looked at again, they stay as they are.
    again = tuple("honeypot" if link == 0 or pk in found else "" for pk, (link, _at) in enumerate(clicks))
    assert judged(*clicks, links=links, reasons=again) == set()


# In the database


@pytest.fixture
def shared(delivered):
    """Two cohorts of the broadcast, whose message has two links."""
    Message.objects.update(links=["https://example.org/1", "https://example.org/2"])
    broadcast = delivered[0].broadcast
    Cohort.objects.all().delete()
    return [Cohort.objects.create(broadcast=broadcast, channel="email", size=50) for _number in range(2)]


def hits(cohort: Cohort, *clicks: tuple[int, float]) -> list[Hit]:
    message = Message.objects.filter(broadcast=cohort.broadcast_id, channel="email").earliest("pk")
    return [
        Hit(int((START + timedelta(seconds=at)).timestamp() * 1000), Use.COHORT_CLICK, message.pk, cohort.pk, link, "")
        for link, at in clicks
    ]


def reasons(cohort: Cohort) -> list[tuple[int | None, str]]:
    return list(cohort.events.order_by("occurred_at", "pk").values_list("link", "machine_reason"))


@pytest.mark.django_db
@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1], [1, 2, 0]], ids=["trap last", "trap first", "trap between"])
def test_a_scanner_is_known_in_whatever_order_its_clicks_are_read(shared, order):
    clicks = [(1, 600.0), (2, 601.0), (0, 602.0)]
    write_hits(hits(shared[1], (1, 601.5)), now=NOW, drops=Counter())

    for number in order:
        write_hits(hits(shared[0], clicks[number]), now=NOW, drops=Counter())

    assert reasons(shared[0]) == [(1, "honeypot"), (2, "honeypot"), (0, "honeypot")]
    assert reasons(shared[1]) == [(1, "")]


@pytest.mark.django_db
def test_a_person_who_clicks_later_is_no_scanner(shared):
    write_hits(hits(shared[0], (1, 600), (2, 601), (0, 602)), now=NOW, drops=Counter())
    write_hits(hits(shared[0], (1, 603), (2, 660)), now=NOW, drops=Counter())

    assert [reason for _link, reason in reasons(shared[0])] == ["honeypot", "honeypot", "honeypot", "", ""]


@pytest.mark.django_db
def test_what_was_read_too_far_apart_is_found_before_the_figures_become_final(shared):
    write_hits(hits(shared[0], (1, 600), (2, 601), (0, 602), (2, 700)), now=NOW, drops=Counter())
    TrackingEvent.objects.exclude(link=0).update(machine_reason="")

    assert mark_whole(broadcast=shared[0].broadcast_id) == 2
    assert mark_whole(broadcast=shared[0].broadcast_id) == 0

    assert [reason for _link, reason in reasons(shared[0])] == ["honeypot", "honeypot", "honeypot", ""]
