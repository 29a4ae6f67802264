"""What the sandbox's mail server and Bot API server received, and what its pretend phones sent back."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SandboxChat(models.Model):
    """A pretend phone: one private chat with the bot, known by its number. Times are UTC."""

    class State(models.TextChoices):
        """How the chat answers the bot."""

        OPEN = "open", _("Takes messages")
        BLOCKED = "blocked", _("Blocked the bot")
        DELETED = "deleted", _("Deleted the account")

    number = models.BigIntegerField(primary_key=True)
    name = models.CharField(_("name"), max_length=64)
    language_code = models.CharField(_("language"), max_length=12, default="en")
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField(_("first used"), default=timezone.now)

    class Meta:
        verbose_name = _("pretend phone")
        verbose_name_plural = _("pretend phones")
        ordering = ["-opened_at"]

    def __str__(self) -> str:
        return self.name


class SandboxMessage(models.Model):
    """A message as it arrived: a mail's bytes, or a Bot API message as JSON bytes. Times are UTC."""

    class Channel(models.TextChoices):
        """The server that received it."""

        EMAIL = "email", _("E-mail")
        TELEGRAM = "telegram", _("Telegram")

    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices)
    receiver = models.CharField(_("receiver"), max_length=254, db_index=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    content = models.BinaryField()
    received_at = models.DateTimeField(_("received"), default=timezone.now)

    class Meta:
        verbose_name = _("sandbox message")
        verbose_name_plural = _("sandbox messages")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.subject or f"{self.channel} {self.pk}"


class SandboxUpdate(models.Model):
    """Something that a pretend phone did; its number is the Bot API's ``update_id``.

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
