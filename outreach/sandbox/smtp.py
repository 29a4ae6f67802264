"""A mail server that takes every mail and delivers none, with the failures that its faults ask for."""

import asyncio
import logging
from typing import Any, NoReturn

from aiosmtpd.smtp import SMTP, Envelope, Session

from .faults import MailFault, MailFaults, Stage
from .inbox import Inbox

logger = logging.getLogger(__name__)

LARGEST_MAIL = 10 * 1024 * 1024


PATIENCE = 1.0
"""Seconds that a sender waits for the database at most."""


class MailServer(SMTP):
    """One connection of the pretend mail server."""

    def __init__(self, inbox: Inbox, faults: MailFaults, *, pipelining: bool = True, **options: Any) -> None:
        self._faults = faults
        self._greeted = False
        super().__init__(
            _Handler(inbox, faults, pipelining=pipelining),
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            hostname="sandbox.localhost",
            ident="Sandbox",
            **options,
        )

    async def push(self, status: Any) -> None:
        """Send a reply; the first is the greeting."""
        if not self._greeted:
            self._greeted = True
            if fault := self._faults.at(Stage.GREETING, ""):
                await super().push(await replied(self, fault))
                self._writer.close()
                return
        await super().push(status)

    async def smtp_DATA(self, arg: str) -> None:
        """Refuse before the mail, break off in its middle, or take it."""
        receiver = self.envelope.rcpt_tos[0] if self.envelope and self.envelope.rcpt_tos else ""
        if fault := self._faults.at(Stage.DATA, receiver):
            await super().push(await replied(self, fault))
        elif fault := self._faults.at(Stage.BODY, receiver):
            await super().push("354 Go on")
            await self._reader.read(1)
            await replied(self, fault)
        else:
            await super().smtp_DATA(arg)


class _Handler:
    """The steps that aiosmtpd hands to its user."""

    def __init__(self, inbox: Inbox, faults: MailFaults, *, pipelining: bool) -> None:
        self._inbox = inbox
        self._faults = faults
        self._pipelining = pipelining
        self._later: set[asyncio.Future[None]] = set()

    async def handle_EHLO(
        self, server: MailServer, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        # aiosmtpd reads one command after the other, so they may come together (RFC 2920).
        return [*responses[:-1], "250-PIPELINING", responses[-1]] if self._pipelining else responses

    async def handle_MAIL(
        self, server: MailServer, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if fault := self._faults.at(Stage.SENDER, ""):
            return await replied(server, fault)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Sender ok"

    async def handle_RCPT(
        self, server: MailServer, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if fault := self._faults.at(Stage.RECEIVER, address):
            return await replied(server, fault)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Receiver ok"

    async def handle_DATA(self, server: MailServer, session: Session, envelope: Envelope) -> str:
        fault = self._faults.at(Stage.END, envelope.rcpt_tos[0])
        if fault is None or fault.kept:
            await self._keep(envelope)
        return "250 2.0.0 Kept in the sandbox" if fault is None else await replied(server, fault)

    async def _keep(self, envelope: Envelope) -> None:
        """Keep the mail; a database that is busy for longer gets it later.

        Who sends may hold the embedded database until we answer, as staff mail does that is sent within a transaction.
        """
        content = bytes(envelope.original_content or b"")
        keeping = asyncio.ensure_future(self._inbox.keep_mail(receivers=envelope.rcpt_tos, content=content))
        done, _pending = await asyncio.wait({keeping}, timeout=PATIENCE)
        if done:
            keeping.result()
        else:
            self._later.add(keeping)
            keeping.add_done_callback(self._kept_later)

    def _kept_later(self, keeping: "asyncio.Future[None]") -> None:
        self._later.discard(keeping)
        if not keeping.cancelled() and (error := keeping.exception()):
            logger.error("the sandbox could not keep a mail", exc_info=error)

    async def handle_exception(self, error: Exception) -> str:
        logger.error("the sandbox could not keep a mail", exc_info=error)
        return "451 4.3.0 Not kept, try again"


async def replied(server: MailServer, fault: MailFault) -> str:
    """The fault's reply; where it has none, the line is dropped and this never returns."""
    if fault.reply:
        return fault.reply
    if not fault.silent and isinstance(server.transport, asyncio.WriteTransport):
        server.transport.abort()
    await _until_the_line_is_gone()


async def _until_the_line_is_gone() -> NoReturn:
    """Wait for aiosmtpd to cancel the connection's task."""
    await asyncio.Event().wait()
    raise AssertionError("unreachable")
