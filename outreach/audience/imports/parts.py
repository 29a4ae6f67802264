"""The content of an uploaded file, kept encrypted in rows of the database, so that any machine's worker can read it."""

import base64
import io
from typing import BinaryIO

from outreach.audience.addresses import decrypt, encrypt
from outreach.audience.models import Import, ImportPart

PART_BYTES = 512 * 1024


def store(*, of: Import, file: BinaryIO) -> int:
    """Keep the content of ``file``; returns its length in bytes."""
    file.seek(0)
    number = length = 0
    while piece := file.read(PART_BYTES):
        content = encrypt(base64.b64encode(piece).decode()).encode()
        ImportPart.objects.create(of=of, number=number, content=content)
        number, length = number + 1, length + len(piece)
    return length


def forget(*, of: Import) -> None:
    """Remove the content."""
    ImportPart.objects.filter(of=of).delete()


def opened(*, of: Import) -> io.BufferedReader:
    """The content as a file that can be read from any place; one part at a time is held in memory."""
    return io.BufferedReader(_Parts(of), buffer_size=64 * 1024)


class _Parts(io.RawIOBase):
    """The parts in a row, as one file."""

    def __init__(self, of: Import) -> None:
        self._of, self._at = of, 0
        self._held: tuple[int, bytes] = (-1, b"")
        last = ImportPart.objects.filter(of=of).order_by("-number").first()
        self._length = last.number * PART_BYTES + len(_content(last)) if last else 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence])
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._at >= self._length:
            return 0
        number, offset = divmod(self._at, PART_BYTES)
        if self._held[0] != number:
            self._held = (number, _content(ImportPart.objects.get(of=self._of, number=number)))
        piece = self._held[1][offset : offset + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


def _content(part: ImportPart) -> bytes:
    return base64.b64decode(decrypt(bytes(part.content).decode()))
