"""A mail as Django builds it, the same for every way in which it leaves.

:func:`mail` builds one. :class:`MailForms` builds one a message, and cuts it where receivers differ: the copy of a
person is then a matter of joining bytes, and reads exactly as if Django had built it.
"""

import re
import string
import time
from email.utils import formatdate

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from .built import PLACEHOLDER, SLOT, UNSUBSCRIBE, VIEW, Built, LinkAddresses, Numbered
from .failures import AddressDead
from .protocol import Outgoing
from .sentences import NO_ADDRESS

# RFC 5322's atext and dots, and letters beyond ASCII; nothing that could end a command or start a second address.
ADDRESS = re.compile(r"""[^\s<>()\[\]\\,;:"@\x00-\x1f\x7f]+@[^\s<>()\[\]\\,;:"@\x00-\x1f\x7f]+""")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")

AUTOMATIC = {"Auto-Submitted": "auto-generated"}
"""Asks out-of-office programs for silence (RFC 3834)."""

LONGEST_LINE = 998
"""In bytes (RFC 5322, 2.1.1). Django encodes a text with a longer line, and then there are no places to cut at."""

_RECEIVER, _MESSAGE_ID, _DATE = "receiver@link.invalid", "message-id@link.invalid", "date.link.invalid"
_CUTS = re.compile(
    b"|".join(
        [SLOT.pattern.encode(), *(b"(%s)" % re.escape(each).encode() for each in (_RECEIVER, _MESSAGE_ID, _DATE))]
    )
)
_PLAIN = (string.ascii_letters + string.digits + ":/._~-").encode()
"""What an address may hold so that it reads the same in plain text and in HTML."""


def one_line(text: str) -> str:
    """``text`` as a header can carry it: every line break and control character is a space."""
    return " ".join(CONTROL.sub(" ", " ".join(text.split())).split())


def mail(outgoing: Outgoing) -> EmailMultiAlternatives:
    """The mail, from ``DEFAULT_FROM_EMAIL``, without the headers that a provider makes itself.

    It offers to leave in one click (RFC 8058). Raises :class:`~.failures.AddressDead` for an address that no server
    could be given.
    """
    if not ADDRESS.fullmatch(outgoing.address):
        raise AddressDead(NO_ADDRESS)
    copy = outgoing.copy
    message = EmailMultiAlternatives(
        subject=one_line(copy.subject),
        body=copy.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[outgoing.address],
        headers={
            **AUTOMATIC,
            "Content-Language": copy.language,
            "List-Unsubscribe": f"<{one_line(outgoing.links.unsubscribe)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    if copy.html:
        message.attach_alternative(copy.html, "text/html")
    return message


def mail_bytes(outgoing: Outgoing, **headers: str) -> bytes:
    """The whole mail with our Message-ID, lines ended as SMTP wants them."""
    message = mail(outgoing)
    message.extra_headers |= {"Message-ID": f"<{outgoing.message_id}>", **headers}
    return bytes(message.message().as_bytes(linesep="\r\n"))  # type: ignore[call-arg]


class MailForms:
    """Fills mails in as they go over a line of SMTP: every line that starts with a dot has a second one.

    Keeps the last messages that it cut, with and without the pixel and the link that no reader sees.
    """

    MOST_KEPT = 32

    def __init__(self) -> None:
        self._forms: dict[tuple[int, bool, bool], tuple[Built, _Form | None]] = {}

    def fill(self, outgoing: Outgoing) -> bytes:
        """The mail for one receiver, ended by a line break; raises what :func:`mail` raises."""
        place = (id(outgoing.built), bool(outgoing.links.open_pixel), bool(outgoing.links.trap))
        known = self._forms.get(place)
        if known is None or known[0] is not outgoing.built:
            known = self._forms[place] = (outgoing.built, _cut(outgoing))
            if len(self._forms) > self.MOST_KEPT:
                del self._forms[next(iter(self._forms))]
        form = known[1]
        filled = form.fill(outgoing) if form else None
        return escaped(mail_bytes(outgoing)) if filled is None else filled


class _Form:
    """One message cut at its slots: ``pieces`` of the mail, and between them the names of what comes there."""

    def __init__(self, pieces: list[bytes], slots: list[str]) -> None:
        self._parts: list[bytes] = [b""] * (2 * len(slots) + 1)
        self._parts[::2] = pieces
        # Where links are numbered, a slot takes what is before the number, which is in the piece behind it.
        self._parts_numbered = list(self._parts)
        self._clicks = [(2 * place + 1, int(name) - 1) for place, name in enumerate(slots) if name.isdigit()]
        for place, number in self._clicks:
            self._parts_numbered[place + 1] = b"%d" % (number + 1) + self._parts[place + 1]
        self._named = [(2 * place + 1, name) for place, name in enumerate(slots) if not name.isdigit()]
        self._date = (0, b"")

    def fill(self, outgoing: Outgoing) -> bytes | None:
        """The mail, or ``None`` for a receiver whose mail needs more than filling in."""
        address, (clicks, unsubscribe, view, open_pixel, trap) = outgoing.address, outgoing.links
        stem = clicks.stem if isinstance(clicks, Numbered) else None
        different = clicks if stem is None else (stem,)
        if not address.isascii() or not _is_plain("".join((unsubscribe, view, open_pixel, trap, *different))):
            return None
        if not ADDRESS.fullmatch(address):
            raise AddressDead(NO_ADDRESS)
        named = {
            _RECEIVER: address.encode(),
            _MESSAGE_ID: outgoing.message_id.encode(),
            _DATE: self._now(),
            "unsubscribe": unsubscribe.encode(),
            "view": view.encode(),
            "open": open_pixel.encode(),
            "trap": trap.encode(),
        }
        if stem is None:
            parts = self._parts
            for place, number in self._clicks:
                parts[place] = clicks[number].encode()
        else:
            parts, same = self._parts_numbered, stem.encode()
            for place, _number in self._clicks:
                parts[place] = same
        for place, name in self._named:
            parts[place] = named[name]
        return b"".join(parts)

    def _now(self) -> bytes:
        second = int(time.time())
        if self._date[0] != second:
            self._date = (second, formatdate(second, localtime=settings.EMAIL_USE_LOCALTIME).encode())
        return self._date[1]


def _cut(sample: Outgoing) -> _Form | None:
    """The form of ``sample``'s message, or ``None`` where it can't be cut, for example because it had to be encoded."""
    built = sample.built
    placeholders = LinkAddresses(
        clicks=[f"{PLACEHOLDER}{number}" for number in range(1, len(built.links) + 1)],
        unsubscribe=UNSUBSCRIBE,
        view=VIEW,
        open_pixel=f"{PLACEHOLDER}open" if sample.links.open_pixel else "",
        trap=f"{PLACEHOLDER}trap" if sample.links.trap else "",
    )
    blank = Outgoing(address=_RECEIVER, built=built, links=placeholders, message_id=_MESSAGE_ID)
    content = escaped(mail_bytes(blank, Date=_DATE))
    pieces, slots, end = [], [], 0
    for found in _CUTS.finditer(content):
        pieces.append(content[end : found.start()])
        slots.append((found[1] or found[0]).decode())
        end = found.end()
    form = _Form([*pieces, content[end:]], slots)
    wanted = sum(len(SLOT.findall(part)) for part in (blank.copy.text, blank.copy.html)) + len(
        ("List-Unsubscribe", _RECEIVER, _MESSAGE_ID, _DATE)
    )
    filled = form.fill(sample)
    if len(slots) != wanted or filled is None or max(map(len, filled.split(b"\r\n"))) > LONGEST_LINE:
        return None
    return form


def _is_plain(addresses: str) -> bool:
    # What remains when every plain character is deleted; what has no place in ASCII is a question mark, which is none.
    return not addresses.encode("ascii", "replace").translate(None, _PLAIN)


def escaped(content: bytes) -> bytes:
    """The mail as it goes over the line: a line that starts with a dot gets a second one (RFC 5321, 4.5.2)."""
    dotted = b"." + content if content.startswith(b".") else content
    dotted = dotted.replace(b"\r\n.", b"\r\n..")
    return dotted if dotted.endswith(b"\r\n") else dotted + b"\r\n"
