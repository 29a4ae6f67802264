"""How calls of the Bot API travel: python-telegram-bot over aiohttp, at a fraction of what its own way costs.

A :class:`Call` is asked just before it is on the line, and learns what python-telegram-bot does not tell. The context
variable keeps calls apart that are under way at once, each in a task of its own::

    call = Call(before_writing=…)
    CALL.set(call)
    await bot.send_message(…)
    call.status     # of HTTP; 0 where no answer came
"""

import asyncio
import urllib.request
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.client_reqrep import ClientRequest
from aiohttp.connector import Connection
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest, RequestData

CONNECT_SECONDS = 5.0
UPLOAD_SECONDS = 120.0
"""How long a picture may take over a slow line, with its answer."""

IDLE_SECONDS = 15.0
"""How long an idle connection is kept: less than the servers between us and Telegram keep theirs."""

LOOP_STEPS_TO_A_CLOSED_LINE = 4
"""The end of a stream is read, TLS is taken down, and the connection is marked."""

JSON = {"Content-Type": "application/json"}


async def notice_closed_lines() -> None:
    """Let a loop that stood still see which connections the server closed meanwhile, before one is used again."""
    for _step in range(LOOP_STEPS_TO_A_CLOSED_LINE):
        await asyncio.sleep(0)


class NotSent(NetworkError):
    """No connection came about, so nothing is on the line."""


class NotBegun(TelegramError):
    """The call was not to be written any more, and was not."""


@dataclass(slots=True)
class Call:
    """One call of the Bot API.

    ``before_writing`` says whether it may still be written, and is asked once a connection is open. Where ``plain`` is
    set, python-telegram-bot is told ``True`` and the result is left in ``result``: to make a ``Message`` of it takes as
    long as all other steps of sending one together.
    """

    before_writing: Callable[[], Awaitable[bool]] | None = None
    plain: bool = False
    connected: bool = False
    status: int = 0
    result: Any = None


CALL: ContextVar[Call] = ContextVar("CALL")


class _Connector(aiohttp.TCPConnector):
    async def connect(self, req: ClientRequest, traces: list[Any], timeout: aiohttp.ClientTimeout) -> Connection:
        connection = await super().connect(req, traces, timeout)
        call = CALL.get()
        if call.before_writing is not None and not await call.before_writing():
            connection.release()
            raise NotBegun("The message is not to be sent any more.")
        call.connected = True
        return connection


class Request(BaseRequest):
    """One pool of at most ``connections`` connections, for one event loop."""

    __slots__ = ("_answer_seconds", "_connections", "_session")

    def __init__(self, *, connections: int, answer_seconds: float) -> None:
        self._connections = connections
        self._answer_seconds = answer_seconds
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """How long an answer may take, in seconds."""
        return self._answer_seconds

    async def initialize(self) -> None:
        """Nothing: connecting waits for the first call, whose address names the proxy."""

    async def shutdown(self) -> None:
        """Close every connection."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()
            # A connection in TLS says goodbye in the loop's next steps.
            await asyncio.sleep(0)

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One HTTP request; python-telegram-bot makes of its status and body an answer or an error."""
        call = CALL.get()
        call.connected, call.status = False, 0
        options: dict[str, Any] = {}
        if read_timeout is not BaseRequest.DEFAULT_NONE:
            options["timeout"] = _timeout(read_timeout)
        if request_data is None:
            pass
        elif request_data.contains_files:
            options["data"], options["timeout"] = _form(request_data), aiohttp.ClientTimeout(total=UPLOAD_SECONDS)
        else:
            options["data"], options["headers"] = request_data.json_payload, JSON
        try:
            session = self._session or self._opened(url)
            async with session.request(method, url, allow_redirects=False, **options) as response:
                payload = await response.read()
        except (aiohttp.ClientError, OSError, ValueError) as error:
            broken = NetworkError if call.connected else NotSent
            raise broken(f"The line to Telegram broke ({type(error).__name__}).") from error
        call.status = response.status
        return response.status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer, without the result of a :attr:`Call.plain` call, which is kept there."""
        answer = BaseRequest.parse_json_payload(payload)
        call = CALL.get()
        if call.plain and "result" in answer:
            call.result, answer["result"] = answer["result"], True
        return answer

    def _opened(self, url: str) -> aiohttp.ClientSession:
        self._session = aiohttp.ClientSession(
            connector=_Connector(limit=self._connections, keepalive_timeout=IDLE_SECONDS),
            timeout=_timeout(self._answer_seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": BaseRequest.USER_AGENT},
            proxy=_proxy(url),
        )
        return self._session


def _timeout(answer_seconds: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS, sock_read=answer_seconds)


def _form(request_data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, content_type) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=content_type)
    return form


def _proxy(url: str) -> str | None:
    """The proxy that the environment names for ``url``; looked up once, since aiohttp would do so at every call."""
    parts = urlsplit(url)
    if urllib.request.proxy_bypass(parts.hostname or ""):
        return None
    return urllib.request.getproxies().get(parts.scheme)
