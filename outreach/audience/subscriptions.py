"""How an address joins, is confirmed, changes, leaves and stops. Times are UTC.

``join`` may raise :class:`~outreach.audience.addresses.InvalidAddress`, :class:`AddressSuppressed` or
:class:`MessagesNotWanted`; ``confirm`` a :class:`~outreach.audience.confirmation.LinkError` as well.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from . import confirmation, consents
from .addresses import address_hash, encrypt, normalised
from .choices import ChannelName, Gender, Purpose
from .confirmation import Wishes
from .inactivity import STAY, note_activity
from .models import Consent, JoinRequest, Subscriber, Subscription, TopicChoice
from .suppressions import lift, refuses_joining
from .wording import current_version

State = Subscription.State


class AddressSuppressed(Exception):
    """The address must not be written to, and joining can't change that."""


class MessagesNotWanted(ValueError):
    """Somebody joins without the consent to receive messages."""


@transaction.atomic
def join(
    *,
    channel: str,
    address: str,
    language: str,
    group: str = "",
    gender: str = "",
    topics: Iterable[str] = (),
    purposes: frozenset[str],
    method: str,
    source: str = "",
    now: datetime,
) -> Subscription:
    """Take somebody in who asked for it.

    By e-mail nothing changes yet: what was asked for waits until its mailed link is used, whatever state the address is
    in. On Telegram the chat itself is the proof, so the subscription is active at once. A gender is kept only with the
    consent to count it (``undisclosed`` says nothing and needs none).
    """
    if Purpose.MESSAGES not in purposes:
        raise MessagesNotWanted
    address = normalised(channel=channel, address=address)
    digest = address_hash(channel=channel, address=address)
    if refuses_joining(channel=channel, address_hash=digest):
        raise AddressSuppressed
    gender, purposes = _with_consent(gender, purposes)
    wishes = Wishes(
        language=language,
        group=group,
        gender=gender,
        topics=tuple(sorted(set(topics))),
        wording_versions={purpose: current_version(purpose) for purpose in sorted(purposes)},
    )
    subscription = _subscription(channel=channel, address=address, digest=digest, wishes=wishes, source=source, now=now)
    if channel == ChannelName.EMAIL:
        confirmation.ask(subscription=subscription, wishes=wishes, method=method, now=now)
    else:
        _activate(subscription, wishes=wishes, method=method, now=now)
    return subscription


@transaction.atomic
def confirm(*, token: str, now: datetime) -> Subscription:
    """Do what the mailed link asks for; using it twice changes nothing more.

    Raises a :class:`~outreach.audience.confirmation.LinkError`, or :class:`AddressSuppressed`.
    """
    request = confirmation.read_link(token=token, now=now)
    subscription = _locked(pk=request.subscription_id)
    if refuses_joining(channel=subscription.channel, address_hash=subscription.address_hash):
        raise AddressSuppressed
    if not JoinRequest.objects.filter(pk=request.pk, confirmed_at=None).update(confirmed_at=now, due_at=None):
        return subscription
    if request.method == STAY:
        note_activity(subscribers=[subscription.subscriber_id], now=now)
        return subscription
    subscription.join_requests.filter(confirmed_at=None).delete()
    wishes = Wishes(
        language=request.language,
        group=request.group,
        gender=request.gender,
        topics=tuple(request.topics),
        wording_versions=request.wording_versions,
    )
    _activate(subscription, wishes=wishes, method=request.method, now=now)
    return subscription


@transaction.atomic
def leave(*, subscription: Subscription, method: str, now: datetime) -> None:
    """End a subscription because the person says so, and take back its consents; leaving twice changes nothing more.

    What could only be counted with a consent goes with it.
    """
    subscription.refresh_from_db(from_queryset=Subscription.objects.select_for_update(of=("self",)))
    if subscription.state == State.LEFT:
        return
    subscription.join_requests.all().delete()
    language = subscription.subscriber.language
    consents.agree(subscription=subscription, wording_versions={}, language=language, method=method, now=now)
    _forget_uncounted_gender(subscription.subscriber)
    note_activity(subscribers=[subscription.subscriber_id], now=now)
    _end(subscription, state=State.LEFT, now=now)


@transaction.atomic
def stop(*, subscription: Subscription, now: datetime) -> None:
    """End a subscription because its channel says that nobody can be reached there; one that ended stays as it is."""
    subscription.refresh_from_db(from_queryset=Subscription.objects.select_for_update(of=("self",)))
    if subscription.state in {State.PENDING, State.ACTIVE}:
        subscription.join_requests.all().delete()
        _end(subscription, state=State.STOPPED, now=now)


@transaction.atomic
def move(*, subscription: Subscription, address: str, now: datetime) -> None:
    """Follow a person to the address that their channel names; where that one has a subscription, this one ends."""
    address = normalised(channel=subscription.channel, address=address)
    digest = address_hash(channel=subscription.channel, address=address)
    if Subscription.objects.filter(channel=subscription.channel, address_hash=digest).exists():
        stop(subscription=subscription, now=now)
        return
    subscription.address_encrypted, subscription.address_hash = encrypt(address), digest
    subscription.save(update_fields=["address_encrypted", "address_hash"])


@transaction.atomic
def change(
    *,
    subscription: Subscription,
    method: str,
    now: datetime,
    language: str | None = None,
    group: str | None = None,
    gender: str | None = None,
    topics: Iterable[str] | None = None,
    purposes: Mapping[str, bool] | None = None,
) -> None:
    """Write down what a person now says about themselves; what is ``None``, or a purpose not named, stays as it is.

    Call it only for somebody who proved that the address is theirs. Without the consent to count it, no gender is kept.
    """
    subscriber = Subscriber.objects.select_for_update().get(pk=subscription.subscriber_id)
    agreed = {purpose for purpose in Purpose.values if subscription.allows(purpose)}
    for purpose, granted in (purposes or {}).items():
        if granted != (purpose in agreed):
            consents.record(
                subscription=subscription,
                purpose=purpose,
                granted=granted,
                language=language or subscriber.language,
                method=method,
                now=now,
            )
    if language is not None:
        subscriber.language = language
    if group is not None:
        subscriber.group = group
    if gender is not None:
        subscriber.gender = gender
    if method != Consent.Method.STAFF:
        subscriber.active_at = max(subscriber.active_at, now)
    subscriber.save()
    _forget_uncounted_gender(subscriber)
    subscription.subscriber = subscriber
    if topics is not None:
        _choose(subscriber, topics)


def _with_consent(gender: str, purposes: frozenset[str]) -> tuple[str, frozenset[str]]:
    """A gender only with the consent to count it, and that consent only with a gender to count."""
    countable = gender not in {Gender.NOT_ASKED, Gender.UNDISCLOSED}
    if not countable:
        return gender, purposes - {Purpose.GENDER_STATISTICS}
    return (gender if Purpose.GENDER_STATISTICS in purposes else Gender.NOT_ASKED.value), purposes


def _forget_uncounted_gender(subscriber: Subscriber) -> None:
    """Without the consent to count it, on any channel, no gender is kept."""
    countable = subscriber.gender not in {Gender.NOT_ASKED, Gender.UNDISCLOSED}
    if countable and not subscriber.subscriptions.filter(allows_gender_statistics=True).exists():
        subscriber.gender = Gender.NOT_ASKED
        subscriber.save(update_fields=["gender"])


def _subscription(
    *, channel: str, address: str, digest: str, wishes: Wishes, source: str, now: datetime
) -> Subscription:
    """The subscription of an address, locked; made with its subscriber where there is none."""
    try:
        return _locked(channel=channel, address_hash=digest)
    except Subscription.DoesNotExist:
        pass
    try:
        with transaction.atomic():
            subscriber = Subscriber.objects.create(
                language=wishes.language, source=source, joined_at=now, active_at=now
            )
            return Subscription.objects.create(
                subscriber=subscriber, channel=channel, address_encrypted=encrypt(address), address_hash=digest
            )
    except IntegrityError:
        # The same form came twice at once, and the other one was first.
        return _locked(channel=channel, address_hash=digest)


def _locked(**found_by: object) -> Subscription:
    return Subscription.objects.select_for_update(of=("self",)).select_related("subscriber").get(**found_by)


def _activate(subscription: Subscription, *, wishes: Wishes, method: str, now: datetime) -> None:
    subscriber = subscription.subscriber
    subscriber.language, subscriber.group, subscriber.gender = wishes.language, wishes.group, wishes.gender
    subscriber.active_at = max(subscriber.active_at, now)
    subscriber.save()
    _choose(subscriber, wishes.topics)
    consents.agree(
        subscription=subscription,
        wording_versions=wishes.wording_versions,
        language=wishes.language,
        method=method,
        now=now,
    )
    lift(channel=subscription.channel, address_hash=subscription.address_hash)
    if subscription.state != State.ACTIVE:
        subscription.state, subscription.confirmed_at, subscription.ended_at = State.ACTIVE, now, None
        subscription.save(update_fields=["state", "confirmed_at", "ended_at"])


def _end(subscription: Subscription, *, state: str, now: datetime) -> None:
    subscription.state, subscription.ended_at = state, now
    subscription.save(update_fields=["state", "ended_at"])


def _choose(subscriber: Subscriber, topics: Iterable[str]) -> None:
    wanted, had = set(topics), set(subscriber.topics.values_list("topic", flat=True))
    subscriber.topics.filter(topic__in=had - wanted).delete()
    TopicChoice.objects.bulk_create(
        [TopicChoice(subscriber=subscriber, topic=topic) for topic in sorted(wanted - had)], ignore_conflicts=True
    )
