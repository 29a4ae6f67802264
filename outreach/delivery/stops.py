"""What can stop a message, counted by SQLite itself: triggers add one whenever a row changes that a worker depends on.

PostgreSQL sends notices instead (``outreach/migrations``). Django drops a table's triggers when a migration rebuilds
it, so they are made after each migration, and whoever reads the count is told where one is missing.
"""

import sqlite3
from typing import Any

from django.db import connections

TABLE = "outreach_stops"
CHANGES = [
    (
        "outreach_subscription",
        "UPDATE OF state, address_encrypted, address_hash, allows_messages, allows_open_tracking,"
        " allows_click_tracking",
        "",
    ),
    ("outreach_subscription", "DELETE", ""),
    ("outreach_suppression", "INSERT", ""),
    ("outreach_broadcast", "UPDATE OF state", "WHEN OLD.state IS NOT NEW.state"),
    ("outreach_throttle", "INSERT", "WHEN NEW.paused_until IS NOT NULL"),
    ("outreach_throttle", "UPDATE OF paused_until", "WHEN NEW.paused_until IS NOT NULL"),
    ("outreach_lease", "DELETE", ""),
]
"""Of which table what, and when it counts: the same of which PostgreSQL sends notice."""

_READ = f"""
    SELECT (SELECT number FROM {TABLE}),
        (SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name GLOB '{TABLE}_*')
"""  # noqa: S608


def after_migrate(*, using: str, **_signal: Any) -> None:
    """Make what is missing, on SQLite."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        if not {table for table, _event, _when in CHANGES} <= set(connection.introspection.table_names(cursor)):
            # Only a part is migrated.
            return
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} (number INTEGER NOT NULL)")
        cursor.execute(f"INSERT INTO {TABLE} SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM {TABLE})")  # noqa: S608
        # Made anew each time: those of an earlier version may watch less.
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{TABLE}%"])
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
        for place, (table, event, when) in enumerate(CHANGES):
            cursor.execute(
                f"CREATE TRIGGER {TABLE}_{place} AFTER {event} ON {table} {when} "  # noqa: S608
                f"BEGIN UPDATE {TABLE} SET number = number + 1; END"
            )


def count(raw: sqlite3.Connection) -> int | None:
    """How much has happened so far that could stop a message; ``None`` where not everything is counted."""
    try:
        number, triggers = raw.execute(_READ).fetchone()
    except sqlite3.OperationalError:
        return None
    return number if triggers == len(CHANGES) else None
