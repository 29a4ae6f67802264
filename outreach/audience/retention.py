"""What is not kept for ever. Each rule removes one kind of thing and says how many; what went is counted by day.

Times are UTC. Later stages register rules of their own (:mod:`outreach.forgetting`).
"""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from . import bounces, inbox, limits
from .choices import RemovalKind
from .erasure import erase_all
from .inactivity import STAY, STAY_KEPT, inactive
from .models import Import, ImportPart, ImportRefusal, JoinRequest, Subscriber, Subscription, Suppression
from .preferences.mailing import forget_old_requests
from .removals import count_removed

logger = logging.getLogger(__name__)

UNCONFIRMED_KEPT = timedelta(days=14)
IMPORT_PARTS_KEPT = timedelta(days=7)
IMPORT_REFUSALS_KEPT = timedelta(days=30)
MOST_PEOPLE, TOGETHER = 1000, 50
"""How many people go in one run, and in one transaction: the first run over old data must not hold up everything."""

Rule = Callable[[datetime], int]
"""Removes what is too old at a moment (UTC) and returns how much it was; called in a transaction of its own."""

_rules: dict[str, Rule] = {}


def register(kind: str, rule: Rule) -> None:
    """Have ``rule`` carried out by :func:`run`, and what it removes counted as ``kind``."""
    _rules[kind] = rule


def run(*, now: datetime) -> Counter[str]:
    """Carry every rule out; how many of each kind went.

    Safe with any number of workers, and cheap where nothing is old. A rule that fails is logged and tried again the
    next time; it does not keep the others from their work.
    """
    removed: Counter[str] = Counter()
    for kind, rule in _rules.items():
        try:
            with transaction.atomic():
                number = rule(now)
                count_removed(kind=kind, number=number, now=now)
        except Exception:
            logger.exception("what is too old could not be removed: %s", kind)
        else:
            removed[kind] += number
    removed[RemovalKind.INACTIVE.value] += forget_inactive(now=now)
    return +removed


def forget_inactive(*, now: datetime) -> int:
    """Erase people of whom nothing was heard for 24 months, up to :data:`MOST_PEOPLE`; how many.

    See :mod:`.inactivity` for who that is.
    """
    people = list(inactive(now=now).order_by("active_at")[:MOST_PEOPLE])
    for start in range(0, len(people), TOGETHER):
        erase_all(subscribers=people[start : start + TOGETHER], kind=RemovalKind.INACTIVE, now=now)
    return len(people)


def forget_unconfirmed(*, now: datetime) -> int:
    """Remove forms that nobody confirmed for 14 days, and people known by nothing else; returns how many people.

    Also whoever could not be reached before they had confirmed, 14 days after that was known.
    """
    with transaction.atomic():
        _forget_forms(now)
        never = Subscription.objects.filter(_never_confirmed(now), join_requests=None)
        people = list(never.values_list("subscriber_id", flat=True))
        never.delete()
        return _gone(Subscriber.objects.filter(pk__in=people, subscriptions=None))


def _never_confirmed(now: datetime) -> Q:
    """What was never confirmed and waits no more; or was stopped, where the hash of the address stays suppressed."""
    state = Subscription.State
    suppressed = Suppression.objects.filter(channel=OuterRef("channel"), address_hash=OuterRef("address_hash"))
    stopped = Q(state=state.STOPPED, confirmed_at=None, ended_at__lte=now - UNCONFIRMED_KEPT)
    return Q(state=state.PENDING) | (stopped & Q(Exists(suppressed)))


def _forget_forms(now: datetime) -> int:
    """A question whether somebody wants to stay is kept until it is settled."""
    old = JoinRequest.objects.filter(asked_at__lte=now - UNCONFIRMED_KEPT)
    return _gone(old.exclude(method=STAY) | old.filter(asked_at__lte=now - STAY_KEPT))


def _forget_parts(now: datetime) -> int:
    """The contents of files, also of imports that nobody went on with; those are dropped. Not while one is at work."""
    idle = Q(lease_until=None) | Q(lease_until__lt=now)
    old = Import.objects.filter(idle, made_at__lte=now - IMPORT_PARTS_KEPT)
    parts = _gone(ImportPart.objects.filter(of__in=old.values("pk")))
    ended = (Import.State.DONE, Import.State.FAILED, Import.State.DROPPED)
    old.exclude(state__in=ended).update(state=Import.State.DROPPED, ended_at=now)
    return parts


def _gone(rows: "QuerySet[Any]") -> int:
    """Remove the rows; how many of them, without what went with them."""
    return rows.delete()[1].get(rows.model._meta.label, 0)


register(RemovalKind.JOIN_REQUESTS, _forget_forms)
register(RemovalKind.UNCONFIRMED, lambda now: forget_unconfirmed(now=now))
register(RemovalKind.JOIN_ATTEMPTS, lambda now: limits.forget(now=now) + inbox.forget(now=now))
register(RemovalKind.SOFT_BOUNCES, lambda now: bounces.expire(now=now))
register(RemovalKind.FRESH_LINKS, lambda now: forget_old_requests(now=now))
register(RemovalKind.IMPORT_PARTS, _forget_parts)
register(
    RemovalKind.IMPORT_REFUSALS,
    lambda now: _gone(ImportRefusal.objects.filter(of__made_at__lte=now - IMPORT_REFUSALS_KEPT)),
)
register(RemovalKind.SESSIONS, lambda now: _gone(Session.objects.filter(expire_date__lt=now)))
