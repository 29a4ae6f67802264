"""Both pretend servers in one event loop, started and stopped together."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from .bot_api import BotApi
from .faults import AgreedReceivers, CallFaults, MailFaults, NoCallFaults
from .inbox import Inbox
from .smtp import MailServer

HOST = "127.0.0.1"


class PortTaken(Exception):
    """Another program listens where a server of ours should."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.port = port


@dataclass
class Sandbox:
    """The servers that stand in for a mail server and for Telegram; they listen on this machine only."""

    inbox: Inbox
    mail_faults: MailFaults = field(default_factory=AgreedReceivers)
    call_faults: CallFaults = field(default_factory=NoCallFaults)
    _running: AsyncExitStack = field(default_factory=AsyncExitStack, init=False)

    async def serve_mail(self, *, port: int, **options: Any) -> int:
        """Start the mail server; returns its port, a free one where ``port`` is 0. Raises :class:`PortTaken`.

        ``options`` are aiosmtpd's, as for a server that wants a password.
        """
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(
                lambda: MailServer(self.inbox, self.mail_faults, loop=loop, **options), host=HOST, port=port
            )
        except OSError as error:
            raise PortTaken(port) from error
        self._running.callback(server.close)
        return int(server.sockets[0].getsockname()[1])

    async def serve_bot_api(self, *, port: int, token: str) -> int:
        """Start the Bot API server of one bot; returns its port as above. Raises :class:`PortTaken`."""
        api = BotApi(self.inbox, self.call_faults, token=token)
        runner = web.AppRunner(api.application(), access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        self._running.push_async_callback(runner.cleanup)
        try:
            await web.TCPSite(runner, HOST, port).start()
        except OSError as error:
            raise PortTaken(port) from error
        return int(runner.addresses[0][1])

    async def stop(self) -> None:
        """Close both servers; calls that wait for updates are answered at once."""
        await self._running.aclose()
