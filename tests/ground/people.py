"""Subscribers of a run, the same on every machine: numbers at example.org and chats that no person has.

:func:`populate` writes some ten thousand with an address of their own each; :func:`multiply` a million in one
statement a table, whose addresses repeat a few encrypted ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from outreach.audience.addresses import address_hash, encrypt, hash_key
from outreach.audience.choices import Gender, Group, SuppressionReason
from outreach.audience.models import Segment, Subscriber, Subscription, Suppression

from .records import EMAIL, TELEGRAM

FIRST_CHAT = 999_000_000_000
LANGUAGES = ("en", "en", "fr", "en", "ht", "en", "es", "en", "en", "ht")
GROUPS = tuple(Group.values)
GENDERS = tuple(Gender.values)
SEGMENTS: dict[str, Any] = {
    "workers": {"field": "group", "in": ["worker", "returnee"]},
    "women": {"field": "gender", "in": ["woman"]},
    "everybody": {"all": []},
}
RARE_GROUP, ONE_IN = Group.MEDIA.value, 100
"""In a million, one in a hundred is of this group, so that the same table also holds an audience of ten thousand."""


@dataclass(frozen=True)
class Mix:
    """Who a run's people are. Each share is of a hundred; channels are taken in turn."""

    channels: Sequence[tuple[str, ...]]
    left: int = 0
    suppressed: int = 0
    unwilling: int = 0
    tracked: int = 50


EMAIL_ONLY = Mix(channels=[(EMAIL,)], tracked=100)
TELEGRAM_ONLY = Mix(channels=[(TELEGRAM,)])
BOTH_CHANNELS = Mix(
    channels=[(EMAIL,), (TELEGRAM,), (EMAIL,), (EMAIL, TELEGRAM), (EMAIL,), (TELEGRAM,), (EMAIL,), (TELEGRAM,)],
    left=3,
    suppressed=2,
    unwilling=1,
)


def email_address(number: int) -> str:
    """The mail address of a person."""
    return f"person{number}@example.org"


def chat(number: int) -> str:
    """The Telegram chat of a person."""
    return str(FIRST_CHAT + number)


def populate(*, people: int, mix: Mix) -> dict[int, tuple[str, str]]:
    """Write ``people`` subscribers; for each subscription's number, its channel and address."""
    key, now = hash_key(), timezone.now()
    addresses: dict[int, tuple[str, str]] = {}
    numbers = iter(range(1, people + 1))
    while chunk := list(islice(numbers, 2000)):
        with transaction.atomic():
            subscribers = Subscriber.objects.bulk_create([_subscriber(number) for number in chunk])
            planned = [
                (subscription, address, is_suppressed)
                for number, subscriber in zip(chunk, subscribers, strict=True)
                for subscription, address, is_suppressed in _subscriptions(number, subscriber, mix, key)
            ]
            for subscription, _address, _is_suppressed in planned:
                subscription.confirmed_at = now
            Subscription.objects.bulk_create([subscription for subscription, _address, _is_suppressed in planned])
            Suppression.objects.bulk_create(
                Suppression(
                    channel=subscription.channel,
                    address_hash=subscription.address_hash,
                    reason=SuppressionReason.COMPLAINT,
                )
                for subscription, _address, is_suppressed in planned
                if is_suppressed
            )
        addresses |= {subscription.pk: (subscription.channel, address) for subscription, address, _is in planned}
    return addresses


def _subscriber(number: int) -> Subscriber:
    return Subscriber(
        language=LANGUAGES[number % len(LANGUAGES)],
        group=GROUPS[number % len(GROUPS)],
        gender=GENDERS[number // 3 % len(GENDERS)],
    )


def _subscriptions(
    number: int, subscriber: Subscriber, mix: Mix, key: bytes
) -> Iterator[tuple[Subscription, str, bool]]:
    # Spread over all channels and languages: 37 shares no divisor with the lengths of those.
    lot = number * 37 % 100
    left, suppressed = lot < mix.left, mix.left <= lot < mix.left + mix.suppressed
    unwilling = 0 <= lot - mix.left - mix.suppressed < mix.unwilling
    for channel in mix.channels[number % len(mix.channels)]:
        address = email_address(number) if channel == EMAIL else chat(number)
        tracked = number * 53 % 100 < mix.tracked
        yield (
            Subscription(
                subscriber=subscriber,
                channel=channel,
                address_encrypted=encrypt(address),
                address_hash=address_hash(channel=channel, address=address, key=key),
                state=Subscription.State.LEFT if left else Subscription.State.ACTIVE,
                allows_messages=not (left or unwilling),
                allows_gender_statistics=number % 2 == 0,
                allows_click_tracking=tracked,
                allows_open_tracking=tracked and channel == EMAIL and number % 3 == 0,
            ),
            address,
            suppressed,
        )


def multiply(*, people: int) -> None:
    """Write ``people`` subscribers with a mail address each, in one statement a table.

    Columns that a person's number does not decide are those of one subscriber made by the models, so that a new column
    needs nothing here. Every hash differs; the encrypted addresses are those of sixteen people, in turn.
    """
    first = Subscriber.objects.create(language="en", group=Group.WORKER, gender=Gender.WOMAN)
    likeness = Subscription.objects.create(
        subscriber=first,
        channel=EMAIL,
        address_encrypted=encrypt(email_address(0)),
        address_hash="likeness",
        state=Subscription.State.ACTIVE,
        allows_messages=True,
        confirmed_at=timezone.now(),
    )
    start = first.pk
    ordinary = [group for group in GROUPS if group != RARE_GROUP]
    groups = f"CASE WHEN n % {ONE_IN} = 1 THEN '{RARE_GROUP}' ELSE {_in_turn(ordinary)} END"
    _insert(
        Subscriber,
        first,
        people,
        {"id": f"{start} + n", "language": _in_turn(LANGUAGES), "group": groups, "gender": _in_turn(GENDERS)},
    )
    tokens = [encrypt(email_address(number)) for number in range(16)]
    is_tracked = "(n % 2 = 0)" if connection.vendor == "postgresql" else "n % 2"
    digits = "lpad(n::text, 64, '0')" if connection.vendor == "postgresql" else "printf('%064d', n)"
    _insert(
        Subscription,
        likeness,
        people,
        {
            "id": f"{likeness.pk} + n",
            "subscriber_id": f"{start} + n",
            "address_encrypted": _in_turn(tokens),
            "address_hash": digits,
            "allows_click_tracking": is_tracked,
            "allows_gender_statistics": is_tracked,
        },
    )
    Subscription.objects.filter(pk=likeness.pk).delete()
    Subscriber.objects.filter(pk=first.pk).delete()
    _follow([Subscriber, Subscription])
    settle_down()


def _in_turn(values: Sequence[str]) -> str:
    cases = " ".join(f"WHEN {place} THEN '{value}'" for place, value in enumerate(values))
    return f"CASE n % {len(values)} {cases} END"


def _insert(model: type[models.Model], likeness: models.Model, rows: int, varying: dict[str, str]) -> None:
    quote = connection.ops.quote_name
    columns = [field.column for field in model._meta.concrete_fields]
    values = ", ".join(varying.get(column, f"likeness.{quote(column)}") for column in columns)
    table = quote(model._meta.db_table)
    numbers = (
        f"SELECT n FROM generate_series(1, {rows}) AS n"
        if connection.vendor == "postgresql"
        else f"WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {rows})"
        " SELECT n FROM counted"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(map(quote, columns))}) SELECT {values}"
            f" FROM ({numbers}) AS numbers, {table} AS likeness WHERE likeness.id = {likeness.pk}"
        )


def _follow(written: Sequence[type[models.Model]]) -> None:
    """Let the numbering go on behind what was written."""
    from django.core.management.color import no_style

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(written)):
            cursor.execute(statement)


def settle_down() -> None:
    """Let the planner know what there is, as in a database that grew."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def segments(*codes: str) -> list[Segment]:
    """The segments of these codes, made if they are missing; ``rare`` is one person in a hundred of a million."""
    rules = {**SEGMENTS, "rare": {"field": "group", "in": [RARE_GROUP]}}
    return [
        Segment.objects.get_or_create(code=code, defaults={"name": code.title(), "rule": rules[code]})[0]
        for code in codes
    ]
