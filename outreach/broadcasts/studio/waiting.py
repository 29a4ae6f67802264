"""What waits for somebody, on the dashboard.

For an approver that is what somebody submitted, and what is held. For an editor it is what they wrote or submitted and
is held, as where a provider refused its content.
"""

from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from outreach.broadcasts.models import Approval, Broadcast
from outreach.broadcasts.standing import open_submission, why_not_second_person

APPROVES, WRITES = "outreach.approve_broadcast", "outreach.submit_broadcast"
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
    if not isinstance(user, User):
        return []
    waiting = (
        Waiting(each, open_submission(each) if each.state == State.SUBMITTED else None)
        for each in _concerning(user).order_by("pk")
    )
    return [
        each
        for each in waiting
        if not each.submission or not why_not_second_person(each.broadcast, each.submission, user)
    ][:MOST_SHOWN]


def _concerning(user: User) -> "QuerySet[Broadcast]":
    if user.has_perm(APPROVES):
        return Broadcast.objects.filter(state__in=[State.SUBMITTED, State.PAUSED])
    if user.has_perm(WRITES):
        their_own = Q(created_by=user) | Q(approvals__submitted_by=user)
        return Broadcast.objects.filter(their_own, state=State.PAUSED).distinct()
    return Broadcast.objects.none()


def tell_what_waits(request: HttpRequest, panels: MutableSequence[Component]) -> None:
    """Put it on the dashboard of whoever has something waiting."""
    if waiting := waiting_for(request.user):
        panels.append(WaitingPanel(waiting))
