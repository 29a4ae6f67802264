"""How an address joins, is confirmed, changes, leaves and stops. Times are UTC.

``join`` may raise :class:`~outreach.audience.addresses.InvalidAddress`, :class:`AddressSuppressed` or
:class:`MessagesNotWanted`; ``confirm`` a :class:`~outreach.audience.confirmation.LinkError` as well.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from . import confirmation, consents
from .addresses import address_hash, encrypt, normalised
from .choices import ChannelName, Gender, Purpose
from .confirmation import Wishes
from .inactivity import STAY, note_activity
from .links import counting
from .models import Consent, JoinRequest, Subscriber, Subscription, TopicChoice
from .suppressions import lift, refuses_joining
from .wording import current_versions

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
    parish: str = "",
    topics: Iterable[str] = (),
    purposes: frozenset[str],
    wording_versions: Mapping[str, str] | None = None,
    wording_language: str = "",
    is_short: bool = False,
    method: str,
    source: str = "",
    now: datetime,
) -> Subscription:
    """Take somebody in who asked for it.

    By e-mail nothing changes yet: what was asked for waits until its mailed link is used, whatever state the address is
    in. On Telegram the chat itself is the proof, so the subscription is active at once. A gender is kept only with the
    consent to count it (``undisclosed`` says nothing and needs none). ``wording_versions`` are those on the screen, by
    purpose, the current ones where not given, and ``wording_language`` is the language in which they were shown.
    Where ``is_short``, only the language and the consent to messages were asked for, and all else stays as it is.
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
        parish=parish,
        topics=tuple(sorted(set(topics))),
        is_short=is_short,
        wording_versions=_versions(purposes, wording_versions or {}),
        wording_language=wording_language,
        source=source,
    )
    subscription = _subscription(channel=channel, address=address, digest=digest, wishes=wishes, source=source, now=now)
    if subscription.state != State.ACTIVE and not subscription.join_requests.filter(confirmed_at=None).exists():
        counting.count_asked(source=source, channel=channel, now=now)
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
        parish=request.parish,
        topics=tuple(request.topics),
        is_short=request.is_short,
        wording_versions=request.wording_versions,
        wording_language=request.wording_language,
        source=request.source,
    )
    # Whose address stood in a list without proof agreed here, and not there.
    method = Consent.Method.LINK if request.method == Consent.Method.IMPORT else request.method
    _activate(subscription, wishes=wishes, method=method, now=now)
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
def resume(*, subscription: Subscription) -> bool:
    """Take up again a chat that only its channel had closed, because the person came back to it; whether that was so.

    What they agreed to was never taken back, so it holds. Somebody who left is asked again instead.
    """
    subscription.refresh_from_db(from_queryset=Subscription.objects.select_for_update(of=("self",)))
    here = {"channel": subscription.channel, "address_hash": subscription.address_hash}
    if subscription.state != State.STOPPED or not subscription.allows_messages or refuses_joining(**here):
        return False
    lift(**here)
    subscription.state, subscription.ended_at = State.ACTIVE, None
    subscription.save(update_fields=["state", "ended_at"])
    return True


@transaction.atomic
def move(*, subscription: Subscription, address: str, now: datetime) -> None:
    """Follow a person to the address that their channel names; where that one has a subscription, this one ends.

    Who is there already stays: several messages may have been told so. Raises ``Subscription.DoesNotExist``.
    """
    address = normalised(channel=subscription.channel, address=address)
    digest = address_hash(channel=subscription.channel, address=address)
    subscription.refresh_from_db(from_queryset=Subscription.objects.select_for_update(of=("self",)))
    if subscription.address_hash == digest:
        return
    if Subscription.objects.filter(channel=subscription.channel, address_hash=digest).exists():
        stop(subscription=subscription, now=now)
        return
    subscription.address_encrypted, subscription.address_hash = encrypt(address), digest
    subscription.save(update_fields=["address_encrypted", "address_hash"])


@dataclass(frozen=True)
class Seen:
    """The words that were on the screen: in which language, and which version for each purpose."""

    language: str
    versions: Mapping[str, str]


@transaction.atomic
def change(
    *,
    subscription: Subscription,
    method: str,
    now: datetime,
    language: str | None = None,
    group: str | None = None,
    gender: str | None = None,
    parish: str | None = None,
    frequency: str | None = None,
    topics: Iterable[str] | None = None,
    purposes: Mapping[str, bool] | None = None,
    seen: Seen | None = None,
) -> None:
    """Write down what a person now says about themselves; what is ``None``, or a purpose not named, stays as it is.

    Call it only for somebody who proved that the address is theirs. Without the consent to count it, no gender is kept.
    ``seen`` are the words that consents are recorded with: the current ones in the person's language if ``None``.
    """
    subscriber = Subscriber.objects.select_for_update().get(pk=subscription.subscriber_id)
    seen = seen or Seen(language=language or subscriber.language, versions={})
    agreed = {purpose for purpose in Purpose.values if subscription.allows(purpose)}
    for purpose, granted in (purposes or {}).items():
        if granted != (purpose in agreed):
            consents.record(
                subscription=subscription,
                purpose=purpose,
                granted=granted,
                language=seen.language,
                method=method,
                now=now,
                wording_version=seen.versions.get(purpose, ""),
            )
    said = {"language": language, "group": group, "gender": gender, "parish": parish, "frequency": frequency}
    for name, answer in said.items():
        if answer is not None:
            setattr(subscriber, name, answer)
    if method != Consent.Method.STAFF:
        subscriber.active_at = max(subscriber.active_at, now)
    subscriber.save()
    _forget_uncounted_gender(subscriber)
    subscription.subscriber = subscriber
    if topics is not None:
        _choose(subscriber, topics)


def _versions(purposes: frozenset[str], shown: Mapping[str, str]) -> dict[str, str]:
    """The version of the words of each purpose that is agreed to."""
    current = current_versions()
    return {purpose: shown.get(purpose) or current[Purpose(purpose)] for purpose in sorted(purposes)}


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
    subscriber.language = wishes.language
    if not wishes.is_short:
        subscriber.group, subscriber.gender, subscriber.parish = wishes.group, wishes.gender, wishes.parish
        _choose(subscriber, wishes.topics)
    subscriber.active_at = max(subscriber.active_at, now)
    subscriber.save()
    consents.agree(
        subscription=subscription,
        wording_versions=wishes.wording_versions,
        language=wishes.wording_language or wishes.language,
        method=method,
        now=now,
        asked=[Purpose.MESSAGES] if wishes.is_short else Purpose.values,
    )
    lift(channel=subscription.channel, address_hash=subscription.address_hash)
    if subscription.state != State.ACTIVE:
        subscription.state, subscription.confirmed_at, subscription.ended_at = State.ACTIVE, now, None
        subscription.save(update_fields=["state", "confirmed_at", "ended_at"])
        counting.count_joined(source=wishes.source, channel=subscription.channel, now=now)


def _end(subscription: Subscription, *, state: str, now: datetime) -> None:
    subscription.state, subscription.ended_at = state, now
    subscription.save(update_fields=["state", "ended_at"])


def _choose(subscriber: Subscriber, topics: Iterable[str]) -> None:
    wanted, had = set(topics), set(subscriber.topics.values_list("topic", flat=True))
    subscriber.topics.filter(topic__in=had - wanted).delete()
    TopicChoice.objects.bulk_create(
        [TopicChoice(subscriber=subscriber, topic=topic) for topic in sorted(wanted - had)], ignore_conflicts=True
    )
