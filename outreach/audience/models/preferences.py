"""Links to the preference page that somebody asked to be mailed."""

from django.db import models

from .people import Subscription


class FreshLink(models.Model):
    """One mail, asked for on the site, with a fresh link to the preference page of its address.

    ``due_at`` (UTC) is when the mail is to go out, empty once it went or was given up.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="fresh_links")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="fresh_link_due", condition=models.Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.asked_at}"
