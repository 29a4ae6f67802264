from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from outreach.audience.models import Subscriber
from outreach.broadcasts.models import Broadcast, CarriedPage
from outreach.delivery.models import Cohort, Delivery
from outreach.reach import rollups
from outreach.reach.models import CohortRollup, Margin, PeopleSet, Rebuild, Rollup, StoryRollup
from outreach.reach.rollups import DIMENSIONS, EventsGone, NoSuchDay, rebuild, rebuild_stale
from tests.outreach.broadcasts.conftest import second_story, stories, story

from . import plain
from .conftest import NOW, Ledger

__all__ = ["second_story", "stories", "story"]

pytestmark = pytest.mark.django_db

COUNTS = plain.COUNTS
LATER = NOW + timedelta(hours=1)
DAY = date(2026, 11, 19)
"""The last day of a broadcast of the fixtures: what was settled later counts on it too."""


def stored(broadcast):
    rows = Rollup.objects.filter(broadcast=broadcast).values_list("day", *DIMENSIONS, *COUNTS)
    return {row[:6]: dict(zip(COUNTS, row[6:], strict=True)) for row in rows}


def plainly_counted(broadcast):
    """The same counts, one delivery and one event at a time."""
    cells = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
    for delivery in Delivery.objects.filter(broadcast=broadcast):
        cell = cells[plain.day(delivery, broadcast), *(getattr(delivery, name) for name in DIMENSIONS)]
        for name, counts in plain.counts(delivery, broadcast).items():
            cell[name] += counts
    return dict(cells)


@given(rows=st.lists(st.tuples(plain.ROWS, plain.EVENTS), max_size=12))
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rollups_equal_a_plain_count_over_the_ledger(db, rows):
    ledger = Ledger()
    broadcast, other = ledger.broadcast(), ledger.broadcast("Another one")
    for fields, events in rows:
        (delivery,) = ledger.deliver(broadcast, **fields)
        for event in events:
            ledger.event(delivery, **event)
        ledger.event(ledger.deliver(other, **fields)[0])

    assert rebuild(broadcast=broadcast, now=NOW) == len(stored(broadcast))

    assert stored(broadcast) == plainly_counted(broadcast)


def test_rebuilding_twice_gives_the_same_rows(october):
    before = stored(october)
    number = rebuild(broadcast=october, now=LATER)
    assert stored(october) == before
    assert number == len(before) == Rollup.objects.count()


def test_many_clicks_on_one_message_count_once_and_a_machines_apart(october):
    cell = stored(october)[DAY, "workers", "worker", "woman", "en", "email"]
    assert cell == {
        "planned": 20, "attempted": 20, "accepted": 20, "bounced": 0, "unsubscribed": 0, "withdrawn": 0,
        "trackable": 14, "clicked": 8, "machine_clicked": 6, "open_trackable": 0, "opened": 0, "machine_opened": 0,
    }  # fmt: skip


def test_clicks_over_shared_links_are_counted_for_each_cohort(ledger, october):
    workers = Cohort.objects.create(
        broadcast=october, segment="workers", gender="man", language="en", channel="email", size=10
    )
    the_rest = Cohort.objects.create(broadcast=october, size=6)
    for _each in range(3):
        ledger.event(workers)
    ledger.event(workers, machine="prefetch")
    ledger.event(workers, "open")
    ledger.count(october)
    counted = CohortRollup.objects.values_list("cohort", "clicks", "machine_clicks")
    assert set(counted) == {(workers.pk, 3, 1), (the_rest.pk, 0, 0)}


def test_counts_need_nothing_of_a_person_but_their_number(october):
    before = stored(october)
    assert not Subscriber.objects.exists()
    rebuild(broadcast=october, now=LATER)
    assert stored(october) == before == plainly_counted(october)


def test_what_comes_back_after_the_window_belongs_to_no_figure(ledger, settings):
    settings.REACH_WINDOW_DAYS = 3
    broadcast = ledger.broadcast()
    cohort = Cohort.objects.create(broadcast=broadcast, size=9)
    ends = broadcast.finished_at + timedelta(days=3)
    for moment in (ends - timedelta(seconds=1), ends, ends + timedelta(days=30)):
        ledger.event(ledger.deliver(broadcast, tracks_clicks=True)[0], at=moment)
        ledger.event(cohort, at=moment)
    ledger.count(broadcast)
    assert (Rollup.objects.get().clicked, CohortRollup.objects.get().clicks) == (1, 1)


def test_deliveries_count_on_the_office_day_on_which_they_were_settled(ledger):
    broadcast = ledger.broadcast()
    # Dominica is four hours behind UTC: the 19th begins there at 4:00.
    midnight = datetime(2026, 11, 19, 4, 0, tzinfo=UTC)
    moments = [midnight - timedelta(seconds=1), midnight, midnight - timedelta(days=9), midnight + timedelta(days=9)]
    for number, moment in enumerate(moments, start=1):
        ledger.deliver(broadcast, people=[number], settled_at=moment)
    ledger.count(broadcast)
    by_day = dict(Rollup.objects.values_list("day", "accepted"))
    assert by_day == {DAY - timedelta(days=1): 2, DAY: 2}
    assert PeopleSet.objects.filter(axis="all", kind="reached").count() == 2


def test_one_day_is_rebuilt_and_the_others_stay(ledger):
    broadcast = ledger.broadcast()
    first_day = DAY - timedelta(days=1)
    for moment in (NOW - timedelta(days=2), NOW - timedelta(days=1)):
        ledger.deliver(broadcast, 2, settled_at=moment)
    ledger.count(broadcast)
    Delivery.objects.update(status="bounced")

    assert rebuild(broadcast=broadcast, day=DAY, now=LATER) == 1

    assert dict(Rollup.objects.values_list("day", "accepted")) == {first_day: 2, DAY: 0}
    assert dict(Margin.objects.filter(axis="all").values_list("day", "bounced")) == {first_day: 0, DAY: 2}
    assert set(PeopleSet.objects.values_list("day", flat=True)) == {first_day}


def test_day_on_which_nothing_was_sent_is_refused(october):
    before = stored(october)
    with pytest.raises(NoSuchDay):
        rebuild(broadcast=october, day=DAY + timedelta(days=1), now=LATER)
    assert stored(october) == before


def test_broadcast_that_lost_raw_events_keeps_its_counts(october, monkeypatch):
    before = stored(october)
    Delivery.objects.update(status="bounced")
    monkeypatch.setattr("outreach.reach.rollups.events_are_whole", lambda broadcast: False)
    with pytest.raises(EventsGone):
        rebuild(broadcast=october, now=LATER)
    assert rebuild_stale(now=LATER) == 0
    out = StringIO()
    call_command("rebuild_rollups", stdout=out)
    assert "kept as it is" in out.getvalue()
    assert stored(october) == before


@pytest.mark.usefixtures("stories")
def test_clicks_lead_to_the_stories_that_the_broadcast_carries(ledger, story, second_story):
    broadcast = ledger.broadcast()
    for place, page in enumerate((story, second_story)):
        CarriedPage.objects.create(broadcast=broadcast, page=page, place=place)
    targets = [f"{settings.SITE_URL}{page.get_url_parts()[2]}" for page in (story, second_story)]
    links = [f"{targets[0]}?from=mail", "https://example.org/", targets[1]]
    broadcast.messages.filter(channel="email").update(links=links)
    broadcast.messages.filter(channel="telegram").update(links=links[::-1])
    for link in (1, 1, 3):
        ledger.event(ledger.deliver(broadcast, tracks_clicks=True)[0], link=link)
    (both,) = ledger.deliver(broadcast, tracks_clicks=True)
    for link in (1, 2, 3, 3):
        ledger.event(both, link=link)
    ledger.event(ledger.deliver(broadcast, tracks_clicks=True)[0], link=1, machine="head")
    by_mail = Cohort.objects.create(broadcast=broadcast, channel="email", size=9)
    anybody = Cohort.objects.create(broadcast=broadcast, size=9)
    for link in (1, 2, 3, 3):
        ledger.event(by_mail, link=link)
        ledger.event(anybody, link=link)
    ledger.count(broadcast)

    # The messages disagree on the first and the last link, but the second leads elsewhere in both.
    rows = StoryRollup.objects.values_list("story", "clicked", "cohort_clicks")
    assert set(rows) == {(str(story.pk), 3, 1), (str(second_story.pk), 2, 2), ("", 1, 2), ("?", 0, 3)}


def test_late_events_do_not_make_the_worker_count_a_closed_broadcast_again(ledger):
    broadcast = ledger.broadcast()
    (delivery,) = ledger.deliver(broadcast, tracks_clicks=True)
    after = broadcast.finished_at + timedelta(days=8)
    for minute in range(2):
        rebuild_stale(now=after + timedelta(minutes=minute))
    ledger.event(delivery, at=after)
    assert rebuild_stale(now=after + timedelta(hours=1)) == 0


def test_worker_counts_what_was_never_counted_and_then_leaves_it_alone(ledger):
    broadcast = ledger.broadcast()
    ledger.deliver(broadcast, 7)
    assert rebuild_stale(now=NOW) == 1
    assert rebuild_stale(now=NOW + timedelta(minutes=1)) == 1  # once more, for events of slower transactions
    assert Rebuild.objects.get().settled
    assert rebuild_stale(now=NOW + timedelta(minutes=2)) == 0


def test_a_broadcast_that_cannot_be_counted_holds_up_no_other(ledger, monkeypatch, caplog):
    broken, fine = ledger.broadcast("Broken"), ledger.broadcast("Fine")
    for each in (broken, fine):
        ledger.deliver(each, 7)
    counted = rollups.rebuild

    def fails(*, broadcast, now):
        if broadcast == broken:
            raise ValueError("a row that nobody foresaw")
        return counted(broadcast=broadcast, now=now)

    monkeypatch.setattr(rollups, "rebuild", fails)

    assert rebuild_stale(now=NOW) == 1

    assert Rebuild.objects.get().broadcast == fine
    assert f"broadcast {broken.pk} could not be counted" in caplog.text


def test_worker_counts_again_after_a_new_event(ledger):
    broadcast = ledger.broadcast()
    (delivery,) = ledger.deliver(broadcast, tracks_clicks=True)
    for minute in range(2):
        rebuild_stale(now=NOW + timedelta(minutes=minute))
    ledger.event(delivery)
    assert rebuild_stale(now=NOW + timedelta(minutes=3)) == 1
    assert Rollup.objects.get().clicked == 1


def test_worker_keeps_counting_a_broadcast_that_is_still_sent_but_not_without_a_pause(ledger):
    ledger.broadcast(state="sending")
    assert rebuild_stale(now=NOW) == 1
    assert rebuild_stale(now=NOW + timedelta(seconds=29)) == 0
    assert rebuild_stale(now=NOW + timedelta(minutes=1)) == 1
    assert rebuild_stale(now=NOW + timedelta(minutes=2)) == 1


def test_worker_counts_soon_what_was_sent_to_its_end(ledger):
    broadcast = ledger.broadcast(state="sending")
    rebuild_stale(now=NOW)
    Broadcast.objects.filter(pk=broadcast.pk).update(state="finished", finished_at=NOW)
    assert rebuild_stale(now=NOW + timedelta(seconds=4)) == 0
    assert rebuild_stale(now=NOW + timedelta(seconds=5)) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_another_worker_is_counting_is_left_to_it(ledger):
    ledger.broadcast(state="sending")
    rebuild_stale(now=NOW)
    with connection.cursor() as cursor:
        # Waiting for the other would never end here.
        cursor.execute("SET lock_timeout = '2s'")
    parameters = connection.get_connection_params()
    wanted = {name: parameters[name] for name in parameters.keys() - {"cursor_factory", "context"}}
    with psycopg.connect(**wanted) as other:
        other.execute("SELECT 1 FROM outreach_rebuild FOR UPDATE")
        assert rebuild_stale(now=NOW + timedelta(minutes=1)) == 0
    assert rebuild_stale(now=NOW + timedelta(minutes=1)) == 1


@pytest.mark.parametrize("rebuilds", [1, 2], ids=["sending", "settled"])
def test_worker_counts_anew_what_it_counted_while_the_clock_stood_ahead(ledger, rebuilds):
    broadcast = ledger.broadcast(state="sending" if rebuilds == 1 else "finished")
    ledger.deliver(broadcast, 20)
    ahead = NOW + timedelta(days=400)
    for minute in range(rebuilds):
        assert rebuild_stale(now=ahead + timedelta(minutes=minute)) == 1
    ledger.deliver(broadcast, 20)
    Broadcast.objects.update(state="finished", finished_at=NOW)

    assert rebuild_stale(now=NOW) == 1

    assert (Rollup.objects.get().accepted, Rebuild.objects.get().rebuilt_at) == (40, NOW)


def test_workers_whose_clocks_are_a_little_apart_do_not_count_in_turns(ledger):
    ledger.broadcast(state="sending")
    assert rebuild_stale(now=NOW + timedelta(seconds=2)) == 1
    assert rebuild_stale(now=NOW) == 0


def test_broadcast_without_an_audience_is_not_counted(db):
    Broadcast.objects.create(title="Draft")
    assert rebuild_stale(now=NOW) == 0


def test_command_rebuilds_all_or_one_and_says_so(ledger):
    first, second = ledger.broadcast("First"), ledger.broadcast("Second")
    ledger.deliver(first, 3)
    out = StringIO()
    call_command("rebuild_rollups", stdout=out)
    assert f"{first.pk} First: 1 rollups in " in out.getvalue()
    assert f"{second.pk} Second: 0 rollups in " in out.getvalue()
    out = StringIO()
    call_command("rebuild_rollups", broadcast=first.pk, stdout=out)
    assert "Second" not in out.getvalue()


def test_command_rebuilds_one_day_and_names_one_on_which_nothing_was_sent(ledger):
    broadcast = ledger.broadcast("First")
    ledger.deliver(broadcast, 3)
    out = StringIO()
    call_command("rebuild_rollups", "--day", DAY.isoformat(), stdout=out)
    assert f"{broadcast.pk} First, {DAY}: 1 rollups in " in out.getvalue()
    with pytest.raises(CommandError, match="Nothing was sent on 2020-01-01"):
        call_command("rebuild_rollups", "--day", "2020-01-01")


def test_command_names_a_broadcast_that_it_cannot_count(db):
    with pytest.raises(CommandError, match="No broadcast 99"):
        call_command("rebuild_rollups", broadcast=99)
