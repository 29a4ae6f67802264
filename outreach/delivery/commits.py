"""Whether anybody has committed to a SQLite database since the last look, for a microsecond a look.

``PRAGMA data_version`` answers that too, but it begins a reading for it, with locks taken and given back: as much work
as a seventh of a mail. What it looks at in the end is the header of the index of the write-ahead log, the first bytes
of the file ``…-shm``, which every commit changes last of all (https://sqlite.org/walformat.html, "WAL-Index Header").
"""

import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

HEADER_BYTES = 48
"""The header's first copy, which is written after the second: readers of SQLite's compare the two."""

_files: dict[tuple[int, int], int] = {}
_lock = threading.Lock()


def sign(raw: sqlite3.Connection) -> Callable[[], object]:
    """A function whose answer changes with every commit to the database of ``raw``, by whomever.

    It holds while ``raw`` is open. Where there is no index of a log (another journal mode, memory), it asks SQLite.
    """
    raw.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    if raw.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
        database = next(path for _number, name, path in raw.execute("PRAGMA database_list") if name == "main")
        index = Path(f"{database}-shm")
        if database and index.exists():
            return _header_of(_opened(index))
    return _asked(raw)


def _header_of(file: int) -> Callable[[], object]:
    def header() -> bytes:
        return os.pread(file, HEADER_BYTES, 0)

    return header


def _opened(index: Path) -> int:
    """The file, opened once in the life of the process and never closed.

    Closing it would give up the locks that SQLite holds on the same file in this process
    (https://sqlite.org/howtocorrupt.html, 2.2). It is another file only after every connection was closed.
    """
    with _lock:
        status = index.stat()
        place = status.st_dev, status.st_ino
        if place not in _files:
            _files[place] = os.open(index, os.O_RDONLY | os.O_CLOEXEC)
        return _files[place]


def _asked(raw: sqlite3.Connection) -> Callable[[], object]:
    cursor = raw.cursor()

    def version() -> tuple[int, int]:
        # Of other connections' commits, and of what this connection changed.
        return cursor.execute("PRAGMA data_version").fetchone()[0], raw.total_changes

    return version
