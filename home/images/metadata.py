"""Takes out of a picture what a camera wrote into it: place, time, device, names, thumbnails.

The pixels are not touched: the file's own parts are copied, without those that hold metadata. What is kept is what a
picture looks right with: its colour profile, and how it is turned. Errors: :class:`NotWhole`.
"""

import struct
import zlib
from collections.abc import Callable, Iterator

JPEG, PNG, WEBP = "jpeg", "png", "webp"
_SOI, _EOI, _SOS, _APP1 = 0xD8, 0xD9, 0xDA, 0xE1
_JPEG_KEPT = {0xE0, 0xE2, 0xEE}
"""JFIF, colour profile, Adobe's colour transform. All other application parts and comments go."""
_ICC = b"ICC_PROFILE\0"
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {
    *(
        b"IHDR",
        b"PLTE",
        b"IDAT",
        b"IEND",
        b"tRNS",
        b"iCCP",
        b"sRGB",
        b"gAMA",
        b"cHRM",
        b"cICP",
        b"sBIT",
        b"pHYs",
        b"bKGD",
    ),
    *(b"acTL", b"fcTL", b"fdAT"),
}
_WEBP_KNOWN = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
_WEBP_FLAGS = 0x08 | 0x04
"""The flags in a WebP's head that announce EXIF and XMP."""


class NotWhole(ValueError):
    """The file is no picture of its format, or ends before the picture does."""


def without_metadata(content: bytes, format: str, *, orientation: int = 1) -> bytes:
    """The same picture without metadata; ``format`` is ``jpeg``, ``png`` or ``webp``.

    ``orientation`` is how EXIF says that it is turned, from 1 to 8: it is written again where it is not 1. For PNG and
    WebP, which cameras do not turn, it is dropped.
    """
    writers: dict[str, Callable[[], Iterator[bytes]]] = {
        JPEG: lambda: _jpeg(content, orientation),
        PNG: lambda: _png(content),
        WEBP: lambda: _webp(content),
    }
    try:
        return b"".join(writers[format]())
    except (struct.error, IndexError) as error:
        raise NotWhole(format) from error


def _jpeg(content: bytes, orientation: int) -> Iterator[bytes]:
    if content[:2] != bytes([0xFF, _SOI]):
        raise NotWhole(JPEG)
    yield content[:2]
    if orientation != 1:
        yield _orientation(orientation)
    place = 2
    while True:
        while content[place] == 0xFF and content[place + 1] == 0xFF:
            place += 1
        mark = content[place + 1]
        if content[place] != 0xFF:
            raise NotWhole(JPEG)
        if mark == _EOI:
            # What stands behind the end, such as a film that a phone took with it, is no part of the picture.
            yield content[place : place + 2]
            return
        (length,) = struct.unpack_from(">H", content, place + 2)
        end = place + 2 + length
        part = content[place:end]
        is_metadata = 0xE0 <= mark <= 0xEF or mark == 0xFE
        if not is_metadata or (mark in _JPEG_KEPT and (mark != 0xE2 or part[4:].startswith(_ICC))):
            yield part
        place = end
        if mark == _SOS:
            end = _end_of_scan(content, place)
            yield content[place:end]
            place = end


def _end_of_scan(content: bytes, place: int) -> int:
    """Where the next mark stands behind compressed data."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0 or place + 1 >= len(content):
            raise NotWhole(JPEG)
        if content[place + 1] == 0 or 0xD0 <= content[place + 1] <= 0xD7:
            place += 2
        else:
            return place


def _orientation(orientation: int) -> bytes:
    """EXIF of one line."""
    line = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    body = b"Exif\0\0MM\0\x2a" + struct.pack(">IH", 8, 1) + line + struct.pack(">I", 0)
    return struct.pack(">BBH", 0xFF, _APP1, len(body) + 2) + body


def _png(content: bytes) -> Iterator[bytes]:
    if not content.startswith(_PNG_START):
        raise NotWhole(PNG)
    yield _PNG_START
    place = len(_PNG_START)
    while True:
        length, name = struct.unpack_from(">I4s", content, place)
        end = place + 12 + length
        (checked,) = struct.unpack_from(">I", content, end - 4)
        if name in _PNG_KEPT:
            if zlib.crc32(content[place + 4 : end - 4]) != checked:
                raise NotWhole(PNG)
            yield content[place:end]
        if name == b"IEND":
            return
        place = end


def _webp(content: bytes) -> Iterator[bytes]:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        raise NotWhole(WEBP)
    (size,) = struct.unpack_from("<I", content, 4)
    end, place, parts = size + 8, 12, []
    if end > len(content):
        raise NotWhole(WEBP)
    while place < end:
        name, length = struct.unpack_from("<4sI", content, place)
        part = content[place : place + 8 + length + length % 2]
        if name == b"VP8X":
            part = part[:8] + bytes([part[8] & ~_WEBP_FLAGS]) + part[9:]
        if name in _WEBP_KNOWN:
            parts.append(part)
        place += len(part)
        if len(part) < 8 + length:
            raise NotWhole(WEBP)
    body = b"WEBP" + b"".join(parts)
    yield b"RIFF" + struct.pack("<I", len(body)) + body
