"""A Bot API server in a process of its own: it keeps what comes, says so in a record, and misbehaves as it is told.

``python -m tests.ground.bot_api_receiver RECORD MISCHIEF`` prints its port. It reads HTTP/1.1 with keep-alive and
takes ``sendMessage`` and ``sendPhoto`` with parameters as a form, multipart or JSON; any other method is answered
with "true".
"""

import asyncio
import contextlib
import json
import re
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs

from .mischief import Dice, Mischief
from .records import TELEGRAM, Record

LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
MULTIPART_CHAT = re.compile(rb'name="chat_id"\r\n(?:[^\r\n]+\r\n)*\r\n([^\r\n]+)\r\n')
SENDING = {"sendmessage", "sendphoto"}
NEW_NUMBER = -1_000_000_000_000_000
"""A chat that moved has its old number below this one as its new."""
REASONS = {200: "OK", 400: "Bad Request", 403: "Forbidden", 429: "Too Many Requests", 500: "Internal Server Error"}


def original(chat: str) -> str:
    """The number that a chat had before it moved."""
    return str(NEW_NUMBER - int(chat)) if int(chat) <= NEW_NUMBER else chat


class Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, record: Record, dice: Dice, number: list[int]) -> None:
        self._record, self._dice, self._number = record, dice, number
        self._input = bytearray()
        self._holding = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._input += data
        self._go_on()

    def connection_lost(self, error: Exception | None) -> None:
        self._holding = True

    def _go_on(self) -> None:
        while not self._holding and not self._transport.is_closing():
            end = self._input.find(b"\r\n\r\n")
            if end < 0:
                return
            length = LENGTH.search(self._input, 0, end + 2)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._input) < whole:
                return
            head, body = bytes(self._input[:end]), bytes(self._input[end + 4 : whole])
            del self._input[:whole]
            self._call(head, body)

    def _call(self, head: bytes, body: bytes) -> None:
        path = head.split(b" ", 2)[1].decode()
        if path.partition("?")[0].rpartition("/")[2].lower() not in SENDING:
            self._answer(200, {"ok": True, "result": True})
            return
        chat = _chat(head, body, path)
        if not self._refused(chat) and not self._unanswered(chat, body):
            self._accept(chat, body)

    # --- What goes wrong ---------------------------------------------------------------------------------------------

    def _refused(self, chat: str) -> bool:
        """Answer with an error of Telegram's, before anything is carried out."""
        strikes = self._dice.strikes
        if int(chat) > NEW_NUMBER and self._dice.has_moved(chat):
            self._fault("chat moved", chat)
            self._error(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=NEW_NUMBER - int(chat),
            )
        elif self._dice.is_gone(original(chat)):
            self._fault("403 blocked", chat)
            self._error(403, "Forbidden: bot was blocked by the user")
        elif strikes("429"):
            self._fault("429", chat)
            seconds = self._dice.retry_after
            self._error(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        elif strikes("500"):
            self._fault("500", chat)
            self._error(500, "Internal Server Error")
        elif strikes("502 page, lost"):
            self._fault("502 page, lost", chat, ambiguous=True)
            self._page()
        else:
            return False
        return True

    def _unanswered(self, chat: str, body: bytes) -> bool:
        """Leave the sender without an answer, before or after the call is carried out."""
        for kind, keeps, breaks in (
            ("line broken, lost", False, True),
            ("line broken, kept", True, True),
            ("timeout, lost", False, False),
            ("timeout, kept", True, False),
        ):
            if self._dice.strikes(kind):
                if keeps:
                    self._keep(chat, body)
                self._fault(kind, chat, ambiguous=True)
                self._holding = True
                if breaks:
                    self._transport.abort()
                return True
        if self._dice.strikes("502 page, kept"):
            self._keep(chat, body)
            self._fault("502 page, kept", chat, ambiguous=True)
            self._page()
            return True
        return False

    # --- A message ---------------------------------------------------------------------------------------------------

    def _accept(self, chat: str, body: bytes) -> None:
        seconds = self._dice.hold(time.monotonic())
        if not seconds:
            self._keep(chat, body)
            self._say_ok(chat)
            return
        keeps_first = self._dice.coin()
        if keeps_first:
            self._keep(chat, body)
        self._holding = True
        asyncio.get_running_loop().call_later(seconds, self._answer_late, chat, None if keeps_first else body)

    def _answer_late(self, chat: str, body: bytes | None) -> None:
        if self._transport.is_closing():
            return
        if body is not None:
            self._keep(chat, body)
        self._holding = False
        self._say_ok(chat)
        self._go_on()

    def _say_ok(self, chat: str) -> None:
        self._number[0] += 1
        kind = "private" if int(chat) > 0 else "supergroup"
        result = {"message_id": self._number[0], "date": 1, "chat": {"id": int(chat), "type": kind}, "text": "kept"}
        self._answer(200, {"ok": True, "result": result})

    def _keep(self, chat: str, body: bytes) -> None:
        self._record.arrival(time.monotonic(), TELEGRAM, original(chat), f"{hash(body):x}", len(body))

    def _fault(self, kind: str, chat: str, *, ambiguous: bool = False) -> None:
        self._record.fault(time.monotonic(), kind, TELEGRAM, original(chat), ambiguous)

    # --- Answers -----------------------------------------------------------------------------------------------------

    def _error(self, status: int, description: str, **parameters: int) -> None:
        answer = {"ok": False, "error_code": status, "description": description}
        self._answer(status, {**answer, "parameters": parameters} if parameters else answer)

    def _answer(self, status: int, content: dict[str, object]) -> None:
        body = json.dumps(content).encode()
        self._transport.write(
            b"HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (status, REASONS[status].encode(), len(body), body)
        )

    def _page(self) -> None:
        body = b"<html><h1>502 Bad Gateway</h1></html>"
        self._transport.write(
            b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        )


def _chat(head: bytes, body: bytes, path: str) -> str:
    if b"application/json" in head:
        return str(json.loads(body)["chat_id"])
    if b"multipart/form-data" in head:
        found = MULTIPART_CHAT.search(body)
        return found[1].decode() if found else "0"
    return (parse_qs(body.decode()) or parse_qs(path.partition("?")[2]))["chat_id"][0]


async def serve(record: Record, mischief: Mischief) -> None:
    """Listen at a free port until the process is stopped."""
    dice, number = Dice(mischief), [0]
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Line(record, dice, number), "127.0.0.1", 0, backlog=200)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(Record(Path(sys.argv[1])), Mischief.loaded(sys.argv[2])))
