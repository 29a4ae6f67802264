"""What a person sees of a broadcast on its way, read from the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from outreach.broadcasts.audience import Reason
from outreach.broadcasts.models import Broadcast

from .balance import Balance, balance
from .models import Delivery

MOST_ERRORS = 12


@dataclass(frozen=True)
class Row:
    """A labelled count."""

    name: str
    label: str
    count: int


@dataclass(frozen=True)
class Progress:
    """How far a broadcast is: counts of deliveries by status, of people left out by reason, and what went wrong."""

    balance: Balance
    statuses: tuple[Row, ...]
    exclusions: tuple[Row, ...]
    errors: Sequence[dict[str, Any]]

    @property
    def settled(self) -> int:
        """How many deliveries need nothing more."""
        return self.balance.deliveries - self.balance.open

    @property
    def percent(self) -> int:
        """The settled share in whole percent, never rounded up to 100."""
        return self.settled * 100 // self.balance.deliveries if self.balance.deliveries else 100

    @property
    def uncertain(self) -> int:
        """How many deliveries wait for a person's decision."""
        return self.balance.statuses[Delivery.Status.UNCERTAIN]

    @property
    def can_retry(self) -> int:
        """How many deliveries failed without any fault of the address."""
        return self.balance.statuses[Delivery.Status.FAILED] + self.balance.statuses[Delivery.Status.REJECTED]


def progress(broadcast: Broadcast) -> Progress:
    """Read the ledger; raises ``Freeze.DoesNotExist`` before the broadcast started."""
    sums = balance(broadcast)
    errors = (
        Delivery.objects.filter(broadcast=broadcast)
        .exclude(detail="")
        .exclude(status__in=Delivery.REACHED)
        .order_by()
        .values("channel", "status", "detail")
        .annotate(number=Count("pk"))
        .order_by("-number", "detail")[:MOST_ERRORS]
    )
    return Progress(
        balance=sums,
        statuses=tuple(
            Row(status.value, str(status.label), sums.statuses[status])
            for status in Delivery.Status
            if sums.statuses[status]
        ),
        exclusions=tuple(
            Row(reason, str(Reason(reason).label), count) for reason, count in sums.exclusions.items() if count
        ),
        errors=[{**row, "status": str(Delivery.Status(row["status"]).label)} for row in errors],
    )
