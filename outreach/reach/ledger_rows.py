"""The ledger of one broadcast as rollups count it: every delivery with its day, and what came back for it.

Written out in SQL, which groups millions of rows where they are: what passes through Python is a row for each group,
with the numbers of its people.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db import connection
from pyroaring import BitMap

from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Delivery
from outreach.tracking.hits.machines import MachineReason
from outreach.tracking.models import TrackingEvent

from .window import Days, window_end

DIMENSIONS = ("segment", "group", "gender", "language", "channel")
CHUNK = 100
"""So many groups are read at once."""

Status, Kind = Delivery.Status, TrackingEvent.Kind
Statement = tuple[str, list[Any]]

DELIVERIES = Delivery._meta.db_table
EVENTS = TrackingEvent._meta.db_table


REACHED = "d.status IN ({})".format(", ".join(f"'{status}'" for status in map(str, Delivery.REACHED)))

FLAGS = {
    "clicked": f"kind = '{Kind.CLICK}' AND machine_reason = ''",
    "opened": f"kind = '{Kind.OPEN}' AND machine_reason = ''",
    "unsubscribed": f"kind = '{Kind.UNSUBSCRIBE}'",
    "complained": f"kind = '{Kind.COMPLAINT}'",
}
"""What may have come back for a delivery, once or often: it counts once."""

REASONS = (*MachineReason.values, "other")
"""Why a machine is thought to be behind something, from what is surest; the last for what is no longer in that list."""

BY_MACHINES = {"machine_clicked": Kind.CLICK, "machine_opened": Kind.OPEN}
"""What a machine may have done with a delivery, once or often: it counts once, with the first of its reasons."""

_BITS = {name: 1 << place for place, name in enumerate(FLAGS)}
_CLICKS, _OPENS = 1 << len(FLAGS), 2 << len(FLAGS)
_REASON_BITS = (len(REASONS) + 1).bit_length()
_SHIFTS = {name: len(FLAGS) + 2 + place * _REASON_BITS for place, name in enumerate(BY_MACHINES)}


@cache
def _flags(marks: int) -> frozenset[str]:
    return frozenset([*(name for name, bit in _BITS.items() if marks & bit), *_reasons(marks)])


@cache
def _reasons(marks: int) -> dict[str, str]:
    numbers = {name: marks >> shift & (1 << _REASON_BITS) - 1 for name, shift in _SHIFTS.items()}
    # The largest number is the first reason, so that one maximum finds it.
    return {name: REASONS[len(REASONS) - number] for name, number in numbers.items() if number}


def _reason_number() -> str:
    """For SQL: the number of an event's reason, the larger the surer; 0 where there is none."""
    numbers = {"": 0} | {reason: len(REASONS) - place for place, reason in enumerate(REASONS)}
    whens = " ".join(f"WHEN '{reason}' THEN {number}" for reason, number in numbers.items())
    return f"CASE machine_reason {whens} ELSE 1 END"


NEVER_ATTEMPTED = frozenset({Status.QUEUED, Status.CANCELLED, Status.EXPIRED})


@dataclass(frozen=True, slots=True)
class Alike:
    """Deliveries of one day that are alike in everything that is counted: how many, and to whom if they arrived.

    ``back`` are the :data:`FLAGS` and :data:`BY_MACHINES` of what came back for each of them, ``reasons`` why that was
    a machine, by the names of the latter.
    """

    day: date
    dimensions: tuple[str, ...]
    status: str
    tracks_clicks: bool
    tracks_opens: bool
    back: frozenset[str]
    reasons: dict[str, str]
    number: int
    people: BitMap

    @property
    def counts(self) -> tuple[str, ...]:
        """The counts of :class:`~outreach.reach.models.Counted` among which they are."""
        return _counts(self.status, self.tracks_clicks, self.tracks_opens, self.back)


@cache
def _counts(status: str, tracks_clicks: bool, tracks_opens: bool, back: frozenset[str]) -> tuple[str, ...]:
    reached = status in Delivery.REACHED
    clicks, opens = reached and tracks_clicks, reached and tracks_opens
    which = {
        "planned": True,
        "attempted": status not in NEVER_ATTEMPTED,
        "accepted": reached,
        "bounced": status == Status.BOUNCED,
        "unsubscribed": reached and "unsubscribed" in back,
        "withdrawn": reached and bool({"unsubscribed", "complained"} & back),
        "trackable": clicks,
        "clicked": clicks and "clicked" in back,
        "machine_clicked": reached and "machine_clicked" in back,
        "open_trackable": opens,
        "opened": opens and "opened" in back,
        "machine_opened": opens and "machine_opened" in back,
    }
    return tuple(name for name, applies in which.items() if applies)


MOMENT = "COALESCE(d.settled_at, d.attempted_at, d.due_at)"


@dataclass(frozen=True)
class LedgerRows:
    """The deliveries of ``broadcast`` in its ``days``, or on one ``day`` of them."""

    broadcast: Broadcast
    days: Days
    day: date | None = None

    def alike(self) -> Iterator[Alike]:
        """Every delivery, grouped by the database into those that are alike."""
        quote, joined = connection.ops.quote_name, connection.vendor == "postgresql"
        place, place_params = self._day_place()
        where, params = self._where()
        seen, seen_params = self._seen()
        people = f"CASE WHEN {REACHED} THEN d.subscriber_id END"
        people = f"string_agg(({people})::text, ',')" if joined else f"group_concat({people})"
        # One number instead of a column each: what is grouped has to be sorted.
        bits = f"COALESCE(s.back, 0) + CASE WHEN d.tracks_clicks THEN {_CLICKS} ELSE 0 END"
        bits += f" + CASE WHEN d.tracks_opens THEN {_OPENS} ELSE 0 END"
        columns = [place, bits, "d.status", *(f"d.{quote(name)}" for name in DIMENSIONS)]
        before = f"WITH seen AS ({seen}) "
        if not joined:
            _keep_seen((seen, seen_params))
            before, seen_params = "", []
        statement = (
            f"{before}SELECT {', '.join(columns)}, COUNT(*), {people} "  # noqa: S608
            f"FROM {DELIVERIES} d LEFT JOIN seen s ON s.delivery_id = d.id WHERE {where} "
            f"GROUP BY {', '.join(str(number) for number, _column in enumerate(columns, start=1))}"
        )
        found = _streamed_whole((statement, [*seen_params, *place_params, *params]))
        for day, marks, status, *dimensions, number, numbers in found:
            yield Alike(
                day=self.days.days[day],
                dimensions=tuple(dimensions),
                status=status,
                tracks_clicks=bool(marks & _CLICKS),
                tracks_opens=bool(marks & _OPENS),
                back=_flags(marks),
                reasons=_reasons(marks),
                number=number,
                people=BitMap(map(int, numbers.split(","))) if numbers else BitMap(),
            )

    def stories_followed(self, pages: Sequence[tuple[int, int, str]]) -> dict[str, int]:
        """In how many accepted messages a person followed a personal link to each story.

        ``pages`` says of a message and a link (from 1) to which story it leads; links that it does not name lead
        elsewhere, which is the empty story.
        """
        clicks, params = self._events("delivery_id, link", FLAGS["clicked"])
        places = ", ".join(["(%s, %s, %s)"] * len(pages)) or "(0, 0, '')"
        statement = (
            f"WITH leads(message, link, story) AS (VALUES {places}) "  # noqa: S608
            "SELECT story, COUNT(*) FROM ("
            f"SELECT DISTINCT c.delivery_id, COALESCE(l.story, '') AS story FROM ({clicks}) c "
            f"JOIN {DELIVERIES} d ON d.id = c.delivery_id "
            "LEFT JOIN leads l ON l.message = d.message_id AND l.link = c.link "
            f"WHERE d.broadcast_id = %s AND {REACHED} AND d.tracks_clicks) followed GROUP BY story"
        )
        named = [value for page in pages for value in page]
        with _all_rows_at_once():
            return dict(_rows((statement, [*named, *params, self.broadcast.pk])))

    def shared_clicks(self) -> list[tuple[int, int | None, str, int]]:
        """Cohort, link, why a machine is thought to be behind it (empty for people), and so many clicks."""
        clicks, params = self._events("cohort_id, link, machine_reason", f"kind = '{Kind.CLICK}'", of="cohort")
        statement = (
            f"SELECT cohort_id, link, machine_reason, COUNT(*) FROM ({clicks}) c "  # noqa: S608
            "GROUP BY cohort_id, link, machine_reason"
        )
        return [
            (cohort, link, reason if not reason or reason in REASONS else REASONS[-1], number)
            for cohort, link, reason, number in _rows((statement, params))
        ]

    def _seen(self) -> Statement:
        """Every delivery for which something came back, and what: one row each."""
        parts = [f"MAX(CASE WHEN {what} THEN {_BITS[name]} ELSE 0 END)" for name, what in FLAGS.items()]
        for name, kind in BY_MACHINES.items():
            reason = f"MAX(CASE WHEN kind = '{kind}' THEN {_reason_number()} ELSE 0 END)"
            parts.append(f"{1 << _SHIFTS[name]} * {reason}")
        flags = " + ".join(parts)
        events, params = self._events("+delivery_id AS delivery_id, kind, machine_reason")
        return f"SELECT delivery_id, {flags} AS back FROM ({events}) e GROUP BY delivery_id", params  # noqa: S608

    def _events(self, fields: str, condition: str = "", *, of: str = "delivery") -> Statement:
        """The events of the broadcast within its window that belong to a delivery, or to a cohort alone."""
        # A sign keeps SQLite from walking through the events of all broadcasts by the index on their deliveries.
        owner = "+delivery_id IS NOT NULL" if of == "delivery" else "+delivery_id IS NULL"
        conditions = ["broadcast_id = %s", owner, *([condition] if condition else [])]
        params: list[Any] = [self.broadcast.pk]
        end = window_end(self.broadcast)
        if end is not None:
            conditions.append("occurred_at < %s")
            params.append(_moment(end))
        return f"SELECT {fields} FROM {EVENTS} WHERE {' AND '.join(conditions)}", params  # noqa: S608

    def _where(self) -> Statement:
        conditions, params = ["d.broadcast_id = %s"], [self.broadcast.pk]
        since, until = self.days.bounds(self.day) if self.day else (None, None)
        for moment, comparison in ((since, ">="), (until, "<")):
            if moment:
                conditions.append(f"{MOMENT} {comparison} %s")
                params.append(_moment(moment))
        return " AND ".join(conditions), params

    def _day_place(self) -> Statement:
        """The place of a delivery's day among the days; no time zone is asked for each row."""
        if self.day:
            return "%s", [self.days.days.index(self.day)]
        whens, params = "", []
        for place, start in enumerate(self.days.starts[1:]):
            whens += f"WHEN {MOMENT} < %s THEN {place} "
            params.append(_moment(start))
        last = len(self.days.days) - 1
        return (f"CASE {whens}ELSE {last} END", params) if whens else ("%s", [last])


def _moment(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _rows(statement: Statement) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return list(cursor.fetchall())


def _keep_seen(statement: Statement) -> None:
    """Keep what came back in a table of this connection alone, found by the delivery.

    SQLite makes such an index by itself only if it expects many rows; its statistics may be of a day with few. Without
    one it would look through all that came back for each delivery.
    """
    chosen, params = statement
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS temp.seen")
        cursor.execute("CREATE TEMPORARY TABLE seen (delivery_id INTEGER PRIMARY KEY, back INTEGER NOT NULL)")
        cursor.execute(f"INSERT INTO temp.seen {chosen}", params)


@contextmanager
def _all_rows_at_once() -> Iterator[None]:
    """For statements that join all of a broadcast's rows.

    PostgreSQL takes a broadcast that is newer than its statistics for an empty one. It would then look through all
    events for each delivery, for hours; without nested loops it can't.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")


def _streamed_whole(statement: Statement) -> Iterator[tuple[Any, ...]]:
    with _all_rows_at_once():
        yield from _streamed(statement)


def _streamed(statement: Statement) -> Iterator[tuple[Any, ...]]:
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute(*statement)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows
