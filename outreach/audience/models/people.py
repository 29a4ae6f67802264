"""People who joined, and the addresses at which they can be written to."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from outreach.audience.addresses import decrypt
from outreach.audience.choices import ChannelName, Frequency, Gender, Group, Parish


class Subscriber(models.Model):
    """A person who joined, known by nothing but what they chose to say."""

    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    group = models.CharField(_("group"), max_length=20, choices=Group.choices, blank=True)
    gender = models.CharField(_("gender"), max_length=12, choices=Gender.choices, blank=True)
    parish = models.CharField(_("parish"), max_length=20, choices=Parish.choices, blank=True, db_default="")
    frequency = models.CharField(
        _("how often"), max_length=10, choices=Frequency.choices, default=Frequency.EVERY, db_default=Frequency.EVERY
    )
    source = models.CharField(_("source"), max_length=60, blank=True, help_text=_("Where the person joined."))
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)
    active_at = models.DateTimeField(
        _("last active"),
        default=timezone.now,
        db_default=Now(),
        help_text=_(
            "When the person last did something here, or followed a link of which we may know that it was theirs."
        ),
    )
    is_demo = models.BooleanField(_("demo data"), default=False)

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        indexes = [
            models.Index(fields=["language", "group", "gender"], name="subscriber_declared"),
            # Who was silent for two years is looked for every hour, and mostly nobody was.
            models.Index(fields=["active_at"], name="subscriber_active_at"),
        ]

    def __str__(self) -> str:
        return f"{_('Subscriber')} {self.pk}"


class TopicChoice(models.Model):
    """One topic that a subscriber chose; none at all means every topic."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="topics")
    topic = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "topic"], name="topic_chosen_once")]
        indexes = [models.Index(fields=["topic", "subscriber"], name="topic_of_subscriber")]

    def __str__(self) -> str:
        return self.topic


class Subscription(models.Model):
    """One address of a person on one channel.

    The address is encrypted; ``address_hash`` (keyed, hexadecimal) finds it again. ``state`` is ``active`` only after
    the person proved that the address is theirs, or an import that they agreed. The ``allows_`` flags repeat the latest
    entry of the consent ledger for each purpose, so that an audience of a million is read without it; only
    ``consents.record`` writes them, and an import for people who are new.
    """

    class State(models.TextChoices):
        """Whether the address may be written to."""

        PENDING = "pending", _("Waiting for confirmation")
        ACTIVE = "active", _("Active")
        LEFT = "left", _("Left")
        STOPPED = "stopped", _("Stopped by the channel")

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions")
    channel = models.CharField(_("channel"), max_length=12, choices=ChannelName.choices)
    address_encrypted = models.TextField()
    address_hash = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    allows_messages = models.BooleanField(default=False)
    allows_gender_statistics = models.BooleanField(default=False)
    allows_open_tracking = models.BooleanField(default=False)
    allows_click_tracking = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [models.UniqueConstraint(fields=["channel", "address_hash"], name="subscription_per_address")]
        indexes = [
            models.Index(fields=["state", "channel", "subscriber"], name="subscription_sendable"),
            models.Index(fields=["subscriber", "state", "allows_messages"], name="subscription_reachable"),
            models.Index(fields=["confirmed_at"], name="subscription_joined", condition=models.Q(state="active")),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.pk}"

    def allows(self, purpose: str) -> bool:
        """Whether the latest entry of the consent ledger grants ``purpose``."""
        return bool(getattr(self, f"allows_{purpose}"))

    @property
    def address(self) -> str:
        """The address in the clear, as it is written to."""
        return decrypt(self.address_encrypted)
