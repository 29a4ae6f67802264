"""Counting a segment, beside the quickest SQL that a hand would write for the same people.

Each rule stands beside one statement or several that say the same; the quickest of them is what the count is held to,
and all of them have to find as many people. Rounds take turns, so that what else the machine does falls on both.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.ground import people
from tests.ground.databases import POSTGRES, Yard, attach, detach
from tests.ground.tables import Row

from .plan import Plan, say

MOST = 1.3
NOISE_MS = 5.0
NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
REACHABLE = (
    "EXISTS (SELECT 1 FROM outreach_subscription s WHERE s.subscriber_id = p.id AND s.state = 'active'"
    " AND s.allows_messages)"
)
COUNT = "SELECT COUNT(*) FROM outreach_subscriber p WHERE"
DISTINCT = (
    "SELECT COUNT(DISTINCT s.subscriber_id) FROM outreach_subscription s JOIN outreach_subscriber p"
    " ON p.id = s.subscriber_id WHERE s.state = 'active' AND s.allows_messages AND"
)
ALONE = (
    "SELECT COUNT(DISTINCT s.subscriber_id) FROM outreach_subscription s WHERE s.state = 'active' AND s.allows_messages"
)
WANTED = "t.topic IN ('rights', 'work')"
CHOSE = "SELECT 1 FROM outreach_topicchoice t WHERE t.subscriber_id = p.id"
CHOICES = (
    f"(SELECT subscriber_id, MAX(CASE WHEN {WANTED} THEN 1 ELSE 0 END) AS fits FROM outreach_topicchoice t GROUP BY 1)"
)
OTHERS_ONLY = (
    "EXISTS (SELECT 1 FROM outreach_topicchoice c WHERE c.subscriber_id = p.id AND NOT EXISTS"
    f" (SELECT 1 FROM outreach_topicchoice t WHERE t.subscriber_id = c.subscriber_id AND {WANTED}))"
)
ON_CHAT = (
    "EXISTS (SELECT 1 FROM outreach_subscription c WHERE c.subscriber_id = p.id AND c.state = 'active'"
    " AND c.channel = 'telegram')"
)


@dataclass(frozen=True)
class Measured:
    """A rule and the statements that a hand would write for it."""

    name: str
    rule: dict[str, Any]
    by_hand: tuple[str, ...]


TOPICS = {"field": "topic", "in": ["rights", "work"]}
DECLARED = "p.language IN ('fr', 'es') AND p.gender IN ('man', 'another')"
PLACES = "(p.parish IN ('st_george', 'st_paul') OR p.source = 'radio')"
RULES = (
    Measured("everybody", {"all": []}, (f"{COUNT} {REACHABLE}", f"{DISTINCT} 1 = 1", ALONE)),
    Measured(
        "language and gender",
        {"all": [{"field": "language", "in": ["fr", "es"]}, {"field": "gender", "in": ["man", "another"]}]},
        (f"{COUNT} {DECLARED} AND {REACHABLE}", f"{DISTINCT} {DECLARED}"),
    ),
    Measured(
        "topics",
        TOPICS,
        (
            f"{COUNT} NOT {OTHERS_ONLY} AND {REACHABLE}",
            f"{DISTINCT} NOT {OTHERS_ONLY}",
            f"{COUNT} (EXISTS ({CHOSE} AND {WANTED}) OR NOT EXISTS ({CHOSE})) AND {REACHABLE}",
            f"SELECT COUNT(*) FROM outreach_subscriber p LEFT JOIN {CHOICES} c ON c.subscriber_id = p.id"
            f" WHERE COALESCE(c.fits, 1) = 1 AND {REACHABLE}",
        ),
    ),
    Measured(
        "places, chat, not lately active",
        {
            "all": [
                {"any": [{"field": "parish", "in": ["st_george", "st_paul"]}, {"field": "source", "in": ["radio"]}]},
                {"field": "channel", "in": ["telegram"]},
                {"not": {"field": "active", "within": 90}},
            ]
        },
        (
            f"{COUNT} {PLACES} AND p.active_at < '2026-08-24 04:00:00+00:00' AND {ON_CHAT} AND {REACHABLE}",
            f"{DISTINCT} {PLACES} AND p.active_at < '2026-08-24 04:00:00+00:00' AND {ON_CHAT}",
        ),
    ),
)


class SegmentBench:
    """Segments over many people on one kind of database."""

    def __init__(self, *, yard: Yard, kind: str, people_in_all: int, plan: Plan) -> None:
        self._kind, self._people, self._plan = kind, people_in_all, plan
        self._database = yard.make(kind)
        attach(self._database)
        begun = time.monotonic()
        people.multiply(people=people_in_all)
        self._tell_more()
        say(f"{kind}: {people_in_all:,} people written in {time.monotonic() - begun:.0f} s")

    def close(self) -> None:
        """Drop what was made."""
        detach()
        self._database.drop()

    def _tell_more(self) -> None:
        """Give people places, topics and chats: two in three chose topics, one in five has a chat as well."""
        from django.db import connection

        parishes = "CASE id % 5 WHEN 0 THEN 'st_george' WHEN 1 THEN 'st_paul' WHEN 2 THEN '' ELSE 'st_john' END"
        sources = "CASE id % 7 WHEN 0 THEN 'radio' ELSE 'site' END"
        long_ago = "CASE id % 3 WHEN 0 THEN '2026-06-01 00:00:00+00:00' ELSE '2026-11-01 00:00:00+00:00' END"
        if self._kind == POSTGRES:
            long_ago = f"({long_ago})::timestamptz"
        topic = "CASE (p.id / 3 + k.k) % 3 WHEN 0 THEN 'rights' WHEN 1 THEN 'data' ELSE 'work' END"
        copied = (
            "address_encrypted, state, allows_messages, allows_gender_statistics, allows_open_tracking,"
            " allows_click_tracking, confirmed_at, ended_at"
        )
        statements = (
            f"UPDATE outreach_subscriber SET parish = {parishes}, source = {sources}, active_at = {long_ago}",
            f"INSERT INTO outreach_topicchoice (subscriber_id, topic) SELECT p.id, {topic} FROM outreach_subscriber p"
            " JOIN (SELECT 1 AS k UNION ALL SELECT 2) k ON k.k <= p.id % 3",
            f"INSERT INTO outreach_subscription (subscriber_id, channel, address_hash, {copied})"
            f" SELECT subscriber_id, 'telegram', address_hash, {copied} FROM outreach_subscription"
            " WHERE subscriber_id % 5 = 0",
        )
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        people.settle_down()

    def rows(self) -> list[Row]:
        """The table's lines."""
        return [self._row(measured) for measured in RULES]

    def _row(self, measured: Measured) -> Row:
        from outreach.audience.segments import count

        ways: list[Callable[[], int]] = [lambda: count(measured.rule, now=NOW)]
        ways += [lambda sql=sql: self._by_hand(sql) for sql in measured.by_hand]  # type: ignore[misc]
        found = self._same_people(measured)
        best = [float("inf")] * len(ways)
        for _round in range(self._plan.rounds):
            for place, way in enumerate(ways):
                begun = time.perf_counter()
                way()
                best[place] = min(best[place], 1000 * (time.perf_counter() - begun))
        ours, hand = best[0], min(best[1:])
        return Row(
            f"{measured.name}: {found:,} people",
            f"{ours:.0f} ms, {ours / hand:.2f} times {hand:.0f} ms by hand",
            f"<= {MOST} times",
            ours <= MOST * hand + NOISE_MS,
        )

    def _same_people(self, measured: Measured) -> int:
        """How many people all statements count; raises ``RuntimeError`` where they are not the same ones."""
        from django.db.models import Sum

        from outreach.audience.segments import count, people_of

        numbers = [people_of(measured.rule, now=NOW).aggregate(sum=Sum("pk"))["sum"]]
        numbers += [
            self._by_hand(sql.replace("COUNT(*)", "SUM(p.id)").replace("COUNT", "SUM")) for sql in measured.by_hand
        ]
        counts = [count(measured.rule, now=NOW), *map(self._by_hand, measured.by_hand)]
        if len(set(numbers)) != 1 or len(set(counts)) != 1 or not counts[0]:
            raise RuntimeError(f"{measured.name}: not the same people: {counts}, {numbers}")
        return counts[0]

    def _by_hand(self, sql: str) -> int:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(sql)
            return int(cursor.fetchone()[0] or 0)
