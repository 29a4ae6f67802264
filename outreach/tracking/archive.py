"""What everybody may read of a broadcast: the page of each of its e-mails, and the archive that lists some of them.

The address of a page can be passed on: its token names the message, and nothing on the page names a receiver.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import QuerySet

from outreach.audience.choices import ChannelName
from outreach.broadcasts.models import Broadcast, Message
from outreach.broadcasts.office_time import office_day

from .links import view_path
from .tokens import BadToken, Use, read

LISTED = (Broadcast.State.SENDING, Broadcast.State.FINISHED)
"""A broadcast that was paused or cancelled may have been so for what it says: it is not put forward."""


@dataclass(frozen=True)
class Version:
    """One language in which a broadcast can be read, named in itself."""

    language: str
    name: str
    path: str
    current: bool

    @property
    def address(self) -> str:
        """The whole address."""
        return settings.SITE_URL + self.path


def find(token: str) -> Message:
    """The e-mail that ``token`` names; raises :class:`BadToken`."""
    number = read(token, Use.VIEW).message
    message = Message.objects.select_related("broadcast").filter(pk=number, channel=ChannelName.EMAIL).first()
    if message is None:
        raise BadToken("the message is gone")
    return message


def path_of(message: Message) -> str:
    """Where the e-mail's page is."""
    return view_path(message=message.pk, language=message.language)


def is_public(message: Message) -> bool:
    """Whether everybody with its address may read it: from when sending begins, as it was sent."""
    return message.broadcast.started_at is not None and message.rendered is not None


def is_listed(message: Message) -> bool:
    """Whether the archive shows it, and search engines may."""
    return is_public(message) and message.broadcast.archived and message.broadcast.state in LISTED


def listed(language: str) -> QuerySet[Message]:
    """The e-mails that the archive shows in ``language``, the newest first."""
    found = Message.objects.filter(
        channel=ChannelName.EMAIL,
        language=language,
        rendered__isnull=False,
        broadcast__archived=True,
        broadcast__started_at__isnull=False,
        broadcast__state__in=LISTED,
    )
    return found.select_related("broadcast").defer("rendered", "body").order_by("-broadcast__started_at", "-pk")


def versions(message: Message) -> list[Version]:
    """The languages of the broadcast's e-mail, in the order of the settings."""
    others = message.broadcast.messages.filter(channel=ChannelName.EMAIL)
    if is_public(message):
        others = others.filter(rendered__isnull=False)
    found = {other.language: other for other in others.only("language", "channel")}
    return [
        Version(code, str(name), path_of(found[code]), code == message.language)
        for code, name in settings.LANGUAGES
        if code in found
    ]


def sent_on(message: Message) -> date | None:
    """The day on which sending began, in the office's time zone."""
    started_at = message.broadcast.started_at
    return office_day(started_at) if started_at else None
