"""Triggers with which the database itself refuses to change what people agreed to, and the words of it.

An entry of the ledger goes with its person and in no other way: the database removes it when the person's row goes, and
refuses to remove it before. So erasing must, and does, begin with the person. On SQLite ``REPLACE`` removes a row in
passing, without any trigger for that, so a row that would take the place of another is refused as it comes in.

Django drops a table's triggers when a migration rebuilds it on SQLite, so they are made after each migration. A change
that they refuse raises ``django.db.IntegrityError``.
"""

from typing import Any, NamedTuple

from django.db import connections

NAME = "outreach_kept"
LEDGER = "The consent ledger only grows."
WORDS = "A published wording never changes."
PEOPLE = "outreach_subscriber"
GOES_ALONG = "outreach_goes_along"
"""The trigger that removes a person's entries after the person."""


class Guard(NamedTuple):
    """What is refused on a table, when, and why; ``name`` tells guards of one table apart."""

    table: str
    event: str
    when: str
    why: str
    name: str = ""
    only_sqlite: bool = False

    @property
    def trigger(self) -> str:
        """The trigger's name, and on PostgreSQL its function's."""
        return f"{NAME}_{self.table}{self.name}"


def _replaces(table: str, same: str, kept: str = "") -> str:
    """There is a row with the number of the new one, or the ``same`` as it, that must be ``kept``.

    Each of the two must be found by an index: this is asked for every row that comes in.
    """
    return f"EXISTS (SELECT 1 FROM {table} AS old WHERE (old.id = NEW.id OR {same}) {kept})"  # noqa: S608


GUARDS = [
    Guard(
        "outreach_consent",
        # All but the evidence: where staff wrote somebody else's address into it, erasing takes that out.
        "UPDATE OF id, subscriber_id, channel, purpose, granted, wording_version, language, given_at, recorded_at, "
        "method, actor_id, actor_name",
        "1 = 1",
        LEDGER,
    ),
    Guard(
        "outreach_consent",
        "DELETE",
        f"EXISTS (SELECT 1 FROM {PEOPLE} WHERE id = OLD.subscriber_id)",  # noqa: S608
        LEDGER,
        "_delete",
    ),
    Guard(
        "outreach_consent",
        "INSERT",
        "EXISTS (SELECT 1 FROM outreach_consent WHERE id = NEW.id)",
        LEDGER,
        "_insert",
        only_sqlite=True,
    ),
    Guard(
        "outreach_wording",
        "UPDATE OF purpose, version, reason, published_at",
        "OLD.published_at IS NOT NULL",
        WORDS,
    ),
    Guard(
        "outreach_wording",
        "INSERT",
        _replaces(
            "outreach_wording",
            "(old.purpose = NEW.purpose AND old.version = NEW.version)",
            "AND old.published_at IS NOT NULL",
        ),
        WORDS,
        "_insert",
        only_sqlite=True,
    ),
    Guard(
        "outreach_wordingtext",
        "UPDATE",
        "(SELECT published_at FROM outreach_wording WHERE id = OLD.wording_id) IS NOT NULL",
        WORDS,
    ),
    Guard(
        "outreach_wordingtext",
        "INSERT",
        _replaces(
            "outreach_wordingtext",
            "(old.wording_id = NEW.wording_id AND old.language = NEW.language)",
            "AND (SELECT published_at FROM outreach_wording WHERE id = old.wording_id) IS NOT NULL",
        ),
        WORDS,
        "_insert",
        only_sqlite=True,
    ),
]


def after_migrate(*, using: str, **_signal: Any) -> None:
    """Make the triggers, anew each time: those of an earlier version may guard less."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if not {PEOPLE, *(guard.table for guard in GUARDS)} <= set(connection.introspection.table_names(cursor)):
            # Only a part is migrated.
            return
        if connection.vendor == "postgresql":
            _on_postgres(cursor)
        else:
            _on_sqlite(cursor)


def _on_sqlite(cursor: Any) -> None:
    for guard in GUARDS:
        cursor.execute(f"DROP TRIGGER IF EXISTS {guard.trigger}")
        cursor.execute(
            f"CREATE TRIGGER {guard.trigger} BEFORE {guard.event} ON {guard.table} WHEN {guard.when} "
            f"BEGIN SELECT RAISE(ABORT, '{guard.why}'); END"
        )
    cursor.execute(f"DROP TRIGGER IF EXISTS {GOES_ALONG}")
    cursor.execute(
        f"CREATE TRIGGER {GOES_ALONG} AFTER DELETE ON {PEOPLE} "  # noqa: S608
        "BEGIN DELETE FROM outreach_consent WHERE subscriber_id = OLD.id; END"
    )


def _on_postgres(cursor: Any) -> None:
    for guard in GUARDS:
        if not guard.only_sqlite:
            body = (
                f"IF {guard.when} THEN RAISE EXCEPTION '{guard.why}' "
                "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN COALESCE(NEW, OLD);"
            )
            _make(cursor, guard.trigger, f"BEFORE {guard.event}", guard.table, body)
    body = "DELETE FROM outreach_consent WHERE subscriber_id = OLD.id; RETURN OLD;"
    _make(cursor, GOES_ALONG, "AFTER DELETE", PEOPLE, body)


def _make(cursor: Any, name: str, event: str, table: str, body: str) -> None:
    cursor.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$")
    cursor.execute("SELECT 1 FROM pg_trigger WHERE tgname = %s AND tgrelid = %s::regclass", [name, table])
    # Making one waits for everybody who writes to the table, so it is made once; what it does is the function's.
    if not cursor.fetchone():
        cursor.execute(f"CREATE TRIGGER {name} {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
