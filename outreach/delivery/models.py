"""The ledger: who was considered for a broadcast, what became of each message, and how fast each channel may go."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outreach.audience.choices import ChannelName, Gender, Group
from outreach.audience.models import Subscriber, Subscription
from outreach.broadcasts.audience import Reason
from outreach.broadcasts.models import Broadcast, Message


class Freeze(models.Model):
    """The moment at which a broadcast's audience was fixed, and how many subscriptions were considered for it.

    ``segments`` maps each segment's code to its name and rule as they were then. ``reported_at`` is when (UTC) a
    provider last reported something that changed a delivery of it.
    """

    broadcast = models.OneToOneField(Broadcast, on_delete=models.PROTECT, related_name="freeze")
    frozen_at = models.DateTimeField()
    candidates = models.PositiveIntegerField()
    segments = models.JSONField(default=dict)
    reported_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.broadcast_id}: {self.candidates}"


class Exclusion(models.Model):
    """How many of the considered subscriptions get no message on a channel, for one reason."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.PROTECT, related_name="exclusions")
    channel = models.CharField(max_length=12, choices=ChannelName.choices)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "channel", "reason"], name="exclusion_counted_once")
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.count}"


class Cohort(models.Model):
    """The people of one broadcast who share a link that names nobody.

    A dimension is ``None`` where it was left open because too few people shared its value: a delivery belongs to the
    finest cohort that fits it.
    """

    broadcast = models.ForeignKey(Broadcast, on_delete=models.PROTECT, related_name="cohorts")
    segment = models.CharField(max_length=40, null=True)
    gender = models.CharField(max_length=12, choices=Gender.choices, null=True)
    language = models.CharField(max_length=12, null=True)
    channel = models.CharField(max_length=12, choices=ChannelName.choices, null=True)
    size = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.broadcast_id}: {self.segment}, {self.gender}, {self.language}, {self.channel}"


class Delivery(models.Model):
    """One message of one broadcast to one subscriber over one channel: the ledger's row.

    ``segment``, ``group``, ``gender`` and ``language`` are copied when the row is made and never change, so last
    year's report reads the same after a subscriber edits a profile or asks to be forgotten. ``subscriber`` and
    ``subscription`` keep their numbers after the rows that they point to are gone. ``slot`` is empty, or the channel
    where a broadcast writes on every channel: with it a person can't be written to twice. ``lease_owner`` names the
    :class:`Lease` under which a worker has claimed it. ``settled_at`` is set once nothing more can come of it.
    """

    class Status(models.TextChoices):
        """What became of the message. The first four are open; a broadcast is finished only when none is left."""

        QUEUED = "queued", _("Queued")
        ATTEMPTING = "attempting", _("Being sent")
        DEFERRED = "deferred", _("Tried again later")
        UNCERTAIN = "uncertain", _("Uncertain")
        ACCEPTED = "accepted", _("Accepted")
        DELIVERED = "delivered", _("Delivered")
        BOUNCED = "bounced", _("Bounced")
        BLOCKED = "blocked", _("Blocked by the receiver")
        REJECTED = "rejected", _("Content refused")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    OPEN = (Status.QUEUED, Status.ATTEMPTING, Status.DEFERRED, Status.UNCERTAIN)
    WAITING = (Status.QUEUED, Status.DEFERRED)
    REACHED = (Status.ACCEPTED, Status.DELIVERED)
    RETRIED = (Status.FAILED, Status.REJECTED)

    # The indexes below begin with the broadcast. A message that has deliveries can't be removed by any service, and its
    # broadcast is protected, so the ledger is spared an index and a check a row.
    broadcast = models.ForeignKey(Broadcast, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    message = models.ForeignKey(
        Message, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="deliveries"
    )
    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.DO_NOTHING, db_constraint=False, related_name="deliveries"
    )
    subscription = models.ForeignKey(
        Subscription, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="deliveries"
    )
    channel = models.CharField(max_length=12, choices=ChannelName.choices)
    slot = models.CharField(max_length=12, blank=True)
    segment = models.CharField(max_length=40)
    group = models.CharField(max_length=20, choices=Group.choices, blank=True)
    gender = models.CharField(max_length=12, choices=Gender.choices, blank=True)
    language = models.CharField(max_length=12)
    tracks_opens = models.BooleanField(default=False)
    tracks_clicks = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_owner = models.CharField(max_length=80, blank=True)
    attempted_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=120, blank=True)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "subscriber", "slot"], name="delivery_once_per_person"),
        ]
        indexes = [
            # The claim, in the order of the rows. Open rows only, whatever their status: so a claim changes nothing
            # that is indexed, and PostgreSQL can do it without touching an index.
            models.Index(
                fields=["broadcast", "channel", "id", "due_at"],
                name="delivery_open",
                condition=Q(settled_at__isnull=True),
            ),
            models.Index(fields=["provider_id"], name="delivery_provider_id", condition=~Q(provider_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id}/{self.pk}: {self.status}"

    @property
    def dimensions(self) -> tuple[str, str, str, str]:
        """By what its cohort is found: segment, gender, language, channel."""
        return self.segment, self.gender, self.language, self.channel


class Lease(models.Model):
    """A worker's sign of life on one channel: until then (UTC), what it has claimed is its own.

    ``seen_at`` is when it last gave one. A lease that ran out is removed, and what was being sent under it is
    uncertain.
    """

    owner = models.CharField(max_length=80, unique=True)
    channel = models.CharField(max_length=12, choices=ChannelName.choices)
    seen_at = models.DateTimeField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.owner


class Throttle(models.Model):
    """How fast a channel may go, for all workers together: the next free moment, and until when it has to rest."""

    channel = models.CharField(max_length=12, choices=ChannelName.choices, unique=True)
    next_at = models.DateTimeField()
    paused_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.channel
