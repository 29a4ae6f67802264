"""Where the pretend servers put what they receive: a store behind one small protocol, here in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

from .models import SandboxChat

Json = dict[str, Any]


class Inbox(Protocol):
    """A store that both servers share. Chats that were never heard of are open: they stand for real people."""

    poll_seconds: float
    """How long a server waits before it looks for updates again."""

    async def keep_mail(self, *, receivers: Sequence[str], content: bytes) -> None:
        """Keep a mail once for each of its receivers."""

    async def chat_state(self, *, chat: int) -> str:
        """One of :class:`SandboxChat.State`."""

    async def keep_message(self, *, chat: int, message: Mapping[str, Any]) -> int:
        """Keep what the bot sent to a chat; returns the message's number."""

    async def message(self, *, chat: int, number: int) -> Json | None:
        """A message of the bot, or ``None`` where there is no such message."""

    async def change_message(self, *, chat: int, number: int, change: Mapping[str, Any]) -> Json | None:
        """Overwrite parts of a message of the bot and return the whole, or ``None`` where there is no such message."""

    async def delete_message(self, *, chat: int, number: int) -> bool:
        """Remove a message of the bot; whether there was one."""

    async def updates(self, *, offset: int, limit: int) -> list[Json]:
        """Updates from number ``offset`` on that were not confirmed; those before it are confirmed by asking."""


@dataclass(frozen=True, slots=True)
class KeptMail:
    """One mail as it reached one receiver."""

    receiver: str
    content: bytes


class MemoryInbox:
    """A store that lives as long as its process; what tests look into."""

    poll_seconds = 0.01

    def __init__(self) -> None:
        self.mails: list[KeptMail] = []
        self.messages: dict[tuple[int, int], Json] = {}
        self.states: dict[int, str] = {}
        self.waiting: dict[int, Json] = {}
        self._message_numbers = count(1)
        self._update_numbers = count(1)

    def add_update(self, payload: Mapping[str, Any]) -> int:
        """Have the bot be told of something; returns the update's number."""
        number = next(self._update_numbers)
        self.waiting[number] = dict(payload)
        return number

    async def keep_mail(self, *, receivers: Sequence[str], content: bytes) -> None:
        """See :class:`Inbox`."""
        self.mails += [KeptMail(receiver, content) for receiver in receivers]

    async def chat_state(self, *, chat: int) -> str:
        """See :class:`Inbox`."""
        return self.states.get(chat, SandboxChat.State.OPEN)

    async def keep_message(self, *, chat: int, message: Mapping[str, Any]) -> int:
        """See :class:`Inbox`."""
        number = next(self._message_numbers)
        self.messages[chat, number] = dict(message)
        return number

    async def message(self, *, chat: int, number: int) -> Json | None:
        """See :class:`Inbox`."""
        return self.messages.get((chat, number))

    async def change_message(self, *, chat: int, number: int, change: Mapping[str, Any]) -> Json | None:
        """See :class:`Inbox`."""
        message = self.messages.get((chat, number))
        if message is not None:
            message.update(change)
        return message

    async def delete_message(self, *, chat: int, number: int) -> bool:
        """See :class:`Inbox`."""
        return self.messages.pop((chat, number), None) is not None

    async def updates(self, *, offset: int, limit: int) -> list[Json]:
        """See :class:`Inbox`."""
        for number in [number for number in self.waiting if number < offset]:
            del self.waiting[number]
        return [{"update_id": number, **payload} for number, payload in list(self.waiting.items())[:limit]]
