"""Counts rebuilt from the ledger; nothing here knows a person."""

from django.db import models

from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Cohort


class Rollup(models.Model):
    """The counts of one broadcast for one combination of frozen dimensions. Always rebuilt whole, never incremented.

    Every count is of deliveries: ``attempted`` were handed to the channel, ``accepted`` were taken by the provider (or
    reported delivered), ``bounced`` came back. Of those accepted, ``unsubscribed`` led to leaving, ``trackable`` belong
    to people who allow personal links, ``clicked`` to people who followed one themselves at least once, and
    ``machine_clicked`` had a link followed by a scanner or a preview.
    """

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="rollups")
    segment = models.CharField(max_length=40)
    group = models.CharField(max_length=20, blank=True)
    gender = models.CharField(max_length=12, blank=True)
    language = models.CharField(max_length=12)
    channel = models.CharField(max_length=12)
    attempted = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    bounced = models.PositiveIntegerField(default=0)
    unsubscribed = models.PositiveIntegerField(default=0)
    trackable = models.PositiveIntegerField(default=0)
    clicked = models.PositiveIntegerField(default=0)
    machine_clicked = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["broadcast", "segment", "group", "gender", "language", "channel"], name="rollup_cell"
            )
        ]
        # On this model, because whoever has a permission on broadcasts may read what the audit log says of them.
        permissions = [("view_reach", "Can read reach")]

    def __str__(self) -> str:
        return f"{self.broadcast_id}: {self.segment}, {self.gender}"


class CohortRollup(models.Model):
    """Clicks over the links that one cohort shares: ``clicks`` by people, ``machine_clicks`` by scanners and previews.

    These are clicks, not people: whoever follows a shared link twice counts twice.
    """

    cohort = models.OneToOneField(Cohort, on_delete=models.CASCADE, related_name="rollup")
    clicks = models.PositiveIntegerField(default=0)
    machine_clicks = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.cohort_id}: {self.clicks}"


class Rebuild(models.Model):
    """When the rollups of a broadcast were last rebuilt (UTC), and up to which tracking event.

    ``settled`` says that the rebuild before it had seen the same events of a broadcast that had already ended: an event
    written by a slower transaction, with a lower number, is then in too. ``took_ms`` is what the rebuild cost, in
    milliseconds: the larger the ledger, the longer the pause before the next.
    """

    broadcast = models.OneToOneField(Broadcast, on_delete=models.CASCADE, related_name="rebuild")
    rebuilt_at = models.DateTimeField()
    newest_event = models.BigIntegerField(default=0)
    settled = models.BooleanField(default=False)
    took_ms = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.broadcast_id}: {self.rebuilt_at}"
