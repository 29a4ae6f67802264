"""Telegram's Bot API with our own failures: what the bot and the carrier of broadcasts both stand on.

:class:`BotClient` is for synchronous code. It is used by one thread at a time: it keeps an event loop of its own.
"""

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings
from telegram import Bot, BotCommand, InputFile, Update
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from .failures import (
    AddressDead,
    AddressMoved,
    ChannelError,
    ChannelRefused,
    MessageRejected,
    OutcomeUnknown,
    ReceiverBlocked,
    TryLater,
)
from .sentences import TELEGRAM_AWAY, TELEGRAM_BROKE, TELEGRAM_UNCLEAR, TOKEN_REFUSED
from .telegram_request import CALL, Call, NotBegun, NotSent, Request, notice_closed_lines

TELEGRAM = "https://api.telegram.org"
ANSWER_SECONDS = 20.0
UPDATES = ["message", "callback_query", "my_chat_member"]
"""The kinds of update that the bot reads; Telegram keeps the others back."""

GONE = ("chat not found", "user not found", "peer_id_invalid", "deactivated", "chat_id is empty")
UNWELCOME = ("_forbidden", "not enough rights", "have no rights to send", "user_is_blocked", "chat_restricted")
"""What Telegram's answers to 400 and 403 say, in lower case, when it is the receiver and not the message."""

NOT_CHANGED, TOO_LATE = "message is not modified", "query is too old"

NO_PREVIEW = '{"is_disabled": true}'
"""There is no link preview: Telegram's servers would follow the links and be counted as people."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: it opens ``url``, or sends ``data`` (at most 64 bytes) back to the bot."""

    label: str
    data: str = ""
    url: str = ""


Keyboard = Sequence[Sequence[Button]]
"""Rows of buttons."""


def markup(keyboard: Keyboard) -> str | None:
    """The buttons under a message as the Bot API takes them; made by hand, since they differ with each receiver."""
    if not keyboard:
        return None
    rows = [
        [{"text": key.label, **({"url": key.url} if key.url else {"callback_data": key.data})} for key in row]
        for row in keyboard
    ]
    return json.dumps({"inline_keyboard": rows}, ensure_ascii=False)


def bot(*, token: str, api_url: str, request: Request) -> Bot:
    """The bot of a token, at Telegram or at a Bot API server of one's own."""
    base = (api_url or TELEGRAM).rstrip("/")
    return Bot(
        token,
        base_url=lambda token: f"{base}/bot{token}",
        base_file_url=lambda token: f"{base}/file/bot{token}",
        request=request,
        get_updates_request=request,
    )


async def called(call: Call, make: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Make a call of a bot's; raises a :class:`~.failures.ChannelError`, or ``NotBegun`` where it was not written."""
    CALL.set(call)
    try:
        return await make()
    except NotBegun:
        raise
    except TelegramError as error:
        raise failure(error, call.status) from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        if not call.status:
            raise
        raise OutcomeUnknown(f"Telegram's answer can't be read ({type(error).__name__}).") from error


async def send(bot: Bot, call: Call, *, chat: int | str, html: str, buttons: str | None) -> int:
    """Send text in Telegram's HTML, at most 4096 characters; returns the message's number in its chat."""
    call.plain = True
    await called(
        call,
        lambda: bot.send_message(
            chat_id=chat,
            text=html,
            parse_mode=ParseMode.HTML,
            api_kwargs={"link_preview_options": NO_PREVIEW, "reply_markup": buttons},
        ),
    )
    return number(call)


def number(call: Call) -> int:
    """The number of the message that a plain call sent."""
    found = call.result.get("message_id") if isinstance(call.result, dict) else None
    if not isinstance(found, int):
        raise OutcomeUnknown("Telegram's answer can't be read.")
    return found


def failure(error: TelegramError, status: int) -> ChannelError:
    """Our failure for python-telegram-bot's, ``status`` being the HTTP status, or 0 where no answer came."""
    detail = str(error)
    said = detail.lower()
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        return TryLater(detail, retry_after=seconds, everyone=True)
    if isinstance(error, ChatMigrated):
        return AddressMoved("The group has a new number.", address=str(error.new_chat_id))
    if status == 0 or isinstance(error.__cause__, TelegramError) or status == 200:
        return _failure_without_answer(error, status)
    if isinstance(error, InvalidToken):
        return ChannelRefused(TOKEN_REFUSED % detail)
    if isinstance(error, Conflict):
        return TryLater(detail, everyone=True)
    if isinstance(error, Forbidden | BadRequest) and any(words in said for words in GONE):
        return AddressDead(detail)
    if isinstance(error, Forbidden) or any(words in said for words in UNWELCOME):
        return ReceiverBlocked(detail)
    if isinstance(error, BadRequest) or status == 413:
        return MessageRejected(detail)
    return TryLater(f"Telegram answered {status}: {detail}")


def _failure_without_answer(error: TelegramError, status: int) -> ChannelError:
    """For a line that broke, and for an answer that something between us and the Bot API wrote."""
    if status == 0:
        kind = type(error.__cause__ or error).__name__
        if isinstance(error, NotSent):
            return TryLater(TELEGRAM_AWAY % kind, everyone=True)
        return OutcomeUnknown(TELEGRAM_BROKE % kind)
    detail = TELEGRAM_UNCLEAR % status
    if status in {401, 403, 404}:
        return ChannelRefused(detail)
    if 400 <= status < 500 or status == 503:
        return TryLater(detail, everyone=status in {429, 503})
    return OutcomeUnknown(detail)


class BotClient:
    """A bot of ours. Every call raises a :class:`~outreach.channels.failures.ChannelError`."""

    def __init__(self, *, token: str, api_url: str = "", answer_seconds: float = ANSWER_SECONDS) -> None:
        self._loop = asyncio.new_event_loop()
        self._request = Request(connections=1, answer_seconds=answer_seconds)
        self._bot = bot(token=token, api_url=api_url, request=self._request)

    @classmethod
    def from_settings(cls) -> "BotClient":
        """The bot that ``TELEGRAM_BOT_TOKEN`` and ``TELEGRAM_API_URL`` name."""
        return cls(token=settings.TELEGRAM_BOT_TOKEN, api_url=settings.TELEGRAM_API_URL)

    def username(self) -> str:
        """The bot's name without the @, as in ``https://t.me/<name>``."""
        return self._call(self._bot.get_me).username or ""

    def get_updates(self, *, offset: int, timeout: int, limit: int = 100) -> Sequence[Update]:
        """What happened from update ``offset`` on, which confirms all before it; waits up to ``timeout`` seconds."""
        return self._call(
            lambda: self._bot.get_updates(offset=offset, timeout=timeout, limit=limit, allowed_updates=UPDATES)
        )

    def parse_update(self, payload: Mapping[str, Any]) -> Update:
        """The update in the body of a webhook's request; raises ``ValueError`` where it is none."""
        try:
            return Update.de_json(dict(payload), self._bot)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError("This is not an update of the Bot API.") from error

    def send_message(self, *, chat: int | str, html: str, keyboard: Keyboard = ()) -> int:
        """Send text in Telegram's HTML, at most 4096 characters; returns the message's number in its chat."""
        return self._run(send(self._bot, Call(), chat=chat, html=html, buttons=markup(keyboard)))

    def send_document(self, *, chat: int | str, name: str, content: bytes) -> int:
        """Send a file, at most 50 MB; returns the message's number in its chat."""
        call = Call(plain=True)
        self._run(
            called(call, lambda: self._bot.send_document(chat_id=chat, document=InputFile(content, filename=name)))
        )
        return number(call)

    def edit_message(self, *, chat: int | str, message: int, html: str, keyboard: Keyboard = ()) -> None:
        """Put another text in the place of a message of ours; nothing happens where it already reads so."""
        try:
            self._call(
                lambda: self._bot.edit_message_text(
                    chat_id=chat,
                    message_id=message,
                    text=html,
                    parse_mode=ParseMode.HTML,
                    api_kwargs={"link_preview_options": NO_PREVIEW, "reply_markup": markup(keyboard)},
                )
            )
        except MessageRejected as error:
            if NOT_CHANGED not in str(error).lower():
                raise

    def answer_callback(self, *, callback: str, text: str = "") -> None:
        """Stop the pressed button from turning; nothing happens where the press is too old to be answered."""
        try:
            self._call(lambda: self._bot.answer_callback_query(callback_query_id=callback, text=text or None))
        except MessageRejected as error:
            if TOO_LATE not in str(error).lower():
                raise

    def set_commands(self, *, commands: Mapping[str, str], language: str = "") -> None:
        """Offer commands (name without slash to description), for everybody or for one two-letter language."""
        menu = [BotCommand(name, description) for name, description in commands.items()]
        self._call(lambda: self._bot.set_my_commands(menu, language_code=language or None))

    def set_webhook(self, *, url: str, secret: str) -> None:
        """Have updates posted to ``url``, with ``secret`` in the header ``X-Telegram-Bot-Api-Secret-Token``."""
        self._call(lambda: self._bot.set_webhook(url=url, secret_token=secret, allowed_updates=UPDATES))

    def delete_webhook(self) -> None:
        """Have updates kept for :meth:`get_updates` again."""
        self._call(self._bot.delete_webhook)

    def close(self) -> None:
        """Let the connections go; never raises."""
        if self._loop.is_closed():
            return
        with suppress(Exception):
            self._loop.run_until_complete(self._request.shutdown())
        self._loop.close()

    def _call(self, call: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        return self._run(called(Call(), call))

    def _run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        self._loop.run_until_complete(notice_closed_lines())
        return self._loop.run_until_complete(coroutine)
