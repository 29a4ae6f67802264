"""Whether an approval holds: the hashes it is bound to, and who may still give it.

The hashes are SHA-256 over canonical JSON, in hexadecimal.
"""

import hashlib
import json

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from outreach.audience.choices import ChannelName

from .models import Approval, Broadcast, Message
from .sources import campaign_name

SAID = (
    "subject",
    "preview_text",
    "body",
    "button_label",
    "button_url",
    "more_buttons",
    "picture_file",
    "picture_alt",
)
"""What a message says and shows; the name of a picture's file is the hash of its bytes."""


def content_hash(broadcast: Broadcast) -> str:
    """Of every message's text and picture, of the name over each e-mail, and of the stories that they lead back to."""
    messages = list(broadcast.messages.order_by("channel", "language").values("channel", "language", *SAID))
    named = {each["language"] for each in messages if each["channel"] == ChannelName.EMAIL}
    stories = broadcast.carried.values_list("page", flat=True)
    names = {language: campaign_name(language) for language in named}
    return digest({"stories": list(stories), "messages": messages, "names": names})


def version(message: Message | None) -> str:
    """Of what one message says and shows; empty where there is none yet."""
    if message is None or message.pk is None:
        return ""
    return digest({name: getattr(message, name) for name in SAID})


def audience_hash(broadcast: Broadcast) -> str:
    """Of every segment's rule, the channels in order, the fallback, whether all channels are used, and the urgency."""
    return digest(
        {
            "segments": list(broadcast.segments.order_by("code").values("code", "rule")),
            "channels": broadcast.channels,
            "every_channel": broadcast.every_channel,
            "fallback_language": broadcast.fallback_language,
            "ignores_quiet_hours": broadcast.ignores_quiet_hours,
        }
    )


def settings_version(broadcast: Broadcast) -> str:
    """Of what the form of title and audience says of ``broadcast`` as it was read."""
    return digest(
        {
            "title": broadcast.title,
            "campaign": broadcast.campaign_id,
            "audience": audience_hash(broadcast),
            "missed": [broadcast.missed_rule, broadcast.deadline_hours],
            "archived": broadcast.archived,
        }
    )


def digest(value: object) -> str:
    """The SHA-256 of a value that JSON can say, in hexadecimal."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def changed_since(approval: Approval) -> str:
    """What was changed since the submission, in a sentence of the catalogues; empty if nothing was."""
    if approval.content_hash != content_hash(approval.broadcast):
        return gettext_noop("A text was changed after it was submitted.")
    if approval.audience_hash != audience_hash(approval.broadcast):
        return gettext_noop(
            "The audience was changed after it was submitted: a segment, the channels, the fallback or the quiet hours."
        )
    return ""


def open_submission(broadcast: Broadcast) -> Approval | None:
    """What waits for a second person."""
    return broadcast.approvals.filter(voided_at__isnull=True, approved_at__isnull=True).first()


def given_approval(broadcast: Broadcast) -> Approval | None:
    """The approval that was given and not voided; whether it still holds, :func:`changed_since` says."""
    return broadcast.approvals.filter(voided_at__isnull=True, approved_at__isnull=False).first()


def is_approved(broadcast: Broadcast) -> bool:
    """Whether an approval holds for content and audience as they stand. What was sent, was approved."""
    if broadcast.started_at:
        return True
    approval = given_approval(broadcast)
    return approval is not None and not changed_since(approval)


def why_not_second_person(broadcast: Broadcast, submission: Approval, user: User) -> str:
    """Why ``user`` can't be the one who approves, in a sentence; empty if they can, permissions apart."""
    if user.pk == submission.submitted_by_id:
        return _("You submitted this broadcast; somebody else has to approve it.")
    if user.pk == broadcast.created_by_id:
        return _("You made this broadcast; somebody else has to approve it.")
    return ""
