from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outreach", "0008_audience")]

    operations = [
        migrations.AddField("freeze", "reported_at", models.DateTimeField(null=True)),
        # The table is empty: nothing wrote to it yet.
        migrations.AddField(
            "softbounce", "delivery", models.PositiveBigIntegerField(default=0), preserve_default=False
        ),
        migrations.AddConstraint(
            "softbounce",
            models.UniqueConstraint(fields=("subscription", "delivery"), name="soft_bounce_once"),
        ),
    ]
