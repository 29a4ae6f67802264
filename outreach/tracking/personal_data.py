"""What came back from one person, for the document that they may download."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from outreach.audience.models import Subscriber
from outreach.audience.personal_data import Fact, Row, chosen, when

from .models import TrackingEvent


def events(subscriber: Subscriber) -> Iterator[Row]:
    """Each click, opening and leaving of which it is known that it was theirs, the oldest first."""
    came_back = TrackingEvent.objects.filter(delivery__subscriber=subscriber.pk)
    for event in came_back.select_related("delivery__message").order_by("pk"):
        message = event.delivery.message if event.delivery else None
        links = message.links if message else []
        followed = links[event.link - 1] if event.link and event.link <= len(links) else ""
        yield [
            when("occurred_at", _("When"), event.occurred_at),
            chosen("kind", _("What"), event.kind, event.get_kind_display()),
            Fact("subject", _("Message"), message.subject if message else ""),
            Fact("link", _("Link"), followed),
            chosen("machine_reason", _("Seen as a machine"), event.machine_reason, event.get_machine_reason_display()),
        ]
