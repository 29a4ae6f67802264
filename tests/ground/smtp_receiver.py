"""A mail server in a process of its own: it keeps what comes, says so in a record, and misbehaves as it is told.

``python -m tests.ground.smtp_receiver RECORD MISCHIEF`` prints its port. It speaks ESMTP with PIPELINING, SIZE and
8BITMIME, and checks that a mail's ``To`` names the receiver to whom it was handed. Of the content only the newest
mail is kept, in ``newest.mail`` beside the record, and only where there is such a file.
"""

import asyncio
import contextlib
import re
import sys
import time
from pathlib import Path

from .mischief import Dice, Mischief
from .records import EMAIL, MISDIRECTED, Record

GREETING = b"220 receiver ESMTP\r\n"
EXTENSIONS = b"250-receiver\r\n250-PIPELINING\r\n250-SIZE 10485760\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n"
END = b"\r\n.\r\n"
MESSAGE_ID = re.compile(rb"^message-id:\s*<([^>\r\n]+)>", re.IGNORECASE | re.MULTILINE)
TO = re.compile(rb"^to:[^\r\n]*?([\w.+-]+@[\w.-]+)", re.IGNORECASE | re.MULTILINE)


class Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, record: Record, dice: Dice) -> None:
        self._record, self._dice = record, dice
        self._input = bytearray()
        self._holding = self._reading_mail = False
        self._sender = False
        self._receiver = ""
        self._searched = 0
        self._breaks_in_body = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._dice.strikes("421 greeting"):
            self._fault("421 greeting")
            self._transport.write(b"421 4.3.2 Too many connections\r\n")
            self._transport.close()
        else:
            self._transport.write(GREETING)

    def data_received(self, data: bytes) -> None:
        self._input += data
        self._go_on()

    def connection_lost(self, error: Exception | None) -> None:
        self._holding = True

    def _go_on(self) -> None:
        while not self._holding and not self._transport.is_closing():
            if not (self._take_mail() if self._reading_mail else self._take_command()):
                return

    # --- Commands ----------------------------------------------------------------------------------------------------

    def _take_command(self) -> bool:
        end = self._input.find(b"\n")
        if end < 0:
            return False
        line = bytes(self._input[:end]).strip()
        del self._input[: end + 1]
        verb = line[:4].upper()
        answer = {b"EHLO": EXTENSIONS, b"HELO": b"250 receiver\r\n", b"NOOP": b"250 2.0.0 Ok\r\n"}.get(verb)
        if verb == b"MAIL":
            answer = self._mail()
        elif verb == b"RCPT":
            answer = self._rcpt(line)
        elif verb == b"DATA":
            answer = self._data()
        elif verb == b"RSET":
            self._forget()
            answer = b"250 2.0.0 Ok\r\n"
        elif verb == b"QUIT":
            self._transport.write(b"221 2.0.0 Bye\r\n")
            self._transport.close()
            return False
        if answer is not None:
            self._transport.write(answer or b"")
        elif not self._transport.is_closing():
            self._transport.write(b"502 5.5.2 Not known here\r\n")
        return True

    def _mail(self) -> bytes:
        self._forget()
        if self._dice.strikes("421 going away"):
            self._fault("421 going away")
            self._transport.write(b"421 4.3.2 Going away\r\n")
            self._transport.close()
            return b""
        if self._dice.strikes("4xx at MAIL"):
            self._fault("4xx at MAIL")
            return b"451 4.3.0 Try again later\r\n"
        self._sender = True
        return b"250 2.1.0 Ok\r\n"

    def _rcpt(self, line: bytes) -> bytes:
        if not self._sender:
            return b"503 5.5.1 MAIL first\r\n"
        address = line.partition(b"<")[2].partition(b">")[0].decode()
        if self._dice.is_gone(address):
            self._fault("5xx at RCPT", address=address)
            return b"550 5.1.1 No such mailbox\r\n"
        if self._dice.strikes("4xx at RCPT"):
            self._fault("4xx at RCPT", address=address)
            return b"450 4.2.1 Mailbox is busy\r\n"
        self._receiver = address
        return b"250 2.1.5 Ok\r\n"

    def _data(self) -> bytes:
        if not self._receiver:
            return b"503 5.5.1 No receiver\r\n"
        if self._dice.strikes("4xx at DATA"):
            self._fault("4xx at DATA")
            self._forget()
            return b"451 4.3.0 Try again later\r\n"
        self._reading_mail, self._searched = True, 0
        self._breaks_in_body = self._dice.strikes("line broken before the dot")
        return b"354 Go on\r\n"

    def _forget(self) -> None:
        self._sender, self._receiver = False, ""

    # --- A mail ------------------------------------------------------------------------------------------------------

    def _take_mail(self) -> bool:
        if self._breaks_in_body and len(self._input) > 1000 and END not in self._input[:1000]:
            # Ambiguous for its sender, whose last bytes, the dot among them, may already be on the way.
            self._fault("line broken before the dot", ambiguous=True)
            self._transport.abort()
            return False
        end = self._input.find(END, max(0, self._searched - len(END)))
        if end < 0:
            self._searched = len(self._input)
            return False
        mail = bytes(self._input[: end + 2])
        del self._input[: end + len(END)]
        self._reading_mail = False
        self._judge(mail)
        return True

    def _judge(self, mail: bytes) -> None:
        """Decide what becomes of a mail that came whole."""
        strikes = self._dice.strikes
        if strikes("4xx at the end"):
            self._fault("4xx at the end")
            self._forget()
            self._transport.write(b"452 4.3.1 No room\r\n")
        elif strikes("line broken after the dot, lost"):
            self._fault("line broken after the dot, lost", ambiguous=True)
            self._transport.abort()
        elif strikes("line broken after the dot, kept"):
            self._keep(mail)
            self._fault("line broken after the dot, kept", ambiguous=True)
            self._transport.abort()
        elif strikes("silent after the dot"):
            self._keep(mail)
            self._fault("silent after the dot", ambiguous=True)
            self._holding = True
        else:
            self._accept(mail)

    def _accept(self, mail: bytes) -> None:
        seconds = self._dice.hold(time.monotonic())
        if not seconds:
            self._keep(mail)
            self._say_ok()
            return
        # Servers keep a mail sooner or later before they say so: one whose sender is gone by then may not be kept.
        keeps_first = self._dice.coin()
        if keeps_first:
            self._keep(mail)
        self._holding = True
        asyncio.get_running_loop().call_later(seconds, self._answer_late, None if keeps_first else mail)

    def _answer_late(self, mail: bytes | None) -> None:
        if self._transport.is_closing():
            return
        if mail is not None:
            self._keep(mail)
        self._holding = False
        self._say_ok()
        self._go_on()

    def _say_ok(self) -> None:
        self._forget()
        self._transport.write(b"250 2.0.0 Ok: kept\r\n")

    def _keep(self, mail: bytes) -> None:
        head = mail[: max(0, mail.find(b"\r\n\r\n")) or len(mail)]
        found, to = MESSAGE_ID.search(head), TO.search(head)
        copy = found[1].decode() if found else "without a Message-ID"
        if to is None or to[1].decode().lower() != self._receiver.lower():
            copy = MISDIRECTED + copy
        self._record.content(mail)
        self._record.arrival(time.monotonic(), EMAIL, self._receiver, copy, len(mail))

    def _fault(self, kind: str, *, address: str = "", ambiguous: bool = False) -> None:
        self._record.fault(time.monotonic(), kind, EMAIL, address or self._receiver, ambiguous)


async def serve(record: Record, mischief: Mischief) -> None:
    """Listen at a free port until the process is stopped."""
    dice = Dice(mischief)
    server = await asyncio.get_running_loop().create_server(lambda: Line(record, dice), "127.0.0.1", 0, backlog=200)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(Record(Path(sys.argv[1])), Mischief.loaded(sys.argv[2])))
