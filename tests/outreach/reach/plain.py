"""The plain way to count: one delivery and one event at a time, in Python, from the raw ledger."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Cohort, Delivery
from outreach.tracking.models import TrackingEvent

from .conftest import NOW

OFFICE = ZoneInfo("America/Dominica")
WINDOW = timedelta(days=7)

MOMENTS = st.integers(-96, 24 * 8).map(lambda hours: NOW + timedelta(hours=hours))
"""From before the broadcasts of the fixtures began until after their windows, which end six days after ``NOW``."""

EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(TrackingEvent.Kind.values),
            "machine": st.sampled_from(["", "head"]),
            "at": st.one_of(st.just(NOW), MOMENTS),
        }
    ),
    max_size=3,
)
ROWS = st.fixed_dictionaries(
    {
        "status": st.sampled_from([*Delivery.Status.values, "accepted", "accepted", "accepted"]),
        "segment": st.sampled_from(["workers", "media"]),
        "group": st.sampled_from(["worker", ""]),
        "gender": st.sampled_from(["woman", "man", "another", "undisclosed", ""]),
        "language": st.sampled_from(["en", "fr"]),
        "channel": st.sampled_from(["email", "telegram"]),
        "tracks_clicks": st.booleans(),
        "tracks_opens": st.booleans(),
        "settled_at": st.one_of(st.none(), MOMENTS),
    }
)
PLACES = ("segment", "gender", "group", "language", "channel")
TABLES = (("segment", "gender"), ("group",), ("language",), ("channel",))


def day(delivery: Delivery, broadcast: Broadcast) -> date:
    """The office's day on which a delivery was settled, within those of its broadcast."""
    moment = delivery.settled_at or delivery.attempted_at or delivery.due_at
    ends = broadcast.finished_at or NOW
    return max(_office_day(broadcast.started_at), min(_office_day(ends), _office_day(moment)))


def _office_day(moment: datetime) -> date:
    return moment.astimezone(OFFICE).date()


def is_in_window(event: TrackingEvent, broadcast: Broadcast) -> bool:
    """Whether an event counts."""
    return broadcast.finished_at is None or event.occurred_at < broadcast.finished_at + WINDOW


def counts(delivery: Delivery, broadcast: Broadcast) -> dict[str, bool]:
    """For each count, whether this delivery is one."""
    events = [event for event in delivery.events.all() if is_in_window(event, broadcast)]
    by_people = {event.kind for event in events if not event.machine_reason}
    by_machines = {event.kind for event in events if event.machine_reason}
    kinds = by_people | by_machines
    reached = delivery.status in ("accepted", "delivered")
    return {
        "planned": True,
        "attempted": delivery.status not in ("queued", "cancelled", "expired"),
        "accepted": reached,
        "bounced": delivery.status == "bounced",
        "unsubscribed": reached and "unsubscribe" in kinds,
        "withdrawn": reached and bool({"unsubscribe", "complaint"} & kinds),
        "trackable": reached and delivery.tracks_clicks,
        "clicked": reached and delivery.tracks_clicks and "click" in by_people,
        "machine_clicked": reached and "click" in by_machines,
        "open_trackable": reached and delivery.tracks_opens,
        "opened": reached and delivery.tracks_opens and "open" in by_people,
        "machine_opened": reached and delivery.tracks_opens and "open" in by_machines,
    }


COUNTS = (
    "planned", "attempted", "accepted", "bounced", "unsubscribed", "withdrawn", "trackable", "clicked",
    "machine_clicked", "open_trackable", "opened", "machine_opened",
)  # fmt: skip
PEOPLE = {"people": "accepted", "trackable_people": "trackable", "clickers": "clicked"}


def cells(broadcasts: list[Broadcast]) -> dict[str, Counter]:
    """Every count of every cell, by broadcast (``None`` for all) and places."""
    found: defaultdict[str, Counter] = defaultdict(Counter)
    people: defaultdict[tuple, set[int]] = defaultdict(set)
    messages: defaultdict[tuple, int] = defaultdict(int)
    for broadcast in broadcasts:
        for delivery in broadcast.deliveries.all():
            flags = counts(delivery, broadcast)
            for number in (broadcast.pk, None):
                for places in _cells_of(delivery):
                    for name, flag in flags.items():
                        found[name][number, places] += flag
                    for name, flag in PEOPLE.items():
                        if flags[flag]:
                            people[name, number, places].add(delivery.subscriber_id)
                on_day = frozenset({("day", day(delivery, broadcast).isoformat())})
                for name in ("planned", "attempted", "accepted"):
                    found[name][number, on_day] += flags[name]
                if flags["accepted"]:
                    messages[number, delivery.subscriber_id] += 1
        for cohort in Cohort.objects.filter(broadcast=broadcast):
            for event in cohort.events.filter(kind="click"):
                if is_in_window(event, broadcast):
                    name = "machine_clicks" if event.machine_reason else "cohort_clicks"
                    for number in (broadcast.pk, None):
                        found[name][number, frozenset()] += 1
    for (name, number, places), numbers in people.items():
        found[name][number, places] = len(numbers)
    for (number, _person), count in messages.items():
        found["times"][number, frozenset({("times", str(count) if count < 5 else "5+")})] += 1
    return found


def _cells_of(delivery: Delivery) -> list[frozenset]:
    """The whole, and each place that the delivery has in a table."""
    kept = {
        frozenset((name, getattr(delivery, name)) for name in some)
        for table in TABLES
        for length in range(len(table) + 1)
        for some in combinations(table, length)
    }
    return list(kept)
