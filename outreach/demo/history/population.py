"""Fictional subscribers with what they declared, their addresses and their consents, written in bulk."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings

from outreach.audience.addresses import address_hash, encrypt, hash_key, normalised
from outreach.audience.choices import ChannelName, Gender, Group, Parish, Purpose, SuppressionReason
from outreach.audience.models import Consent, JoinRequest, Subscriber, Subscription, Suppression, TopicChoice
from outreach.audience.wording import current_version

State = Subscription.State
Weights = dict[str, int]
Value = TypeVar("Value")

FIRST_CHAT = 999_000_000_000
"""Far above the numbers that Telegram has given to people, so that no real chat is ever meant."""

GROUPS: Weights = {
    Group.WORKER: 30,
    Group.EMPLOYER: 10,
    Group.OFFICIAL: 8,
    Group.CIVIL_SOCIETY: 14,
    Group.MEDIA: 4,
    Group.HOST_COMMUNITY: 16,
    Group.RETURNEE: 5,
    Group.STUDENT: 8,
    Group.NOT_STATED: 5,
}
GENDERS: Weights = {Gender.WOMAN: 46, Gender.MAN: 35, Gender.ANOTHER: 2, Gender.UNDISCLOSED: 6, Gender.NOT_ASKED: 11}
LANGUAGES: Weights = {"en": 66, "ht": 17, "es": 8, "fr": 9}
LANGUAGES_OF_WORKERS: Weights = {"en": 42, "ht": 36, "es": 14, "fr": 8}
PARISHES: Weights = {
    Parish.ST_GEORGE: 29,
    Parish.ST_PAUL: 12,
    Parish.ST_ANDREW: 11,
    Parish.ST_PATRICK: 9,
    Parish.ST_DAVID: 7,
    Parish.ST_JOSEPH: 6,
    Parish.ST_JOHN: 6,
    Parish.ST_MARK: 2,
    Parish.ST_LUKE: 2,
    Parish.ST_PETER: 1,
    Parish.ABROAD: 4,
    Parish.NOT_STATED: 11,
}
"""Most live in the parish of the capital; some do not say where they live."""
CHANNELS: dict[tuple[str, ...], int] = {
    (ChannelName.EMAIL,): 55,
    (ChannelName.TELEGRAM,): 30,
    (ChannelName.EMAIL, ChannelName.TELEGRAM): 15,
}
"""70 % have an e-mail address, 45 % a Telegram chat, 15 % both."""
STATES: Weights = {State.ACTIVE: 94, State.LEFT: 4, State.STOPPED: 2}
WAITING = 0.15
"""Of those with both, the part who have just added their e-mail address and not confirmed it. They have a chat as well,
because whoever never confirms anything is forgotten after two weeks, and the demo would shrink."""
AGREEING = {Purpose.CLICK_TRACKING: 0.55, Purpose.OPEN_TRACKING: 0.35}
"""Which part of the people agrees to each kind of tracking."""

JOINED_BEFORE = timedelta(days=100)
JOINING_TOOK = timedelta(days=260)


@dataclass
class Rows:
    """What is going to be written, so that each table is written once."""

    subscriptions: list[Subscription] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    requests: list[JoinRequest] = field(default_factory=list)
    topics: list[TopicChoice] = field(default_factory=list)
    suppressions: list[Suppression] = field(default_factory=list)


def populate(*, chance: random.Random, later_chance: random.Random, people: int, now: datetime) -> None:
    """Write ``people`` subscribers, all of whom joined well before ``now``.

    ``later_chance`` decides where they live and when they were last active, so that ``chance`` falls as ever.
    """
    key = hash_key()
    subscribers = [_subscriber(chance, now) for _number in range(people)]
    for subscriber in subscribers:
        subscriber.parish = _pick(later_chance, PARISHES)
        subscriber.active_at = now - (now - subscriber.joined_at) * later_chance.random() ** 2
    subscribers = Subscriber.objects.bulk_create(subscribers, batch_size=500)
    rows = Rows()
    for number, subscriber in enumerate(subscribers, start=1):
        rows.topics += [TopicChoice(subscriber=subscriber, topic=topic) for topic in _topics(chance)]
        channels = _pick(chance, CHANNELS)
        for channel in channels:
            address = f"person{number}@example.org" if channel == ChannelName.EMAIL else str(FIRST_CHAT + number)
            subscription = _subscription(subscriber, channel, address, key)
            rows.subscriptions.append(subscription)
            if channel == ChannelName.EMAIL and len(channels) > 1 and chance.random() < WAITING:
                rows.requests.append(_request(chance, subscription, now))
            else:
                _confirm(rows, chance, subscription)
    Subscription.objects.bulk_create(rows.subscriptions, batch_size=500)
    JoinRequest.objects.bulk_create(rows.requests, batch_size=500)
    Consent.objects.bulk_create(rows.consents, batch_size=500)
    TopicChoice.objects.bulk_create(rows.topics, batch_size=500)
    Suppression.objects.bulk_create(rows.suppressions, batch_size=500)


def _subscriber(chance: random.Random, now: datetime) -> Subscriber:
    group = _pick(chance, GROUPS)
    return Subscriber(
        group=group,
        gender=_pick(chance, GENDERS),
        language=_pick(chance, LANGUAGES_OF_WORKERS if group == Group.WORKER else LANGUAGES),
        source=_pick(chance, {"site": 6, "bot": 3, "event": 1}),
        joined_at=now - JOINED_BEFORE - JOINING_TOOK * chance.random(),
        is_demo=True,
    )


def _topics(chance: random.Random) -> list[str]:
    how_many = _pick(chance, {0: 40, 1: 25, 2: 20, 3: 15})
    return sorted(chance.sample(list(settings.TOPICS), how_many))


def _subscription(subscriber: Subscriber, channel: str, address: str, key: bytes) -> Subscription:
    address = normalised(channel=channel, address=address)
    return Subscription(
        subscriber=subscriber,
        channel=channel,
        address_encrypted=encrypt(address),
        address_hash=address_hash(channel=channel, address=address, key=key),
    )


def _request(chance: random.Random, subscription: Subscription, now: datetime) -> JoinRequest:
    """A form of the last days whose link was mailed twice and not used yet."""
    asked_at = now - timedelta(hours=chance.randint(50, 70))
    return JoinRequest(
        subscription=subscription,
        language=subscription.subscriber.language,
        group=subscription.subscriber.group,
        wording_versions={Purpose.MESSAGES.value: current_version(Purpose.MESSAGES)},
        method=Consent.Method.FORM,
        asked_at=asked_at,
        sent_at=asked_at + timedelta(days=2),
        mails=2,
    )


def _confirm(rows: Rows, chance: random.Random, subscription: Subscription) -> None:
    """Let the subscription become active soon after joining; some leave or stop long before today."""
    subscriber = subscription.subscriber
    confirmed_at = subscriber.joined_at + timedelta(minutes=chance.randint(1, 600))
    ended_at = confirmed_at + timedelta(days=chance.randint(2, 80))
    subscription.state = _pick(chance, STATES)
    subscription.confirmed_at = confirmed_at
    subscription.ended_at = None if subscription.state == State.ACTIVE else ended_at
    purposes = list(_purposes(chance, subscriber, subscription.channel))
    rows.consents += _consents(subscription, purposes, granted=True, at=confirmed_at)
    if subscription.state == State.LEFT:
        rows.consents += _consents(subscription, purposes, granted=False, at=ended_at)
    if subscription.state == State.STOPPED:
        is_mail = subscription.channel == ChannelName.EMAIL
        rows.suppressions.append(
            Suppression(
                channel=subscription.channel,
                address_hash=subscription.address_hash,
                reason=SuppressionReason.HARD_BOUNCE if is_mail else SuppressionReason.BLOCKED,
                since=ended_at,
            )
        )


def _purposes(chance: random.Random, subscriber: Subscriber, channel: str) -> Iterator[Purpose]:
    yield Purpose.MESSAGES
    # A gender is kept only with the consent to count it; who did not want to say was not asked for it.
    if subscriber.gender not in {Gender.NOT_ASKED, Gender.UNDISCLOSED}:
        yield Purpose.GENDER_STATISTICS
    for purpose, share in AGREEING.items():
        agrees = chance.random() < share
        if agrees and not (purpose == Purpose.OPEN_TRACKING and channel == ChannelName.TELEGRAM):
            yield purpose


def _consents(subscription: Subscription, purposes: list[Purpose], *, granted: bool, at: datetime) -> Iterator[Consent]:
    """One entry of the ledger for each purpose; the subscription's flags follow."""
    for purpose in purposes:
        setattr(subscription, f"allows_{purpose}", granted)
        yield Consent(
            subscriber=subscription.subscriber,
            channel=subscription.channel,
            purpose=purpose,
            granted=granted,
            wording_version=current_version(purpose),
            language=subscription.subscriber.language,
            given_at=at,
            method=Consent.Method.DEMO,
        )


def _pick(chance: random.Random, weights: dict[Value, int]) -> Value:
    return chance.choices(list(weights), weights=list(weights.values()))[0]
