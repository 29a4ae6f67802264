"""The lines of a journal of hits: one for each click, open, page view and beacon, and one for what was refused.

A line begins with a checksum of the rest, so that a damaged one is known as such. Times are UTC, in milliseconds since
1970. No line holds an address or a user agent; ``visit`` is a hash that ends with its day (:mod:`..web.visitors`).
Errors: :class:`DamagedLine`.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zlib import crc32

from outreach.tracking.tokens import Use

NOTHING = "-"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LARGEST = 2**63 - 1
"""The largest number that a row can have."""


class DamagedLine(ValueError):
    """It is not as this product wrote it."""


class Hit(NamedTuple):
    """A click or an open: ``number`` is a delivery's or, as ``use`` says, a cohort's; ``link`` stays 0 for an open."""

    at: int
    use: Use
    message: int
    number: int
    link: int = 0
    machine_reason: str = ""

    def line(self) -> bytes:
        """The line of a journal."""
        at, use, message, number, link, reason = self
        return _sealed(f"h {at} {use:d} {message} {number} {link} {reason or NOTHING}")


class View(NamedTuple):
    """A page that was shown: ``broadcast`` is 0 where none led there. ``visit`` is a number that ends with its day."""

    at: int
    page: int
    language: str
    source: str
    broadcast: int
    device: str
    visit: int
    machine_reason: str = ""

    def line(self) -> bytes:
        """The line of a journal."""
        at, page, language, source, broadcast, device, visit, reason = self
        return _sealed(f"v {at} {page} {language} {source} {broadcast} {device} {visit} {reason or NOTHING}")


class Beacon(NamedTuple):
    """What the script of a page told when the reader left: whether its end was reached after a plausible time."""

    at: int
    page: int
    language: str
    source: str
    broadcast: int
    device: str
    visit: int
    is_completed: bool

    def line(self) -> bytes:
        """The line of a journal."""
        *fields, is_completed = self
        return _sealed(f"b {' '.join(map(str, fields))} {is_completed:d}")


class Refusal(NamedTuple):
    """So many requests were answered and not counted, for a reason of :class:`~outreach.tracking.models.Drop`."""

    at: int
    reason: str
    number: int

    def line(self) -> bytes:
        """The line of a journal."""
        return _sealed(f"d {self.at} {self.reason} {self.number}")


Line = Hit | View | Beacon | Refusal


def _sealed(text: str) -> bytes:
    content = text.encode()
    return b"%08x %b\n" % (crc32(content), content)


def parsed(line: bytes) -> Line:
    """What a line says, which comes without its line break; raises :class:`DamagedLine`."""
    seal, _space, content = line.partition(b" ")
    try:
        if seal != b"%08x" % crc32(content):
            raise DamagedLine
        kind, *fields = content.decode().split(" ")
        return _read(kind, fields)
    except (ValueError, TypeError):
        raise DamagedLine(repr(line[:60])) from None


def _read(kind: str, fields: list[str]) -> Line:
    match kind, fields:
        case "h", [at, use, message, number, link, reason]:
            return Hit(_number(at), Use(int(use)), _number(message), _number(number), _number(link), _reason(reason))
        case "v", [at, page, language, source, broadcast, device, visit, reason]:
            place = (_number(at), _number(page), language, source, _number(broadcast), device, _number(visit))
            return View(*place, _reason(reason))
        case "b", [at, page, language, source, broadcast, device, visit, completed]:
            place = (_number(at), _number(page), language, source, _number(broadcast), device, _number(visit))
            return Beacon(*place, completed == "1")
        case "d", [at, reason, number]:
            return Refusal(_number(at), reason, _number(number))
    raise DamagedLine


def _number(text: str) -> int:
    number = int(text)
    if not 0 <= number <= LARGEST:
        raise DamagedLine
    return number


def _reason(text: str) -> str:
    return "" if text == NOTHING else text


def moment(at: int) -> datetime:
    """The time of a line."""
    return EPOCH + timedelta(milliseconds=at)
