"""A rule read for one person, without a database."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from .writing import Rule, days_of, office_day


@dataclass(frozen=True)
class Person:
    """What a rule can ask about somebody; ``channels`` are those of their active subscriptions, times are in UTC."""

    joined: datetime
    active: datetime
    language: str
    group: str = ""
    gender: str = ""
    parish: str = ""
    source: str = ""
    topics: Collection[str] = field(default=())
    channels: Collection[str] = field(default=())


def matches(rule: Rule, person: Person, *, now: datetime) -> bool:
    """Whether ``person`` fits ``rule``, read at ``now`` (UTC): what :func:`.query.as_query` must agree with."""
    if "all" in rule:
        return all(matches(part, person, now=now) for part in rule["all"])
    if "any" in rule:
        return any(matches(part, person, now=now) for part in rule["any"])
    if "not" in rule:
        return not matches(rule["not"], person, now=now)
    if rule["field"] == "topic":
        return not person.topics or any(topic in rule["in"] for topic in person.topics)
    if rule["field"] == "channel":
        return any(channel in rule["in"] for channel in person.channels)
    declared = getattr(person, rule["field"])
    if "in" in rule:
        return declared in rule["in"]
    first, last = days_of(rule, now=now)
    day = office_day(declared)
    return (first is None or first <= day) and (last is None or day <= last)
