"""Subscribers as a file for a data officer who gave a reason: streamed, safe in a spreadsheet, and logged.

Only active addresses that may be written to: whoever left, waits or is suppressed is not in it. Times are UTC.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogActionRegistry, log

from .addresses import decrypt
from .cells import printable, safe
from .choices import ChannelName
from .models import Segment, Subscription, Suppression, TopicChoice
from .rules import as_query
from .workbook import workbook

CSV_TYPE = "text/csv; charset=utf-8"

BOM = "\ufeff"
CHUNK = 2000
EXPORTED = "outreach.subscriber.export"

COLUMNS: dict[str, tuple[Any, Callable[[Subscription], str]]] = {
    "address": (_("Address"), lambda each: decrypt(each.address_encrypted)),
    "channel": (_("Channel"), lambda each: each.channel),
    "language": (_("Language"), lambda each: each.subscriber.language),
    "group": (_("Group"), lambda each: each.subscriber.group),
    "gender": (_("Gender"), lambda each: each.subscriber.gender if each.allows_gender_statistics else ""),
    "parish": (_("Parish"), lambda each: each.subscriber.parish),
    "topics": (_("Topics"), lambda each: ""),
    "source": (_("Source"), lambda each: each.subscriber.source),
    "joined": (_("Joined"), lambda each: _day(each.subscriber.joined_at)),
    "confirmed": (_("Confirmed"), lambda each: _day(each.confirmed_at)),
}
"""What can be exported: its label, and its value for one subscription. The codes are what an import reads again."""


@dataclass(frozen=True)
class Order:
    """What is to be exported: ``columns`` of :data:`COLUMNS`, of a segment or everybody, on one channel or all."""

    columns: Sequence[str]
    segment: Segment | None = None
    channel: str = ""


def register_actions(actions: LogActionRegistry) -> None:
    """Tell Wagtail's log what exporting is called."""
    actions.register_action(EXPORTED, _("Export subscribers"), _("Subscribers exported"))


def note(*, order: Order, reason: str, form: str, user: Any) -> int:
    """Write in the log who exports what and why, before the first row leaves; returns how many rows it will be.

    What is logged names columns and a count, and no address.
    """
    count = _exported(order).count()
    log(
        instance=user,
        action=EXPORTED,
        user=user,
        data={
            "reason": reason,
            "rows": count,
            "columns": list(order.columns),
            "segment": order.segment.code if order.segment else "",
            "channel": order.channel,
            "format": form,
        },
    )
    return count


def as_csv(order: Order, *, separator: str = ",", with_bom: bool = True) -> Iterator[str]:
    """The file as text, a few thousand rows at a time; with the mark without which Excel takes it for another one."""

    class Line:
        def write(self, text: str) -> str:
            return text

    writer = csv.writer(Line(), delimiter=separator)
    yield (BOM if with_bom else "") + writer.writerow(_heads(order))
    for rows in _chunks(order):
        yield "".join(writer.writerow([safe(cell) for cell in row]) for row in rows)


def as_workbook(order: Order) -> Iterator[bytes]:
    """The file as a workbook (XLSX) whose cells are all text, so that none is a formula."""
    return workbook(str(_("Subscribers")), chain([[_heads(order)]], _chunks(order)))


def _heads(order: Order) -> list[str]:
    return [str(COLUMNS[name][0]) for name in order.columns]


def _chunks(order: Order) -> Iterator[list[list[str]]]:
    """The rows in the order in which people joined, with as many queries as there are thousands."""
    last = 0
    while found := list(_exported(order).filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last = found[-1].pk
        topics = _topics(found) if "topics" in order.columns else {}
        yield [_row(each, order.columns, topics) for each in found]


def _row(each: Subscription, columns: Iterable[str], topics: dict[int, list[str]]) -> list[str]:
    return [
        printable("; ".join(topics.get(each.subscriber_id, [])) if name == "topics" else COLUMNS[name][1](each))
        for name in columns
    ]


def _exported(order: Order) -> QuerySet[Subscription]:
    suppressed = Suppression.objects.filter(channel=OuterRef("channel"), address_hash=OuterRef("address_hash"))
    found = Subscription.objects.filter(~Exists(suppressed), state=Subscription.State.ACTIVE, allows_messages=True)
    if order.channel:
        found = found.filter(channel=ChannelName(order.channel))
    if order.segment:
        found = found.filter(as_query(order.segment.rule, now=timezone.now(), prefix="subscriber__"))
    return found.select_related("subscriber")


def _topics(found: Sequence[Subscription]) -> dict[int, list[str]]:
    chosen: dict[int, list[str]] = {}
    rows = TopicChoice.objects.filter(subscriber__in=[each.subscriber_id for each in found]).order_by("topic")
    for subscriber, topic in rows.values_list("subscriber", "topic"):
        chosen.setdefault(subscriber, []).append(topic)
    return chosen


def _day(moment: datetime | None) -> str:
    return moment.date().isoformat() if moment else ""
