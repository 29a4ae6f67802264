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
    """See :class:`~.protocol.Work`: one message, which may go now; ``outcome`` is what came of it."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._waiting: Outgoing | None = outgoing
        self.outcome: Receipt | ChannelError = TryLater("The line was closed before.")

    def take(self) -> Outgoing | float | None:
        """See :class:`~.protocol.Work`."""
        taken, self._waiting = self._waiting, None
        return taken

    def may_go(self, _outgoing: Outgoing) -> bool:
        """Nothing may stop it meanwhile."""
        return True

    def begin(self, _outgoing: Outgoing) -> bool:
        """See :class:`~.protocol.Work`."""
        return True

    def call_off(self, _outgoing: Outgoing) -> None:
        """Nothing may stop it meanwhile."""

    def settle(self, _outgoing: Outgoing, outcome: Receipt | ChannelError, *, soon: bool = False) -> None:
        """See :class:`~.protocol.Work`."""
        self.outcome = outcome

    def rest(self) -> None:
        """Nothing is left to record."""

    def give_back(self, _outgoing: Outgoing) -> None:
        """Whoever waits decides whether to try again."""
