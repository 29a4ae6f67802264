"""One connection to a mail server that never waits: what is to be written, and which answers are still to come.

Where the server lets commands ride together (PIPELINING, RFC 2920), the envelope of the next mail goes out with the
end of the one before, so a mail costs one round trip. Otherwise each command waits for its answer.

A line that breaks says for each mail that it held whether it may have arrived: only from the final dot on.
"""

import contextlib
import smtplib
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import smtp_answers
from .failures import ChannelError, OutcomeUnknown, TryLater
from .protocol import Outgoing, Receipt, Work
from .sentences import LINE_BROKE, LINE_BROKE_AFTER, SERVER_UNCLEAR
from .smtp_answers import BAD_SEQUENCE, GOING_AWAY, Step

READ_BYTES = 65_536
LONGEST_ANSWER = 65_536
"""A server that says more than this without an end is not understood."""
_CODES = {b"%d " % code: code for code in range(200, 600)}
"""How most answers begin: they are looked up, because a worker reads four for every mail."""

_ENVELOPE = Step.SENDER, Step.RECEIVER, Step.DATA
_DATA, _END = Step.DATA, Step.END
_WENT_WELL = Receipt()

_WOULD_BLOCK = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Farewells:
    """The mails at whose receivers or texts the server went away since it last took one, over all lines to it.

    A server that passes on what another one says goes away at the same receiver again and again. One that is itself
    overburdened does so at every mail, and then everybody waits.
    """

    MOST = 3

    def __init__(self) -> None:
        self._numbers: set[int] = set()

    def note(self, number: int) -> bool:
        """Whether the server is likely to mean everybody, now that it went away at this mail."""
        self._numbers.add(number)
        return len(self._numbers) >= self.MOST

    def forget(self) -> None:
        """It took a mail."""
        self._numbers.clear()


class LineBroken(Exception):
    """The connection is of no use any more."""


@dataclass(slots=True)
class _Mail:
    """A mail on the line; ``ends_at`` is the place in the stream after its final dot, 0 before it was begun."""

    outgoing: Outgoing
    content: bytes
    failure: ChannelError | None = None
    ends_at: int = 0


class Line:
    """An open connection of Django's, driven step by step.

    ``work`` is whose mails are on it, ``farewells`` is shared by all lines. ``following`` gives the next mail to send
    with the end of this one, or ``None``. ``silent_since`` is when (in the caller's seconds) it last got on: with an
    answer, of which it had ``answers``, or with what was to be written.
    """

    def __init__(
        self,
        backend: Any,
        *,
        sender: str,
        following: Callable[[], "tuple[Outgoing, bytes] | None"],
        farewells: Farewells,
    ) -> None:
        smtp: smtplib.SMTP = backend.connection
        self._backend = backend
        self._smtp = smtp
        assert smtp.sock is not None
        self.sock = smtp.sock
        self.sock.setblocking(False)
        self._scatters = not isinstance(smtp.sock, ssl.SSLSocket)
        self._together = smtp.has_extn("pipelining")
        self._from = f"MAIL FROM:<{sender}>".encode()
        self._tells_size = smtp.has_extn("size")
        self._options = b" BODY=8BITMIME" if smtp.has_extn("8bitmime") else b""
        self._following = following
        self._farewells = farewells
        self._commands: deque[tuple[bytes, tuple[Step, ...], _Mail | None]] = deque()
        self._expected: deque[tuple[Step, _Mail | None]] = deque()
        self._unsent: deque[bytes | memoryview] = deque()
        # In bytes, since the line was opened: what lies between the two is unsent.
        self._queued = self._written = 0
        self._heard = b""
        self._answer: list[bytes] = []
        self._on_line: deque[_Mail] = deque()
        self._used = False
        self.work: Work | None = None
        self.silent_since = 0.0
        self.answers = 0

    @property
    def is_idle(self) -> bool:
        """Whether it can take a mail."""
        return not self._on_line

    @property
    def waits(self) -> bool:
        """Whether an answer is to come."""
        return bool(self._expected or self._unsent)

    @property
    def wants_to_write(self) -> bool:
        """Whether the server has not taken everything yet."""
        return bool(self._unsent)

    def send(self, outgoing: Outgoing, content: bytes) -> None:
        """Put a mail on the idle line; raises :class:`LineBroken`, after what it held is settled."""
        self._offer(outgoing, content)
        self._flush()

    def on_writable(self) -> None:
        """Write on; raises :class:`LineBroken`."""
        self._flush()

    def on_readable(self) -> None:
        """Read what the server says and answer it; raises :class:`LineBroken`."""
        ended = self._hear()
        # What was said before the end counts.
        self._read_answers()
        if ended:
            self.break_off(ended)
        self._flush()

    def _hear(self) -> str:
        """Read what there is; why the line ended, or nothing where it did not."""
        while True:
            try:
                heard = self.sock.recv(READ_BYTES)
            except _WOULD_BLOCK:
                return ""
            except OSError as error:
                return type(error).__name__
            if not heard:
                return "closed"
            self._heard += heard
            if self._scatters:
                return ""

    def break_off(self, why: str) -> None:
        """Close at once and say what becomes of every mail on the line; always raises :class:`LineBroken`."""
        self._close()
        work, mails = self.work, list(self._on_line)
        self._on_line.clear()
        assert work is not None or not mails
        for mail in mails:
            assert work is not None
            if mail.ends_at and self._written >= mail.ends_at:
                work.settle(mail.outgoing, OutcomeUnknown(LINE_BROKE_AFTER % why))
            elif mail.ends_at:
                work.settle(mail.outgoing, TryLater(LINE_BROKE % why))
            elif mail.failure is not None:
                work.settle(mail.outgoing, mail.failure)
            elif self._used:
                # The server closed a line that it had served well: another line takes this mail.
                work.give_back(mail.outgoing)
            else:
                work.settle(mail.outgoing, TryLater(LINE_BROKE % why))
        raise LineBroken(why)

    def say_goodbye(self) -> None:
        """Close an idle line as SMTP asks for; never raises and never waits."""
        with contextlib.suppress(OSError):
            self.sock.send(b"QUIT\r\n")
        self._close()

    def _close(self) -> None:
        if self.work is not None:
            # After a kill, only lines that are open may leave something uncertain.
            self.work.rest()
        self._expected.clear()
        self._commands.clear()
        self._unsent.clear()
        with contextlib.suppress(OSError):
            self._smtp.close()
        self._backend.connection = None

    def _offer(self, outgoing: Outgoing, content: bytes) -> None:
        mail = _Mail(outgoing, content)
        self._on_line.append(mail)
        options = b" SIZE=%d%s" % (len(content), self._options) if self._tells_size else self._options
        if not outgoing.address.isascii():
            if not self._smtp.has_extn("smtputf8"):
                self._done(mail, ChannelError("The mail server can't write to addresses beyond ASCII."))
                return
            options += b" SMTPUTF8"
        envelope = (
            b"%s%s\r\n" % (self._from, options),
            b"RCPT TO:<%s>\r\n" % outgoing.address.encode(),
            b"DATA\r\n",
        )
        if self._together:
            self._commands.append((b"".join(envelope), _ENVELOPE, mail))
        else:
            self._commands += [(command, (step,), mail) for command, step in zip(envelope, _ENVELOPE, strict=True)]

    def _write(self, data: bytes, steps: tuple[Step, ...], mail: _Mail | None) -> None:
        self._unsent.append(data)
        self._queued += len(data)
        for step in steps:
            self._expected.append((step, mail))

    def _flush(self) -> None:
        # Nothing may follow DATA before its answer; everything else rides along where the server allows it.
        while self._commands and (not self._expected or (self._together and self._expected[-1][0] is not _DATA)):
            self._write(*self._commands.popleft())
        while self._unsent:
            try:
                taken = self._send()
            except _WOULD_BLOCK:
                return
            except OSError as error:
                self.break_off(type(error).__name__)
            self._written += taken
            if self._written == self._queued:
                self._unsent.clear()
                return
            while taken:
                first = self._unsent.popleft()
                if taken < len(first):
                    self._unsent.appendleft(memoryview(first)[taken:])
                taken -= min(taken, len(first))

    def _send(self) -> int:
        """Hand over all that is unsent, as far as it is taken: a mail of some size is nowhere copied into another."""
        if self._scatters:
            return self.sock.sendmsg(self._unsent)
        # A line under TLS takes one piece, and after it was full wants to see the same bytes again.
        if len(self._unsent) > 1:
            whole = b"".join(self._unsent)
            self._unsent.clear()
            self._unsent.append(whole)
        return self.sock.send(self._unsent[0])

    def _read_answers(self) -> None:
        *lines, self._heard = self._heard.split(b"\n")
        if (self._heard or self._answer) and len(self._heard) + sum(map(len, self._answer)) > LONGEST_ANSWER:
            self._misunderstood()
        for line in lines:
            code = _CODES.get(line[:4])
            if code is None:
                if line[3:4] == b"-" and line[:3].isdigit():
                    self._answer.append(line)
                    continue
                code = int(line[:3]) if line[:3].isdigit() and line[3:4] in b" \r" else -1
            answer = line
            if self._answer:
                answer = b"\n".join((*self._answer, line))
                self._answer.clear()
            self.answers += 1
            if not self._expected:
                # Unasked for: only a goodbye is.
                self.break_off(f"{code} {_text(answer)}"[:80])
            step, mail = self._expected.popleft()
            if code != 250 or step is _END or step is _DATA:
                self._answered(step, mail, code, answer)

    def _answered(self, step: Step, mail: _Mail | None, code: int, answer: bytes) -> None:
        """Go on after an answer. After 250 there is something to do only at the end of a mail, or where it is wrong."""
        if step is Step.RESET or mail is None:
            self.break_off(f"{code} {_text(answer)}"[:80])
        elif step is _END:
            self._after_end(mail, code, answer)
        elif code < 0:
            mail.failure = mail.failure or self._failure(mail, step, code, answer)
            self._misunderstood()
        elif step is _DATA:
            self._after_data(mail, code, answer)
        elif code != 251 and mail.failure is None:
            if code == GOING_AWAY and self._used and step is Step.SENDER:
                # It closes a line that it had served well.
                self.break_off(f"{code} {_text(answer)}"[:80])
            mail.failure = self._failure(mail, step, code, answer)
            self._leave_if_told(code)
            if not self._together:
                self._commands.clear()
                self._refused(mail)

    def _after_data(self, mail: _Mail, code: int, answer: bytes) -> None:
        if code != 354:
            if mail.failure is None:
                mail.failure = self._failure(mail, Step.DATA, code, answer)
                self._leave_if_told(code)
            self._refused(mail)
        elif mail.failure is not None:
            # It takes text for a mail that it has refused (RFC 2920, 3.1): there is none.
            self._write(b".\r\n", (_END,), mail)
        else:
            self._begin(mail)

    def _begin(self, mail: _Mail) -> None:
        work = self.work
        assert work is not None
        if not work.begin(mail.outgoing):
            self._on_line.remove(mail)
            self.break_off("stopped")
        self._unsent.append(mail.content)
        self._queued += len(mail.content)
        self._write(b".\r\n", (_END,), mail)
        mail.ends_at = self._queued
        if self._together and (following := self._following()):
            self._offer(*following)

    def _after_end(self, mail: _Mail, code: int, answer: bytes) -> None:
        if mail.failure is not None:
            self._refused(mail)
        elif 200 <= code < 300:
            self._used = True
            self._farewells.forget()
            self._done(mail, _WENT_WELL)
        elif 400 <= code < 600:
            self._used = True
            self._done(mail, self._failure(mail, Step.END, code, answer))
            self._leave_if_told(code)
        else:
            self._done(mail, OutcomeUnknown(SERVER_UNCLEAR))
            self._misunderstood()

    def _failure(self, mail: _Mail, step: Step, code: int, answer: bytes) -> ChannelError:
        found = smtp_answers.failure(step, code, _text(answer))
        if code == GOING_AWAY and self._farewells.note(mail.outgoing.number):
            # It may mean these few all the same: at the next try they must not stand in front of all others again.
            return TryLater(str(found), everyone=True, blames_nobody=step is Step.SENDER)
        return found

    def _refused(self, mail: _Mail) -> None:
        assert mail.failure is not None
        self._done(mail, mail.failure)
        # Before what waits already: the next envelope needs a clean start.
        self._commands.appendleft((b"RSET\r\n", (Step.RESET,), None))

    def _done(self, mail: _Mail, outcome: Receipt | ChannelError) -> None:
        assert self.work is not None
        self._on_line.remove(mail)
        # Mostly the next mail begins at once, and one note says both; else the carrier rests.
        self.work.settle(mail.outgoing, outcome, soon=True)

    def _leave_if_told(self, code: int) -> None:
        if code in (GOING_AWAY, BAD_SEQUENCE):
            self.break_off(str(code))

    def _misunderstood(self) -> None:
        self.break_off("its answer can't be read")


def _text(answer: bytes) -> str:
    """What an answer says behind its code, all its lines in one."""
    return b" ".join(line[4:].strip() for line in answer.split(b"\n")).decode("utf-8", "replace")
