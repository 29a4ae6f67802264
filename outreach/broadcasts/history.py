"""The audit log of broadcasts: which actions there are, and how one is written down."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogActionRegistry, LogFormatter, log

from . import pause_reasons
from .models import Broadcast

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
    "finish": (_("Finish"), _("Finished")),
    "expire": (_("Drop because its time is over"), _("Dropped")),
    "test": (_("Send a test"), _("Test sent")),
    "decide": (_("Decide on uncertain or failed deliveries"), _("Deliveries decided on")),
}
"""By the last part of the action's name: its name in filters, and what the log says."""


def record(
    *, broadcast: Broadcast, action: str, user: User | None, now: datetime, detail: str = "", **data: Any
) -> None:
    """Log one of :data:`ACTIONS`. ``user`` is ``None`` for the engine; ``detail`` is shown, ``data`` is kept."""
    log(
        instance=broadcast,
        action=f"outreach.broadcast.{action}",
        user=user,
        data={"detail": detail, **data},
        timestamp=now,
        title=broadcast.title,
        content_changed=action in {"create", "stories", "draw", "write", "remove", "audience"},
    )


def register_actions(actions: LogActionRegistry) -> None:
    """Tell Wagtail's log what the actions of broadcasts are called."""
    for name, (label, message) in ACTIONS.items():
        formatter = type("BroadcastAction", (Detailed,), {"label": label, "message": message})
        actions.register_action(f"outreach.broadcast.{name}")(formatter)


SAID_BY_THE_ENGINE = ("outreach.broadcast.pause", "outreach.broadcast.expire")


class Detailed(LogFormatter):
    """Shows the detail of an entry after its message."""

    def format_message(self, log_entry: Any) -> str:
        """The message, and after a colon what it was about."""
        detail = log_entry.data.get("detail")
        if detail and log_entry.user_id is None and log_entry.action in SAID_BY_THE_ENGINE:
            # What the engine says, it says as it stands in the catalogues; a person's or a provider's words stay.
            detail = pause_reasons.in_words(detail)
        return f"{self.message}: {detail}" if detail else str(self.message)
