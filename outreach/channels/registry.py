"""Which channels there are.

To add one: write a module with a carrier (:class:`~.protocol.Carrier`), name it in ``ChannelName``
(``outreach/audience/choices.py``), and give it a line in :data:`CHANNELS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from outreach.audience.choices import ChannelName

from .email_api import ApiCarrier
from .email_smtp import SmtpCarrier
from .protocol import Carrier, Channel
from .telegram import TelegramCarrier

TELEGRAM_ANSWER_SECONDS = 0.25
"""How long Telegram takes to answer, from far away: so many connections are kept that the limit is reached with it."""

LEAST_TELEGRAM_CONNECTIONS, MOST_TELEGRAM_CONNECTIONS, TELEGRAM_CONNECTIONS_WITHOUT_LIMIT = 20, 100, 50


@dataclass(slots=True)
class _Configured:
    """A channel as the settings describe it."""

    name: str
    per_second: float
    strict: bool
    connections: int
    open_carrier: Callable[[int], Carrier]

    def open(self) -> Carrier:
        """See :class:`~.protocol.Channel`."""
        return self.open_carrier(self.connections)


def _email() -> Channel:
    by_api = settings.EMAIL_BACKEND.startswith("anymail.")
    return _Configured(
        name=ChannelName.EMAIL,
        per_second=settings.EMAIL_PER_SECOND,
        strict=False,
        connections=settings.EMAIL_CONNECTIONS,
        open_carrier=lambda connections: (ApiCarrier if by_api else SmtpCarrier)(connections=connections),
    )


def _telegram() -> Channel:
    per_second = settings.TELEGRAM_PER_SECOND
    enough = round(per_second * TELEGRAM_ANSWER_SECONDS) if per_second else TELEGRAM_CONNECTIONS_WITHOUT_LIMIT
    return _Configured(
        name=ChannelName.TELEGRAM,
        per_second=per_second,
        strict=True,
        connections=max(LEAST_TELEGRAM_CONNECTIONS, min(enough, MOST_TELEGRAM_CONNECTIONS)),
        open_carrier=lambda connections: TelegramCarrier(connections=connections),
    )


CHANNELS: dict[str, Callable[[], Channel]] = {ChannelName.EMAIL: _email, ChannelName.TELEGRAM: _telegram}


def channel(name: str) -> Channel:
    """The channel of this name, as the settings describe it now; raises ``KeyError`` for a name that is none."""
    return CHANNELS[name]()
