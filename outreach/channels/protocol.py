"""What the engine knows of a channel: it opens a carrier, and the carrier carries many messages at a time.

The carrier asks for work, so that it alone decides how many connections it keeps busy::

    outgoing = work.take()        # the next message that may go, or how long to wait for it, or None: no more
    work.may_go(outgoing)         # where it was taken some time ahead
    work.begin(outgoing)          # just before the first byte after which it may arrive
    work.settle(outgoing, Receipt("17"))    # or a ChannelError: what came of it
    work.rest()                   # before it waits, where an outcome was to be recorded soon
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from .built import Built, LinkAddresses, personalise
from .failures import ChannelError


@dataclass(eq=False)
class Outgoing:
    """One message to one address: what all receivers share, and the addresses that make it one person's copy.

    Nobody changes it, and two copies of one delivery are never the same. It is not frozen, because a worker makes one
    for every message, and that would cost thrice.
    ``message_id`` is the same whenever the same delivery is sent, without angle brackets. ``number`` is the delivery's;
    a test message has none.
    """

    address: str
    built: Built
    links: LinkAddresses
    message_id: str
    number: int = 0

    @cached_property
    def copy(self) -> Built:
        """The person's copy, for channels that do not fill it in themselves."""
        return personalise(self.built, self.links)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider took the message: accepted is not delivered, and delivered is not read.

    ``provider_id`` is the number under which the provider will speak of it; empty where that is our Message-ID.
    """

    provider_id: str = ""


class Work(Protocol):
    """What a carrier has to do. Called from one thread."""

    def take(self) -> Outgoing | float | None:
        """The next message, or in how many seconds to ask again, or ``None`` where there is no more.

        A message that was taken must be settled, or given back with :meth:`give_back`.
        """

    def may_go(self, outgoing: Outgoing) -> bool:
        """Whether a message that was taken some time ago may still be begun, as far as is known without looking.

        One that may not is to be given back. Which may, :meth:`begin` decides.
        """

    def begin(self, outgoing: Outgoing) -> bool:
        """Note that ``outgoing`` may arrive from now on; ``False`` says that it must not be sent any more.

        After ``False`` the message is no longer the carrier's: it is not settled.
        """

    def call_off(self, outgoing: Outgoing) -> None:
        """Note that a message that was begun was taken by nobody: it can't arrive until it is begun again."""

    def settle(self, outgoing: Outgoing, outcome: Receipt | ChannelError, *, soon: bool = False) -> None:
        """Record what came of a message that was begun, or why it could not be begun.

        With ``soon`` it is on record only when the next message begins or the carrier rests, whichever comes first.
        """

    def rest(self) -> None:
        """Put on record what was to be soon: a carrier that settles so calls it each time before it waits."""

    def give_back(self, outgoing: Outgoing) -> None:
        """Return a message that was taken and not begun, for example because its line was closed before."""


class Carrier(Protocol):
    """The open connections of one worker on one channel; used by one thread."""

    def carry(self, work: Work) -> None:
        """Take and send until ``work`` has no more and everything that was taken is settled or given back.

        Raises nothing that a provider, a line or a message can cause: that is an outcome. A carrier never waits longer
        than a second before it asks for work again, so that a pause or an end of the worker is seen.
        """

    def close(self) -> None:
        """Let the connections go; never raises."""


class Channel(Protocol):
    """A way out, as the settings describe it.

    ``per_second`` is the most that all workers together may send, 0 for no limit. Where ``strict`` is set, no second,
    wherever it begins, may hold more. ``connections`` is how many messages one worker has under way at most.
    """

    name: str
    per_second: float
    strict: bool
    connections: int

    def open(self) -> Carrier:
        """A new carrier; connecting may wait until there is work."""
