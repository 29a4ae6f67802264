"""What the ledger keeps of one person, for the document that they may download."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from outreach.audience.models import Subscriber
from outreach.audience.personal_data import Fact, Row, chosen, when

from .models import Delivery


def messages(subscriber: Subscriber) -> Iterator[Row]:
    """Each message that was sent to the person or is on its way, the oldest first."""
    sent = Delivery.objects.filter(subscriber=subscriber.pk).select_related("message").order_by("pk")
    for delivery in sent:
        yield [
            when("sent_at", _("Sent"), delivery.attempted_at),
            Fact("subject", _("Subject"), delivery.message.subject),
            chosen("channel", _("Channel"), delivery.channel, delivery.get_channel_display()),
            chosen("status", _("What became of it"), delivery.status, delivery.get_status_display()),
            Fact("segment", _("Segment"), delivery.segment),
            chosen("group", _("You were"), delivery.group, delivery.get_group_display()),
            chosen("gender", _("Gender"), delivery.gender, delivery.get_gender_display()),
            Fact("language", _("Language"), delivery.language),
            Fact("provider_id", _("Number at the provider"), delivery.provider_id),
            Fact("detail", _("What the provider said"), delivery.detail),
        ]
