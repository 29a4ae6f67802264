"""What evaluators ask over a ledger of millions: every query behind their pages, different people, a day's rebuild.

The ledger is written in SQL: fifty broadcasts to some or all of 200,000 people, whose dimensions and outcomes come from
hashes of their numbers. It is measured at a tenth of its size and at the whole, because nothing may grow with it.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from tests.ground.databases import POSTGRES, Yard, attach, detach
from tests.ground.tables import Row

from .plan import say

PEOPLE, BROADCASTS = 200_000, 50
DAY_EVENTS = 1_000_000
MOST_MS, NOISE_MS, PAGE_MS = 50.0, 5.0, 200.0
FLAT = 1.5
"""How much longer the same question may take over ten times the ledger; a few milliseconds more are noise."""
ROUNDS = 7
STARTED = datetime(2026, 10, 1, 14, 0, tzinfo=UTC)

_NUMBERS = {
    POSTGRES: "SELECT generate_series(1, {people}) AS n",
    "sqlite": "WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < {people}) SELECT n FROM up",
}

_DELIVERIES = """
    INSERT INTO outreach_delivery (
        broadcast_id, message_id, subscriber_id, subscription_id, channel, slot, segment, "group", gender, language,
        tracks_opens, tracks_clicks, status, attempts, due_at, lease_owner, attempted_at, settled_at, provider_id,
        detail
    )
    SELECT {broadcast}, {message}, n, n, CASE WHEN who % 4 = 0 THEN 'telegram' ELSE 'email' END, '',
        CASE (who / 4) % 6 WHEN 0 THEN 'workers' WHEN 1 THEN 'employers' WHEN 2 THEN 'officials' WHEN 3 THEN 'media'
            WHEN 4 THEN 'returnees' ELSE 'community' END,
        CASE (who / 24) % 5 WHEN 0 THEN 'worker' WHEN 1 THEN 'employer' WHEN 2 THEN 'official' WHEN 3 THEN 'media'
            ELSE '' END,
        CASE (who / 120) % 8 WHEN 0 THEN 'man' WHEN 1 THEN 'man' WHEN 2 THEN 'woman' WHEN 3 THEN 'woman'
            WHEN 4 THEN 'woman' WHEN 5 THEN 'another' WHEN 6 THEN 'undisclosed' ELSE '' END,
        CASE (who / 960) % 5 WHEN 0 THEN 'fr' WHEN 1 THEN 'es' WHEN 2 THEN 'ht' ELSE 'en' END,
        (who / 4800) % 3 = 0, (who / 14400) % 2 = 0,
        CASE WHEN luck % 100 < 88 THEN 'accepted' WHEN luck % 100 < 92 THEN 'bounced' ELSE 'failed' END,
        1, {settled}, '', {settled}, {settled}, '', ''
    FROM (
        SELECT n, (n * 2654435761) % 4294967296 / 7 AS who,
            (n * 2246822519 + {broadcast} * 3266489917) % 1000003 AS luck
        FROM (SELECT n * {step} - {broadcast} % {step} AS n FROM ({numbers}) counted) numbers
    ) people
"""

_EVENTS = """
    INSERT INTO outreach_trackingevent (
        broadcast_id, delivery_id, cohort_id, kind, link, machine_reason, occurred_at
    )
    SELECT broadcast_id, id, NULL, CASE WHEN luck % 50 = 0 THEN 'unsubscribe' WHEN luck % 3 = 0 THEN 'open'
        ELSE 'click' END, 1, CASE WHEN luck % 10 = 0 THEN 'head' ELSE '' END, {occurred}
    FROM (
        SELECT id, broadcast_id, (subscriber_id * 668265263 + broadcast_id * 374761393) % 1000003 AS luck
        FROM outreach_delivery WHERE broadcast_id = {broadcast}
    ) sent WHERE luck % 100 < {percent}
"""


class ReachBench:
    """A ledger on one kind of database."""

    def __init__(self, *, yard: Yard, kind: str, deliveries: int) -> None:
        self._kind, self._deliveries = kind, deliveries
        self._database = yard.make(kind)
        attach(self._database)
        self._broadcasts: list[int] = []

    def close(self) -> None:
        """Drop what was made."""
        detach()
        self._database.drop()

    def rows(self) -> list[Row]:
        """The table's lines."""
        found = []
        for size in (self._deliveries // 10, self._deliveries):
            self._grow(size)
            found.append(self._questions())
        return [*self._compared(*found), *self._pages(), *self._day()]

    # --- The ledger --------------------------------------------------------------------------------------------------

    def _grow(self, deliveries: int) -> None:
        begun, counting = time.monotonic(), 0.0
        people = self._deliveries // BROADCASTS
        while len(self._broadcasts) * people < deliveries:
            number = self._broadcast(people, percent=20)
            self._broadcasts.append(number)
            counting += self._rebuild(number)
        self._settle()
        seconds = time.monotonic() - begun - counting
        size = len(self._broadcasts) * people
        say(
            f"{self._kind}: {size:,} deliveries in {len(self._broadcasts)} broadcasts; written in {seconds:.0f} s, "
            f"counted in {counting:.0f} s"
        )

    def _broadcast(self, people: int, *, percent: int) -> int:
        from django.db import connection, transaction

        from outreach.broadcasts.models import Broadcast, Message
        from outreach.delivery.models import Cohort, Exclusion, Freeze

        started = STARTED + timedelta(days=len(self._broadcasts))
        ended = started + timedelta(hours=1)
        broadcast = Broadcast.objects.create(
            title="Measured", state=Broadcast.State.FINISHED, started_at=started, finished_at=ended
        )
        message = Message.objects.create(broadcast=broadcast, channel="email", language="en", subject="S", body="")
        Freeze.objects.create(broadcast=broadcast, frozen_at=started, candidates=people + 100)
        Exclusion.objects.create(broadcast=broadcast, channel="email", reason="no_consent", count=100)
        Cohort.objects.bulk_create(
            Cohort(broadcast=broadcast, segment=segment, gender=gender, language=language, channel=channel, size=20)
            for segment in ("workers", "employers", "officials", "media", "returnees", "community")
            for gender in ("woman", "man", "another", "undisclosed", "")
            for language in ("en", "fr", "es", "ht")
            for channel in ("email", "telegram")
        )
        quoted = {
            "broadcast": broadcast.pk,
            "message": message.pk,
            "settled": self._literal(started + timedelta(minutes=5)),
            "occurred": self._literal(ended + timedelta(hours=1)),
            "numbers": _NUMBERS[self._kind].format(people=people),
            "step": max(1, PEOPLE // people),
            "percent": percent,
        }
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_DELIVERIES.format(**quoted))
            cursor.execute(_EVENTS.format(**quoted))
        return broadcast.pk

    def _literal(self, moment: datetime) -> str:
        text = f"{moment:%Y-%m-%d %H:%M:%S}"
        return f"TIMESTAMPTZ '{text}+00'" if self._kind == POSTGRES else f"'{text}'"

    def _rebuild(self, number: int) -> float:
        from outreach.broadcasts.models import Broadcast
        from outreach.reach.rollups import rebuild

        broadcast = Broadcast.objects.get(pk=number)
        begun = time.monotonic()
        rebuild(broadcast=broadcast, now=broadcast.finished_at)
        return time.monotonic() - begun

    def _settle(self) -> None:
        """Let the database learn what is in it, and write out what it owes."""
        from django.db import connection

        with connection.cursor() as cursor:
            for statement in ["VACUUM ANALYZE", "CHECKPOINT"] if self._kind == POSTGRES else ["ANALYZE"]:
                cursor.execute(statement)

    # --- Questions ---------------------------------------------------------------------------------------------------

    def _questions(self) -> dict[str, tuple[float, str]]:
        """By question: its slowest query in milliseconds, with what else there is to say."""
        from outreach.reach import counts, people

        chance = random.Random(20261001)
        some = self._broadcasts[:5]
        scopes = {"one broadcast": some[:1], "five broadcasts": some, "all broadcasts": self._broadcasts}
        found: dict[str, tuple[float, str]] = {}
        for scope, numbers in scopes.items():
            for what, ask in (("headlines", counts.totals), ("every table", counts.cells)):
                found[f"{what}, {scope}"] = self._asked(lambda ask=ask, numbers=numbers: ask(numbers))
        sets = [chance.sample(some, k=chance.randint(1, len(some))) for _each in range(ROUNDS)]
        found["unique people, random sets of five"] = _timed([lambda s=s: people.unique(broadcasts=s) for s in sets])
        sets = [chance.sample(self._broadcasts, k=max(1, len(self._broadcasts) // 2)) for _each in range(ROUNDS)]
        found["unique people, random halves of all"] = _timed([lambda s=s: people.unique(broadcasts=s) for s in sets])
        return found

    def _asked(self, ask: Callable[[], Any]) -> tuple[float, str]:
        """The slowest query of a question, and how long the whole takes.

        Each is run again by itself to its end; its fastest run counts, because others use the machine too.
        """
        from django.db import connection

        with _statements() as statements:
            begun = time.monotonic()
            ask()
            whole = 1000 * (time.monotonic() - begun)
        slowest = 0.0
        for sql, params in statements:
            taken = []
            for _round in range(ROUNDS):
                with connection.cursor() as cursor:
                    begun = time.monotonic()
                    cursor.execute(sql, params)
                    cursor.fetchall()
                    taken.append(1000 * (time.monotonic() - begun))
            slowest = max(slowest, min(taken))
        return slowest, f"{len(statements)} queries, {whole:.0f} ms with all that follows"

    def _compared(self, small: Mapping[str, Any], large: Mapping[str, Any]) -> list[Row]:
        rows = []
        for name, (ms, more) in large.items():
            before, _more = small[name]
            value = f"{before:.1f} → {ms:.1f} ms"
            holds = ms <= MOST_MS
            must = f"<= {MOST_MS:.0f} ms"
            if "all" not in name:
                must += f", flat ({FLAT})"
                holds = holds and (ms <= FLAT * before or ms - before < NOISE_MS)
            rows.append(Row(name, value + (f" ({more})" if more else ""), must, holds))
        return rows

    # --- Pages -------------------------------------------------------------------------------------------------------

    def _pages(self) -> list[Row]:
        """How long the server works on each page of evaluators, once with figures that grow, then with frozen ones."""
        from django.contrib.auth.models import User
        from django.core.management import call_command
        from django.test import Client
        from django.urls import reverse

        from outreach.reach.snapshots.closing import close_due
        from outreach.reach.snapshots.freezing import freeze_period
        from outreach.reach.snapshots.models import Snapshot

        # Pages name their styles by what is in them, as in earnest.
        call_command("collectstatic", interactive=False, verbosity=0)
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(User.objects.create_superuser("reader"))
        index = reverse("reach:index")
        addresses = {
            "everything, provisional": index,
            "one broadcast, provisional": f"{index}?broadcast={self._broadcasts[0]}",
        }
        found = {name: self._served(client, address) for name, address in addresses.items()}
        begun = time.monotonic()
        later = STARTED + timedelta(days=400)
        close_due(now=later)
        say(f"{self._kind}: {len(self._broadcasts)} broadcasts closed in {time.monotonic() - begun:.0f} s")
        from outreach.reach.periods import parse

        begun = time.monotonic()
        freeze_period(period=parse("2026-10"), user=None, now=later)
        say(f"{self._kind}: a month of them frozen in {time.monotonic() - begun:.0f} s")
        newest = Snapshot.objects.get(kind=Snapshot.Kind.MONTH)
        addresses = {
            "everything, closed": index,
            "one broadcast, closed": f"{index}?broadcast={self._broadcasts[0]}",
            "a frozen month": f"{index}?snapshot={newest.pk}",
            "list of frozen figures": reverse("snapshots:index"),
            "definitions": reverse("reach:definitions"),
        }
        found |= {name: self._served(client, address) for name, address in addresses.items()}
        return [
            Row(f"page: {name}", f"{ms:.0f} ms", f"<= {PAGE_MS:.0f} ms", ms <= PAGE_MS) for name, ms in found.items()
        ]

    def _served(self, client: Any, address: str) -> float:
        ms, _more = _timed([lambda: self._page(client, address)])
        return ms

    def _page(self, client: Any, address: str) -> None:
        response = client.get(address, secure=True)
        assert response.status_code == 200, (address, response.status_code)

    # --- One day -----------------------------------------------------------------------------------------------------

    def _day(self) -> list[Row]:
        """The rebuild of one day with a million events, beside one plain count of them by the same dimensions."""
        from django.db import connection

        from outreach.broadcasts.models import Broadcast
        from outreach.reach.rollups import rebuild
        from outreach.reach.window import days_of

        events = min(DAY_EVENTS, self._deliveries)
        number = self._broadcast(events, percent=100)
        self._settle()
        broadcast = Broadcast.objects.get(pk=number)
        (day,) = days_of(broadcast, now=STARTED).days
        plain = (
            'SELECT d.segment, d."group", d.gender, d.language, d.channel, COUNT(*) FROM outreach_trackingevent e '
            "JOIN outreach_delivery d ON d.id = e.delivery_id WHERE e.broadcast_id = %s GROUP BY 1, 2, 3, 4, 5"
        )
        plainly, rebuilt = [], []
        for _round in range(3):
            with connection.cursor() as cursor:
                begun = time.monotonic()
                cursor.execute(plain, [number])
                cursor.fetchall()
                plainly.append(time.monotonic() - begun)
            begun = time.monotonic()
            rebuild(broadcast=broadcast, day=day, now=broadcast.finished_at)
            rebuilt.append(time.monotonic() - begun)
            say(f"{self._kind}: one day rebuilt in {rebuilt[-1]:.1f} s, plain GROUP BY {plainly[-1]:.1f} s")
        seconds = median(rebuilt)
        return [
            Row(f"one plain GROUP BY of {events:,} events", f"{median(plainly):.2f} s"),
            Row("rebuild of their day, with its people", f"{seconds:.2f} s = {seconds / median(plainly):.2f} of it"),
            Row("  rows a second", f"{2 * events / seconds:,.0f} deliveries and events"),
        ]


def _timed(questions: Sequence[Callable[[], Any]]) -> tuple[float, str]:
    """The slowest of some questions, each at its fastest, in milliseconds."""
    taken = []
    for ask in questions:
        each = []
        for _round in range(3):
            begun = time.monotonic()
            ask()
            each.append(1000 * (time.monotonic() - begun))
        taken.append(min(each))
    return max(taken), ""


@contextmanager
def _statements() -> Iterator[list[tuple[str, Any]]]:
    """Collects what is asked of the database."""
    from django.db import connection

    found: list[tuple[str, Any]] = []

    def remember(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(remember):
        yield found
