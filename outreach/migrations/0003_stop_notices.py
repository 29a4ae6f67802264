"""What PostgreSQL does for the engine: notices of what can stop a message, and room for claims beside their rows."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# outreach/delivery/watch.py listens. A change that can't stop a message, such as a moment handed out, tells nobody.
NOTICES = [
    ("outreach_subscription", "UPDATE OR DELETE", ""),
    ("outreach_suppression", "INSERT", ""),
    ("outreach_broadcast", "UPDATE", "WHEN (OLD.state IS DISTINCT FROM NEW.state)"),
    ("outreach_throttle", "INSERT OR UPDATE OF paused_until", "WHEN (NEW.paused_until IS NOT NULL)"),
    ("outreach_lease", "DELETE", ""),
]


def reopen(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What is uncertain is open, and has no time at which it was settled."""
    apps.get_model("outreach", "Delivery").objects.filter(status="uncertain").update(settled_at=None)


def prepare(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(
        "CREATE FUNCTION outreach_tell_workers() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_notify('outreach_stop', ''); RETURN NULL; END $$"
    )
    for table, events, condition in NOTICES:
        each = "ROW" if condition else "STATEMENT"
        schema_editor.execute(
            f"CREATE TRIGGER {table}_tells_workers AFTER {events} ON {table} "
            f"FOR EACH {each} {condition} EXECUTE FUNCTION outreach_tell_workers()"
        )
    # A claim writes a second version of each row; with room on the page it touches no index.
    schema_editor.execute("ALTER TABLE outreach_delivery SET (fillfactor = 75)")


def undo(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, _events, _condition in NOTICES:
        schema_editor.execute(f"DROP TRIGGER {table}_tells_workers ON {table}")
    schema_editor.execute("DROP FUNCTION outreach_tell_workers()")
    schema_editor.execute("ALTER TABLE outreach_delivery RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [("outreach", "0002_studio_and_engine")]

    operations = [migrations.RunPython(reopen, migrations.RunPython.noop), migrations.RunPython(prepare, undo)]
