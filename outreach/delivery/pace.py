"""How fast a broadcast goes and when it will be through: measured, never promised; unknown where nothing is known."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outreach.broadcasts.quiet import LONGEST_LOOK, Hours, end_of_work

from .models import Delivery
from .tallies import LATELY, Tally

Status = Delivery.Status
_TO_SEND = {Status.QUEUED, Status.ATTEMPTING, Status.DEFERRED}


@dataclass(frozen=True)
class Pace:
    """Messages a second and times left.

    ``lately`` is over the last minute, or since it last went on; ``overall`` since the start with every pause;
    ``None`` where nothing was tried. ``left`` follows from ``lately``, from when deferred messages are due and from
    the hours in which channels rest; ``None`` where it can't be known, because the channels in ``still`` have messages
    to send and sent none. ``next_try`` is set where nothing waits but what was put off: when the first of it is tried
    again, which may put it off once more. ``at_best`` is what it would take at the speed that the channels are allowed.
    """

    lately: float | None
    overall: float | None
    left: timedelta | None
    next_try: datetime | None
    still: tuple[str, ...]
    at_best: timedelta


def pace(
    tallies: Sequence[Tally],
    *,
    started_at: datetime,
    allowed: Mapping[str, float],
    went_on: Mapping[str, datetime],
    rests: Mapping[str, datetime],
    quiet: Mapping[str, Hours],
    now: datetime,
) -> Pace:
    """The pace of a broadcast that began at ``started_at`` (UTC).

    By channel: ``allowed`` is its limit in messages a second, 0 for none, ``went_on`` since when it has been sending,
    ``rests`` until when some of them rest now, ``quiet`` the hours in which some rest each day. Channels go on beside
    each other, so the slowest of them says when all is done.
    """
    tried = sum(tally.tried for tally in tallies)
    last = max((tally.tried_at for tally in tallies if tally.tried_at), default=None)
    lasted = max((last - started_at).total_seconds(), 1.0) if last else 1.0
    roads = [
        _Road(
            now=now,
            tallies=[each for each in tallies if each.channel == name],
            per_second=per_second,
            window=min(LATELY, max(now - went_on.get(name, started_at), timedelta(seconds=1))),
            start=max(now, rests.get(name, now)),
            quiet=quiet.get(name),
        )
        for name, per_second in allowed.items()
    ]
    ends = {name: road.end() for name, road in zip(allowed, roads, strict=True)}
    known = [end for end in ends.values() if end is not None]
    return Pace(
        lately=sum(road.speed for road in roads) or None,
        overall=tried / lasted if tried else None,
        left=max(known, default=now) - now if len(known) == len(ends) else None,
        next_try=_next_try(roads),
        still=tuple(name for name, end in ends.items() if end is None),
        at_best=max((road.end_at_best() for road in roads), default=now) - now,
    )


def _next_try(roads: Sequence["_Road"]) -> datetime | None:
    if any(road.turn for road in roads):
        return None
    return min((road.next_try for road in roads if road.next_try), default=None)


@dataclass(frozen=True)
class _Road:
    """What is to be sent on one channel, from ``start`` on, which is ``now`` or when it wakes. Times are UTC."""

    now: datetime
    tallies: Sequence[Tally]
    per_second: float
    window: timedelta
    start: datetime
    quiet: Hours | None

    @property
    def speed(self) -> float:
        """Messages a second over the window."""
        return sum(each.lately for each in self.tallies) / self.window.total_seconds()

    @property
    def turn(self) -> int:
        """How many wait their turn."""
        return self._count({Status.QUEUED, Status.ATTEMPTING})

    @property
    def next_try(self) -> datetime | None:
        """When the first of what was put off is due; ``None`` where nothing was."""
        due = [each.first_due_at for each in self.tallies if each.status == Status.DEFERRED]
        return self._done(max(min(due), self.start), 0) if due else None

    def end(self) -> datetime | None:
        """When it is done at its speed, deferred messages too; ``None`` where it has a queue and no speed."""
        due = [each.last_due_at for each in self.tallies if each.status == Status.DEFERRED]
        ends = [self._done(max(*due, self.start), 0)] if due else []
        if self.turn:
            if not self.speed:
                return None
            ends.append(self._done(self.start, self.turn / self.speed))
        return max(ends, default=self.now)

    def end_at_best(self) -> datetime:
        """When it would be done at the speed that it is allowed."""
        queue = self._count(_TO_SEND)
        return self._done(self.start, queue / self.per_second if self.per_second else 0) if queue else self.now

    def _count(self, statuses: Collection[str]) -> int:
        return sum(each.count for each in self.tallies if each.status in statuses)

    def _done(self, start: datetime, seconds: float) -> datetime:
        """When so much sending is done that begins at ``start`` and rests in the quiet hours."""
        longest = timedelta(days=LONGEST_LOOK)
        if seconds > longest.total_seconds():
            return start + longest
        return end_of_work(start=start, work=timedelta(seconds=seconds), quiet=self.quiet) or start + longest


def in_words(time: timedelta) -> str:
    """A time as a person would say it, rounded up: "about 3 minutes"."""
    minutes = math.ceil(time.total_seconds() / 60)
    if minutes <= 1:
        return _("less than a minute") if time < timedelta(minutes=1) else _("about a minute")
    if minutes <= 90:
        return ngettext("about %(count)d minute", "about %(count)d minutes", minutes) % {"count": minutes}
    hours = math.ceil(minutes / 60)
    if hours <= 36:
        return ngettext("about %(count)d hour", "about %(count)d hours", hours) % {"count": hours}
    days = math.ceil(hours / 24)
    return ngettext("about %(count)d day", "about %(count)d days", days) % {"count": days}


def speed_in_words(speed: float | None) -> str:
    """Messages a second, or a minute where that says more; empty where the speed is unknown."""
    if speed is None:
        return ""
    if speed < 1:
        per_minute = round(speed * 60)
        return _("%(number)s a minute") % {"number": max(per_minute, 1)}
    number = number_format(round(speed, 1) if speed < 10 else round(speed), force_grouping=True)
    return _("%(number)s a second") % {"number": number}
