"""The audit log of broadcasts: which actions there are, and how one is written down."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogActionRegistry, LogFormatter, log, registry

from . import reasons
from .models import Broadcast, Message, cell_name

ACTIONS = {
    "create": (_("Make a broadcast"), _("Broadcast made")),
    "stories": (_("Change the stories"), _("Stories changed")),
    "draw": (_("Draw texts from the story"), _("Texts drawn from the story")),
    "write": (_("Write a message"), _("Message written")),
    "keep": (_("Keep a text though the story was edited"), _("Text kept though the story was edited")),
    "remove": (_("Remove a message"), _("Message removed")),
    "rename": (_("Rename a broadcast"), _("Broadcast renamed")),
    "campaign": (_("Set the campaign"), _("Campaign set")),
    "audience": (_("Set the audience"), _("Audience set")),
    "archive": (_("Show in the public archive, or not"), _("Public archive")),
    "submit": (_("Submit for approval"), _("Submitted for approval")),
    "approve": (_("Approve"), _("Approved")),
    "inherit": (_("Take over the approval of a series"), _("Approved in advance with its series")),
    "schedule": (_("Change the time"), _("Time changed")),
    "void": (_("Void the approval"), _("Back to draft")),
    "pause": (_("Pause"), _("Paused")),
    "resume": (_("Resume"), _("Resumed")),
    "cancel": (_("Cancel"), _("Cancelled")),
    "close": (_("Switch off"), _("Switched off")),
    "start": (_("Begin to send"), _("Sending began")),
    "finish": (_("Finish"), _("Finished")),
    "expire": (_("Drop because its time is over"), _("Dropped")),
    "test": (_("Send a test"), _("Test sent")),
}
"""By the last part of the action's name: its name in filters, and what the log says. The ledger adds one of its own."""


def record(
    *,
    broadcast: Broadcast,
    action: str,
    user: User | None,
    now: datetime,
    detail: str = "",
    cells: Iterable[Message] = (),
    **data: Any,
) -> None:
    """Log an action by the last part of its name. ``user`` is ``None`` for the engine.

    ``detail`` is shown: somebody's words or names, or one of our sentences as it stands in the catalogues. So are the
    names of ``cells``. ``data`` is kept.
    """
    if written := [(message.channel, message.language) for message in cells]:
        data["cells"] = written
    log(
        instance=broadcast,
        action=f"outreach.broadcast.{action}",
        user=user,
        data={"detail": detail, **data},
        timestamp=now,
        title=broadcast.title,
        content_changed=action in {"create", "stories", "draw", "write", "remove", "audience"},
    )


def is_in_history(broadcast: Broadcast, action: str) -> bool:
    """Whether an action, by the last part of its name, was logged of the broadcast."""
    return registry.get_logs_for_instance(broadcast).filter(action=f"outreach.broadcast.{action}").exists()


def register_actions(actions: LogActionRegistry) -> None:
    """Tell Wagtail's log what the actions of broadcasts are called."""
    for name, (label, message) in ACTIONS.items():
        formatter = type("BroadcastAction", (Detailed,), {"label": label, "message": message})
        actions.register_action(f"outreach.broadcast.{name}")(formatter)


SAID_BY_THE_ENGINE = tuple(f"outreach.broadcast.{name}" for name in ("pause", "expire"))
SAID_BY_US = tuple(f"outreach.broadcast.{name}" for name in ("void", "archive"))
"""Where the detail may be one of our sentences: if nobody is named as its author, or in any case."""


class Detailed(LogFormatter):
    """Shows the detail of an entry after its message, in the reader's language where it is not somebody's own words."""

    def format_message(self, log_entry: Any) -> str:
        """The message, and after a colon what it was about."""
        detail = self.detail(log_entry)
        return (
            gettext("%(done)s: %(detail)s") % {"done": self.message, "detail": detail} if detail else str(self.message)
        )

    def detail(self, log_entry: Any) -> str:
        """What it was about; empty where that goes without saying."""
        if cells := log_entry.data.get("cells"):
            return "; ".join(cell_name(*cell) for cell in cells)
        detail = str(log_entry.data.get("detail", ""))
        is_ours = log_entry.user_id is None and log_entry.action in SAID_BY_THE_ENGINE
        return reasons.in_words(detail) if is_ours or log_entry.action in SAID_BY_US else detail
