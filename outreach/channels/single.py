"""One message at once, for whoever waits for its outcome: a test to oneself."""

from .failures import ChannelError, TryLater
from .protocol import Channel, Outgoing, Receipt


def send_one(*, channel: Channel, outgoing: Outgoing) -> Receipt:
    """Carry one message over a connection of its own; raises the :class:`~.failures.ChannelError` that came of it."""
    work = OneMessage(outgoing)
    carrier = channel.open()
    try:
        carrier.carry(work)
    finally:
        carrier.close()
    if isinstance(work.outcome, ChannelError):
        raise work.outcome
    return work.outcome


class OneMessage:
    """See :class:`~.protocol.Work`: it may always go, now."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._waiting: Outgoing | None = outgoing
        self.outcome: Receipt | ChannelError = TryLater("The line was closed before.")

    def take(self) -> Outgoing | float | None:
        taken, self._waiting = self._waiting, None
        return taken

    def begin(self, _outgoing: Outgoing) -> bool:
        return True

    def settle(self, _outgoing: Outgoing, outcome: Receipt | ChannelError) -> None:
        self.outcome = outcome

    def give_back(self, _outgoing: Outgoing) -> None:
        """Whoever waits decides whether to try again."""
