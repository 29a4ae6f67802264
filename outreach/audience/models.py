"""People who joined, the addresses at which they can be written to, and what they agreed to."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .addresses import decrypt
from .choices import ChannelName, Gender, Group, Purpose, SuppressionReason
from .rules import Rule, validate_rule


class KeyedSecret(models.Model):
    """A random secret, kept encrypted under ``FIELD_ENCRYPTION_KEY``, so that turning that key over leaves it the same.

    The one in use, ``address-hash``, keys the hashes by which addresses are found and suppressed.
    """

    name = models.CharField(max_length=40, unique=True)
    encrypted = models.TextField()

    def __str__(self) -> str:
        return self.name


class Subscriber(models.Model):
    """A person who joined, known by nothing but what they chose to say."""

    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    group = models.CharField(_("group"), max_length=20, choices=Group.choices, blank=True)
    gender = models.CharField(_("gender"), max_length=12, choices=Gender.choices, blank=True)
    source = models.CharField(_("source"), max_length=60, blank=True, help_text=_("Where the person joined."))
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)
    is_demo = models.BooleanField(_("demo data"), default=False)

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        indexes = [models.Index(fields=["language", "group", "gender"], name="subscriber_declared")]

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
    the person proved that the address is theirs. The ``allows_`` flags repeat the latest entry of the consent ledger
    for each purpose, so that an audience of a million is read without it; only ``consents.record`` writes them.
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


class JoinRequest(models.Model):
    """A filled-in form that waits for proof: anybody can type an address, so nothing counts until its link is used.

    The link that is mailed names this row, so that a person confirms what they asked for and not what somebody else
    typed later. ``due_at`` is when the next mail is to go out, empty where none is; ``wording_versions`` are those of
    the consents that the form showed, by purpose.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="join_requests")
    language = models.CharField(max_length=12)
    group = models.CharField(max_length=20, choices=Group.choices, blank=True)
    gender = models.CharField(max_length=12, choices=Gender.choices, blank=True)
    topics = models.JSONField(default=list)
    wording_versions = models.JSONField(default=dict)
    method = models.CharField(max_length=12)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    mails = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="join_request_due", condition=models.Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.asked_at}"


class Consent(models.Model):
    """One entry of the consent ledger: given or withdrawn, to which words, when and how. Entries are only added."""

    class Method(models.TextChoices):
        """How the person said so."""

        FORM = "form", _("Form on the site")
        BOT = "bot", _("Telegram bot")
        ONE_CLICK = "one_click", _("One-click unsubscribe")
        LINK = "link", _("Link in a message")
        DEMO = "demo", _("Generated for the demo")

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="consents")
    channel = models.CharField(max_length=12, choices=ChannelName.choices)
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    granted = models.BooleanField()
    wording_version = models.CharField(max_length=20)
    language = models.CharField(max_length=12)
    given_at = models.DateTimeField()
    method = models.CharField(max_length=12, choices=Method.choices)
    actor = models.ForeignKey(
        get_user_model(), null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False
    )

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [models.Index(fields=["subscriber", "channel", "purpose", "-id"], name="consent_latest")]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.granted}"


class Suppression(models.Model):
    """An address that must never be written to again, kept as a keyed hash so that it survives the person's erasure."""

    channel = models.CharField(max_length=12, choices=ChannelName.choices)
    address_hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=12, choices=SuppressionReason.choices)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        constraints = [models.UniqueConstraint(fields=["channel", "address_hash"], name="suppression_per_address")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.get_reason_display()}"


class Segment(models.Model):
    """A saved rule over what subscribers declared; ``code`` is what ledgers and reports carry and never changes."""

    code = models.SlugField(_("code"), max_length=40, unique=True, validators=[RegexValidator(r"^[a-z][a-z0-9-]*$")])
    name = models.CharField(_("name"), max_length=80, unique=True)
    description = models.TextField(_("description"), blank=True)
    rule: "models.JSONField[Rule]" = models.JSONField(_("rule"), validators=[validate_rule])

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
