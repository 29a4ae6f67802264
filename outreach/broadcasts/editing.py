"""How every edit of a broadcast begins and ends: it holds the broadcast, and takes an approval back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from .lifecycle import elsewhere, locked, void_approval
from .models import Broadcast


@contextmanager
def editing(broadcast: Broadcast, reason: str, user: User | None, now: datetime) -> Iterator[Callable[[], None]]:
    """Hold the broadcast while it is edited, and yield what to call once something was: it takes the approval back.

    ``reason`` is a sentence as it stands in the catalogues. Raises ``WrongState`` where it can't be edited any more.
    """

    def void() -> None:
        if broadcast.state != Broadcast.State.DRAFT:
            void_approval(broadcast=broadcast, reason=reason, user=user, now=now)

    with transaction.atomic():
        broadcast.state = locked(broadcast).state
        if not broadcast.is_editable:
            raise elsewhere(broadcast)
        yield void
