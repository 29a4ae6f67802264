"""Records what comes back. Nothing about the visitor is kept: no address, no user agent."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from django.db import transaction

from outreach.audience import subscriptions
from outreach.audience.choices import Purpose
from outreach.audience.models import Consent, Subscription
from outreach.broadcasts.models import Message
from outreach.delivery.freeze import cohort_index, cohort_of
from outreach.delivery.models import Delivery

from .models import TrackingEvent
from .tokens import BadToken, Token, Use

Kind = TrackingEvent.Kind


@lru_cache(maxsize=4096)
def _frozen_links(message: int) -> tuple[int, tuple[str, ...]]:
    broadcast, links = Message.objects.values_list("broadcast", "links").get(pk=message)
    return broadcast, tuple(links)


def target(*, token: Token, link: int) -> str:
    """Where link number ``link`` (from 1) of the token's message leads; raises :class:`BadToken` if there is none."""
    try:
        _broadcast, links = _frozen_links(token.message)
    except Message.DoesNotExist:
        raise BadToken("the message is gone") from None
    if not 1 <= link <= len(links):
        raise BadToken("no such link")
    return links[link - 1]


def record_click(*, token: Token, link: int, machine_reason: str, now: datetime) -> None:
    """Record one click at ``now`` (UTC), on the delivery or the cohort that the token names.

    A click on the personal link of somebody who took the consent back counts for their cohort alone.
    """
    broadcast, _links = _frozen_links(token.message)
    personal, cohort = token.use == Use.PERSONAL_CLICK, token.number
    if personal and not _allowed(token.number, Purpose.CLICK_TRACKING):
        personal, cohort = False, cohort_of(Delivery.objects.get(pk=token.number).dimensions, cohort_index(broadcast))
    TrackingEvent.objects.create(
        broadcast_id=broadcast,
        delivery_id=token.number if personal else None,
        cohort_id=None if personal else cohort,
        kind=Kind.CLICK,
        link=link,
        machine_reason=machine_reason,
        occurred_at=now,
    )


def record_open(*, token: Token, machine_reason: str, now: datetime) -> None:
    """Record that the pixel of a delivery was fetched, while its receiver consents to that."""
    broadcast, _links = _frozen_links(token.message)
    if not _allowed(token.number, Purpose.OPEN_TRACKING):
        return
    TrackingEvent.objects.create(
        broadcast_id=broadcast,
        delivery_id=token.number,
        kind=Kind.OPEN,
        machine_reason=machine_reason,
        occurred_at=now,
    )


def _allowed(delivery: int, purpose: Purpose) -> bool:
    """Whether the receiver of a delivery consents to ``purpose`` now; nobody who was erased does."""
    flag = {f"allows_{purpose.value}": True}
    return Subscription.objects.filter(deliveries=delivery, **flag).exists()


def machine_reason(*, method: str, headers: Mapping[str, str]) -> str:
    """Why a request is not a person's doing: a ``HEAD`` request or a declared prefetch; empty where it may be one."""
    if method == "HEAD":
        return "head"
    purpose = " ".join(headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")).lower()
    return "prefetch" if any(word in purpose for word in ("prefetch", "preview", "prerender")) else ""


def delivery_of(token: Token) -> Delivery:
    """The delivery that a personal token names; raises :class:`BadToken` where it is gone."""
    try:
        return Delivery.objects.select_related("message").get(pk=token.number, message=token.message)
    except Delivery.DoesNotExist:
        raise BadToken("the delivery is gone") from None


def unsubscribe(*, delivery: Delivery, now: datetime) -> None:
    """End the subscription that ``delivery`` went to, and record once that this broadcast was the occasion.

    A second call changes nothing; neither does one for a person who was erased meanwhile.
    """
    with transaction.atomic():
        Delivery.objects.select_for_update().get(pk=delivery.pk)
        subscription = Subscription.objects.filter(pk=delivery.subscription_id).first()
        if subscription and subscription.state != Subscription.State.LEFT:
            subscriptions.leave(subscription=subscription, method=Consent.Method.ONE_CLICK, now=now)
        if not TrackingEvent.objects.filter(delivery=delivery, kind=Kind.UNSUBSCRIBE).exists():
            TrackingEvent.objects.create(
                broadcast_id=delivery.broadcast_id, delivery=delivery, kind=Kind.UNSUBSCRIBE, occurred_at=now
            )
