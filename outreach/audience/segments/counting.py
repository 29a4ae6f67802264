"""How many people of a rule a message can reach now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Sum, When
from django.utils.formats import number_format

from outreach.audience.choices import ChannelName, Purpose
from outreach.audience.models import Subscriber, Subscription
from outreach.audience.rules import Rule, as_query, fields_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

SINGLES_OUT = 5
"""Fewer people than this could be recognised by what is said about them as a group."""


@dataclass(frozen=True)
class Size:
    """How many people of a segment a message can reach now, by language, and on how many addresses of each channel.

    ``by_purpose`` says for how many of those addresses each consent is given.
    """

    people: int
    by_language: Mapping[str, int]
    by_channel: Mapping[str, int]
    by_purpose: Mapping[str, int]

    @property
    def singles_out(self) -> bool:
        """Whether there are so few people that a message or a figure could point at one of them."""
        return 0 < self.people < SINGLES_OUT


@dataclass(frozen=True)
class Comparison:
    """How many people are only in the first of two segments, in both, and only in the second."""

    only_first: int
    both: int
    only_second: int


def people_of(rule: Rule, *, now: datetime) -> "QuerySet[Subscriber]":
    """Those who fit ``rule`` at ``now`` (UTC), have an active subscription and agreed to messages on it."""
    reachable = Subscription.objects.filter(
        subscriber=OuterRef("pk"), state=Subscription.State.ACTIVE, allows_messages=True
    )
    return Subscriber.objects.filter(as_query(rule, now=now), Exists(reachable))


def count(rule: Rule, *, now: datetime) -> int:
    """How many they are. One query.

    Where the rule asks nothing of a person's own row, that row is not read: SQLite then counts in a third of the time.
    """
    if fields_of(rule) <= {"topic", "channel"}:
        return _addresses(rule, now).values("subscriber").distinct().count()
    return people_of(rule, now=now).count()


def size(rule: Rule, *, now: datetime) -> Size:
    """Count those who can be reached at ``now`` (UTC). Two queries, of which none counts anybody apart."""
    languages = dict(people_of(rule, now=now).order_by().values_list("language").annotate(people=Count("pk")))
    flags = {purpose: Sum(_one_if(f"allows_{purpose}")) for purpose in Purpose.values}
    addresses = _addresses(rule, now)
    by_channel = dict.fromkeys(ChannelName.values, 0)
    by_purpose = dict.fromkeys(Purpose.values, 0)
    for row in addresses.order_by().values("channel").annotate(addresses=Count("pk"), **flags):
        by_channel[row["channel"]] = row["addresses"]
        counts: dict[str, Any] = {**row}
        for purpose in by_purpose:
            by_purpose[purpose] += counts[purpose]
    return Size(
        people=sum(languages.values()),
        by_language={code: languages.get(code, 0) for code, _name in settings.LANGUAGES},
        by_channel=by_channel,
        by_purpose=by_purpose,
    )


def compared(first: Rule, second: Rule, *, now: datetime) -> Comparison:
    """Count the people whom a message can reach now and who are in one of two segments or in both. Three queries."""
    return Comparison(
        only_first=count({"all": [first, {"not": second}]}, now=now),
        both=count({"all": [first, second]}, now=now),
        only_second=count({"all": [second, {"not": first}]}, now=now),
    )


def shown(number: int, *, exactly: bool) -> str:
    """A count for a reader who may see each person (``exactly``), or for one who may not.

    The other reader gets it rounded down to fives, and nothing below five is told apart, not even from nobody: else one
    condition more or less, and the difference between two counts, would tell about one person.
    """
    if not exactly and number < SINGLES_OUT:
        return f"<{SINGLES_OUT}"
    return str(number_format(number if exactly else number - number % SINGLES_OUT, force_grouping=True))


class Told(int):
    """A number of people as somebody may know it, exact or as :func:`shown` has it, but told apart from nobody.

    As ``text`` and as a string it is for readers; as a number it can be reckoned with, and says no more.
    """

    text: str

    def __new__(cls, number: int, *, exactly: bool) -> "Told":
        """``exactly`` says whether the reader may see each person."""
        exactly = exactly or not number
        found = super().__new__(cls, number if exactly else max(SINGLES_OUT, number - number % SINGLES_OUT))
        found.text = shown(number, exactly=exactly)
        return found

    def __str__(self) -> str:
        return self.text


def _addresses(rule: Rule, now: datetime) -> "QuerySet[Subscription]":
    return Subscription.objects.filter(
        as_query(rule, now=now, prefix="subscriber__"), state=Subscription.State.ACTIVE, allows_messages=True
    )


def _one_if(flag: str) -> Case:
    return Case(When(**{flag: True}, then=1), default=0, output_field=IntegerField())
