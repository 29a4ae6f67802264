"""What readers do, as it happens: clicks and opens go into the journal of this process, leaving into the database.

Nothing about the visitor is kept: no address, no user agent.
"""

from datetime import datetime

from django.db import transaction

from outreach.audience import subscriptions
from outreach.audience.models import Consent, Subscription
from outreach.broadcasts.attribution import within_window
from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Delivery

from .hits.lines import Hit
from .hits.recording import journal
from .models import Forgotten, TrackingEvent
from .tokens import BadToken, Token

Kind = TrackingEvent.Kind


def record_click(*, token: Token, link: int, machine_reason: str, now: datetime) -> None:
    """Note one click at ``now`` (UTC) on a link of the delivery or the cohort that the token names."""
    journal().write(Hit(_milliseconds(now), token.use, token.message, token.number, link, machine_reason).line())


def record_open(*, token: Token, machine_reason: str, now: datetime) -> None:
    """Note that the pixel of a delivery was fetched; it counts while its receiver consents to that."""
    journal().write(Hit(_milliseconds(now), token.use, token.message, token.number, 0, machine_reason).line())


def _milliseconds(now: datetime) -> int:
    return int(now.timestamp() * 1000)


def delivery_of(token: Token) -> Delivery:
    """The delivery that a personal token names; raises :class:`BadToken` where it is gone."""
    try:
        return Delivery.objects.select_related("message").get(pk=token.number, message=token.message)
    except Delivery.DoesNotExist:
        raise BadToken("the delivery is gone") from None


def unsubscribe(*, delivery: Delivery, now: datetime) -> None:
    """End the subscription that ``delivery`` went to, and record once that this broadcast was the occasion.

    A second call changes nothing; neither does one for a person who was erased meanwhile. Once the broadcast's raw
    events were removed, nothing is recorded any more.
    """
    with transaction.atomic():
        Delivery.objects.select_for_update().get(pk=delivery.pk)
        subscription = Subscription.objects.filter(pk=delivery.subscription_id).first()
        if subscription and subscription.state != Subscription.State.LEFT:
            subscriptions.leave(subscription=subscription, method=Consent.Method.ONE_CLICK, now=now)
        _record_leaving(delivery, now)


def leave_by_bot(*, subscription: Subscription, now: datetime) -> None:
    """End a subscription whose person told the bot so, and record once which broadcast was the occasion.

    That is the last campaign whose message reached the chat, if what happens at ``now`` (UTC) still counts for it. A
    chat knows no other: unlike the link in a mail, ``/stop`` names no broadcast. A welcome is no campaign.
    """
    with transaction.atomic():
        reached = Delivery.objects.filter(
            within_window(now, broadcast="broadcast"),
            subscriber=subscription.subscriber_id,
            subscription=subscription.pk,
            status__in=Delivery.REACHED,
            broadcast__kind=Broadcast.Kind.CAMPAIGN,
        )
        last = reached.order_by("-settled_at", "-pk").select_for_update(of=("self",)).first()
        subscriptions.leave(subscription=subscription, method=Consent.Method.BOT, now=now)
        if last:
            _record_leaving(last, now)


def _record_leaving(delivery: Delivery, now: datetime) -> None:
    is_forgotten = Forgotten.objects.filter(broadcast=delivery.broadcast_id).exists()
    if not is_forgotten and not TrackingEvent.objects.filter(delivery=delivery, kind=Kind.UNSUBSCRIBE).exists():
        TrackingEvent.objects.create(
            broadcast_id=delivery.broadcast_id, delivery=delivery, kind=Kind.UNSUBSCRIBE, occurred_at=now
        )
