"""The consent ledger: what a person agreed to or took back is added to it, and nothing in it is ever changed."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from .choices import Purpose
from .models import Consent, Subscription
from .wording import current_version

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def record(
    *,
    subscription: Subscription,
    purpose: str,
    granted: bool,
    language: str,
    method: str,
    now: datetime,
    actor: "User | None" = None,
    wording_version: str = "",
    evidence: str = "",
) -> Consent:
    """Add one entry and set the subscription's flag for ``purpose`` to what it says.

    ``wording_version`` is the version that the person saw, the current one if empty; ``evidence``
    says where the proof is kept. Raises ``ValueError`` for what
    is not one of :class:`~outreach.audience.choices.Purpose`.
    """
    flag = f"allows_{Purpose(purpose).value}"
    consent = Consent.objects.create(
        subscriber_id=subscription.subscriber_id,
        channel=subscription.channel,
        purpose=purpose,
        granted=granted,
        wording_version=wording_version or current_version(purpose),
        language=language,
        given_at=now,
        method=method,
        actor=actor,
        evidence=evidence,
    )
    Subscription.objects.filter(pk=subscription.pk).update(**{flag: granted})
    setattr(subscription, flag, granted)
    return consent


def agree(
    *, subscription: Subscription, wording_versions: dict[str, str], language: str, method: str, now: datetime
) -> None:
    """Make the person's consents exactly those in ``wording_versions`` (version by purpose).

    A purpose already granted is recorded again only if the person has now seen other words.
    """
    seen = _versions_agreed_to(subscription)
    for purpose in Purpose.values:
        version = wording_versions.get(purpose)
        if version and seen.get(purpose) != version:
            record(
                subscription=subscription,
                purpose=purpose,
                granted=True,
                language=language,
                method=method,
                now=now,
                wording_version=version,
            )
        elif version is None and subscription.allows(purpose):
            record(subscription=subscription, purpose=purpose, granted=False, language=language, method=method, now=now)


def _versions_agreed_to(subscription: Subscription) -> dict[str, str]:
    """The wording version behind each purpose that is granted now."""
    entries = Consent.objects.filter(
        subscriber_id=subscription.subscriber_id, channel=subscription.channel, granted=True
    ).order_by("id")
    return {entry.purpose: entry.wording_version for entry in entries if subscription.allows(entry.purpose)}
