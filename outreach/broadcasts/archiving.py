"""Whether a broadcast's e-mail stands in the public archive of the site."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext_noop

from .history import record
from .lifecycle import locked, void_approval
from .models import Broadcast

State = Broadcast.State


def set_archived(*, broadcast: Broadcast, archived: bool, user: User | None, now: datetime) -> bool:
    """Show it there or not; whether this changed anything.

    Nobody approved that everybody reads it, so showing it takes an approval back while nothing was sent. Taking it out
    takes back nothing and is always possible.
    """
    with transaction.atomic():
        row = locked(broadcast)
        broadcast.state, broadcast.archived = row.state, archived
        if row.archived == archived:
            return False
        if archived and row.started_at is None and row.state in {State.SUBMITTED, State.SCHEDULED, State.PAUSED}:
            void_approval(
                broadcast=broadcast, reason=gettext_noop("It is to be shown in the public archive."), user=user, now=now
            )
        Broadcast.objects.filter(pk=broadcast.pk).update(archived=archived)
        detail = gettext_noop("it is shown there") if archived else gettext_noop("it is not shown there")
        record(broadcast=broadcast, action="archive", user=user, now=now, detail=detail)
    return True
