"""Raw events go when they are old and counted; what was counted stays, and nothing is counted from what is left."""

from collections import Counter
from datetime import timedelta

import pytest
from django.urls import reverse

from outreach.broadcasts.models import Broadcast
from outreach.reach.models import Rebuild, Rollup
from outreach.reach.rollups import rebuild, rebuild_stale
from outreach.reach.snapshots.closing import close_due
from outreach.tasks import Tasks
from outreach.tracking.hits.clicks import write_hits
from outreach.tracking.models import Forgotten, TrackingEvent
from outreach.tracking.retention import RAW_EVENTS_DAYS, forget_events
from outreach.tracking.tokens import Token, Use, mint
from tests.outreach.delivery.conftest import START, Clock, broadcast, everybody, person  # noqa: F401

from .hits.conftest import delivered  # noqa: F401
from .hits.test_ingestion import hit

pytestmark = pytest.mark.django_db
OLD = START + timedelta(days=RAW_EVENTS_DAYS, hours=1)


@pytest.fixture
def counted(delivered, broadcast) -> Broadcast:
    """A broadcast that ended, with a click that is in its counts."""
    Broadcast.objects.filter(pk=broadcast.pk).update(state="finished", finished_at=START)
    broadcast.refresh_from_db()
    write_hits([hit(delivered[0])], now=START + timedelta(hours=1), drops=Counter())
    for _again in range(2):
        rebuild(broadcast=broadcast, now=START + timedelta(hours=2))
    return broadcast


def test_old_events_go_and_the_counts_stay(counted):
    before = list(Rollup.objects.order_by("pk").values())

    assert forget_events(settled=[counted.pk], now=OLD) == 1

    assert not TrackingEvent.objects.exists()
    assert Forgotten.objects.get().before == OLD
    assert rebuild_stale(now=OLD) == 0
    assert list(Rollup.objects.order_by("pk").values()) == before
    assert sum(row["clicked"] for row in before) == 1
    assert forget_events(settled=[counted.pk], now=OLD) == 0


@pytest.mark.parametrize("case", ["too new", "not settled", "still sending"])
def test_events_stay_until_they_are_old_counted_and_of_an_ended_broadcast(counted, case):
    if case == "still sending":
        Broadcast.objects.update(state="sending")
    now = OLD - timedelta(days=2) if case == "too new" else OLD

    assert forget_events(settled=[] if case == "not settled" else [counted.pk], now=now) == 0

    assert TrackingEvent.objects.count() == 1


def test_what_comes_after_that_changes_no_count(counted, delivered, client, ingest):
    forget_events(settled=[counted.pk], now=OLD)
    drops: Counter[str] = Counter()

    write_hits([hit(delivered[0], minutes=200_000)], now=OLD + timedelta(days=60), drops=drops)
    token = mint(Token(Use.UNSUBSCRIBE, delivered[0].message_id, delivered[0].pk))
    assert client.post(reverse("unsubscribe", args=[token])).status_code == 200

    assert drops == {"old": 1}
    assert not TrackingEvent.objects.exists()


def test_the_worker_does_it_where_the_counts_are_complete_and_kept_in_a_snapshot(counted, tmp_path):
    import threading

    clock = Clock()
    clock.now = OLD
    tasks = Tasks(owner="worker", clock=clock, stopping=threading.Event(), journals=tmp_path, hits=tmp_path)
    Rebuild.objects.update(settled=False)
    tasks.forget()
    assert TrackingEvent.objects.exists()

    Rebuild.objects.update(settled=True)
    clock.now += timedelta(hours=2)
    tasks.forget()
    assert TrackingEvent.objects.exists()

    close_due(now=clock.now)
    clock.now += timedelta(hours=2)
    tasks.forget()
    assert not TrackingEvent.objects.exists()
