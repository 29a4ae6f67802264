"""Moves a broadcast from state to state. Each move is one conditional UPDATE: of two people at once, one wins.

draft → submitted → scheduled → sending → finished
  ↑         │           │ ↑        │ ↑
  └─────────┴── void ───┤ └─paused─┘ │      cancel: from every state before finished but draft
                        └──────→─────┘      expired: scheduled, and the deadline passed
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from outreach.bell import ring

from .history import record
from .models import Approval, Broadcast
from .refusals import WrongState

State = Broadcast.State


def move(*, broadcast: Broadcast, start: Collection[str], to: str, only: Q | None = None, **changes: Any) -> None:
    """Move from one of ``start`` to ``to`` and set ``changes``; raises ``WrongState`` if the broadcast is elsewhere."""
    rows = Broadcast.objects.filter(only or Q(), pk=broadcast.pk, state__in=start)
    moved = rows.update(state=to, **changes)
    broadcast.refresh_from_db(fields=["state", *changes])
    if not moved:
        raise elsewhere(broadcast)
    ring()


def elsewhere(broadcast: Broadcast) -> WrongState:
    """The refusal of a step that does not begin where the broadcast stands."""
    return WrongState(
        _("This can't be done now: the state is “%(state)s”. Somebody may have been faster; look at the page again.")
        % {"state": broadcast.get_state_display()}
    )


def locked(broadcast: Broadcast) -> Broadcast:
    """The broadcast as it stands, held until the transaction ends."""
    return Broadcast.objects.select_for_update().get(pk=broadcast.pk)


def pause(*, broadcast: Broadcast, reason: str, now: datetime, user: User | None = None) -> bool:
    """Stop sending, or hold back what is scheduled; whether this call did it.

    A person who is too late gets ``WrongState``; for the engine, pausing what is already paused is no error.
    """
    with transaction.atomic():
        try:
            move(
                broadcast=broadcast,
                start={State.SCHEDULED, State.SENDING},
                to=State.PAUSED,
                pause_reason=reason[: Broadcast._meta.get_field("pause_reason").max_length],
            )
        except WrongState:
            if user is None:
                return False
            raise
        record(broadcast=broadcast, action="pause", user=user, now=now, detail=reason)
    return True


def resume(*, broadcast: Broadcast, user: User | None, now: datetime) -> None:
    """Go on sending; a broadcast that was held before it began is due at once if its time has passed."""
    with transaction.atomic():
        if locked(broadcast).started_at:
            move(broadcast=broadcast, start={State.PAUSED}, to=State.SENDING, pause_reason="")
        else:
            move(
                broadcast=broadcast,
                start={State.PAUSED},
                to=State.SCHEDULED,
                pause_reason="",
                send_at=Greatest(F("send_at"), now),
            )
        record(broadcast=broadcast, action="resume", user=user, now=now)


def cancel(*, broadcast: Broadcast, reason: str = "", user: User | None = None, now: datetime) -> None:
    """End it for good; who has not been written to will not be."""
    with transaction.atomic():
        move(
            broadcast=broadcast,
            start={State.SUBMITTED, State.SCHEDULED, State.SENDING, State.PAUSED},
            to=State.CANCELLED,
            finished_at=now,
        )
        record(broadcast=broadcast, action="cancel", user=user, now=now, detail=reason)


def close(*, broadcast: Broadcast, user: User | None, now: datetime) -> None:
    """Switch a welcome message off: who joined before still gets it, then it is finished.

    Raises ``WrongState``, also where it was never switched on.
    """
    open_states = {State.SENDING, State.PAUSED}
    with transaction.atomic():
        state = locked(broadcast).state
        move(
            broadcast=broadcast,
            start=open_states & {state},
            to=state,
            only=Q(kind=Broadcast.Kind.WELCOME, started_at__isnull=False, closed_at__isnull=True),
            closed_at=now,
        )
        record(broadcast=broadcast, action="close", user=user, now=now)


def finish(*, broadcast: Broadcast, now: datetime) -> bool:
    """Close a broadcast with nothing left to send; whether this call did it."""
    with transaction.atomic():
        try:
            move(broadcast=broadcast, start={State.SENDING}, to=State.FINISHED, finished_at=now)
        except WrongState:
            return False
        record(broadcast=broadcast, action="finish", user=None, now=now)
    return True


def void_approval(*, broadcast: Broadcast, reason: str, user: User | None = None, now: datetime) -> None:
    """Back to draft, from wherever nothing was sent yet; raises ``WrongState``.

    ``reason`` is what a person says, or one of our sentences as it stands in the catalogues.
    """
    with transaction.atomic():
        move(
            broadcast=broadcast,
            start={State.SUBMITTED, State.SCHEDULED, State.PAUSED},
            to=State.DRAFT,
            only=Q(started_at__isnull=True),
            pause_reason="",
        )
        Approval.objects.filter(broadcast=broadcast, voided_at__isnull=True).update(
            voided_at=now, void_reason=reason[: Approval._meta.get_field("void_reason").max_length]
        )
        record(broadcast=broadcast, action="void", user=user, now=now, detail=reason)
