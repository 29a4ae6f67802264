"""``manage.py sandbox``: a mail server and a Bot API server on this machine, until Ctrl-C."""

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from outreach.sandbox.servers import HOST, PortTaken, Sandbox
from outreach.sandbox.stored_inbox import StoredInbox


class Command(BaseCommand):
    """Stands in for the mail server and for Telegram, each only where none is set; ends on SIGTERM or SIGINT."""

    help = "Run the mail server and the Bot API server that keep every message on this machine."

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve in the foreground."""
        if not (settings.SANDBOX_EMAIL or settings.SANDBOX_TELEGRAM):
            raise CommandError("There is nothing to stand in for: a mail server and a bot are set.")
        try:
            asyncio.run(self._serve())
        except PortTaken as error:
            raise CommandError(
                f"Port {error.port} is taken. Set SANDBOX_SMTP_PORT or SANDBOX_BOT_API_PORT to a free one."
            ) from error

    async def _serve(self) -> None:
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopping.set)
        sandbox = Sandbox(StoredInbox())
        try:
            if settings.SANDBOX_EMAIL:
                port = await sandbox.serve_mail(port=settings.SANDBOX_SMTP_PORT)
                self._say(f"mail server: {HOST}:{port}")
            if settings.SANDBOX_TELEGRAM:
                port = await sandbox.serve_bot_api(
                    port=settings.SANDBOX_BOT_API_PORT, token=settings.TELEGRAM_BOT_TOKEN
                )
                self._say(f"Bot API server: http://{HOST}:{port}")
            await stopping.wait()
        finally:
            await sandbox.stop()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
