"""The suppression list as staff keep it: an address is put on it, looked up and taken off. Times are UTC.

Wagtail's log tells who did what and why, and never the address: ``mark`` is the beginning of its keyed hash.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogActionRegistry, LogFormatter, log
from wagtail.models import ModelLogEntry

from . import subscriptions, suppressions
from .addresses import address_hash, normalised
from .choices import SuppressionReason
from .models import Subscription, Suppression

if TYPE_CHECKING:
    from django.contrib.auth.models import User

ADDED, LIFTED = "outreach.suppression.add", "outreach.suppression.lift"
BY_STAFF = (SuppressionReason.BY_HAND, SuppressionReason.COMPLAINT)
"""The reasons for which staff put an address on the list; the others come of themselves."""
MARK = 8


@dataclass(frozen=True)
class Standing:
    """What is known of one address: its row on the list and its subscription, where there are any."""

    suppression: Suppression | None
    subscription: Subscription | None


@dataclass(frozen=True)
class Added:
    """What putting an address on the list did."""

    suppression: Suppression
    is_new: bool
    ended_subscription: bool


class WithReason(LogFormatter):
    """Shows after the message why it was done."""

    def format_message(self, log_entry: Any) -> str:
        """The message, and after a colon the reason."""
        return f"{self.message}: {log_entry.data.get('why', '')}"


class AddedFormatter(WithReason):
    """How the log tells of an address that staff put on the list."""

    label = _("Suppress an address")
    message = _("Address suppressed")


class LiftedFormatter(WithReason):
    """How the log tells of an address that staff took off the list."""

    label = _("Lift a suppression")
    message = _("Suppression lifted")


def register_actions(actions: LogActionRegistry) -> None:
    """Tell Wagtail's log what is done to the list."""
    actions.register_action(ADDED)(AddedFormatter)
    actions.register_action(LIFTED)(LiftedFormatter)


def mark(suppression: Suppression) -> str:
    """Tells rows apart in the list and in the log, and is too short to find an address by."""
    return suppression.address_hash[:MARK]


def look_up(*, channel: str, address: str) -> Standing:
    """What is known of an exact address. Raises :class:`~outreach.audience.addresses.InvalidAddress`."""
    digest = _digest(channel, address)
    return Standing(
        Suppression.objects.filter(channel=channel, address_hash=digest).first(),
        Subscription.objects.filter(channel=channel, address_hash=digest).first(),
    )


@transaction.atomic
def add(*, channel: str, address: str, reason: str, why: str, user: "User", now: datetime) -> Added:
    """Put an address on the list, and end its subscription.

    One that is on the list stays as it is, unless joining again would have lifted that. Raises
    :class:`~outreach.audience.addresses.InvalidAddress`, and ``ValueError`` for a reason that is not staff's.
    """
    if reason not in BY_STAFF:
        raise ValueError(reason)
    digest = _digest(channel, address)
    is_new = not Suppression.objects.filter(channel=channel, address_hash=digest).exists()
    suppressions.suppress(channel=channel, address_hash=digest, reason=reason, now=now)
    suppression = Suppression.objects.get(channel=channel, address_hash=digest)
    ended = False
    for subscription in Subscription.objects.filter(channel=channel, address_hash=digest):
        before = subscription.state
        subscriptions.stop(subscription=subscription, now=now)
        ended = subscription.state != before
    log(instance=suppression, action=ADDED, user=user, timestamp=now, data=_told(suppression, why))
    return Added(suppression, is_new, ended)


@transaction.atomic
def lift(*, suppression: Suppression, why: str, user: "User", now: datetime) -> bool:
    """Take an address off the list; whether it was still on it. Nobody is subscribed by that."""
    row = Suppression.objects.select_for_update().filter(pk=suppression.pk).first()
    if row is None:
        return False
    log(instance=row, action=LIFTED, user=user, timestamp=now, deleted=True, data=_told(row, why))
    row.delete()
    return True


def history() -> QuerySet[ModelLogEntry]:
    """What staff did to the list, the latest first."""
    return ModelLogEntry.objects.filter(action__in=[ADDED, LIFTED]).select_related("user").order_by("-timestamp", "-pk")


def _digest(channel: str, address: str) -> str:
    return address_hash(channel=channel, address=normalised(channel=channel, address=address))


def _told(suppression: Suppression, why: str) -> dict[str, str]:
    return {
        "channel": suppression.channel,
        "reason": suppression.reason,
        "since": suppression.since.isoformat(),
        "mark": mark(suppression),
        "why": why,
    }
