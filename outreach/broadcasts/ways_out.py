"""Whether a receiver can leave from what a message has become: looked for in the built text, not in its template."""

from django.utils.translation import gettext as _

from outreach.audience.choices import ChannelName
from outreach.channels.built import UNSUBSCRIBE, Built


def lacks_way_out(built: Built) -> str:
    """What is missing, in a sentence; empty where every part of the message says how to leave."""
    if built.channel == ChannelName.TELEGRAM:
        return "" if "/stop" in built.text else _("It does not say that /stop ends the messages.")
    if UNSUBSCRIBE not in built.html:
        return _("Its HTML has no link to leave.")
    return "" if UNSUBSCRIBE in built.text else _("Its text part has no link to leave.")
