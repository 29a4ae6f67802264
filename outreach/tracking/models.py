"""What came back: clicks, opens, unsubscribes and what providers reported; what was read on the site; and how far the
worker has read the bot's updates and the journals of the web processes.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Cohort, Delivery

from .hits.machines import MachineReason
from .web.sources import Device, Source


class TrackingEvent(models.Model):
    """One thing that came back for a broadcast.

    It belongs to a delivery where the person consented to that (or where it is their own act, as leaving is), else to a
    cohort. A non-empty ``machine_reason`` says why no human is thought to be behind it; such events are kept apart.
    No IP address and no user agent is stored. ``occurred_at`` is UTC.
    """

    class Kind(models.TextChoices):
        """The closed list of what can come back."""

        CLICK = "click", _("Click")
        OPEN = "open", _("Open")
        UNSUBSCRIBE = "unsubscribe", _("Unsubscribe")
        COMPLAINT = "complaint", _("Complaint")
        BOUNCE = "bounce", _("Bounce")
        DELIVERED = "delivered", _("Delivered")

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="events")
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.CASCADE, related_name="events")
    cohort = models.ForeignKey(Cohort, null=True, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    link = models.PositiveSmallIntegerField(null=True)
    machine_reason = models.CharField(max_length=20, choices=MachineReason.choices, blank=True)
    occurred_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["broadcast", "kind"], name="event_of_broadcast")]
        constraints = [
            models.CheckConstraint(
                name="event_of_delivery_or_cohort",
                condition=models.Q(delivery__isnull=False) | models.Q(cohort__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id}: {self.kind}"


class UpdateCursor(models.Model):
    """Up to which update the worker has read a bot's ``getUpdates``; ``bot`` is the number before the token's colon."""

    bot = models.CharField(max_length=20, unique=True)
    next_update = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.bot}: {self.next_update}"


class JournalCursor(models.Model):
    """Up to which byte a worker has read the journal of a web process; moved in the transaction that writes its rows.

    ``name`` is the file's, which no other ever has. ``is_ended`` says that it was read whole and may be removed.
    """

    name = models.CharField(max_length=120, unique=True)
    offset = models.BigIntegerField(default=0)
    is_ended = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.name}: {self.offset}"


class Drop(models.Model):
    """How many hits were not counted on a day of the office, by reason. Nothing else is kept of them."""

    class Reason(models.TextChoices):
        """The closed list of why a hit is not counted as it came."""

        # Not made by this site, changed, cut off, or made for another use.
        TOKEN = "token", _("the link is forged, cut off or foreign")
        # The message has no link of this number.
        LINK = "link", _("the message has no such link")
        # The broadcast, the message, the delivery or the page is not there any more.
        GONE = "gone", _("what it belongs to was deleted")
        # The consent to count opens was taken back.
        CONSENT = "consent", _("the consent was taken back")
        # The broadcast has no cohort for it.
        COHORT = "cohort", _("it belongs to no cohort")
        # It came after the raw events of its broadcast were removed, and belongs to no figure.
        OLD = "old", _("the broadcast's events were removed before")
        # The end of a page was told a second time for one visit, or the page's token was.
        REPEATED = "repeated", _("it was counted before")
        # The page's token is too old, or the reader claims more time than passed.
        TIME = "time", _("its time can't be right")
        # The day of the visit is over, so nobody can tell whether it was counted; the page view itself was.
        LATE = "late", _("the visit's day is over")
        # Not lost: the clock was wrong, and the hit was counted at the nearest moment that is possible.
        CLOCK = "clock", _("the clock was wrong; counted at a corrected time")
        # A line of a journal is not as it was written.
        DAMAGED = "damaged", _("a line of the journal is damaged")
        # The process ended in the middle of a line, or the machine lost its power.
        CUT = "cut", _("the journal ends in the middle of a line")
        # The disk took no more. The reader was led on.
        LOST = "lost", _("the journal could not be written")

    day = models.DateField()
    reason = models.CharField(max_length=10, choices=Reason.choices)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "reason"], name="drop_of_day")]

    def __str__(self) -> str:
        return f"{self.day}, {self.reason}: {self.count}"


class Forgotten(models.Model):
    """The raw events of a broadcast before this moment (UTC) were removed: its counts can't be rebuilt from them."""

    broadcast = models.OneToOneField(Broadcast, on_delete=models.CASCADE, related_name="forgotten")
    before = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.broadcast_id}: {self.before}"


class PageDay(models.Model):
    """What was read on one page on one day of the office, in one language, by where the readers came from.

    ``views`` leaves out staff and declared machines; ``machine_views`` are those of the latter. ``visits`` are
    different visitors of that page on that day, each counted where they first came from. ``beacons`` are visits whose
    script told how far they came, ``completed`` those that reached the end after a plausible time. A visitor without
    JavaScript sends no beacon and is in neither. The numbers of a page and a broadcast stay after those are gone.
    """

    day = models.DateField()
    page = models.ForeignKey(Page, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    language = models.CharField(max_length=12)
    source = models.CharField(max_length=10, choices=Source.choices)
    broadcast = models.ForeignKey(
        Broadcast, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    device = models.CharField(max_length=8, choices=Device.choices)
    views = models.PositiveIntegerField(default=0)
    machine_views = models.PositiveIntegerField(default=0)
    visits = models.PositiveIntegerField(default=0)
    beacons = models.PositiveIntegerField(default=0)
    completed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "page", "language", "source", "broadcast", "device"],
                condition=models.Q(broadcast__isnull=False),
                name="page_day_of_broadcast",
            ),
            models.UniqueConstraint(
                fields=["day", "page", "language", "source", "device"],
                condition=models.Q(broadcast__isnull=True),
                name="page_day_of_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}, {self.page_id}, {self.source}: {self.views}"


class PageVisit(models.Model):
    """That a visitor of today was on a page already; removed when the day is over.

    ``visit`` is a hash under a key that exists on one machine for one day alone (:mod:`.web.visitors`).
    """

    day = models.DateField()
    page = models.BigIntegerField()
    visit = models.BigIntegerField()
    is_viewed = models.BooleanField(default=False)
    has_beacon = models.BooleanField(default=False)
    is_completed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "page", "visit"], name="visit_once")]

    def __str__(self) -> str:
        return f"{self.day}, {self.page}"
