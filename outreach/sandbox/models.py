"""What the sandbox's mail server and Bot API server received, and what its pretended phones sent back."""

from django.db import models
from django.utils import timezone


class SandboxMessage(models.Model):
    """A message as it arrived: a mail's bytes, or the parameters of a Bot API call as JSON bytes."""

    channel = models.CharField(max_length=12)
    receiver = models.CharField(max_length=254, db_index=True)
    subject = models.CharField(max_length=200, blank=True)
    content = models.BinaryField()
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class SandboxUpdate(models.Model):
    """Something that a pretended phone did; its number is the Bot API's ``update_id``."""

    chat = models.BigIntegerField()
    payload = models.JSONField()
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.chat}: {self.pk}"
