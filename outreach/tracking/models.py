"""What came back: clicks, opens, unsubscribes and what providers reported; and how far the bot has read its updates."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Cohort, Delivery


class TrackingEvent(models.Model):
    """One thing that came back for a broadcast.

    It belongs to a delivery where the person consented to that (or where it is their own act, as leaving is), else to a
    cohort. A non-empty ``machine_reason`` says why no human is thought to be behind it; such events are kept apart.
    No IP address and no user agent is stored. ``occurred_at`` is UTC.
    """

    class Kind(models.TextChoices):
        """The closed list of what can come back."""

        CLICK = "click", _("Click")
        OPEN = "open", _("Open")
        UNSUBSCRIBE = "unsubscribe", _("Unsubscribe")
        COMPLAINT = "complaint", _("Complaint")
        BOUNCE = "bounce", _("Bounce")
        DELIVERED = "delivered", _("Delivered")

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="events")
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.CASCADE, related_name="events")
    cohort = models.ForeignKey(Cohort, null=True, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    link = models.PositiveSmallIntegerField(null=True)
    machine_reason = models.CharField(max_length=20, blank=True)
    occurred_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["broadcast", "kind"], name="event_of_broadcast")]
        constraints = [
            models.CheckConstraint(
                name="event_of_delivery_or_cohort",
                condition=models.Q(delivery__isnull=False) | models.Q(cohort__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id}: {self.kind}"


class UpdateCursor(models.Model):
    """Up to which update the worker has read a bot's ``getUpdates``; ``bot`` is the number before the token's colon."""

    bot = models.CharField(max_length=20, unique=True)
    next_update = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.bot}: {self.next_update}"
