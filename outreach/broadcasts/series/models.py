"""A series of broadcasts, and who agreed that its editions need no approval of their own."""

from datetime import time

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from outreach.audience.models import Segment
from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Addressed, Broadcast

MOST_STORIES, MOST_HOURS_AHEAD = 10, 168


def topic_choices() -> list[tuple[str, object]]:
    """The topics of the settings; a callable, so that a migration does not freeze them."""
    return list(settings.TOPICS.items())


def mondays() -> list[int]:
    """The week's first day, as the days of a new series."""
    return [0]


class Series(Addressed):
    """A broadcast that repeats: when, to whom, and which stories and news its editions tell of.

    ``local_time`` is by the clocks of the office, ``weekdays`` count from Monday, 0. Times with a date are UTC:
    ``handled_until`` is the last of its times that was dealt with, ``stories_since`` is when the last edition was made,
    and ``skipped_at`` the last of its times without anything new.
    """

    class Carries(models.TextChoices):
        """What its editions tell of."""

        STORIES = "stories", _("Stories")
        NEWS = "news", _("News")
        BOTH = "both", _("Stories and news")

    class Rhythm(models.TextChoices):
        """How often an edition goes out."""

        WEEKLY = "weekly", _("Every week")
        MONTHLY = "monthly", _("Every month")

    class Weekday(models.IntegerChoices):
        """The days of the week as Python counts them."""

        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    title = models.CharField(
        _("title"), max_length=80, help_text=_("For staff; the title of each edition adds its date.")
    )
    campaign = models.ForeignKey(
        Campaign,
        verbose_name=_("campaign"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Its editions count there, from the next one on."),
    )
    rhythm = models.CharField(_("how often"), max_length=10, choices=Rhythm.choices, default=Rhythm.WEEKLY)
    weekdays = models.JSONField(_("on these days of the week"), default=mondays, blank=True)
    month_day = models.PositiveSmallIntegerField(
        _("on this day of the month"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=_("In a shorter month, its last day."),
    )
    local_time = models.TimeField(_("at this time"), default=time(9))
    segments = models.ManyToManyField(Segment, verbose_name=_("segments"), related_name="series")
    missed_rule = models.CharField(
        _("if the time was missed"),
        max_length=4,
        choices=Broadcast.MissedRule.choices,
        default=Broadcast.MissedRule.HOLD,
    )
    carries = models.CharField(_("what it tells of"), max_length=10, choices=Carries.choices, default=Carries.STORIES)
    topic = models.CharField(
        _("topic"),
        max_length=40,
        blank=True,
        choices=topic_choices,
        help_text=_("Only what is about it; if empty, everything."),
    )
    most_stories = models.PositiveSmallIntegerField(
        _("at most this many stories or news items"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_STORIES)],
    )
    hours_ahead = models.PositiveSmallIntegerField(
        _("make the draft this many hours ahead"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_HOURS_AHEAD)],
        help_text=_("So that there is time to read, to edit and to approve it."),
    )
    is_paused = models.BooleanField(default=False, editable=False)
    handled_until = models.DateTimeField(editable=False)
    stories_since = models.DateTimeField(editable=False)
    skipped_at = models.DateTimeField(null=True, editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("repeating broadcast")
        verbose_name_plural = _("repeating broadcasts")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class SeriesApproval(models.Model):
    """A second person's word that the editions of a series go out without an approval of their own.

    It counts only for the rule that they read, whose SHA-256 it holds in hexadecimal, and until it is taken back.
    """

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="approvals")
    rule_hash = models.CharField(max_length=64)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    approved_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="series_approved_by_another_person",
                condition=models.Q(edited_by__isnull=True) | ~models.Q(approved_by=models.F("edited_by")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.series_id}: {self.rule_hash[:8]}"
