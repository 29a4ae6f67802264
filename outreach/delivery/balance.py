"""Whether the ledger adds up: everybody considered is either a delivery in one state or excluded for one reason."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from outreach.broadcasts.models import Broadcast

from .models import Delivery, Exclusion, Freeze


@dataclass(frozen=True)
class Balance:
    """The sums of one frozen broadcast; counts of subscriptions.

    ``faults`` are sentences in the language of the moment; there is none where everything adds up.
    """

    broadcast: Broadcast
    candidates: int
    statuses: dict[str, int]
    exclusions: dict[str, int]
    faults: tuple[str, ...]

    @property
    def deliveries(self) -> int:
        """How many messages the broadcast is, whatever became of them."""
        return sum(self.statuses.values())

    @property
    def excluded(self) -> int:
        """How many subscriptions were considered and get no message."""
        return sum(self.exclusions.values())

    @property
    def open(self) -> int:
        """How many deliveries are not settled."""
        return sum(self.statuses.get(status, 0) for status in Delivery.OPEN)

    def __str__(self) -> str:
        parts = " + ".join(f"{count} {name}" for name, count in self.statuses.items() if count) or "0"
        left_out = " + ".join(f"{count} {name}" for name, count in self.exclusions.items() if count) or "0"
        verdict = "balances" if not self.faults else "DOES NOT BALANCE: " + "; ".join(self.faults)
        return (
            f"broadcast {self.broadcast.pk} ({self.broadcast.state}): {self.candidates} considered"
            f" = {self.deliveries} deliveries [{parts}] + {self.excluded} excluded [{left_out}]: {verdict}"
        )


def balance(broadcast: Broadcast) -> Balance:
    """Add up one broadcast; raises ``Freeze.DoesNotExist`` where its audience was not fixed yet."""
    with standing_still(broadcast) as freeze:
        return _balance(broadcast, freeze.candidates)


@contextmanager
def standing_still(broadcast: Broadcast) -> Iterator[Freeze]:
    """The freeze of ``broadcast``; meanwhile nobody is added, should it be a welcome message.

    Raises ``Freeze.DoesNotExist`` where its audience was not fixed yet.
    """
    if not broadcast.is_welcome:
        yield Freeze.objects.get(broadcast=broadcast)
        return
    with transaction.atomic():
        yield Freeze.objects.select_for_update().get(broadcast=broadcast)


def _balance(broadcast: Broadcast, candidates: int) -> Balance:
    rows = list(
        Delivery.objects.filter(broadcast=broadcast)
        .order_by()
        .values_list("status")
        .annotate(number=Count("pk"), unsettled=Count("pk", filter=Q(settled_at=None)))
        .values_list("status", "number", "unsettled")
    )
    return add_up(
        broadcast,
        candidates=candidates,
        statuses={status: number for status, number, _unsettled in rows},
        unsettled=sum(unsettled for status, _number, unsettled in rows if status not in Delivery.OPEN),
    )


def add_up(broadcast: Broadcast, *, candidates: int, statuses: Mapping[str, int], unsettled: int) -> Balance:
    """The balance of counts that were read already.

    ``unsettled`` is how many deliveries came to an end, but not at a time.
    """
    counted = {status: statuses.get(status, 0) for status in Delivery.Status.values}
    exclusions = dict(
        Exclusion.objects.filter(broadcast=broadcast)
        .order_by("reason")
        .values_list("reason")
        .annotate(number=Sum("count"))
        .values_list("reason", "number")
    )
    faults = tuple(_faults(broadcast, candidates, counted, exclusions, unsettled))
    return Balance(broadcast, candidates, counted, exclusions, faults)


def _faults(
    broadcast: Broadcast, candidates: int, statuses: dict[str, int], exclusions: dict[str, int], unsettled: int
) -> Iterator[str]:
    counted = sum(statuses.values()) + sum(exclusions.values())
    if candidates != counted:
        numbers = {"considered": candidates, "counted": counted}
        yield _("considered: %(considered)d, deliveries and left out together: %(counted)d") % numbers
    still_open = sum(statuses[status] for status in Delivery.OPEN)
    if broadcast.state == Broadcast.State.FINISHED and still_open:
        yield _("finished, yet still open: %(count)d") % {"count": still_open}
    if unsettled:
        yield _("settled at no known time: %(count)d") % {"count": unsettled}


def all_balances() -> Iterator[Balance]:
    """The balance of every broadcast whose audience was fixed, oldest first."""
    for broadcast in Broadcast.objects.filter(freeze__isnull=False).order_by("pk"):
        yield balance(broadcast)
