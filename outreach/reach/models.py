"""Counts rebuilt from the ledger; nothing here knows a person."""

from django.db import models

from ..broadcasts.models import Broadcast


class Rollup(models.Model):
    """The counts of one broadcast for one combination of frozen dimensions. Always rebuilt whole, never incremented.

    ``people`` counts distinct subscribers reached; ``attempted`` to ``failed`` count deliveries; ``clicked`` counts
    deliveries with at least one human click over a personal link, ``cohort_clicks`` human clicks over cohort links, which
    can't be told apart by person, and ``machine_clicks`` those of scanners and previews.
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
    failed = models.PositiveIntegerField(default=0)
    unsubscribed = models.PositiveIntegerField(default=0)
    clicked = models.PositiveIntegerField(default=0)
    click_consents = models.PositiveIntegerField(default=0)
    cohort_clicks = models.PositiveIntegerField(default=0)
    machine_clicks = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["broadcast", "segment", "group", "gender", "language", "channel"], name="rollup_cell"
            )
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id}: {self.segment}, {self.gender}"
