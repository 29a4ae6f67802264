"""What a person decides on the preference page: written down at once or not at all, and told back by name.

Deciding the same thing twice changes nothing more. Times are UTC.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from outreach.audience import subscriptions
from outreach.audience.choices import ChannelName, Gender, Purpose
from outreach.audience.models import Consent, Subscriber, Subscription
from outreach.audience.subscriptions import Seen

METHOD = Consent.Method.PREFERENCES
STATISTICS = Purpose.GENDER_STATISTICS.value
UNCOUNTABLE = {Gender.NOT_ASKED.value, Gender.UNDISCLOSED.value}
CHANNEL_PURPOSES = {
    ChannelName.EMAIL.value: (Purpose.MESSAGES, Purpose.CLICK_TRACKING, Purpose.OPEN_TRACKING),
    # Nobody can see whether a message on Telegram was opened.
    ChannelName.TELEGRAM.value: (Purpose.MESSAGES, Purpose.CLICK_TRACKING),
}
"""What is consented to on each channel; counting gender is about the person, so it is asked once for all channels."""


@dataclass(frozen=True)
class Answers:
    """The page as it was sent; ``None`` leaves an answer as it is.

    ``purposes`` are, for each active subscription by its number, the purposes of its channel that are ticked.
    """

    language: str
    topics: tuple[str, ...]
    frequency: str
    group: str | None
    gender: str | None
    parish: str | None
    gender_statistics: bool
    purposes: Mapping[int, frozenset[str]]


def active(subscriber: Subscriber) -> list[Subscription]:
    """The subscriptions that a person can decide about, always in the same order."""
    return list(subscriber.subscriptions.filter(state=Subscription.State.ACTIVE).order_by("pk"))


@transaction.atomic
def save(*, subscription: Subscription, answers: Answers, seen: Seen, now: datetime) -> list[str]:
    """Write down what changed, and return its names: fields of the person, purposes, ``left``.

    Who takes back the consent to messages on a channel leaves it. A gender is kept only with the consent to count it,
    and that consent only with a gender.
    """
    subscriber = Subscriber.objects.select_for_update().get(pk=subscription.subscriber_id)
    before = _state(subscriber)
    gender = subscriber.gender if answers.gender is None else answers.gender
    counted = answers.gender_statistics and gender not in UNCOUNTABLE
    current = active(subscriber)
    # One box stands for all channels; where it says what it said before, none of them is touched.
    statistics = {} if counted == any(each.allows_gender_statistics for each in current) else {STATISTICS: counted}
    for each in current:
        ticked = answers.purposes.get(each.pk)
        if ticked is None:
            # It became active after the page was opened, so its boxes were not on it.
            continue
        if Purpose.MESSAGES not in ticked:
            subscriptions.leave(subscription=each, method=METHOD, now=now)
            continue
        purposes = {purpose.value: purpose in ticked for purpose in CHANNEL_PURPOSES[each.channel]}
        subscriptions.change(subscription=each, method=METHOD, now=now, purposes={**purposes, **statistics}, seen=seen)
    subscriptions.change(
        subscription=subscription,
        method=METHOD,
        now=now,
        language=answers.language,
        group=answers.group,
        gender=answers.gender,
        parish=answers.parish,
        frequency=answers.frequency,
        topics=answers.topics,
    )
    after = _state(Subscriber.objects.get(pk=subscriber.pk))
    return [name for name, said in after.items() if said != before[name]]


@transaction.atomic
def leave(*, leaving: Iterable[Subscription], now: datetime) -> list[str]:
    """End subscriptions; ``["left"]`` where one of them had not ended before."""
    had_ended = True
    for subscription in leaving:
        had_ended = had_ended and subscription.state == Subscription.State.LEFT
        subscriptions.leave(subscription=subscription, method=METHOD, now=now)
    return [] if had_ended else ["left"]


def _state(subscriber: Subscriber) -> dict[str, object]:
    """What the page is about, to be compared with itself."""
    current = list(subscriber.subscriptions.order_by("pk"))
    return {
        "language": subscriber.language,
        "topics": sorted(subscriber.topics.values_list("topic", flat=True)),
        "frequency": subscriber.frequency,
        "group": subscriber.group,
        "gender": subscriber.gender,
        "parish": subscriber.parish,
        "left": [each.state for each in current],
        **{purpose: [each.allows(purpose) for each in current] for purpose in Purpose.values},
    }
