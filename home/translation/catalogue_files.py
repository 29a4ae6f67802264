"""Reads catalogues that come back from outside: a PO file or a ZIP file of them, from anybody's machine.

Nothing of an upload is written where it says, and nothing is read further than the limits below::

    RefusedFile
    └── the message names the file and says what to do
"""

import contextlib
import io
import os
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

import polib
from django.utils.translation import gettext as _

MAX_UPLOAD = 1_500_000
"""Bytes of an upload."""
MAX_CATALOGUE = 1_000_000
"""Bytes of one PO file."""
MAX_UNPACKED = 20_000_000
"""Bytes of all PO files of a ZIP file together."""
MAX_FILES = 500
MAX_ENTRIES = 5_000

OURS, IGNORED = "README.txt", ("__MACOSX/", ".DS_Store")


class RefusedFile(Exception):
    """A file that is not taken; the message names it and says why."""


@dataclass(frozen=True)
class CatalogueFile:
    """One PO file of an upload, by the name that it came with."""

    name: str
    po: polib.POFile


def read_upload(*, name: str, data: bytes) -> list[CatalogueFile]:
    """The catalogues of an upload. Raises :class:`RefusedFile`."""
    if len(data) > MAX_UPLOAD:
        message = _("“%(name)s” is larger than %(limit)s MB. Send it in parts.")
        raise RefusedFile(message % {"name": name, "limit": MAX_UPLOAD / 1_000_000})
    if not data.strip():
        raise RefusedFile(_("“%(name)s” is empty.") % {"name": name})
    if data.startswith(b"PK"):
        return [read_catalogue(inner, text) for inner, text in _unpacked(name, data)]
    return [read_catalogue(name, data)]


def read_catalogue(name: str, data: bytes) -> CatalogueFile:
    """One PO file, in UTF-8. Raises :class:`RefusedFile`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        message = _("“%(name)s” is not in UTF-8. Save it with the encoding UTF-8 and send it again.")
        raise RefusedFile(message % {"name": name}) from None
    if "\0" in text or "msgid" not in text:
        raise RefusedFile(_("“%(name)s” is not a PO file.") % {"name": name})
    try:
        po = _parsed(text)
    except (OSError, ValueError, IndexError, KeyError, AttributeError) as error:
        where = f" ({error})" if "line" in str(error) and "/" not in str(error) else ""
        message = _("“%(name)s” is not a PO file that can be read%(where)s.")
        raise RefusedFile(message % {"name": name, "where": where}) from None
    if not len(po):
        raise RefusedFile(_("“%(name)s” has no texts.") % {"name": name})
    if len(po) > MAX_ENTRIES:
        message = _("“%(name)s” has more than %(limit)s texts; no page has as many.")
        raise RefusedFile(message % {"name": name, "limit": MAX_ENTRIES})
    return CatalogueFile(name, po)


def _parsed(text: str) -> polib.POFile:
    # From a file of ours: given a text, the parser would first look whether there is a file of that name.
    handle, path = tempfile.mkstemp(suffix=".po")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        try:
            return polib.pofile(path, encoding="utf-8", wrapwidth=200)
        except OSError as error:
            raise OSError(str(error).replace(path, "").strip()) from None
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def _unpacked(name: str, data: bytes) -> list[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir() and not _ignored(member.filename)]
            if not members:
                raise RefusedFile(_("“%(name)s” holds no PO file.") % {"name": name})
            if len(members) > MAX_FILES:
                message = _("“%(name)s” holds more than %(limit)s files. Send it in parts.")
                raise RefusedFile(message % {"name": name, "limit": MAX_FILES})
            left, found = MAX_UNPACKED, []
            for member in members:
                _check_member(name, member)
                content = _content(archive, member, min(left, MAX_CATALOGUE))
                left -= len(content)
                found.append((member.filename, content))
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeError):
        raise RefusedFile(_("“%(name)s” is a damaged ZIP file.") % {"name": name}) from None


def _ignored(name: str) -> bool:
    return name.startswith(IGNORED[0]) or name.endswith(IGNORED[1]) or PurePosixPath(name).name == OURS


def _check_member(name: str, member: zipfile.ZipInfo) -> None:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0] or "\\" in member.orig_filename:
        message = _("“%(name)s” holds a file with the unsafe name “%(inner)s”.")
        raise RefusedFile(message % {"name": name, "inner": member.filename})
    if member.flag_bits & 0x1:
        message = _("“%(name)s” is locked with a password. Send it without one.")
        raise RefusedFile(message % {"name": name})
    if path.suffix.lower() != ".po":
        message = _("“%(name)s” holds “%(inner)s”, which is not a PO file. Take it out and send the rest again.")
        raise RefusedFile(message % {"name": name, "inner": member.filename})


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    # What the ZIP file says about its sizes may be untrue, so it is not asked.
    with archive.open(member) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        message = _("“%(inner)s” is larger than a catalogue of a page can be.")
        raise RefusedFile(message % {"inner": member.filename})
    return content
