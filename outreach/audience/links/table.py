"""Sign-ups by source for one month or for all of them, ready to be shown."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, Sum
from django.db.models.functions import TruncMonth

from outreach.audience.choices import ChannelName
from outreach.audience.models import JoinLink, SignUpCount
from outreach.audience.source import source_name

from .figures import Figure, figure, total

TEXTS_SHOWN = 50
"""So many sources that are no link have a row of their own; anybody can write one into an address."""


@dataclass(frozen=True)
class Row:
    """One source. On Telegram whoever asks has joined, so only e-mail has people who asked and did not."""

    source: str
    link: JoinLink | None
    email_asked: Figure
    email_joined: Figure
    telegram_joined: Figure

    @property
    def source_name(self) -> str:
        """What to call a source that is no link."""
        return source_name(self.source)

    @property
    def joined(self) -> Figure:
        """Over both channels."""
        return total([self.email_joined, self.telegram_joined])


@dataclass(frozen=True)
class Table:
    """Links first, the newest at the top, then what else addresses said, then whoever came without any.

    ``rest`` is the sum of ``rest_of`` more sources that are no link.
    """

    rows: list[Row]
    rest: Row | None
    rest_of: int
    whole: Row
    months: list[date] = field(default_factory=list)

    @property
    def has_demo(self) -> bool:
        """Whether some of it was invented for the demo."""
        return any(row.link is not None and row.link.is_demo for row in self.rows)


def months() -> list[date]:
    """The first days of the months in which anybody signed up, the latest first."""
    found = SignUpCount.objects.annotate(month=TruncMonth("day")).values_list("month", flat=True)
    return sorted(set(found.order_by().distinct()), reverse=True)


def sign_ups(*, month: date | None, now: datetime) -> Table:
    """The table of the month that begins on ``month``, or of all months."""
    shown = _shown(month=month, now=now)
    links = {link.code: link for link in JoinLink.objects.select_related("campaign")}
    rows = [_row(code, link, shown) for code, link in links.items() if code in shown or link.retired_at is None]
    texts = sorted(source for source in shown if source and source not in links)
    rows += [_row(source, None, shown) for source in texts[:TEXTS_SHOWN]]
    if "" in shown:
        rows.append(_row("", None, shown))
    rest = [_row(source, None, shown) for source in texts[TEXTS_SHOWN:]]
    return Table(
        rows=rows,
        rest=_sum(rest) if rest else None,
        rest_of=len(rest),
        whole=_sum([*rows, *rest]),
        months=months(),
    )


Shown = dict[str, dict[tuple[str, str], list[Figure]]]


def _shown(*, month: date | None, now: datetime) -> Shown:
    """What is shown of each source, channel and month: by source, then by channel and what was counted."""
    today = now.astimezone(ZoneInfo(settings.OFFICE_TIME_ZONE)).date()
    within = Q() if month is None else Q(day__year=month.year, day__month=month.month)
    counted = (
        SignUpCount.objects.filter(within)
        .annotate(month=TruncMonth("day"))
        .values("source", "channel", "month")
        .annotate(people_asked=Sum("asked"), people_joined=Sum("joined"))
        .order_by()
    )
    shown: Shown = defaultdict(lambda: defaultdict(list))
    for each in counted:
        is_under_way = each["month"] == today.replace(day=1)
        for what, count in (("asked", each["people_asked"]), ("joined", each["people_joined"])):
            known = figure(count, is_under_way=is_under_way)
            shown[each["source"]][each["channel"], what].append(known)
    return shown


def _row(source: str, link: JoinLink | None, shown: Shown) -> Row:
    of = shown.get(source, {})
    return Row(
        source=source,
        link=link,
        email_asked=total(of.get((ChannelName.EMAIL, "asked"), [])),
        email_joined=total(of.get((ChannelName.EMAIL, "joined"), [])),
        telegram_joined=total(of.get((ChannelName.TELEGRAM, "joined"), [])),
    )


def _sum(rows: Iterable[Row]) -> Row:
    rows = list(rows)
    return Row(
        source="",
        link=None,
        email_asked=total(row.email_asked for row in rows),
        email_joined=total(row.email_joined for row in rows),
        telegram_joined=total(row.telegram_joined for row in rows),
    )
