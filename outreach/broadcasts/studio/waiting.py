"""What waits for an approver, on the dashboard: broadcasts that somebody submitted, and those that are held."""

from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from outreach.broadcasts.models import Approval, Broadcast
from outreach.broadcasts.standing import open_submission, why_not_second_person

PERMISSION = "outreach.approve_broadcast"
MOST_SHOWN = 10
State = Broadcast.State


@dataclass(frozen=True)
class Waiting:
    """A broadcast that waits; with the ``submission`` that asks for a second person, or ``None`` where it is held."""

    broadcast: Broadcast
    submission: Approval | None


class WaitingPanel(Component):
    """Leads from the dashboard to what waits."""

    name = "broadcasts_waiting"
    template_name = "outreach/broadcasts/components/waiting.html"
    order = 60

    def __init__(self, waiting: Sequence[Waiting]) -> None:
        self.waiting = waiting

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        """The broadcasts."""
        return {"waiting": self.waiting, "office_zone": settings.OFFICE_TIME_ZONE}


def waiting_for(user: User | AnonymousUser) -> list[Waiting]:
    """What waits for ``user``, the oldest first; nothing that somebody else has to approve."""
    if not isinstance(user, User) or not user.has_perm(PERMISSION):
        return []
    found = Broadcast.objects.filter(state__in=[State.SUBMITTED, State.PAUSED]).order_by("pk")
    waiting = (Waiting(each, open_submission(each) if each.state == State.SUBMITTED else None) for each in found)
    return [
        each
        for each in waiting
        if not each.submission or not why_not_second_person(each.broadcast, each.submission, user)
    ][:MOST_SHOWN]


def tell_what_waits(request: HttpRequest, panels: MutableSequence[Component]) -> None:
    """Put it on the dashboard of whoever has something waiting."""
    if waiting := waiting_for(request.user):
        panels.append(WaitingPanel(waiting))
