"""The one journal of this process, begun with its first hit."""

import os
import threading
from pathlib import Path

from django.conf import settings

from .journal import HitJournal

_lock = threading.Lock()
_journal: HitJournal | None = None


def folder() -> Path:
    """Where the journals of this machine lie."""
    return Path(settings.LOCAL_DIR) / "hits"


def journal() -> HitJournal:
    """This process's own."""
    global _journal
    if _journal is None:
        with _lock:
            _journal = _journal or HitJournal(folder())
    return _journal


def end() -> None:
    """Close it; the next hit begins another."""
    global _journal
    with _lock:
        ended, _journal = _journal, None
    if ended:
        ended.close()


def _forget() -> None:
    """A process that was forked off has a journal of its own; the lock on the other one is its parent's."""
    global _journal, _lock
    _journal, _lock = None, threading.Lock()


os.register_at_fork(after_in_child=_forget)
