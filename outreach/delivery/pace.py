"""How fast a broadcast goes and when it will be through: measured, never promised; unknown where nothing is known."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import Delivery
from .tallies import LATELY, Tally

Status = Delivery.Status
_TO_SEND = {Status.QUEUED, Status.ATTEMPTING, Status.DEFERRED}


@dataclass(frozen=True)
class Pace:
    """Messages a second and times left.

    ``lately`` is over the last minute, ``overall`` since the start with every pause; ``None`` where nothing was tried.
    ``left`` follows from ``lately`` and from when deferred messages are due; ``None`` where it can't be known, because
    the channels in ``still`` have messages to send and sent none. ``at_best`` is what it would take at the speed that
    the channels are allowed, once they have rested.
    """

    lately: float | None
    overall: float | None
    left: timedelta | None
    still: tuple[str, ...]
    at_best: timedelta


def pace(
    tallies: Sequence[Tally],
    *,
    started_at: datetime,
    allowed: Mapping[str, float],
    rests: Mapping[str, datetime],
    now: datetime,
) -> Pace:
    """The pace of a broadcast that began at ``started_at`` (UTC).

    ``allowed`` is each channel's limit in messages a second, 0 for none, ``rests`` until when some of them rest.
    Channels go on beside each other, so the slowest of them says when all is done.
    """
    window = min(LATELY, max(now - started_at, timedelta(seconds=1))).total_seconds()
    tried = sum(tally.tried for tally in tallies)
    lately = sum(tally.lately for tally in tallies)
    last = max((tally.tried_at for tally in tallies if tally.tried_at), default=None)
    lasted = max((last - started_at).total_seconds(), 1.0) if last else 1.0
    lefts = {name: _left([each for each in tallies if each.channel == name], window, now) for name in allowed}
    known = [left for left in lefts.values() if left is not None]
    return Pace(
        lately=lately / window if lately else None,
        overall=tried / lasted if tried else None,
        left=max(known, default=timedelta(0)) if len(known) == len(lefts) else None,
        still=tuple(name for name, left in lefts.items() if left is None),
        at_best=max(
            (_at_best(tallies, name, per_second, rests.get(name, now) - now) for name, per_second in allowed.items()),
            default=timedelta(0),
        ),
    )


def _at_best(tallies: Sequence[Tally], channel: str, per_second: float, rest: timedelta) -> timedelta:
    queue = sum(each.count for each in tallies if each.channel == channel and each.status in _TO_SEND)
    return rest + timedelta(seconds=queue / per_second if per_second else 0) if queue else timedelta(0)


def _left(tallies: Sequence[Tally], window: float, now: datetime) -> timedelta | None:
    """What one channel needs: at its speed for those that wait their turn, and until the last deferred one is due."""
    turn = sum(each.count for each in tallies if each.status in {Status.QUEUED, Status.ATTEMPTING})
    lately = sum(each.lately for each in tallies)
    due = max((each.last_due_at for each in tallies if each.status == Status.DEFERRED), default=now)
    until_due = max(due - now, timedelta(0))
    if not turn:
        return until_due
    return max(timedelta(seconds=turn * window / lately), until_due) if lately else None


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
