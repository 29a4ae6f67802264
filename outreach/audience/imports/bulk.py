"""Inserts thousands of rows in one statement with one value; as objects of the ORM they cost ten times as much."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models

Row = Mapping[str, Any]

_POSTGRES = "INSERT INTO {table} ({names}) SELECT {names} FROM json_populate_recordset(NULL::{table}, %s)"
_SQLITE = "INSERT INTO {table} ({names}) SELECT {values} FROM json_each(%s)"


def reserve(model: type[models.Model], count: int) -> list[int]:
    """Numbers for so many rows of ``model``, which nobody else will get. Call within a transaction that has written."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            ask = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
            cursor.execute(ask, [table, count])
            return [number for (number,) in cursor.fetchall()]
        # Whoever has written in a transaction is alone until its end.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        first = (found[0] if found else 0) + 1
        return list(range(first, first + count))


def insert(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Insert ``rows``, all with the same columns; what they do not name gets the database's default."""
    if not rows:
        return
    quote = connection.ops.quote_name
    names = list(rows[0])
    values = {
        "table": quote(model._meta.db_table),
        "names": ", ".join(map(quote, names)),
        "values": ", ".join(f"json_extract(value, '$.{name}')" for name in names),
    }
    statement = _POSTGRES if connection.vendor == "postgresql" else _SQLITE
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**values), [json.dumps(rows)])


def written(moment: datetime) -> str:
    """A time as the database reads it from text."""
    return str(connection.ops.adapt_datetimefield_value(moment))
