"""Telegram messages through the bot of the settings."""

from .protocol import Outgoing, Receipt
from .telegram_client import BotClient, Button


class TelegramSession:
    """A connection to the Bot API; opened when the first message is sent."""

    def __init__(self) -> None:
        self._client = BotClient.from_settings()

    def send(self, outgoing: Outgoing) -> Receipt:
        """See :class:`~.protocol.Session`; the address is the chat's number."""
        keyboard = [[Button(outgoing.button[0], url=outgoing.button[1])]] if outgoing.button else []
        number = self._client.send_message(chat=outgoing.address, html=outgoing.text, keyboard=keyboard)
        return Receipt(str(number))

    def close(self) -> None:
        """See :class:`~.protocol.Session`."""
        self._client.close()
