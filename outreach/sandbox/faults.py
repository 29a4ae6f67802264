"""How the pretend servers fail: on purpose, so that everybody can see what the ledger makes of it.

A server asks its faults at each step and goes on where the answer is ``None``. The demo's servers fail for agreed
receivers (:class:`AgreedReceivers`); tests bring a script of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Stage(StrEnum):
    """The steps of one mail in SMTP at which a server can refuse or a line can break."""

    GREETING = "greeting"
    SENDER = "sender"
    RECEIVER = "receiver"
    DATA = "data"
    BODY = "body"
    END = "end"


@dataclass(frozen=True, slots=True)
class MailFault:
    """A reply in place of the usual one; without one the line is dropped, or never answered if ``silent``.

    ``kept`` says that a mail whose end was reached arrives all the same.
    """

    reply: str = ""
    silent: bool = False
    kept: bool = False


class MailFaults(Protocol):
    """What goes wrong with mails."""

    def at(self, stage: Stage, receiver: str) -> MailFault | None:
        """The fault at a step; ``receiver`` is empty before it was named."""


@dataclass(frozen=True, slots=True)
class CallFault:
    """An error in place of the usual answer to a call; with status 0 the line is dropped, or never answered.

    ``page`` is sent in place of JSON, as a gateway would. ``kept`` says that the call is carried out all the same.
    """

    status: int = 0
    description: str = ""
    parameters: Mapping[str, int] = field(default_factory=dict)
    page: bytes | None = None
    silent: bool = False
    kept: bool = False


class CallFaults(Protocol):
    """What goes wrong with calls of the Bot API."""

    def of(self, method: str, chat: int | None) -> CallFault | None:
        """The fault of a call; ``method`` in lower case, ``chat`` where the call names one."""


class AgreedReceivers:
    """Mail addresses whose local part begins with one of these words and a plus sign fail, each in its own way."""

    AGREED: Mapping[str, tuple[Stage, MailFault]] = {
        "bounce": (Stage.RECEIVER, MailFault("550 5.1.1 No such mailbox")),
        "full": (Stage.RECEIVER, MailFault("452 4.2.2 Mailbox full")),
        "later": (Stage.RECEIVER, MailFault("451 4.7.1 Greylisted, try again later")),
        "spam": (Stage.END, MailFault("554 5.7.1 Message refused as spam")),
        "drop": (Stage.END, MailFault(kept=True)),
    }

    def at(self, stage: Stage, receiver: str) -> MailFault | None:
        """The fault that was agreed for the receiver, if this is its step."""
        word, plus, _rest = receiver.partition("@")[0].partition("+")
        agreed_stage, fault = self.AGREED.get(word.lower(), (None, None)) if plus else (None, None)
        return fault if agreed_stage == stage else None


class NoCallFaults:
    """Every call is answered as it should be."""

    def of(self, method: str, chat: int | None) -> CallFault | None:
        """Nothing goes wrong."""
        return None
