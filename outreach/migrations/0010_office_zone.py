"""Everybody works in the office's time zone: what somebody chose before could no longer be changed back."""

from django.db import migrations


def forget_own_zones(apps, schema_editor):
    apps.get_model("wagtailusers", "UserProfile").objects.exclude(current_time_zone="").update(current_time_zone="")


class Migration(migrations.Migration):
    dependencies = [
        ("outreach", "0009_population_estimates"),
        ("wagtailusers", "0007_userprofile_current_time_zone"),
    ]

    operations = [migrations.RunPython(forget_own_zones, migrations.RunPython.noop)]
