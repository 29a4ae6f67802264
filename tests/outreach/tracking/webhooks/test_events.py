"""What events of providers mean where their words are none of the field's."""

import pytest
from anymail.signals import AnymailTrackingEvent, EventType

from outreach.delivery.reported import Kind
from outreach.tracking.webhooks.events import kind_of


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("550 5.1.1 User unknown", Kind.DEAD),
        ("452 4.2.2 Over quota", Kind.RETURNED),
        ("4\u00b2\u00b2 Over quota", Kind.DEAD),
        ("\u0664\u0665\u0662 4.2.2", Kind.RETURNED),
    ],
)
def test_a_bounce_is_read_in_the_words_of_the_receivers_server(said, kind):
    event = AnymailTrackingEvent(event_type=EventType.BOUNCED, mta_response=said, esp_event={})

    assert kind_of(event) == kind
