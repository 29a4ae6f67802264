"""Telegram messages through the bot of the settings: many under way at a time, in one thread and one event loop."""

import asyncio
import logging
from contextlib import suppress

from django.conf import settings
from django.core.files.storage import default_storage
from telegram.constants import ParseMode

from .failures import ChannelError, MessageRejected, OutcomeUnknown
from .protocol import Outgoing, Receipt, Work
from .telegram_client import ANSWER_SECONDS, Button, bot, called, markup, number, send
from .telegram_request import Call, NotBegun, Request, notice_closed_lines

logger = logging.getLogger(__name__)

LONGEST_WAIT = 0.5
"""In seconds; after it a carrier asks for work again, so that it sees a pause and the end of its worker."""

UNKNOWN_FILE = ("wrong file", "wrong remote file", "file_reference", "file reference")
"""What Telegram says, in lower case, to the number of an upload that it does not know any more."""


class TelegramCarrier:
    """A pool of connections to the Bot API; opened when the first message is sent."""

    def __init__(self, *, connections: int) -> None:
        self.connections = connections
        self._loop = asyncio.new_event_loop()
        self._request = Request(connections=connections, answer_seconds=ANSWER_SECONDS)
        self._bot = bot(token=settings.TELEGRAM_BOT_TOKEN, api_url=settings.TELEGRAM_API_URL, request=self._request)
        self._uploads: dict[str, _Upload] = {}

    def carry(self, work: Work) -> None:
        """See :class:`~.protocol.Carrier`."""
        self._loop.run_until_complete(_Round(self, work).run())

    def close(self) -> None:
        """See :class:`~.protocol.Carrier`."""
        if self._loop.is_closed():
            return
        with suppress(Exception):
            self._loop.run_until_complete(self._request.shutdown())
        self._loop.close()

    async def send(self, outgoing: Outgoing, call: Call) -> int:
        """Send one message; its number in its chat. Raises what :func:`~.telegram_client.called` raises."""
        copy = outgoing.copy
        buttons = markup([[Button(label, url=address)] for label, address in copy.buttons])
        if not copy.picture:
            return await send(self._bot, call, chat=outgoing.address, html=copy.text, buttons=buttons)
        upload = self._uploads.setdefault(copy.picture, _Upload())
        async with upload.lock:
            # While one message uploads the picture, the others wait to learn its number.
            known = upload.file_id
            if not known:
                return await self._send_picture(outgoing, call, buttons, upload)
        try:
            return await self._send_picture(outgoing, call, buttons, upload)
        except MessageRejected as error:
            if not any(words in str(error).lower() for words in UNKNOWN_FILE):
                raise
        async with upload.lock:
            if upload.file_id == known:
                upload.file_id = ""
            return await self._send_picture(outgoing, call, buttons, upload)

    async def _send_picture(self, outgoing: Outgoing, call: Call, buttons: str | None, upload: "_Upload") -> int:
        photo = upload.file_id or _content(outgoing.built.picture)
        call.plain = True
        await called(
            call,
            lambda: self._bot.send_photo(
                chat_id=outgoing.address,
                photo=photo,
                filename="picture.png",
                caption=outgoing.copy.text,
                parse_mode=ParseMode.HTML,
                api_kwargs={"reply_markup": buttons},
            ),
        )
        sent = number(call)
        with suppress(KeyError, IndexError, TypeError):
            upload.file_id = str(call.result["photo"][-1]["file_id"])
        return sent


class _Upload:
    """A picture at Telegram: ``file_id`` is the number under which it can be sent again, empty before the upload."""

    def __init__(self) -> None:
        self.file_id = ""
        self.lock = asyncio.Lock()


def _content(picture: str) -> bytes:
    try:
        with default_storage.open(picture) as file:
            return bytes(file.read())
    except Exception as error:
        # Each storage has errors of its own.
        raise MessageRejected(f"The message's picture can't be read ({type(error).__name__}).") from error


class _Round:
    """One call of :meth:`TelegramCarrier.carry`."""

    def __init__(self, carrier: TelegramCarrier, work: Work) -> None:
        self._carrier = carrier
        self._work = work
        self._under_way: set[asyncio.Task[None]] = set()
        self._something_done = asyncio.Event()
        self._broken: BaseException | None = None

    async def run(self) -> None:
        """Take and send until there is no more; raises what ``work`` raised, once nothing is under way any more."""
        await notice_closed_lines()
        while (seconds := self._start()) is not None:
            await self._wait(seconds)
        while self._under_way:
            await self._wait(LONGEST_WAIT)
        if self._broken:
            raise self._broken

    def _start(self) -> float | None:
        """Start what may go now; in how many seconds to ask again, or ``None``: never."""
        while len(self._under_way) < self._carrier.connections and not self._broken:
            given = self._work.take()
            if given is None:
                return None
            if not isinstance(given, Outgoing):
                return min(given, LONGEST_WAIT)
            task = asyncio.create_task(self._carry(given))
            self._under_way.add(task)
            task.add_done_callback(self._done)
        return None if self._broken else LONGEST_WAIT

    async def _wait(self, seconds: float) -> None:
        """Wait until a message is done, at most so long."""
        self._something_done.clear()
        timer = asyncio.get_running_loop().call_later(seconds, self._something_done.set)
        await self._something_done.wait()
        timer.cancel()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._broken = self._broken or task.exception()
        self._something_done.set()

    async def _carry(self, outgoing: Outgoing) -> None:
        begun = _Begun(self._work, outgoing)
        outcome: Receipt | ChannelError
        try:
            outcome = Receipt(str(await self._carrier.send(outgoing, Call(before_writing=begun.ask))))
        except NotBegun:
            if begun.broken:
                raise begun.broken from None
            return
        except ChannelError as error:
            outcome = error
        except Exception as error:
            logger.exception("a Telegram message could not be sent")
            outcome = begun.broken_off(type(error).__name__)
        self._work.settle(outgoing, outcome)


class _Begun:
    """Asks once whether a message may be written; what goes wrong in asking is kept, for it is no fault of the line."""

    def __init__(self, work: Work, outgoing: Outgoing) -> None:
        self._work, self._outgoing = work, outgoing
        self.begun = False
        self.broken: Exception | None = None

    def ask(self) -> bool:
        """Whether the message may be written."""
        if not self.begun:
            try:
                self.begun = self._work.begin(self._outgoing)
            except Exception as error:
                self.broken = error
        return self.begun

    def broken_off(self, kind: str) -> ChannelError:
        """The outcome of a message over which our own code stumbled."""
        return OutcomeUnknown(f"Sending broke off ({kind}).") if self.begun else ChannelError(f"Not sent ({kind}).")
