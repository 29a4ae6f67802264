"""What can go wrong when a message is handed over. Each failure says whose fault it is, so that the ledger can answer.

    ChannelError
    ├── AddressDead          the address will never take a message: stop writing to it
    │   └── ReceiverBlocked  the receiver does not want ours: stop, but they may come back by themselves
    ├── AddressMoved         the same receiver under a new address
    ├── TryLater             nothing is wrong with address or content: not now
    ├── MessageRejected      our content is refused, no address is at fault: pause the broadcast
    ├── ChannelRefused       our credentials or our sender are refused: pause the broadcast
    └── OutcomeUnknown       the line broke after the message was handed over: it may have arrived

Only ``TryLater`` promises that the message did not arrive and may be sent again.
"""

import re

from outreach.storable_text import storable

LONGEST_DETAIL = 300
_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+|-?\d{6,}")


def without_addresses(answer: str) -> str:
    """A provider's answer in one line of at most 300 characters.

    Mail addresses and chat numbers are left out, and so is what no database takes: it is kept in several places.
    """
    return " ".join(_ADDRESS.sub("…", storable(answer)).split())[:LONGEST_DETAIL]


class ChannelError(Exception):
    """A message was not accepted; the text is the provider's answer, shortened, without any address."""

    def __init__(self, detail: str) -> None:
        super().__init__(without_addresses(detail))


class AddressDead(ChannelError):
    """The provider says that nobody is at this address."""


class ReceiverBlocked(AddressDead):
    """The receiver blocked us or closed the chat; only they can open it again."""


class AddressMoved(ChannelError):
    """The provider knows the receiver under another address, given here."""

    def __init__(self, detail: str, *, address: str) -> None:
        super().__init__(detail)
        self.address = address


class TryLater(ChannelError):
    """The message was not taken, and may be later.

    ``retry_after`` is what the provider asked for, in seconds, or ``None``. ``everyone`` says that the whole channel
    must wait, not just this address; then ``blames_nobody`` says that the address has nothing to do with it.
    """

    def __init__(
        self,
        detail: str,
        *,
        retry_after: float | None = None,
        everyone: bool = False,
        blames_nobody: bool = True,
    ) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        self.everyone = everyone
        self.blames_nobody = everyone and blames_nobody


class MessageRejected(ChannelError):
    """The provider refused our content: no address is at fault, so the broadcast pauses and people keep theirs."""


class ChannelRefused(ChannelError):
    """The provider refused us: a wrong password, token or sender. The broadcast pauses until somebody mends it."""


class OutcomeUnknown(ChannelError):
    """The message was handed over and no answer came: nobody knows whether it arrived, so it is not sent again."""
