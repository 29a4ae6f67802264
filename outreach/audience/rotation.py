"""Turns over the key that addresses are encrypted under, while people join and workers send.

The new key goes in front of ``FIELD_ENCRYPTION_KEY`` and every process is started again: from then on each reads under
both and writes under the new one. Then everything older is read and written anew, a few hundred rows at a time. When
nothing is left under the old key, it can be taken out. Hashes of addresses stay as they are: they are keyed by a secret
that is itself only encrypted here.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import connection, models, transaction

from .addresses import decrypt, encrypt, is_newest
from .models import ImportPart, KeyedSecret, Subscription

BATCH = 500
"""Rows in one transaction: on SQLite nobody else writes meanwhile."""


@dataclass(frozen=True)
class Kept:
    """A column that holds what :func:`~outreach.audience.addresses.encrypt` made, as text or as its bytes."""

    model: type[models.Model]
    column: str

    def __str__(self) -> str:
        return f"{self.model._meta.label_lower}.{self.column}"


@dataclass(frozen=True)
class Standing:
    """How the rows of a column stand: under the newest key, under an older one, or under none that we have."""

    kept: Kept
    newest: int = 0
    older: int = 0
    unreadable: int = 0

    @property
    def is_done(self) -> bool:
        """Whether no row needs an older key."""
        return not self.older and not self.unreadable


_columns = [Kept(Subscription, "address_encrypted"), Kept(KeyedSecret, "encrypted"), Kept(ImportPart, "content")]


def register(kept: Kept) -> None:
    """Have another column turned over as well."""
    if kept not in _columns:
        _columns.append(kept)


def standing() -> list[Standing]:
    """How every column stands; reads all of it and changes nothing."""
    return [_standing(kept) for kept in _columns]


def rotate(*, tell: Callable[[Standing], None] = lambda standing: None) -> list[Standing]:
    """Write everything anew that is under an older key; how every column stands after that.

    May be broken off at any moment and called again. A row that somebody else changes meanwhile keeps what they wrote,
    which is under the newest key already. ``tell`` hears now and then how far a column is.
    """
    for kept in _columns:
        _rotate(kept, tell)
    return standing()


def _standing(kept: Kept) -> Standing:
    found = Standing(kept)
    rows = kept.model._base_manager.order_by("pk").values_list(kept.column, flat=True)
    for value in rows.iterator(chunk_size=2000):
        found = _counted(found, _text(value))
    return found


def _counted(found: Standing, token: str) -> Standing:
    if is_newest(token):
        return replace(found, newest=found.newest + 1)
    try:
        decrypt(token)
    except InvalidToken:
        return replace(found, unreadable=found.unreadable + 1)
    return replace(found, older=found.older + 1)


def _rotate(kept: Kept, tell: Callable[[Standing], None]) -> None:
    found, last = Standing(kept), 0
    while True:
        with transaction.atomic():
            rows = _locked(kept, after=last)
            if not rows:
                break
            found = _turned_over(kept, rows, found)
        last = rows[-1][0]
        tell(found)


def _locked(kept: Kept, *, after: int) -> list[tuple[int, Any]]:
    """The next rows, in the order of their numbers and locked, so that a deadlock with a worker is not possible."""
    rows = kept.model._base_manager.filter(pk__gt=after).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        # What somebody holds, they are writing; the next call looks at it again.
        rows = rows.select_for_update(skip_locked=True)
    return list(rows.values_list("pk", kept.column)[:BATCH])


def _turned_over(kept: Kept, rows: list[tuple[int, Any]], found: Standing) -> Standing:
    changes = []
    for number, value in rows:
        token = _text(value)
        if is_newest(token):
            found = replace(found, newest=found.newest + 1)
            continue
        try:
            fresh = encrypt(decrypt(token))
        except InvalidToken:
            found = replace(found, unreadable=found.unreadable + 1)
            continue
        changes.append((fresh.encode() if not isinstance(value, str) else fresh, number, value))
        found = replace(found, newest=found.newest + 1)
    if changes:
        _write(kept, changes)
    return found


def _write(kept: Kept, changes: list[tuple[str | bytes, int, Any]]) -> None:
    """Each row only if it still holds what was read."""
    quoted = connection.ops.quote_name
    table, column = quoted(kept.model._meta.db_table), quoted(kept.column)
    key = quoted(str(kept.model._meta.pk.column))
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s", changes)  # noqa: S608


def _text(value: Any) -> str:
    return value if isinstance(value, str) else bytes(value).decode("ascii", "replace")
