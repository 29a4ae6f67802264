"""Addresses that must never be written to again: put on the list, asked for, and lifted by the person's own act."""

from datetime import datetime

from .choices import ChannelName, SuppressionReason
from .models import Suppression

LIFTED_BY_JOINING = {
    ChannelName.EMAIL: [SuppressionReason.ERASED, SuppressionReason.BLOCKED],
    # Whoever writes to the bot from a chat proves that the chat is there.
    ChannelName.TELEGRAM: [SuppressionReason.ERASED, SuppressionReason.BLOCKED, SuppressionReason.HARD_BOUNCE],
}
"""Reasons that the person at the address can undo alone, by proving that it is theirs and joining again."""


def suppress(*, channel: str, address_hash: str, reason: str, now: datetime) -> None:
    """Put an address on the list; one that is there keeps its date, and the reason that is harder to lift."""
    suppression, made = Suppression.objects.get_or_create(
        channel=channel, address_hash=address_hash, defaults={"reason": reason, "since": now}
    )
    if not made and suppression.reason in LIFTED_BY_JOINING[ChannelName(channel)]:
        Suppression.objects.filter(pk=suppression.pk).update(reason=reason)


def refuses_joining(*, channel: str, address_hash: str) -> bool:
    """Whether the address stays on the list whatever the person at it does."""
    lifted = LIFTED_BY_JOINING[ChannelName(channel)]
    return Suppression.objects.filter(channel=channel, address_hash=address_hash).exclude(reason__in=lifted).exists()


def lift(*, channel: str, address_hash: str) -> None:
    """Take an address off the list because the person joined again; does nothing for reasons that this can't lift."""
    Suppression.objects.filter(
        channel=channel, address_hash=address_hash, reason__in=LIFTED_BY_JOINING[ChannelName(channel)]
    ).delete()
