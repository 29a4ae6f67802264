"""Segments: how many people are in one, and what ticks can say of its rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count

from .choices import ChannelName
from .models import Subscription
from .rules import Rule, as_query

FIELDS = ("language", "group", "gender", "topic")
SINGLES_OUT = 5
"""Fewer people than this could be recognised by what is said about them as a group."""


@dataclass(frozen=True)
class Size:
    """How many people of a segment a message can reach now, and on how many addresses of each channel."""

    people: int
    by_channel: Mapping[str, int]

    @property
    def singles_out(self) -> bool:
        """Whether there are so few people that a message or a figure could point at one of them."""
        return 0 < self.people < SINGLES_OUT


def size(rule: Rule) -> Size:
    """Count those who are active and agreed to messages. Two queries."""
    reachable = Subscription.objects.filter(
        as_query(rule, prefix="subscriber__"), state=Subscription.State.ACTIVE, allows_messages=True
    )
    counted = dict(reachable.values_list("channel").annotate(count=Count("pk")))
    people = reachable.aggregate(people=Count("subscriber", distinct=True))["people"]
    return Size(people=people, by_channel={channel: counted.get(channel, 0) for channel in ChannelName.values})


def simple_rule(answers: Mapping[str, Sequence[str]]) -> Rule:
    """The rule for ticked values by field: any of the values of a field, and that for each field that has some."""
    return {"all": [{"field": name, "in": list(answers[name])} for name in FIELDS if answers.get(name)]}


def simple_answers(rule: Rule) -> dict[str, list[str]] | None:
    """The ticked values that stand for ``rule``, or ``None`` where ticks can't say it."""
    parts = rule["all"] if set(rule) == {"all"} else [rule]
    answers: dict[str, list[str]] = {}
    for part in parts:
        if set(part) != {"field", "in"} or part["field"] in answers or not part["in"]:
            return None
        answers[part["field"]] = list(part["in"])
    return answers
