"""Which channels there are.

To add one: write a module with a session (:class:`~.protocol.Session`), name it in ``ChannelName``
(``outreach/audience/choices.py``), and give it a line in :data:`CHANNELS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from outreach.audience.choices import ChannelName

from .email_api import ApiSession
from .email_smtp import SmtpSession
from .protocol import Channel, Session
from .telegram import TelegramSession


@dataclass(slots=True)
class _Configured:
    """A channel as the settings describe it."""

    name: str
    per_second: int
    connections: int
    open_session: Callable[[], Session]

    def open(self) -> Session:
        """See :class:`~.protocol.Channel`."""
        return self.open_session()


def _email_session() -> Session:
    return ApiSession() if settings.EMAIL_BACKEND.startswith("anymail.") else SmtpSession()


CHANNELS: dict[str, Callable[[], Channel]] = {
    ChannelName.EMAIL: lambda: _Configured(ChannelName.EMAIL, settings.EMAIL_PER_SECOND, 4, _email_session),
    ChannelName.TELEGRAM: lambda: _Configured(ChannelName.TELEGRAM, settings.TELEGRAM_PER_SECOND, 4, TelegramSession),
}


def channel(name: str) -> Channel:
    """The channel of this name, as the settings describe it now; raises ``KeyError`` for a name that is none."""
    return CHANNELS[name]()
