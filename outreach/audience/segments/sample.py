"""What some people of a segment said about themselves, without anything that leads to one of them."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice

from django.db.models import Max, Min, Prefetch, QuerySet

from outreach.audience.models import Subscriber, Subscription
from outreach.audience.rules import Rule
from outreach.audience.rules.words import label
from outreach.audience.rules.writing import office_day

from .counting import people_of

MOST = 10


@dataclass(frozen=True)
class Likeness:
    """One person as they describe themselves, in words; ``joined`` is the first day of the month."""

    language: str
    group: str
    gender: str
    parish: str
    topics: tuple[str, ...]
    channels: tuple[str, ...]
    joined: date


def sample(rule: Rule, *, now: datetime, chance: random.Random) -> list[Likeness]:
    """Up to ten people whom a message for ``rule`` can reach at ``now`` (UTC), in no order that tells one apart."""
    active = Subscription.objects.filter(state=Subscription.State.ACTIVE)
    people = people_of(rule, now=now).prefetch_related(
        "topics", Prefetch("subscriptions", queryset=active, to_attr="active_subscriptions")
    )
    found = [_likeness(person) for person in _some(people, chance)]
    chance.shuffle(found)
    return found


def _some(people: "QuerySet[Subscriber]", chance: random.Random) -> Iterable[Subscriber]:
    """The next ones from some number on, then those from the beginning: no whole table is put in order."""
    ends = Subscriber.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return []
    start = chance.randint(ends["first"], ends["last"])
    later = people.filter(pk__gte=start).order_by("pk")[:MOST]
    earlier = people.filter(pk__lt=start).order_by("pk")
    return islice(chain(later, earlier[:MOST]), MOST)


def _likeness(person: Subscriber) -> Likeness:
    return Likeness(
        language=label("language", person.language),
        group=label("group", person.group),
        gender=label("gender", person.gender),
        parish=label("parish", person.parish),
        topics=tuple(sorted(label("topic", choice.topic) for choice in person.topics.all())),
        channels=tuple(sorted({label("channel", one.channel) for one in _active(person)})),
        joined=office_day(person.joined_at).replace(day=1),
    )


def _active(person: Subscriber) -> list[Subscription]:
    found: list[Subscription] = getattr(person, "active_subscriptions")  # noqa: B009
    return found
