"""A broadcast, its text for each channel and language, and who approved which content for which audience."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import RichTextField

from outreach.audience.choices import ChannelName
from outreach.audience.models import Segment

from . import reasons
from .campaign import Campaign
from .links import validate_link

LONGEST_TITLE, LONGEST_LINE = 120, 150
"""In characters: a broadcast's title, and a subject or preview text."""

LONGEST_LABEL, LONGEST_ADDRESS = 40, 500
"""In characters: what stands on a button, and where it leads."""


def both_channels() -> list[str]:
    """Every channel there is, in the order in which a person with several is written to."""
    return list(ChannelName.values)


def cell_name(channel: str, language: str) -> str:
    """What a place in the matrix is called: the channel in the reader's language, and the language in its own."""
    return f"{ChannelName(channel).label}, {dict(settings.LANGUAGES).get(language, language)}"


def validate_zone(name: str) -> None:
    """Raise ``ValidationError`` unless ``name`` is a time zone of the IANA list."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValidationError(_("Write a time zone of the IANA list, like America/Dominica.")) from None


@register_setting(icon="time")
class QuietHours(BaseGenericSetting):
    """When no message begins its way; each channel has a switch of its name. The same start and end mean never."""

    start = models.TimeField(_("quiet from"), default=time(21))
    end = models.TimeField(_("quiet until"), default=time(7))
    zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[validate_zone],
        help_text=_("A name of the IANA list, like America/Dominica; if empty, the time zone of the office."),
    )
    email = models.BooleanField(_("quiet hours by e-mail"), default=False)
    telegram = models.BooleanField(_("quiet hours on Telegram"), default=False)

    panels = [
        MultiFieldPanel([FieldPanel("start"), FieldPanel("end"), FieldPanel("zone")], heading=_("Time")),
        MultiFieldPanel(
            [FieldPanel("email"), FieldPanel("telegram")],
            heading=_("Channels"),
            help_text=_(
                "Where there is no tick, there are no quiet hours: messages go out at any time. Where there is one,"
                " what is due waits until they are over; only urgent broadcasts do not wait."
            ),
        ),
    ]

    class Meta:
        verbose_name = _("quiet hours")
        verbose_name_plural = _("quiet hours")

    def __str__(self) -> str:
        return f"{self.start:%H:%M}–{self.end:%H:%M}"


class Addressed(models.Model):
    """On which channels, and in which language for want of their own, people are written to."""

    channels = models.JSONField(_("channels"), default=both_channels)
    every_channel = models.BooleanField(
        _("write on every channel"),
        default=False,
        help_text=_("Otherwise a person with several addresses gets the message once."),
    )
    fallback_language = models.CharField(
        _("fallback language"),
        max_length=12,
        blank=True,
        default="en",
        choices=settings.LANGUAGES,
        help_text=_("For people in whose language there is no message; if empty, they are left out."),
    )

    class Meta:
        abstract = True


class Broadcast(Addressed):
    """One mass message of the campaign, from draft to finished. Times are UTC; staff see the office's zone.

    A welcome message is a broadcast of its own kind: once it is approved it keeps sending, to each person who joins
    from then on, until ``closed_at``. An edition of a series knows for which of its times it was made, ``occurrence``,
    and after when what it tells of was published, ``stories_since``.
    """

    class Kind(models.TextChoices):
        """Whom it is for: the people of its segments at one time, or each who joins."""

        CAMPAIGN = "campaign", _("Broadcast")
        WELCOME = "welcome", _("Welcome message")

    class State(models.TextChoices):
        """Where the broadcast stands. Only ``sending`` lets a worker send."""

        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Waiting for approval")
        SCHEDULED = "scheduled", _("Scheduled")
        SENDING = "sending", _("Sending")
        PAUSED = "paused", _("Paused")
        FINISHED = "finished", _("Finished")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    class MissedRule(models.TextChoices):
        """What happens when the time passed before it could begin. Where it is dropped, nothing leaves after that."""

        SEND = "send", _("Send as soon as possible")
        HOLD = "hold", _("Hold until somebody decides")
        DROP = "drop", _("Drop after the deadline")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.CAMPAIGN, editable=False)
    title = models.CharField(_("title"), max_length=LONGEST_TITLE, help_text=_("For staff; receivers do not see it."))
    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), null=True, blank=True, on_delete=models.PROTECT, related_name="broadcasts"
    )
    segments = models.ManyToManyField(Segment, verbose_name=_("segments"), blank=True, related_name="broadcasts")
    send_at = models.DateTimeField(_("send at"), null=True, blank=True)
    missed_rule = models.CharField(
        _("if the time was missed"), max_length=4, choices=MissedRule.choices, default=MissedRule.HOLD
    )
    archived = models.BooleanField(
        _("show in the public archive"),
        default=False,
        help_text=_("Once it is being sent, the site lists its e-mail for everybody. It can be taken out at any time."),
    )
    deadline_hours = models.PositiveSmallIntegerField(_("deadline in hours"), default=24)
    ignores_quiet_hours = models.BooleanField(
        _("urgent: ignore quiet hours"),
        default=False,
        help_text=_(
            "Only for what can't wait until morning, such as a storm warning. It also goes to people who want fewer "
            "messages."
        ),
    )
    series = models.ForeignKey(
        "outreach.Series", null=True, editable=False, on_delete=models.SET_NULL, related_name="editions"
    )
    occurrence = models.DateTimeField(null=True, editable=False)
    stories_since = models.DateTimeField(null=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    pause_reason = models.CharField(max_length=300, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    is_demo = models.BooleanField(_("demo data"), default=False, editable=False)

    class Meta:
        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcasts")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "send_at"], name="broadcast_due")]
        constraints = [
            models.UniqueConstraint(fields=["series", "occurrence"], name="edition_per_occurrence"),
            models.UniqueConstraint(
                fields=["kind"],
                name="one_open_welcome",
                condition=models.Q(kind="welcome", started_at__isnull=False, closed_at__isnull=True)
                & models.Q(state__in=["sending", "paused"]),
            ),
        ]
        permissions = [
            ("submit_broadcast", "Can submit broadcasts for approval"),
            ("approve_broadcast", "Can approve, schedule, pause and cancel broadcasts"),
            ("view_sandbox", "Can read the sandbox"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_editable(self) -> bool:
        """Whether content and audience can still change; once sending began, what was sent must stay readable."""
        return self.state in {self.State.DRAFT, self.State.SUBMITTED, self.State.SCHEDULED}

    @property
    def is_welcome(self) -> bool:
        """Whether it goes to each person who joins, instead of to segments."""
        return self.kind == self.Kind.WELCOME

    @property
    def paused_because(self) -> str:
        """Why it is held, in the reader's language."""
        return reasons.in_words(self.pause_reason)

    @property
    def deadline(self) -> datetime | None:
        """From when (UTC) nothing of it is sent any more; ``None`` where it has no deadline, or no time yet."""
        return self.deadline_from(self.send_at) if self.send_at else None

    def deadline_from(self, start: datetime) -> datetime | None:
        """Its deadline if its time is ``start`` (UTC); ``None`` where its rule for missed times knows none."""
        if self.is_welcome or self.missed_rule != self.MissedRule.DROP:
            return None
        return start + timedelta(hours=max(self.deadline_hours, 1))

    def is_too_late(self, now: datetime) -> bool:
        """Whether its deadline has passed ``now`` (UTC)."""
        return self.deadline is not None and self.deadline < now

    @property
    def is_urgent(self) -> bool:
        """Whether it can't wait: it goes out in quiet hours, and to people who want fewer messages."""
        return self.ignores_quiet_hours

    @property
    def stands_open(self) -> bool:
        """Whether whoever joins now gets it."""
        return self.is_welcome and self.state == self.State.SENDING and self.closed_at is None

    @property
    def state_label(self) -> str:
        """The state in a word; a welcome message that keeps sending is switched on."""
        return str(_("Switched on") if self.stands_open else self.get_state_display())


class CarriedPage(models.Model):
    """A story, an infographic or a news item that a broadcast carries; ``place`` orders them, the first one leads."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="carried")
    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="+")
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["broadcast", "page"], name="page_carried_once")]

    def __str__(self) -> str:
        return str(self.page)


class Message(models.Model):
    """The text of a broadcast for one channel and language.

    ``body`` is simple rich text (bold, italic, links, lists). ``source_hash`` is the content hash of the stories from
    which the text was drawn: another hash there today means that the text is stale. ``more_buttons`` are pairs of a
    label and an address, below the main one.

    ``picture`` is the infographic that goes with the text. Its drawing was made when the text was written:
    ``picture_file`` is where the store keeps it under the hash of its bytes, ``picture_alt`` says what it shows, and
    ``picture_source`` is the infographic's content hash of then.

    ``links`` are the targets of the rendered text, in order; a tracked link knows its target by its number, so it can
    lead nowhere else. ``rendered`` is what the receivers got, kept once sending begins, so that neither a renamed page
    nor a new template changes it.
    """

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="messages")
    channel = models.CharField(_("channel"), max_length=12, choices=ChannelName.choices)
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject or headline"), max_length=LONGEST_LINE)
    preview_text = models.CharField(
        _("preview text"),
        max_length=LONGEST_LINE,
        blank=True,
        help_text=_("What a mail program shows beside the subject."),
    )
    body = RichTextField(_("text"), features=["bold", "italic", "link", "ul"])
    button_label = models.CharField(_("button"), max_length=LONGEST_LABEL, blank=True)
    button_url = models.CharField(
        _("the button leads to"), max_length=LONGEST_ADDRESS, blank=True, validators=[validate_link]
    )
    more_buttons = models.JSONField(_("more buttons"), default=list, blank=True)
    picture = models.ForeignKey(
        "home.InfographicPage",
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("The picture of an infographic, in the language of the text."),
    )
    picture_file = models.CharField(max_length=100, blank=True, editable=False)
    picture_alt = models.TextField(blank=True, editable=False)
    picture_source = models.CharField(max_length=64, blank=True, editable=False)
    source_hash = models.CharField(max_length=64, blank=True, editable=False)
    links = models.JSONField(default=list, editable=False)
    rendered = models.JSONField(null=True, editable=False)
    edited_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["channel", "language"]
        constraints = [models.UniqueConstraint(fields=["broadcast", "channel", "language"], name="message_per_cell")]

    def __str__(self) -> str:
        return cell_name(self.channel, self.language)


class Approval(models.Model):
    """One submission and what came of it, bound to the content and the audience rule as they were then.

    Both hashes are SHA-256 in hexadecimal. An approval counts only while both still agree and it was not voided.
    ``in_advance`` says that nobody read this text: it was given with the rule of a series, and goes with that.
    """

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="approvals")
    content_hash = models.CharField(max_length=64)
    audience_hash = models.CharField(max_length=64)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="submitted_approvals"
    )
    submitted_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="given_approvals"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=200, blank=True)
    in_advance = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="approved_by_another_person",
                condition=models.Q(approved_by__isnull=True) | ~models.Q(approved_by=models.F("submitted_by")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id}: {self.content_hash[:8]}"

    @property
    def why_void(self) -> str:
        """Why it counts no more, in the reader's language; empty where nobody said."""
        return reasons.in_words(self.void_reason)


class TestChat(models.Model):
    """The Telegram chat to which a member of staff lets the studio send tests; bound by a signed link to the bot."""

    __test__ = False

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="test_chat")
    address_encrypted = models.TextField()
    bound_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id}"
