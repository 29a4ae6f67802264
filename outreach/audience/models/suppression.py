"""Addresses that must never be written to again."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from outreach.audience.choices import ChannelName, SuppressionReason


class Suppression(models.Model):
    """An address that must never be written to again, kept as a keyed hash so that it survives the person's erasure."""

    channel = models.CharField(max_length=12, choices=ChannelName.choices)
    address_hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=12, choices=SuppressionReason.choices)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        permissions = [("lift_suppression", "Can take an address off the suppression list")]
        constraints = [models.UniqueConstraint(fields=["channel", "address_hash"], name="suppression_per_address")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.get_reason_display()}"


class SoftBounce(models.Model):
    """A message that came back for now: mailbox full, server away. They expire; too many stop the subscription.

    ``delivery`` is the number of the delivery that came back: however often a provider says so, it counts once.
    """

    subscription = models.ForeignKey("outreach.Subscription", on_delete=models.CASCADE, related_name="soft_bounces")
    delivery = models.PositiveBigIntegerField()
    occurred_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["occurred_at"], name="soft_bounce_age")]
        constraints = [models.UniqueConstraint(fields=["subscription", "delivery"], name="soft_bounce_once")]

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.occurred_at}"
