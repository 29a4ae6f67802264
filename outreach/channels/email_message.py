"""A mail as Django builds it, the same for every way in which it leaves."""

import re

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from .failures import AddressDead, MessageRejected
from .protocol import Outgoing

# RFC 5322's atext and dots, and letters beyond ASCII; nothing that could end a command or start a second address.
ADDRESS = re.compile(r"""[^\s<>()\[\]\\,;:"@\x00-\x1f\x7f]+@[^\s<>()\[\]\\,;:"@\x00-\x1f\x7f]+""")
HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")

AUTOMATIC = {"Auto-Submitted": "auto-generated"}
"""Asks out-of-office programs for silence (RFC 3834)."""


def one_line(text: str) -> str:
    """``text`` as a header can carry it: every line break and control character is a space."""
    return " ".join(CONTROL.sub(" ", " ".join(text.split())).split())


def mail(outgoing: Outgoing) -> EmailMultiAlternatives:
    """The mail, from ``DEFAULT_FROM_EMAIL``, without the headers that a provider makes itself.

    Raises :class:`~.failures.AddressDead` for an address that no server could be given, and
    :class:`~.failures.MessageRejected` for a header name that is none.
    """
    if not ADDRESS.fullmatch(outgoing.address):
        raise AddressDead("This is not a mail address.")
    headers = {**AUTOMATIC, "Content-Language": outgoing.language, **outgoing.headers}
    if wrong := [name for name in headers if not HEADER_NAME.fullmatch(name)]:
        raise MessageRejected(f"Not a header's name: {one_line(wrong[0])}")
    message = EmailMultiAlternatives(
        subject=one_line(outgoing.subject),
        body=outgoing.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[outgoing.address],
        headers={name: one_line(value) for name, value in headers.items()},
    )
    if outgoing.html:
        message.attach_alternative(outgoing.html, "text/html")
    return message
