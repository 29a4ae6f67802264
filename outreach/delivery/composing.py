"""Makes one person's copy of a message: built once per message, then filled in by its channel."""

from outreach.audience.addresses import decrypt
from outreach.broadcasts.models import Message
from outreach.broadcasts.rendering import build
from outreach.channels.built import Built
from outreach.channels.protocol import Outgoing

from .ledger import Claimed
from .links import Links
from .message_ids import message_id

MOST_KEPT = 64
"""Messages, in one worker."""


class Composer:
    """Composes deliveries, keeping each message once it is built; a frozen message never changes."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._built: dict[int, Built] = {}

    def compose(self, delivery: Claimed) -> Outgoing:
        """The delivery's message, addressed and with its own links.

        Its Message-ID is the same for every attempt, so that a receiver's server can drop a second copy.
        """
        built = self._built.get(delivery.message)
        if built is None:
            if len(self._built) >= MOST_KEPT:
                del self._built[next(iter(self._built))]
            message = Message.objects.select_related("broadcast").get(pk=delivery.message)
            built = self._built[delivery.message] = build(message)
        return Outgoing(
            address=decrypt(delivery.address_encrypted),
            built=built,
            links=self._links.of(delivery, built=built),
            message_id=message_id(broadcast=delivery.broadcast, delivery=delivery.number),
            number=delivery.number,
        )
