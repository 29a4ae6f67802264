"""Telegram messages through the bot of the settings: many under way at a time, in one thread and one event loop."""

import asyncio
import logging
from contextlib import suppress

from django.conf import settings
from django.core.files.storage import default_storage
from telegram.constants import ParseMode

from .failures import ChannelError, MessageRejected, OutcomeUnknown
from .protocol import Outgoing, Receipt, Work
from .sentences import BROKE_OFF
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
        _Round(self, work, self._loop).run()

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
    """One call of :meth:`TelegramCarrier.carry`.

    The loop is left whenever something concerns the work, for that may talk to the database, and Django keeps code that
    does out of running loops.
    """

    def __init__(self, carrier: TelegramCarrier, work: Work, loop: asyncio.AbstractEventLoop) -> None:
        self._carrier = carrier
        self._work = work
        self._loop = loop
        self._under_way: set[asyncio.Task[None]] = set()
        self._asking: list[_Message] = []
        self._done: list[tuple[Outgoing, Receipt | ChannelError]] = []
        self._came_back = False
        self._broken: Exception | None = None

    def run(self) -> None:
        """Take and send until there is no more; raises what ``work`` raised, once nothing is under way any more."""
        self._loop.run_until_complete(notice_closed_lines())
        self._carry_all()
        while self._came_back and not self._broken:
            # One of the last could not begin, because its moment had passed: the work may have it again.
            self._came_back = False
            self._carry_all()
        if self._broken:
            raise self._broken

    def _carry_all(self) -> None:
        while (seconds := self._start()) is not None:
            self._turn(seconds)
        while self._under_way:
            self._turn(LONGEST_WAIT)

    def _start(self) -> float | None:
        """Start what may go now; in how many seconds to ask again, or ``None``: never."""
        while len(self._under_way) < self._carrier.connections and not self._broken:
            given = self._work.take()
            if given is None:
                return None
            if not isinstance(given, Outgoing):
                return min(given, LONGEST_WAIT)
            task = self._loop.create_task(self._carry(_Message(given)))
            self._under_way.add(task)
        return None if self._broken else LONGEST_WAIT

    def _turn(self, seconds: float) -> None:
        """Let the messages go on until one has something for the work, at most so long."""
        timer = self._loop.call_later(seconds, self._loop.stop)
        self._loop.run_forever()
        timer.cancel()
        asking, self._asking = self._asking, []
        for message in asking:
            try:
                message.begun = self._work.begin(message.outgoing)
            except Exception as error:
                self._broken = self._broken or error
            message.answer.set_result(message.begun)
        done, self._done = self._done, []
        for outgoing, outcome in done:
            try:
                self._work.settle(outgoing, outcome)
            except Exception as error:
                self._broken = self._broken or error

    async def _carry(self, message: "_Message") -> None:
        async def may_be_written() -> bool:
            if not message.begun:
                message.answer = self._loop.create_future()
                self._asking.append(message)
                self._loop.stop()
                await message.answer
            return message.begun

        outcome: Receipt | ChannelError | None
        try:
            outcome = Receipt(str(await self._carrier.send(message.outgoing, Call(before_writing=may_be_written))))
        except NotBegun:
            outcome, self._came_back = None, True
        except ChannelError as error:
            outcome = error
        except Exception as error:
            logger.exception("a Telegram message could not be sent")
            outcome = message.broken_off(type(error).__name__)
        if outcome is not None:
            self._done.append((message.outgoing, outcome))
        task = asyncio.current_task()
        assert task
        self._under_way.discard(task)
        self._loop.stop()


class _Message:
    """A message under way: whether it was begun, and where the answer to that question comes."""

    def __init__(self, outgoing: Outgoing) -> None:
        self.outgoing = outgoing
        self.begun = False
        self.answer: asyncio.Future[bool]

    def broken_off(self, kind: str) -> ChannelError:
        """The outcome where our own code stumbled over it."""
        return OutcomeUnknown(BROKE_OFF % kind) if self.begun else ChannelError(f"Not sent ({kind}).")
