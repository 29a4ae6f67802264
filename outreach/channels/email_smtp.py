"""E-mail over SMTP: one connection of Django's for many mails, each step answered on its own.

Django and smtplib hide at which step a line broke, and that decides whether a mail may be sent again: before the final
dot it did not arrive, after it nobody knows. So the connection is Django's, with its TLS and its sign-in, and the steps
of a mail are ours. Every error of smtplib's is an ``OSError``.
"""

import contextlib
import smtplib
import ssl
from email.utils import parseaddr
from typing import Any, NoReturn

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.message import sanitize_address

from . import smtp_answers
from .email_message import mail
from .failures import AddressDead, ChannelError, ChannelRefused, OutcomeUnknown, TryLater
from .protocol import Outgoing, Receipt
from .smtp_answers import BAD_SEQUENCE, GOING_AWAY, Step


class SmtpSession:
    """A connection to the mail server of the settings; opened when the first mail is sent, and again when it breaks."""

    def __init__(self) -> None:
        self._backend: Any = None
        self._used = False

    def send(self, outgoing: Outgoing) -> Receipt:
        """See :class:`~.protocol.Session`. A connection that broke while it was idle is opened again, once."""
        message = mail(outgoing)
        message.extra_headers["Message-ID"] = f"<{outgoing.message_id}>"
        content = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
        reused = self._used and self._backend is not None
        try:
            self._hand_over(outgoing.address, content)
        except TryLater:
            if not reused or self._backend is not None:
                raise
            self._hand_over(outgoing.address, content)
        return Receipt(outgoing.message_id)

    def close(self) -> None:
        """See :class:`~.protocol.Session`."""
        backend, self._backend, self._used = self._backend, None, False
        if backend is not None:
            with contextlib.suppress(OSError):
                backend.close()

    def _hand_over(self, address: str, content: bytes) -> None:
        smtp = self._connection()
        try:
            self._name_sender_and_receiver(smtp, address, len(content))
            self._step(Step.DATA, smtp.docmd("DATA"), 354)
            smtp.send(_escaped(content) + b".\r\n")
        except OSError as error:
            self._drop()
            raise TryLater(f"The line to the mail server broke ({type(error).__name__}).") from error
        try:
            code, answer = smtp.getreply()
        except OSError as error:
            self._drop()
            raise OutcomeUnknown("The line broke after the mail, before the server's answer.") from error
        if not (200 <= code < 300 or 400 <= code < 600):
            self._drop()
            raise OutcomeUnknown("The mail server's answer to the mail can't be read.")
        self._used = True
        if code >= 400:
            self._refused(Step.END, code, answer)

    def _name_sender_and_receiver(self, smtp: smtplib.SMTP, address: str, size: int) -> None:
        sender = sanitize_address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], "utf-8")
        options = [f"SIZE={size}"] if smtp.has_extn("size") else []
        options += ["BODY=8BITMIME"] if smtp.has_extn("8bitmime") else []
        if not address.isascii():
            if not smtp.has_extn("smtputf8"):
                raise AddressDead("The mail server can't write to addresses beyond ASCII.")
            options.append("SMTPUTF8")
        self._step(Step.SENDER, smtp.mail(sender, options), 250)
        self._step(Step.RECEIVER, smtp.rcpt(address), 250, 251)

    def _step(self, step: Step, reply: tuple[int, bytes], *hoped_for: int) -> None:
        if reply[0] not in hoped_for:
            self._refused(step, *reply)

    def _refused(self, step: Step, code: int, answer: bytes) -> NoReturn:
        """Make the connection ready for the next mail, or drop it where the server leaves or is not understood."""
        try:
            ready = code > 0 and code not in {GOING_AWAY, BAD_SEQUENCE} and self._backend.connection.rset()[0] == 250
        except OSError:
            ready = False
        if not ready:
            self._drop()
        raise smtp_answers.failure(step, code, answer.decode("utf-8", "replace"))

    def _connection(self) -> smtplib.SMTP:
        if self._backend is None:
            backend: Any = get_connection(fail_silently=False)
            try:
                backend.open()
                backend.connection.ehlo_or_helo_if_needed()
            except OSError as error:
                with contextlib.suppress(OSError):
                    backend.close()
                raise _connecting(error) from error
            self._backend = backend
        smtp: smtplib.SMTP = self._backend.connection
        return smtp

    def _drop(self) -> None:
        """Forget the connection without a goodbye, which would wait for a server that is gone."""
        if self._backend is not None:
            with contextlib.suppress(OSError):
                self._backend.connection.close()
        self._backend, self._used = None, False


def _escaped(content: bytes) -> bytes:
    """The mail as it goes over the line: a line that starts with a dot gets a second one (RFC 5321, 4.5.2)."""
    dotted = b"." + content if content.startswith(b".") else content
    dotted = dotted.replace(b"\r\n.", b"\r\n..")
    return dotted if dotted.endswith(b"\r\n") else dotted + b"\r\n"


def _connecting(error: OSError) -> ChannelError:
    """Our failure for what went wrong between the first byte and the sign-in."""
    if isinstance(error, smtplib.SMTPResponseException):
        raw = error.smtp_error
        answer = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
        return smtp_answers.failure(Step.CONNECT, error.smtp_code, answer)
    if isinstance(error, smtplib.SMTPNotSupportedError | ssl.SSLCertVerificationError):
        return ChannelRefused(f"The mail server and EMAIL_URL do not fit: {error}")
    return TryLater(f"The mail server can't be reached ({type(error).__name__}).", everyone=True)
