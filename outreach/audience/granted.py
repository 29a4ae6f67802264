"""What the consent ledger grants, for one subscription or for all.

A purpose is granted while some entry grants it that no withdrawal follows, neither by when it was written down nor by
when it was said: so a sheet that is entered late undoes nothing that its signer took back meanwhile.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from .choices import Purpose
from .models import Consent, Subscription


@dataclass(frozen=True)
class Difference:
    """A flag of a subscription that is not what the ledger grants."""

    subscription: int
    purpose: str
    granted: bool

    def __str__(self) -> str:
        flag, ledger = ("off", "grants") if self.granted else ("on", "does not grant")
        return f"subscription {self.subscription}: the flag is {flag}, the ledger {ledger} {self.purpose}"


@dataclass(frozen=True)
class Agreed:
    """How many people agreed to one version of the words, on any channel, and how many still do."""

    ever: int = 0
    still: int = 0


def granting(purpose: str) -> Exists:
    """Whether the ledger grants ``purpose`` to a subscription, for a query of subscriptions."""
    entries = Consent.objects.filter(purpose=purpose, channel=OuterRef("channel"), subscriber=OuterRef("subscriber"))
    follows = Q(pk__gt=OuterRef("pk")) | Q(given_at__gt=OuterRef("given_at"))
    return Exists(entries.filter(granted=True).exclude(Exists(entries.filter(follows, granted=False))))


def differences() -> Iterator[Difference]:
    """Every flag that is not what the ledger grants."""
    for purpose in Purpose.values:
        flag = f"allows_{purpose}"
        for subscription, allowed in _differing(purpose).order_by("pk").values_list("pk", flag).iterator():
            yield Difference(subscription, purpose, granted=not allowed)


def mend() -> int:
    """Set each such flag to what the ledger grants; returns how many."""
    return sum(
        Subscription.objects.filter(pk__in=_differing(purpose).values("pk")).update(
            **{f"allows_{purpose}": granting(purpose)}
        )
        for purpose in Purpose.values
    )


def agreed_to() -> dict[tuple[str, str], Agreed]:
    """By purpose and version of the words, how many agreed. Two queries over the whole ledger."""

    def people(entries: QuerySet[Consent]) -> dict[tuple[str, str], int]:
        counted = entries.values_list("purpose", "wording_version").annotate(Count("subscriber", distinct=True))
        return {(purpose, version): count for purpose, version, count in counted.order_by()}

    grants = Consent.objects.filter(granted=True)
    of_the_same = {name: OuterRef(name) for name in ("subscriber", "channel", "purpose")}
    follows = Q(pk__gt=OuterRef("pk")) | Q(given_at__gt=OuterRef("given_at"), granted=False)
    ever = people(grants)
    still = people(grants.exclude(Exists(Consent.objects.filter(follows, **of_the_same))))
    return {key: Agreed(count, still.get(key, 0)) for key, count in ever.items()}


def _differing(purpose: str) -> QuerySet[Subscription]:
    return Subscription.objects.annotate(grants=granting(purpose)).exclude(**{f"allows_{purpose}": F("grants")})
