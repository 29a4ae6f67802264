"""What the sandbox's mail server and Bot API server received, and what its pretended phones sent back."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SandboxChat(models.Model):
    """A pretended phone: one private chat with the bot, known by its number. Times are UTC."""

    class State(models.TextChoices):
        """How the chat answers the bot."""

        OPEN = "open", _("Takes messages")
        BLOCKED = "blocked", _("Blocked the bot")
        DELETED = "deleted", _("Deleted the account")

    number = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=64)
    language_code = models.CharField(max_length=12, default="en")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-opened_at"]

    def __str__(self) -> str:
        return self.name


class SandboxMessage(models.Model):
    """A message as it arrived: a mail's bytes, or a Bot API message as JSON bytes. Times are UTC."""

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
    """Something that a pretended phone did; its number is the Bot API's ``update_id``.

    ``confirmed`` says that the bot asked for later updates, so this one is not given out again.
    """

    chat = models.BigIntegerField(db_index=True)
    payload = models.JSONField()
    confirmed = models.BooleanField(default=False)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["id"], name="sandbox_unconfirmed", condition=models.Q(confirmed=False)),
        ]

    def __str__(self) -> str:
        return f"{self.chat}: {self.pk}"
