"""Makes one person's copy of a message: built once per message, then filled in."""

from django.conf import settings

from outreach.audience.addresses import decrypt
from outreach.broadcasts.rendering import Built, build, personalise
from outreach.channels.protocol import Outgoing

from .links import Links
from .models import Delivery


class Composer:
    """Composes deliveries, keeping each message once it is built; a frozen message never changes."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._built: dict[int, Built] = {}

    def compose(self, delivery: Delivery) -> Outgoing:
        """The delivery's message, addressed, personal, with the headers by which a mail program offers to leave."""
        built = self._built.get(delivery.message_id)
        if built is None:
            built = self._built[delivery.message_id] = build(delivery.message)
        addresses = self._links.of(delivery)
        filled = personalise(built, addresses)
        return Outgoing(
            address=decrypt(delivery.subscription.address_encrypted),
            subject=filled.subject,
            text=filled.text,
            html=filled.html,
            language=filled.language,
            button=filled.buttons[0] if filled.buttons else None,
            message_id=message_id(delivery),
            headers={
                "List-Unsubscribe": f"<{addresses.unsubscribe}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )


def message_id(delivery: Delivery) -> str:
    """The same for every attempt of a delivery, so that a receiver's server can drop a second copy."""
    return f"{delivery.broadcast_id}.{delivery.pk}@{settings.SITE_URL.split('://')[1].split('/')[0].split(':')[0]}"
