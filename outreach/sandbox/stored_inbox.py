"""The demo's store: the database, so that the admin can show what the servers received.

Every method runs in the one thread that holds the servers' database connection, never in their event loop.
"""

import json
from collections.abc import Callable, Coroutine, Mapping, Sequence
from email import policy
from email.parser import BytesHeaderParser
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection, models

from outreach.storable_text import storable

from . import telegram_html
from .inbox import Json
from .models import SandboxChat, SandboxMessage, SandboxUpdate

MOST_KEPT = 10_000
"""How many messages, and how many updates, stay; the oldest go first, so that a demo never fills a disk."""

TIDY_EVERY = 500

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def _in_database_thread(
    method: Callable[Parameters, Result],
) -> Callable[Parameters, Coroutine[Any, Any, Result]]:
    def over_a_live_connection(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        # Inside a transaction the connection is somebody else's to close.
        if not connection.in_atomic_block:
            close_old_connections()
        return method(*args, **kwargs)

    @wraps(method)
    async def call(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        return await sync_to_async(over_a_live_connection)(*args, **kwargs)

    return call


class StoredInbox:
    """See :class:`~.inbox.Inbox`."""

    poll_seconds = 0.5

    @_in_database_thread
    def keep_mail(self, *, receivers: Sequence[str], content: bytes) -> None:
        """See :class:`~.inbox.Inbox`."""
        subject = BytesHeaderParser(policy=policy.default).parsebytes(content).get("Subject", "")
        for receiver in receivers:
            _keep(SandboxMessage.Channel.EMAIL, receiver, str(subject), content)

    @_in_database_thread
    def chat_state(self, *, chat: int) -> str:
        """See :class:`~.inbox.Inbox`."""
        known = SandboxChat.objects.filter(number=chat).values_list("state", flat=True).first()
        return known or SandboxChat.State.OPEN

    @_in_database_thread
    def keep_message(self, *, chat: int, message: Mapping[str, Any]) -> int:
        """See :class:`~.inbox.Inbox`."""
        first_line = telegram_html.shown(message).plain.strip().partition("\n")[0]
        return _keep(SandboxMessage.Channel.TELEGRAM, str(chat), first_line, json.dumps(message).encode())

    @_in_database_thread
    def message(self, *, chat: int, number: int) -> Json | None:
        """See :class:`~.inbox.Inbox`."""
        kept = _sent_to(chat).filter(pk=number).first()
        return json.loads(bytes(kept.content)) if kept else None

    @_in_database_thread
    def change_message(self, *, chat: int, number: int, change: Mapping[str, Any]) -> Json | None:
        """See :class:`~.inbox.Inbox`."""
        kept = _sent_to(chat).filter(pk=number).first()
        if kept is None:
            return None
        message: Json = {**json.loads(bytes(kept.content)), **change}
        kept.content = json.dumps(message).encode()
        kept.save(update_fields=["content"])
        return message

    @_in_database_thread
    def delete_message(self, *, chat: int, number: int) -> bool:
        """See :class:`~.inbox.Inbox`."""
        return bool(_sent_to(chat).filter(pk=number).delete()[0])

    @_in_database_thread
    def updates(self, *, offset: int, limit: int) -> list[Json]:
        """See :class:`~.inbox.Inbox`."""
        waiting = SandboxUpdate.objects.filter(confirmed=False)
        # Asked many times a minute: nothing is written where there is nothing to confirm.
        found = list(waiting[: limit + 1])
        if found and found[0].pk < offset:
            waiting.filter(pk__lt=offset).update(confirmed=True)
            tidy(SandboxUpdate.objects.all(), offset)
            found = list(waiting[:limit])
        return [{"update_id": update.pk, **update.payload} for update in found[:limit]]


def tidy(rows: "models.QuerySet[Any]", newest: int) -> None:
    """Remove the rows that are more than :data:`MOST_KEPT` older than ``newest``."""
    rows.filter(pk__lte=newest - MOST_KEPT).delete()


def _keep(channel: str, receiver: str, subject: str, content: bytes) -> int:
    kept = SandboxMessage.objects.create(
        channel=channel, receiver=_line(receiver)[:254], subject=_line(subject)[:200], content=content
    )
    if kept.pk % TIDY_EVERY == 0:
        tidy(SandboxMessage.objects.all(), kept.pk)
    return kept.pk


def _sent_to(chat: int) -> "models.QuerySet[SandboxMessage]":
    return SandboxMessage.objects.filter(channel=SandboxMessage.Channel.TELEGRAM, receiver=str(chat))


def _line(text: str) -> str:
    return " ".join(storable(text.replace("\x00", " ")).split())
