"""``manage.py telegram_bot``: make the bot known to Telegram, after its token or the webhook's secret was set."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from outreach.channels.failures import ChannelError
from outreach.channels.telegram_client import BotClient
from outreach.tracking.updates import introduce


class Command(BaseCommand):
    """Sets the bot's commands in each language, and the webhook where ``TELEGRAM_WEBHOOK_SECRET`` is set."""

    help = "Tell Telegram which commands the bot offers and how its updates are to come in."

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 1 with Telegram's answer where it refuses."""
        client = BotClient.from_settings()
        try:
            introduce(client=client)
            name = client.username()
        except ChannelError as error:
            raise CommandError(f"Telegram refused: {error}") from error
        finally:
            client.close()
        way = "a webhook" if settings.TELEGRAM_WEBHOOK_SECRET else "getUpdates, read by the worker"
        self.stdout.write(f"@{name} is ready; updates come in by {way}.")
