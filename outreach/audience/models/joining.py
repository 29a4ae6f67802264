"""Asking to join: forms that wait for proof, links to the form, and how many came by each."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from outreach.audience.choices import ChannelName, Gender, Group, Parish

from .people import Subscription


class JoinRequest(models.Model):
    """A filled-in form that waits for proof: anybody can type an address, so nothing counts until its link is used.

    The link that is mailed names this row, so that a person confirms what they asked for and not what somebody else
    typed later. ``due_at`` is when the next mail is to go out, empty where none is; ``wording_versions`` are those of
    the consents that the form showed, by purpose, and ``wording_language`` is the language in which it showed them
    (empty: the one asked for). ``is_short`` marks a form that asked for no more than the consent to messages: what it
    did not ask stays as it is. ``source`` is where the person came from this time.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="join_requests")
    language = models.CharField(max_length=12)
    group = models.CharField(max_length=20, choices=Group.choices, blank=True)
    gender = models.CharField(max_length=12, choices=Gender.choices, blank=True)
    parish = models.CharField(max_length=20, choices=Parish.choices, blank=True, db_default="")
    topics = models.JSONField(default=list)
    wording_versions = models.JSONField(default=dict)
    wording_language = models.CharField(max_length=12, blank=True, db_default="")
    is_short = models.BooleanField(default=False, db_default=False)
    source = models.CharField(max_length=60, blank=True, db_default="")
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


class JoinLink(models.Model):
    """A short link to the form, for one campaign and place: a poster, a clinic, a radio spot.

    ``code`` stands in the short address and is the ``source`` of those who join by it; it never changes. A retired link
    still leads to the form.
    """

    class Kind(models.TextChoices):
        """Where people see the link."""

        POSTER = "poster", _("Poster")
        LEAFLET = "leaflet", _("Leaflet or card")
        RADIO = "radio", _("Radio spot")
        EVENT = "event", _("Event or session")
        SHEET = "sheet", _("Paper sign-up sheet")
        ONLINE = "online", _("Web site or social media")
        OTHER = "other", _("Something else")

    code = models.CharField(
        _("code"), max_length=40, unique=True, validators=[RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
    )
    campaign = models.ForeignKey(
        "outreach.Campaign",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("campaign"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.POSTER)
    place = models.CharField(_("place"), max_length=120, help_text=_("Where it hangs, lies or is said."))
    parish = models.CharField(_("parish"), max_length=20, choices=Parish.choices, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True, editable=False)
    is_demo = models.BooleanField(_("demo data"), default=False, editable=False)

    class Meta:
        verbose_name = _("sign-up link")
        verbose_name_plural = _("sign-up links")
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        colon = pgettext("after a label", ":")
        return f"{self.get_kind_display()}{colon} {self.place}"


class SignUpCount(models.Model):
    """How many sign-ups came by one source on one day of the office's zone; it outlives the people behind it.

    ``asked`` counts filled-in forms, ``joined`` those whose address became active.
    """

    source = models.CharField(max_length=60)
    day = models.DateField()
    channel = models.CharField(max_length=12, choices=ChannelName.choices)
    asked = models.PositiveIntegerField(default=0)
    joined = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "day", "channel"], name="sign_ups_counted_once")]

    def __str__(self) -> str:
        return f"{self.source}, {self.day}: {self.asked}"


class PaperSheet(models.Model):
    """One signed sheet, entered by staff: where and when people signed, what was printed on it, where it is kept.

    It holds nobody: who signed is in the consent ledger, whose entries carry ``evidence``. ``entry`` names the form in
    which it was typed, so that a form sent twice enters one sheet. The counts are of its filled-in rows: ``invited``
    were sent the mail that asks to confirm, ``already_active`` were left as they are, ``refused`` must not be written
    to.
    """

    link = models.ForeignKey(
        JoinLink, null=True, on_delete=models.SET_NULL, related_name="sheets", verbose_name=_("place")
    )
    signed_on = models.DateField(_("date on the sheet"))
    language = models.CharField(_("language of the sheet"), max_length=12, choices=settings.LANGUAGES)
    wording_versions = models.JSONField(default=dict)
    evidence = models.CharField(_("where the sheet is kept"), max_length=200)
    invited = models.PositiveIntegerField(default=0)
    already_active = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    entry = models.CharField(max_length=64, unique=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    entered_at = models.DateTimeField(_("entered"))

    class Meta:
        verbose_name = _("paper sheet")
        verbose_name_plural = _("paper sheets")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.evidence}, {self.signed_on}"


class JoinAttempts(models.Model):
    """How often a form came from one network, or at all, within one window of time; or one mail that went to an inbox.

    ``bucket`` is a hash under a key that lives one day, so that no network is stored. That of an inbox begins with
    ``inbox:`` and is a hash under the key of the addresses; its ``window`` is the moment of the mail.
    """

    bucket = models.CharField(max_length=64)
    window = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bucket", "window"], name="attempts_counted_once")]

    def __str__(self) -> str:
        return f"{self.window}: {self.count}"
