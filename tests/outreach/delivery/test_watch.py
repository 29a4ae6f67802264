"""The watch: it notices everything that could stop a message, and nearly nothing else."""

from contextlib import closing

import psycopg
import pytest
from django.db import connection, connections
from django.utils import timezone

from outreach.audience.models import Subscription, Suppression
from outreach.broadcasts.models import Broadcast
from outreach.delivery import ledger, stops, throttle
from outreach.delivery.models import Delivery, Lease
from outreach.delivery.watch import CommitCounter, Notices, watch

from .conftest import ListChannel, let_it_arrive, person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def seen(sending):
    """A watch that has seen everything so far; in another thread's place, on a connection of its own."""
    person(1)
    sending()
    with closing(watch()) as watching:
        for _first in range(3):
            watching.changed()
        yield watching


def test_it_fits_the_database():
    wanted = CommitCounter if connection.vendor == "sqlite" else Notices
    with closing(watch()) as watching:
        assert isinstance(watching, wanted)
        assert watching.changed(), "nobody knows what was before"


def test_nothing_happened(seen):
    assert not seen.changed()


@pytest.mark.parametrize(
    "change",
    [
        lambda: Broadcast.objects.update(state="paused"),
        lambda: Subscription.objects.update(state="left"),
        lambda: Subscription.objects.update(allows_click_tracking=False),
        lambda: Subscription.objects.all().delete(),
        lambda: Suppression.objects.create(channel="email", address_hash="x", reason="by_hand"),
        lambda: throttle.wait_everyone(channel="email", until=timezone.now(), now=timezone.now()),
        lambda: ledger.end_lease(owner="somebody"),
    ],
    ids=["pause", "leaving", "consent", "erasure", "suppression", "flood", "lease"],
)
def test_it_notices_what_could_stop_a_message(seen, change):
    now = timezone.now()
    Lease.objects.create(owner="somebody", channel="email", seen_at=now, until=now)
    while seen.changed():
        pass

    change()

    let_it_arrive(seen)
    assert seen.changed()


def test_the_engines_own_writing_is_not_noticed(seen, clock):
    delivery = Delivery.objects.get()
    throttle.reserve(channel=ListChannel(clock=clock), count=1, now=clock.now)
    while seen.changed():
        pass

    ledger.claim(broadcast=delivery.broadcast_id, channel="email", owner="w", limit=5, now=clock.now)
    throttle.reserve(channel=ListChannel(clock=clock), count=1, now=clock.now)
    ledger.settle(outcomes=[ledger.Outcome(delivery.pk, "accepted", clock.now, clock.now)], owner="w")

    assert not seen.changed()


# PostgreSQL sends notices instead.
if connection.vendor == "sqlite":

    def test_where_a_migration_dropped_a_trigger_each_commit_may_stop_a_message_until_it_is_made_again(seen):
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER {stops.TABLE}_0")
        Subscription.objects.update(confirmed_at=None)
        assert seen.changed()

        stops.after_migrate(using="default")

        Subscription.objects.update(confirmed_at=None)
        assert seen.changed(), "it may have missed something"
        Subscription.objects.update(confirmed_at=None)
        assert not seen.changed()

    def test_a_trigger_of_an_earlier_version_is_made_anew(seen):
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER {stops.TABLE}_0")
            cursor.execute(f"CREATE TRIGGER {stops.TABLE}_0 AFTER DELETE ON {stops.CHANGES[0][0]} BEGIN SELECT 1; END")

        stops.after_migrate(using="default")

        with connection.cursor() as cursor:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [f"{stops.TABLE}_0"])
            assert f"UPDATE {stops.TABLE}" in cursor.fetchone()[0]


@pytest.mark.postgres
def test_while_its_line_is_cut_everything_may_have_changed(seen):
    number = seen._listening.info.backend_pid
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [number])

    let_it_arrive(seen)
    seen._retry_at = 0.0
    answers = [seen.changed() for _call in range(5)]
    assert answers[:2] == [True, True], "cut, and then listening anew, it may have missed something"
    assert not answers[-1]
    assert seen._listening.info.backend_pid != number


@pytest.mark.postgres
def test_without_a_database_it_says_so_each_time(seen, monkeypatch):
    monkeypatch.setattr("outreach.delivery.watch.RETRY_SECONDS", 0.0)

    def refuse(**_parameters):
        raise psycopg.OperationalError("connection refused")

    seen.close()
    monkeypatch.setattr(psycopg, "connect", refuse)

    assert seen.changed()
    assert seen.changed()


@pytest.fixture(autouse=True)
def _close_other_connections():
    yield
    connections.close_all()
