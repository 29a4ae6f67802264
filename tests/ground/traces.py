"""Searches all that is kept for somebody's address: every column of every table, also what is encrypted, and files."""

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from cryptography.fernet import InvalidToken
from django.db import connection

from outreach.audience.addresses import decrypt


def forms(address: str) -> set[str]:
    """The ways in which an address may be written down, in small letters."""
    written = {address, quote(address), address.replace("@", "=40")}
    return {each.lower() for each in written} | {base64.b64encode(address.encode()).decode().rstrip("=").lower()}


def in_tables(addresses: Iterable[str]) -> Iterator[str]:
    """Where a row holds one of the addresses, in the clear or under a key that we have."""
    wanted = {form for address in addresses for form in forms(address)}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    if any(form in _read(value) for form in wanted):
                        yield f"{table}.{column}"


def in_files(addresses: Iterable[str], *folders: Path) -> Iterator[str]:
    """Which files below the folders hold one of the addresses."""
    wanted = [form.encode() for address in addresses for form in forms(address)]
    for folder in folders:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            content = path.read_bytes().lower()
            if any(form in content for form in wanted) or any(form.decode() in path.name for form in wanted):
                yield str(path)


def _read(value: object) -> str:
    """A value of a row as text in small letters, with what it says when it is decrypted, and then decoded."""
    text = bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
    try:
        clear = decrypt(text)
    except (InvalidToken, ValueError):
        return text.lower()
    return f"{text} {clear} {_decoded(clear)}".lower()


def _decoded(text: str) -> str:
    """What base64 stands for; empty where it is none."""
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except ValueError:
        return ""
