"""What only a person can decide about deliveries: whether uncertain or failed ones are sent again.

Errors: :class:`OldPage` where more would be changed than the person saw, or where somebody decided meanwhile, be it
the same person with a second click; ``WrongState`` where the broadcast is past it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from wagtail.log_actions import LogActionRegistry, registry

from outreach.broadcasts.attribution import is_closed
from outreach.broadcasts.history import Detailed, record
from outreach.broadcasts.lifecycle import elsewhere, locked
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.refusals import Refused

from . import lifecycle
from .models import Delivery

State = Broadcast.State
Status = Delivery.Status
ACTION = "outreach.broadcast.decide"


class OldPage(Refused):
    """The person decided on something else than what stands there now; nothing was changed."""


@dataclass(frozen=True)
class Decision:
    """Which deliveries it is about, while the broadcast is in which states, and what the history says of it.

    ``sends`` is whether messages go out by it.
    """

    statuses: tuple[str, ...]
    states: frozenset[str]
    done: Promise
    sends: bool


DECISIONS = {
    "send-again": Decision(
        (Status.UNCERTAIN,),
        frozenset({State.SENDING, State.PAUSED}),
        ngettext_lazy("%(count)d uncertain one is sent again", "%(count)d uncertain ones are sent again", "count"),
        sends=True,
    ),
    "take-as-sent": Decision(
        (Status.UNCERTAIN,),
        frozenset({State.SENDING, State.PAUSED, State.CANCELLED}),
        ngettext_lazy(
            "%(count)d uncertain one is taken as sent", "%(count)d uncertain ones are taken as sent", "count"
        ),
        sends=False,
    ),
    "retry-failed": Decision(
        Delivery.RETRIED,
        frozenset({State.SENDING, State.PAUSED, State.FINISHED}),
        ngettext_lazy("%(count)d failed one is tried again", "%(count)d failed ones are tried again", "count"),
        sends=True,
    ),
}
"""By the last part of their addresses."""


def last_decision(broadcast: Broadcast) -> int:
    """The number of the latest decision in the broadcast's history; 0 before the first."""
    entries = registry.get_logs_for_instance(broadcast).filter(action=ACTION)
    return entries.order_by("-pk").values_list("pk", flat=True).first() or 0


def is_open(name: str, broadcast: Broadcast, *, now: datetime) -> bool:
    """Whether the decision ``name`` can be taken as the broadcast stands at ``now`` (UTC)."""
    decision = DECISIONS[name]
    is_over = broadcast.is_too_late(now) or is_closed(broadcast, now=now)
    return broadcast.state in decision.states and not (decision.sends and is_over)


def decide(
    *,
    broadcast: Broadcast,
    name: str,
    seen: int,
    after: int,
    user: User,
    now: datetime,
    status: str = "",
    channel: str = "",
    words: str | None = None,
) -> int:
    """Carry out the decision ``name`` and log it; how many deliveries it changed.

    ``seen`` is how many the person had in front of them and ``after`` the latest decision then. ``status``,
    ``channel`` and ``words`` narrow it down to one cause.
    """
    decision = DECISIONS[name]
    only = Q(status__in=decision.statuses)
    only &= Q(status=status) if status else Q()
    only &= Q(channel=channel) if channel else Q()
    only &= Q(detail=words) if words is not None else Q()
    with transaction.atomic():
        current = locked(broadcast)
        broadcast.state, broadcast.finished_at = current.state, current.finished_at
        if last_decision(broadcast) != after:
            raise OldPage(_("This was decided a moment ago, perhaps by a second click. Here is how it stands now."))
        if broadcast.state not in decision.states:
            raise elsewhere(broadcast)
        if decision.sends and current.is_too_late(now):
            raise Refused(_("The deadline of this broadcast has passed. Write to these people with a new one."))
        if decision.sends and is_closed(broadcast, now=now):
            raise Refused(_("The figures of this broadcast are final. Write to these people with a new one."))
        retries = name == "retry-failed"
        every = Delivery.objects.filter(only, broadcast=broadcast)
        found = (lifecycle.to_retry(broadcast, now=now).filter(only) if retries else every).count()
        if found > seen:
            raise _more_than_seen(found)
        if retries and not found and every.exists():
            raise Refused(
                _("These people left meanwhile, or want fewer messages and had another one since. Nothing was changed.")
            )
        if retries:
            changed = lifecycle.retry_failed(broadcast=broadcast, now=now, only=only)
        else:
            changed = lifecycle.resolve_uncertain(
                broadcast=broadcast, send_again=name == "send-again", now=now, only=only
            )
        if changed > seen:
            # A worker ended some meanwhile, which waits for nobody.
            raise _more_than_seen(changed)
        if changed:
            record(
                broadcast=broadcast,
                action="decide",
                user=user,
                now=now,
                decision=name,
                count=changed,
                words=words or "",
            )
    return changed


def _more_than_seen(count: int) -> OldPage:
    text = ngettext(
        "There is %(count)d now, more than you saw. Nothing was changed: look again.",
        "There are %(count)d now, more than you saw. Nothing was changed: look again.",
        count,
    )
    return OldPage(text % {"count": count})


class Decided(Detailed):
    """Says in the reader's language what was decided on how many, and for which cause in the provider's words."""

    label = gettext_lazy("Decide on uncertain or failed deliveries")
    message = gettext_lazy("Deliveries decided on")

    def detail(self, log_entry: Any) -> str:
        """The decision, and the cause where it was about one."""
        data = log_entry.data
        if "words" not in data:
            # Noted while the sentence was kept as the person read it.
            return super().detail(log_entry)
        done = str(DECISIONS[data["decision"]].done % {"count": data["count"]})
        return f"{done} ({data['words']})" if data["words"] else done


def register_actions(actions: LogActionRegistry) -> None:
    """Tell Wagtail's log how a decision is told."""
    actions.register_action(ACTION)(Decided)
