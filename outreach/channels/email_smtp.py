"""E-mail over SMTP: several connections of Django's, driven by one thread.

The connections are Django's, with its TLS and its sign-in; each is opened in a thread, since that waits. The steps of a
mail are ours (:mod:`.smtp_line`), because at which step a line broke decides whether a mail may be sent again.
"""

import contextlib
import selectors
import smtplib
import socket
import ssl
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.message import sanitize_address

from . import smtp_answers
from .coalescing import Coalescing
from .email_message import MailForms
from .failures import ChannelError, ChannelRefused, TryLater
from .protocol import Outgoing, Work
from .sentences import SERVER_AWAY, SERVER_MISFIT
from .smtp_answers import Step
from .smtp_line import Farewells, Line, LineBroken

LONGEST_WAIT = 0.5
"""In seconds: how long at most until work is asked for again."""
IDLE_SECONDS = 20.0
"""A line that had nothing to do for so long is closed before the server does it."""
MOST_AHEAD = 30
"""Mails that are built while every line is busy: after a moment in which this worker was held up, many lines at once
want the next one.
"""
FEWER_SECONDS = 60.0
"""How long no further line is opened after a server refused one beside others."""


class SmtpCarrier:
    """Up to ``connections`` lines to the mail server of the settings; one is opened when a mail finds none free."""

    def __init__(self, *, connections: int) -> None:
        self._connections = connections
        self._forms = MailForms()
        self._lines: set[Line] = set()
        self._farewells = Farewells()
        self._coalescing = Coalescing()
        self._held: deque[tuple[Outgoing, bytes]] = deque()
        self._opening: set[Future[Any]] = set()
        self._opener: ThreadPoolExecutor | None = None
        self._selector = selectors.DefaultSelector()
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._work: Work | None = None
        self._over = False
        self._ask_at = self._fewer_until = self._silence_at = 0.0

    def carry(self, work: Work) -> None:
        """See :class:`~.protocol.Carrier`."""
        self._work, self._over, self._ask_at = work, False, 0.0
        self._look_at_idle_lines()
        for line in self._lines:
            line.work = work
        while True:
            self._use_lines()
            if self._build_ahead():
                self._serve(self._selector.select(0.0))
                continue
            work.rest()
            busy = sum(not line.is_idle for line in self._lines)
            if self._over and not busy and not self._held:
                return
            self._await(busy)

    def close(self) -> None:
        """See :class:`~.protocol.Carrier`."""
        if self._opener:
            self._opener.shutdown(wait=True)
            self._adopt_opened(closing=True)
        for line in list(self._lines):
            self._forget(line)
            line.say_goodbye()
        for each in (self._selector, self._woken, self._waker):
            each.close()

    # --- work for lines ---------------------------------------------------------------------------------------------

    def _use_lines(self) -> None:
        for line in [line for line in self._lines if line.is_idle]:
            following = self._following()
            if following is None:
                return
            self._safely(line, line.send, *following)
        self._open_another()

    def _following(self) -> tuple[Outgoing, bytes] | None:
        """The next mail, built, from those that wait for a line or from the work."""
        return self._held.popleft() if self._has_held() else self._built()

    def _has_held(self) -> bool:
        """Whether a mail waits for a line; those in front that may not go any more are given back."""
        assert self._work is not None
        while self._held and not self._work.may_go(self._held[0][0]):
            self._work.give_back(self._held.popleft()[0])
        return bool(self._held)

    def _build_ahead(self) -> bool:
        """Build one more mail for the lines; whether there was one to build."""
        return bool(self._lines) and len(self._held) < MOST_AHEAD and self._hold_another()

    def _hold_another(self) -> bool:
        built = self._built()
        if built is not None:
            self._held.append(built)
        return built is not None

    def _built(self) -> tuple[Outgoing, bytes] | None:
        """The next mail of the work, built."""
        assert self._work is not None
        while not self._over and time.monotonic() >= self._ask_at:
            taken = self._work.take()
            self._ask_at = 0.0
            if taken is None:
                self._over = True
            elif isinstance(taken, Outgoing):
                try:
                    return taken, self._forms.fill(taken)
                except ChannelError as failure:
                    self._work.settle(taken, failure)
            else:
                self._ask_at = time.monotonic() + min(taken, LONGEST_WAIT)
        return None

    def _open_another(self) -> None:
        """One more line for a mail that finds none free."""
        if len(self._lines) + len(self._opening) >= self._connections:
            return
        if not self._has_held() and self._over:
            return
        if self._over and self._opening:
            return
        if (self._lines or self._opening) and time.monotonic() < self._fewer_until:
            return
        if len(self._held) <= len(self._opening) and not self._hold_another():
            return
        self._opener = self._opener or ThreadPoolExecutor(self._connections, "smtp")
        opening = self._opener.submit(_connected)
        self._opening.add(opening)
        opening.add_done_callback(self._wake)

    # --- the loop ---------------------------------------------------------------------------------------------------

    def _await(self, busy: int) -> None:
        """Nothing is left to be built: wait for what lines say, ``busy`` of which expect something."""
        if pause := self._coalescing.pause(busy=busy):
            time.sleep(pause)
        begun = time.monotonic()
        found = self._selector.select(self._patience(busy))
        self._coalescing.note(waited=time.monotonic() - begun, heard=bool(found))
        self._serve(found)

    def _serve(self, found: list[tuple[selectors.SelectorKey, int]]) -> None:
        """Do what lines are ready for."""
        for key, events in found:
            line: Line | None = key.data
            if line is None:
                with contextlib.suppress(OSError):
                    self._woken.recv(4096)
                self._adopt_opened()
                continue
            answers = line.answers
            if events & selectors.EVENT_WRITE:
                self._safely(line, line.on_writable)
            if events & selectors.EVENT_READ and line in self._lines:
                self._safely(line, line.on_readable)
            if events & selectors.EVENT_WRITE or line.answers != answers:
                line.silent_since = time.monotonic()
        if time.monotonic() >= self._silence_at:
            self._break_silent_lines()

    def _break_silent_lines(self) -> None:
        """Part with lines whose server says nothing any more; looked for ten times while they may be silent."""
        longest = float(settings.EMAIL_TIMEOUT or 60)
        now = time.monotonic()
        self._silence_at = now + longest / 10
        for line in [line for line in self._lines if line.waits and line.silent_since < now - longest]:
            self._safely(line, line.break_off, "silent for too long")

    def _patience(self, busy: int) -> float:
        ahead = self._ask_at - time.monotonic()
        if ahead > 0 and not self._over:
            return ahead
        # Where work is due and every line is busy, an answer wakes us.
        return LONGEST_WAIT if busy or self._opening else 0.0

    def _safely(self, line: Line, step: Any, *arguments: Any) -> None:
        """Take a step of a line and watch for what it waits for next; a broken line is forgotten."""
        was_writing = line.wants_to_write
        line.silent_since = line.silent_since if line.waits else time.monotonic()
        try:
            step(*arguments)
        except LineBroken:
            self._forget(line)
            # It may have given back a mail.
            self._over, self._ask_at = False, 0.0
            return
        if line.wants_to_write != was_writing:
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.wants_to_write else 0)
            self._selector.modify(line.sock, events, line)

    def _forget(self, line: Line) -> None:
        self._lines.discard(line)
        for number, key in list(self._selector.get_map().items()):
            if key.data is line:
                self._selector.unregister(number)

    def _look_at_idle_lines(self) -> None:
        """Before work begins: what a server closed meanwhile is gone, what stood idle for long is closed."""
        for line in list(self._lines):
            if time.monotonic() - line.silent_since > IDLE_SECONDS:
                self._forget(line)
                line.say_goodbye()
        self._serve(self._selector.select(0.0))

    # --- opening ----------------------------------------------------------------------------------------------------

    def _wake(self, _opened: Any) -> None:
        with contextlib.suppress(OSError):
            self._waker.send(b".")

    def _adopt_opened(self, *, closing: bool = False) -> None:
        for opened in [each for each in self._opening if each.done()]:
            self._opening.discard(opened)
            try:
                line = Line(opened.result(), sender=_sender(), following=self._following, farewells=self._farewells)
            except ChannelError as failure:
                if not closing:
                    self._not_opened(failure)
                continue
            line.work, line.silent_since = self._work, time.monotonic()
            self._lines.add(line)
            self._selector.register(line.sock, selectors.EVENT_READ, line)

    def _not_opened(self, failure: ChannelError) -> None:
        """Beside lines that work, a refused one only means that the server wants fewer."""
        if self._lines or self._opening:
            self._fewer_until = time.monotonic() + FEWER_SECONDS
        elif self._held and self._work is not None:
            self._work.settle(self._held.popleft()[0], failure)
            while self._held:
                self._work.give_back(self._held.popleft()[0])


def _sender() -> str:
    """Whom the mail server tells what it could not deliver."""
    return str(sanitize_address(parseaddr(settings.BOUNCE_ADDRESS or settings.DEFAULT_FROM_EMAIL)[1], "utf-8"))


def _connected() -> Any:
    """An open connection of Django's; raises :class:`~.failures.ChannelError`."""
    backend: Any = get_connection(fail_silently=False)
    try:
        backend.open()
        backend.connection.ehlo_or_helo_if_needed()
    except (OSError, ValueError) as error:
        with contextlib.suppress(OSError):
            backend.close()
        raise _connecting(error) from error
    return backend


def _connecting(error: OSError | ValueError) -> ChannelError:
    """Our failure for what went wrong between the first byte and the sign-in."""
    if isinstance(error, smtplib.SMTPResponseException):
        raw = error.smtp_error
        answer = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
        return smtp_answers.failure(Step.CONNECT, error.smtp_code, answer)
    if isinstance(error, UnicodeError):
        # Its text would quote the password.
        return ChannelRefused(SERVER_MISFIT % "a name or password holds letters beyond ASCII.")
    # Of its own kind alone: that the server knows no way to sign in that we know.
    is_misfit = type(error) is smtplib.SMTPException
    if is_misfit or isinstance(error, smtplib.SMTPNotSupportedError | ssl.SSLCertVerificationError):
        return ChannelRefused(SERVER_MISFIT % error)
    if isinstance(error, ValueError):
        return ChannelRefused(SERVER_MISFIT % "what the server asks for at the sign-in can't be read.")
    return TryLater(SERVER_AWAY % type(error).__name__, everyone=True)
