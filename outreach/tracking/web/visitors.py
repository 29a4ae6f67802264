"""Tells whether two requests of one day come from the same visitor, and forgets how when the day is over.

A visit's number is keyed BLAKE2b (RFC 7693) over the address and user agent, cut to 63 bits; its key is random, made
once a day on each machine, and removed with the day (the office's). The key lies in a file that only the site's own
user can read, because several processes need it; it is never in the database, in a journal or in a backup of either.

What this holds against:

- **Who has the database, a journal or a backup of them** has numbers without their key. They can't be tried against all
  addresses, and the same visitor has another number tomorrow and on another machine.
- **Who may read this machine's files during the day** has the key too, and could try out whether a certain address and
  browser were here today. After midnight nobody can: the key is gone, and the worker removes the numbers.
- **Visitors behind one address with the same browser** count as one, and one who changes networks counts twice: a
  visit is no person. Several machines count a visitor once each.

Removed means unlinked: who takes the disk itself away on the same day may find the key in free blocks.
"""

import contextlib
import logging
import os
import secrets
from datetime import date, datetime
from hashlib import blake2b
from pathlib import Path

from django.conf import settings

from outreach.broadcasts.office_time import office_zone

logger = logging.getLogger(__name__)

SUFFIX = ".key"
KEY_BYTES = 32
MASK = 2**63 - 1

_known: dict[date, bytes] = {}


def folder() -> Path:
    """Where the key of the day lies."""
    return Path(settings.LOCAL_DIR) / "visits"


def office_day(now: datetime) -> date:
    """The day of the office."""
    return now.astimezone(office_zone()).date()


def visit_of(*, address: str, agent: str, now: datetime) -> int:
    """The number of a visit today; ``address`` and ``agent`` are not kept."""
    content = f"{address}\n{agent}".encode()
    mac = blake2b(content, key=_key(office_day(now)), digest_size=8).digest()
    return int.from_bytes(mac, "big") & MASK


def _key(day: date) -> bytes:
    key = _known.get(day)
    if key is None:
        forget(day=day)
        try:
            key = _shared_key(day)
        except OSError as error:
            # Then this process counts visits for itself.
            logger.error("the key of the day can't be written: %s", error)
            key = secrets.token_bytes(KEY_BYTES)
        _known[day] = key
    return key


def _shared_key(day: date) -> bytes:
    path = folder() / f"{day.isoformat()}{SUFFIX}"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_name(f"{secrets.token_hex(6)}.new")
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(file, secrets.token_bytes(KEY_BYTES))
            # Only one of several processes gets the name, and it is whole from the first moment.
            with contextlib.suppress(FileExistsError):
                os.link(fresh, path)
        finally:
            os.close(file)
            fresh.unlink(missing_ok=True)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        path.unlink(missing_ok=True)
        raise OSError("the key of the day is cut off")
    return key


def forget(*, day: date) -> None:
    """Remove the keys of all days but ``day``, here and on the disk."""
    for known in set(_known) - {day}:
        _known.pop(known, None)
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        for path in folder().iterdir():
            if path.suffix == SUFFIX and path.stem != day.isoformat():
                path.unlink(missing_ok=True)
