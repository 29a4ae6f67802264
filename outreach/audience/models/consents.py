"""What people agreed to, and the words of it."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext_lazy as _

from outreach.audience.choices import ChannelName, Purpose
from outreach.written_once import WrittenOnce

from .people import Subscriber


class Consent(WrittenOnce):
    """One entry of the consent ledger: given or withdrawn, to which words, when and how.

    Entries are only added, and go only with the person: the database itself refuses to change or to remove one, and
    removes them when the person's row goes. ``language`` is that of the words that were shown. ``given_at`` is when the
    person said so and ``recorded_at`` when it was written down, empty where that was at once. ``actor`` is whoever of
    the team entered it; ``actor_name`` stays when that account is deleted.
    """

    class Method(models.TextChoices):
        """How the person said so."""

        FORM = "form", _("Form on the site")
        BOT = "bot", _("Telegram bot")
        ONE_CLICK = "one_click", _("One-click unsubscribe")
        LINK = "link", _("Link in a message")
        PREFERENCES = "preferences", _("Preference page")
        PAPER = "paper", _("Signed sheet, entered by staff")
        IMPORT = "import", _("Imported with proof of consent")
        STAFF = "staff", _("Entered by staff at the person's wish")
        COMPLAINT = "complaint", _("Complaint to the mail provider")
        DEMO = "demo", _("Generated for the demo")

    subscriber = models.ForeignKey(Subscriber, on_delete=models.DO_NOTHING, related_name="consents")
    channel = models.CharField(max_length=12, choices=ChannelName.choices)
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    granted = models.BooleanField()
    wording_version = models.CharField(max_length=20)
    language = models.CharField(max_length=12)
    given_at = models.DateTimeField()
    method = models.CharField(max_length=12, choices=Method.choices)
    recorded_at = models.DateTimeField(null=True, blank=True)
    actor = models.ForeignKey(
        get_user_model(), null=True, blank=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    actor_name = models.CharField(max_length=150, blank=True, db_default="")
    evidence = models.CharField(
        _("evidence"),
        max_length=200,
        blank=True,
        db_default="",
        help_text=_("Where the proof is kept: the sheet, the list."),
    )

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [models.Index(fields=["subscriber", "channel", "purpose", "-id"], name="consent_latest")]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.granted}"


class Wording(models.Model):
    """One version of the words that people agree to for one purpose, in every language of the site.

    A draft until ``published_at``; from then on it is shown to people and never changes.
    """

    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    version = models.CharField(_("version"), max_length=20)
    reason = models.CharField(_("why it changed"), max_length=200, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        ordering = ["purpose", "-id"]
        permissions = [("publish_wording", "Can publish the words that people agree to")]
        constraints = [
            models.UniqueConstraint(fields=["purpose", "version"], name="wording_version_once"),
            models.UniqueConstraint(
                fields=["purpose"], name="one_draft_of_a_wording", condition=models.Q(published_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, {self.version}"


class WordingText(models.Model):
    """A wording in one language."""

    wording = models.ForeignKey(Wording, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [models.UniqueConstraint(fields=["wording", "language"], name="wording_text_once")]

    def __str__(self) -> str:
        return f"{self.language}: {self.text}"
