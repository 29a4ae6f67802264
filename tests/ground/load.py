"""Asks a web server for one thing after the other over several kept connections, and notes what was answered whole."""

import contextlib
import re
import selectors
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

HEAD_END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass
class Answers:
    """``answered`` are the places, as they were asked for, whose answer came whole; ``example`` is a wrong one."""

    answered: list[int] = field(default_factory=list)
    wrong: int = 0
    example: bytes = b""
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.answered) / self.seconds


class _Line:
    """One connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.place = -1
        self.heard = b""

    def ask(self, place: int, request: bytes) -> None:
        self.place, self.heard = place, b""
        self.socket.sendall(request)

    def hear(self, data: bytes) -> bool:
        """Take a part of the answer; whether it is whole."""
        self.heard += data
        head, end, body = self.heard.partition(HEAD_END)
        length = LENGTH.search(head)
        return bool(end) and len(body) >= (int(length[1]) if length else 0)


def ask(
    requests: Iterable[bytes],
    *,
    port: int,
    status: bytes,
    seconds: float,
    connections: int = 16,
    during: Callable[[int], None] = lambda answered: None,
) -> Answers:
    """Send ``requests``, whose answers say their length, for some seconds or until they end or the server does.

    ``status`` is what each answer must be; ``during`` is told after each how many there were.
    """
    answers, waiting = Answers(), enumerate(requests)
    with selectors.DefaultSelector() as selector, contextlib.ExitStack() as lines:
        for _number in range(connections):
            line = _Line(port)
            lines.callback(line.socket.close)
            selector.register(line.socket, selectors.EVENT_READ, line)
        begun = time.monotonic()
        with contextlib.suppress(OSError):
            for key in list(selector.get_map().values()):
                _next(key.data, waiting)
            while time.monotonic() - begun < seconds and _hear(selector, waiting, answers, status):
                during(len(answers.answered))
        answers.seconds = time.monotonic() - begun
    return answers


def _hear(
    selector: selectors.BaseSelector, waiting: Iterator[tuple[int, bytes]], answers: Answers, status: bytes
) -> bool:
    """Take what came and ask on; whether anybody is still there."""
    for key, _events in selector.select(5):
        line: _Line = key.data
        data = line.socket.recv(1 << 17)
        if not data:
            selector.unregister(line.socket)
            continue
        if not line.hear(data):
            continue
        answers.answered.append(line.place)
        if not line.heard.startswith(b"HTTP/1.1 " + status):
            answers.wrong, answers.example = answers.wrong + 1, line.heard
        if not _next(line, waiting):
            selector.unregister(line.socket)
    return bool(selector.get_map())


def _next(line: _Line, waiting: Iterator[tuple[int, bytes]]) -> bool:
    found = next(waiting, None)
    if found:
        line.ask(*found)
    return found is not None
