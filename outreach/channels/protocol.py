"""What the engine knows of a channel: it opens sessions, and a session sends one message or raises a named failure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one address, complete and ready to send.

    ``text`` is the plain text part of an e-mail, or a Telegram message in Telegram's HTML. ``button`` is a label and an
    address. ``message_id`` is the same whenever the same delivery is sent, without angle brackets.
    """

    address: str
    subject: str
    text: str
    message_id: str
    html: str = ""
    language: str = "en"
    headers: Mapping[str, str] = field(default_factory=dict)
    button: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider took the message: accepted is not delivered, and delivered is not read."""

    provider_id: str


class Session(Protocol):
    """One open connection; used by one thread, for many messages."""

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand one message over; raises a :class:`~outreach.channels.failures.ChannelError`."""

    def close(self) -> None:
        """Let the connection go; never raises."""


class Channel(Protocol):
    """A way out, as the settings describe it.

    ``per_second`` is the most that all workers together may send, ``connections`` how many sessions one worker opens.
    """

    name: str
    per_second: int
    connections: int

    def open(self) -> Session:
        """A new session; connecting may wait until the first message is sent."""
