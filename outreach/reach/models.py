"""Counts rebuilt from the ledger: nothing here knows a person by more than a number."""

from typing import Any

from django.db import models

from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Cohort


class Axis(models.TextChoices):
    """Along what a broadcast's day is counted: everything, or one of the tables that evaluators may read.

    Segment and gender stand together, because only of them there is a table of two dimensions.
    """

    ALL = "all"
    SEGMENT_GENDER = "segment_gender"
    GROUP = "group"
    LANGUAGE = "language"
    CHANNEL = "channel"


MACHINES, SHARED_MACHINES = "machines", "shared_machines"
"""What else stands among the margins: what machines did, its place the reason. The first with messages, the second with
clicks over shared links, which belong to no day and stand on the first. A message counts for one reason only."""


class Counted(models.Model):
    """What is counted of a day of a broadcast, in deliveries. Always rebuilt whole, never incremented.

    ``day`` is the day in the office's zone on which the deliveries were settled, within the days of the broadcast.
    ``planned`` is every row of the ledger, ``attempted`` were handed to the channel, ``accepted`` were taken by the
    provider (or reported delivered), ``bounced`` came back. Of those accepted, ``unsubscribed`` led to leaving,
    ``withdrawn`` to leaving or a complaint; ``trackable`` belong to people who allow personal links, ``clicked`` to
    people who followed one themselves at least once, and ``machine_clicked`` had a link followed by a scanner or a
    preview; ``open_trackable`` belong to people who allow opens to be seen, ``opened`` were opened by one of them at
    least once, and ``machine_opened`` by a machine. What came back counts on the day of its delivery, if it came within
    the attribution window (:mod:`~outreach.reach.window`).
    """

    day = models.DateField()
    planned = models.PositiveIntegerField(default=0)
    attempted = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    bounced = models.PositiveIntegerField(default=0)
    unsubscribed = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    trackable = models.PositiveIntegerField(default=0)
    clicked = models.PositiveIntegerField(default=0)
    machine_clicked = models.PositiveIntegerField(default=0)
    open_trackable = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)
    machine_opened = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


class Rollup(Counted):
    """The counts of one day of a broadcast for one combination of frozen dimensions."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="rollups")
    segment = models.CharField(max_length=40)
    group = models.CharField(max_length=20, blank=True)
    gender = models.CharField(max_length=12, blank=True)
    language = models.CharField(max_length=12)
    channel = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["broadcast", "day", "segment", "group", "gender", "language", "channel"], name="rollup_cell"
            )
        ]
        # On this model, because whoever has a permission on broadcasts may read what the audit log says of them.
        permissions = [("view_reach", "Can read reach")]

    def __str__(self) -> str:
        return f"{self.broadcast_id}, {self.day}: {self.segment}, {self.gender}"


class Margin(Counted):
    """The rollups of a day of a broadcast, summed along one axis: what tables read, however large the ledger grows.

    ``place`` is a segment and a gender with a slash between them, or a group, a language or a channel; empty for all.
    Besides the axes of :class:`Axis` there are :data:`MACHINES` and :data:`SHARED_MACHINES`.
    """

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, db_index=False, related_name="margins")
    axis = models.CharField(max_length=16, choices=Axis.choices)
    place = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "axis", "day", "place"], name="margin_cell"),
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id}, {self.day}: {self.place}"


class PeopleSet(models.Model):
    """Which people a broadcast reached on one day, at one place of an axis: so that they can be counted once.

    ``numbers`` is a roaring bitmap of subscribers' numbers, ``size`` how many are in it. A number leads to nobody once
    the person was erased, and is never given to another. A person has at most one accepted message by broadcast and
    channel, so the sets of an :attr:`Axis.CHANNEL` count messages as well. ``day`` and ``place`` as in :class:`Margin`.
    """

    class Kind(models.TextChoices):
        """Which people: all who were reached, those of them who allow personal links, those who followed one."""

        REACHED = "reached"
        TRACKABLE = "trackable"
        CLICKED = "clicked"

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, db_index=False, related_name="people_sets")
    day = models.DateField()
    axis = models.CharField(max_length=16, choices=Axis.choices)
    place = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    size = models.PositiveIntegerField()
    numbers: "models.BinaryField[Any, Any]" = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "axis", "kind", "day", "place"], name="people_set_place")
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id}, {self.day}: {self.size} {self.kind}"


class CohortRollup(models.Model):
    """Clicks over the links that one cohort shares: ``clicks`` by people, ``machine_clicks`` by scanners and previews.

    These are clicks, not people: whoever follows a shared link twice counts twice. Only those within the attribution
    window are in.
    """

    cohort = models.OneToOneField(Cohort, on_delete=models.CASCADE, related_name="rollup")
    clicks = models.PositiveIntegerField(default=0)
    machine_clicks = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.cohort_id}: {self.clicks}"


class StoryRollup(models.Model):
    """Clicks that led to one of the pages that a broadcast carries.

    ``story`` is the number of the page as it was chosen, whatever the language of the message; empty for links that
    lead elsewhere, and ``"?"`` where several messages share a cohort's link and disagree on where it leads.
    ``clicked`` are accepted messages in which a person followed a personal link there, ``cohort_clicks`` clicks over
    shared links; machines are left out. A message in which two pages were followed counts for both.
    """

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="story_rollups")
    story = models.CharField(max_length=20, blank=True)
    clicked = models.PositiveIntegerField(default=0)
    cohort_clicks = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["broadcast", "story"], name="story_rollup_once")]

    def __str__(self) -> str:
        return f"{self.broadcast_id}: {self.story}"


class Rebuild(models.Model):
    """When the rollups of a broadcast were last rebuilt (UTC), and up to which tracking event.

    ``settled`` says that the rebuild before it had seen the same events of a broadcast that had already ended: an event
    written by a slower transaction, with a lower number, is then in too. ``took_ms`` is what the rebuild cost, in
    milliseconds: the larger the ledger, the longer the pause before the next.
    """

    broadcast = models.OneToOneField(Broadcast, on_delete=models.CASCADE, related_name="rebuild")
    rebuilt_at = models.DateTimeField()
    newest_event = models.BigIntegerField(default=0)
    settled = models.BooleanField(default=False)
    took_ms = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.broadcast_id}: {self.rebuilt_at}"
