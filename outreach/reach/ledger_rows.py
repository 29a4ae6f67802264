"""The ledger of one broadcast as rollups count it: every delivery with its day, and what came back for it.

Written out in SQL, which counts millions of rows where they are: nothing passes through Python but what is asked for.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Delivery
from outreach.tracking.models import TrackingEvent

from .window import Days, window_end

DIMENSIONS = ("segment", "group", "gender", "language", "channel")
CHUNK = 20_000
"""So many rows are in memory at once."""

Status, Kind = Delivery.Status, TrackingEvent.Kind
Statement = tuple[str, list[Any]]

DELIVERIES = Delivery._meta.db_table
EVENTS = TrackingEvent._meta.db_table


def _words(values: Sequence[str]) -> str:
    return ", ".join(f"'{value}'" for value in map(str, values))


REACHED = f"d.status IN ({_words(Delivery.REACHED)})"
ATTEMPTED = f"d.status NOT IN ({_words([Status.QUEUED, Status.CANCELLED, Status.EXPIRED])})"
BOUNCED = f"d.status = '{Status.BOUNCED}'"

FLAGS = {
    "clicked": f"kind = '{Kind.CLICK}' AND machine_reason = ''",
    "machine_clicked": f"kind = '{Kind.CLICK}' AND machine_reason <> ''",
    "opened": f"kind = '{Kind.OPEN}' AND machine_reason = ''",
    "machine_opened": f"kind = '{Kind.OPEN}' AND machine_reason <> ''",
    "unsubscribed": f"kind = '{Kind.UNSUBSCRIBE}'",
    "withdrawn": f"kind IN ({_words([Kind.UNSUBSCRIBE, Kind.COMPLAINT])})",
}
"""What may have come back for a delivery, once or often: it counts once."""

COUNTS = {
    "planned": "1 = 1",
    "attempted": ATTEMPTED,
    "accepted": REACHED,
    "bounced": BOUNCED,
    "unsubscribed": f"{REACHED} AND s.unsubscribed = 1",
    "withdrawn": f"{REACHED} AND s.withdrawn = 1",
    "trackable": f"{REACHED} AND d.tracks_clicks",
    "clicked": f"{REACHED} AND d.tracks_clicks AND s.clicked = 1",
    "machine_clicked": f"{REACHED} AND s.machine_clicked = 1",
    "open_trackable": f"{REACHED} AND d.tracks_opens",
    "opened": f"{REACHED} AND d.tracks_opens AND s.opened = 1",
    "machine_opened": f"{REACHED} AND d.tracks_opens AND s.machine_opened = 1",
}
"""Which deliveries each count of :class:`~outreach.reach.models.Counted` counts."""

MOMENT = "COALESCE(d.settled_at, d.attempted_at, d.due_at)"


@dataclass(frozen=True)
class LedgerRows:
    """The deliveries of ``broadcast`` in its ``days``, or on one ``day`` of them."""

    broadcast: Broadcast
    days: Days
    day: date | None = None

    def insert_counts(self, *, table: str) -> None:
        """``INSERT … SELECT`` of every count into ``table``, by day and :data:`DIMENSIONS`."""
        quote = connection.ops.quote_name
        columns = [quote(name) for name in DIMENSIONS]
        day, day_params = self._day()
        where, params = self._where()
        seen, seen_params = self._seen()
        sums = ", ".join(f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)" for condition in COUNTS.values())
        statement = (
            f"INSERT INTO {quote(table)} (broadcast_id, day, {', '.join(columns)}, {', '.join(COUNTS)}) "  # noqa: S608
            f"WITH seen AS ({seen}) "
            f"SELECT d.broadcast_id, {day} AS counted_day, {', '.join(f'd.{name}' for name in columns)}, {sums} "
            f"FROM {DELIVERIES} d LEFT JOIN seen s ON s.delivery_id = d.id WHERE {where} "
            f"GROUP BY d.broadcast_id, counted_day, {', '.join(f'd.{name}' for name in columns)}"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [*seen_params, *day_params, *params])

    def reached(self) -> Iterator[list[tuple[Any, ...]]]:
        """The accepted messages, some thousands at a time.

        The place of the day among the days, the dimensions, whether its links are personal, and the subscriber.
        """
        place, place_params = self._day(as_place=True)
        where, params = self._where()
        fields = ", ".join(f"d.{connection.ops.quote_name(name)}" for name in DIMENSIONS)
        statement = (
            f"SELECT {place}, {fields}, d.tracks_clicks, d.subscriber_id FROM {DELIVERIES} d "  # noqa: S608
            f"WHERE {where} AND {REACHED}"
        )
        yield from _chunks((statement, [*place_params, *params]))

    def clicked(self) -> Iterator[list[tuple[Any, ...]]]:
        """Those of :meth:`reached` in which a personal link was followed by a person."""
        place, place_params = self._day(as_place=True)
        where, params = self._where()
        fields = ", ".join(f"d.{connection.ops.quote_name(name)}" for name in DIMENSIONS)
        clicks, clicks_params = self._events("delivery_id", FLAGS["clicked"])
        statement = (
            f"SELECT {place}, {fields}, d.tracks_clicks, d.subscriber_id "  # noqa: S608
            f"FROM (SELECT DISTINCT delivery_id FROM ({clicks}) found) clicks "
            f"JOIN {DELIVERIES} d ON d.id = clicks.delivery_id WHERE {where} AND {REACHED} AND d.tracks_clicks"
        )
        yield from _chunks((statement, [*place_params, *clicks_params, *params]))

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
            f"WHERE {REACHED} AND d.tracks_clicks) followed GROUP BY story"
        )
        return dict(_rows((statement, [*(value for page in pages for value in page), *params])))

    def shared_clicks(self) -> list[tuple[int, int | None, int, int]]:
        """Cohort, link, and how many clicks over that shared link were a person's, and a machine's."""
        clicks, params = self._events("cohort_id, link, machine_reason", f"kind = '{Kind.CLICK}'", of="cohort")
        statement = (
            "SELECT cohort_id, link, SUM(CASE WHEN machine_reason = '' THEN 1 ELSE 0 END), "  # noqa: S608
            f"SUM(CASE WHEN machine_reason <> '' THEN 1 ELSE 0 END) FROM ({clicks}) c GROUP BY cohort_id, link"
        )
        return _rows((statement, params))

    def _seen(self) -> Statement:
        """Every delivery for which something came back, and what: one row each."""
        flags = ", ".join(f"MAX(CASE WHEN {what} THEN 1 ELSE 0 END) AS {name}" for name, what in FLAGS.items())
        events, params = self._events("delivery_id, kind, machine_reason")
        return f"SELECT delivery_id, {flags} FROM ({events}) e GROUP BY delivery_id", params  # noqa: S608

    def _events(self, fields: str, condition: str = "", *, of: str = "delivery") -> Statement:
        """The events of the broadcast within its window that belong to a delivery, or to a cohort alone."""
        owner = "delivery_id IS NOT NULL" if of == "delivery" else "delivery_id IS NULL"
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

    def _day(self, *, as_place: bool = False) -> Statement:
        """The day of a delivery, or its place among the days; no time zone is asked for each row."""
        params: list[Any] = []
        *earlier, last = range(len(self.days.days))

        def worth(place: int) -> Any:
            return place if as_place else connection.ops.adapt_datefield_value(self.days.days[place])

        if not earlier:
            return "%s", [worth(last)]
        whens = ""
        for place in earlier:
            whens += f"WHEN {MOMENT} < %s THEN %s "
            params += [_moment(self.days.starts[place + 1]), worth(place)]
        return f"CASE {whens}ELSE %s END", [*params, worth(last)]


def _moment(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _rows(statement: Statement) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return list(cursor.fetchall())


def _chunks(statement: Statement) -> Iterator[list[tuple[Any, ...]]]:
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute(*statement)
        while rows := cursor.fetchmany(CHUNK):
            yield rows
