"""What the states of deliveries and of a broadcast on its way mean, and what follows from each, in a sentence."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from outreach.broadcasts.models import Broadcast

from .models import Delivery

Status = Delivery.Status
State = Broadcast.State

DELIVERIES: dict[str, Promise] = {
    Status.QUEUED: _("Waits its turn."),
    Status.ATTEMPTING: _("A worker has it in its hands. If the worker dies, it becomes uncertain."),
    Status.DEFERRED: _("Was not taken, and is tried again by itself."),
    Status.UNCERTAIN: _("May have arrived. Nothing is sent again until somebody decides."),
    Status.ACCEPTED: _("The provider took it. That is not yet read, nor even delivered."),
    Status.DELIVERED: _("The provider says that it arrived."),
    Status.BOUNCED: _("The address does not exist. It is never written to again."),
    Status.BLOCKED: _("The receiver does not want our messages on this channel. The subscription is stopped."),
    Status.REJECTED: _("The provider refused the content. It can be tried again once the reason is gone."),
    Status.FAILED: _("Given up without a fault of the address. It can be tried again."),
    Status.CANCELLED: _("Not sent: they left meanwhile, or the broadcast was cancelled."),
    Status.EXPIRED: _("Not sent: the broadcast's deadline passed."),
}
"""By the state of a delivery."""

WORKER_STOPPED = gettext_noop("the worker stopped before an answer came")
CANT_BE_COMPOSED = gettext_noop("It can't be composed.")
GAVE_UP = gettext_noop("gave up after 8 attempts: %s")
"""These are kept with a delivery as they stand here, for whoever reads its trouble."""

BROADCASTS: dict[str, Promise] = {
    State.SENDING: _("Workers send as fast as the channels allow. It finishes by itself when nothing is open."),
    State.PAUSED: _("Nothing is sent until an approver resumes it. Nothing is lost."),
    State.FINISHED: _("Every message came to an end, and the totals add up."),
    State.CANCELLED: _("It was ended for good. Who had not got it will not get it."),
    State.EXPIRED: _("Nobody got it: its time passed before it could begin, and so did its deadline."),
}
"""By the state of a broadcast that began, or never will."""

STANDS_OPEN = _("Whoever joins gets it, once on each address, until it is switched off.")


def of_broadcast(broadcast: Broadcast) -> str:
    """What it means that a broadcast is where it is; empty before it began."""
    return str(STANDS_OPEN if broadcast.stands_open else BROADCASTS.get(broadcast.state, ""))
