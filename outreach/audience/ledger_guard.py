"""Triggers with which the database itself refuses to change what people agreed to, and the words of it.

Django drops a table's triggers when a migration rebuilds it on SQLite, so they are made after each migration. A change
that they refuse raises ``django.db.IntegrityError``. Nothing here refuses to remove rows: erasing a person must.
"""

from typing import Any

from django.db import connections

NAME = "outreach_kept"
PUBLISHED = "(SELECT published_at FROM outreach_wording WHERE id = OLD.wording_id) IS NOT NULL"
GUARDS = {
    "outreach_consent": (
        # All but the evidence: where staff wrote somebody else's address into it, erasing takes that out.
        "UPDATE OF id, subscriber_id, channel, purpose, granted, wording_version, language, given_at, recorded_at, "
        "method, actor_id, actor_name",
        "1 = 1",
        "The consent ledger only grows.",
    ),
    "outreach_wording": (
        "UPDATE OF purpose, version, reason, published_at",
        "OLD.published_at IS NOT NULL",
        "A published wording never changes.",
    ),
    "outreach_wordingtext": ("UPDATE", PUBLISHED, "A published wording never changes."),
}
"""By table: what is refused, when, and why."""


def after_migrate(*, using: str, **_signal: Any) -> None:
    """Make the triggers, anew each time: those of an earlier version may guard less."""
    connection = connections[using]
    make = _on_postgres if connection.vendor == "postgresql" else _on_sqlite
    with connection.cursor() as cursor:
        if not set(GUARDS) <= set(connection.introspection.table_names(cursor)):
            # Only a part is migrated.
            return
        for table, (event, when, why) in GUARDS.items():
            make(cursor, table, event, when, why)


def _on_sqlite(cursor: Any, table: str, event: str, when: str, why: str) -> None:
    cursor.execute(f"DROP TRIGGER IF EXISTS {NAME}_{table}")
    cursor.execute(
        f"CREATE TRIGGER {NAME}_{table} BEFORE {event} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{why}'); END"
    )


def _on_postgres(cursor: Any, table: str, event: str, when: str, why: str) -> None:
    cursor.execute(
        f"CREATE OR REPLACE FUNCTION {NAME}_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {when} THEN RAISE EXCEPTION '{why}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "RETURN NEW; END $$"
    )
    cursor.execute("SELECT 1 FROM pg_trigger WHERE tgname = %s AND tgrelid = %s::regclass", [f"{NAME}_{table}", table])
    # Making one waits for everybody who writes to the table, so it is made once; what it does is the function's.
    if not cursor.fetchone():
        cursor.execute(
            f"CREATE TRIGGER {NAME}_{table} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {NAME}_{table}()"
        )
