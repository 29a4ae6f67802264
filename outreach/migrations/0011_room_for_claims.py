"""Room for a whole page of claims beside their rows, and the silent found without reading everybody."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def make_room(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    # A chunk claims every row of a page in one statement. With less room than the rows themselves take, most of the
    # second versions went to other pages, and each of these into every index. Rows that are there already stay as
    # they lie.
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE outreach_delivery SET (fillfactor = 50)")


def undo(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE outreach_delivery SET (fillfactor = 75)")


class Migration(migrations.Migration):
    dependencies = [("outreach", "0010_office_zone")]

    operations = [
        migrations.AddIndex(
            model_name="subscriber", index=models.Index(fields=["active_at"], name="subscriber_active_at")
        ),
        migrations.RunPython(make_room, undo),
    ]
