"""The broadcast of a run: written, submitted and approved by two people through the services that staff use."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User

from outreach.broadcasts import services
from outreach.broadcasts.models import Broadcast, Message
from outreach.delivery import lifecycle

from .people import segments
from .records import EMAIL

LINKS = 12
SENTENCE = "Whoever works here has the same rights at work as everybody else, on paper and in practice. "
PARAGRAPH_OF_MAIL = 8
"""Sentences in each of twelve paragraphs: with them a mail of both parts has about 30 kB."""


def approved(
    *,
    channels: Sequence[str],
    languages: Sequence[str],
    audience: Sequence[str],
    now: datetime,
    sentences: int = PARAGRAPH_OF_MAIL,
) -> Broadcast:
    """A broadcast with a message in each language on each channel, approved and due at ``now`` (UTC)."""
    editor, approver = (User.objects.get_or_create(username=name)[0] for name in ("editor", "approver"))
    broadcast = services.create(title="Rights at work", user=editor, now=now)
    services.set_audience(
        broadcast=broadcast,
        segments=segments(*audience),
        channels=list(channels),
        every_channel=False,
        fallback_language="en",
        missed_rule=Broadcast.MissedRule.SEND,
        deadline_hours=24,
        user=editor,
        now=now,
    )
    for channel in channels:
        for language in languages:
            services.write(message=_message(broadcast, channel, language, sentences), user=editor, now=now)
    submission = services.submit(broadcast=broadcast, user=editor, now=now)
    services.approve(broadcast=broadcast, submission_id=submission.pk, user=approver, send_at=None, now=now)
    return broadcast


def _message(broadcast: Broadcast, channel: str, language: str, sentences: int) -> Message:
    paragraphs = LINKS - 1 if channel == EMAIL else 2
    text = SENTENCE * (sentences if channel == EMAIL else 2)
    return Message(
        broadcast=broadcast,
        channel=channel,
        language=language,
        subject=f"What the law says about work ({language})",
        preview_text="A short reading, with tables.",
        body="".join(
            f'<p>{text}<a href="https://example.org/{language}/table/{number}">Table {number}</a></p>'
            for number in range(1, paragraphs + 1)
        ),
        button_label="Read the story",
        button_url=f"https://example.org/{language}/story",
    )


def start(broadcast: Broadcast, *, now: datetime) -> None:
    """Fix the audience and begin to send; raises ``RuntimeError`` if it does not start."""
    if not lifecycle.start(broadcast_id=broadcast.pk, now=now):
        raise RuntimeError(f"broadcast {broadcast.pk} did not start")
    broadcast.refresh_from_db()
