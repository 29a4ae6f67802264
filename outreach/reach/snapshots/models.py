"""What is stored of frozen figures. Rows are written once; nothing in the site changes or removes them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.written_once import WrittenOnce


class Snapshot(WrittenOnce):
    """The figures of one broadcast or of one period as they may be read, for good.

    ``place`` names what was counted and is the same for all its versions: ``broadcast/12``, ``2026-10``, or a period
    with a campaign, ``2026-10/campaign/3``. ``payload`` is canonical JSON (sorted keys, whole numbers only) with every
    figure that may be read for either k, the names as they were, and every metric as it was defined (not in those that
    were stored before definitions were kept); ``digest`` its SHA-256 in hexadecimal. A later version has a ``reason``.
    ``number`` counts all snapshots in the order in which they were taken: each was protected given all before it. Days
    are of the office's zone and included, ``taken_at`` is UTC; ``taken_by`` is nobody where the system took it.
    """

    class Kind(models.TextChoices):
        """What it covers."""

        BROADCAST = "broadcast", _("Broadcast")
        MONTH = "month", _("Month")
        QUARTER = "quarter", _("Quarter")
        YEAR = "year", _("Year")
        CAMPAIGN = "campaign", _("Whole campaign")

    number = models.PositiveIntegerField(unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    place = models.CharField(max_length=60)
    broadcast = models.ForeignKey(
        Broadcast, verbose_name=_("broadcast"), null=True, on_delete=models.PROTECT, related_name="snapshots"
    )
    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), null=True, on_delete=models.PROTECT, related_name="snapshots"
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    version = models.PositiveSmallIntegerField(_("version"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    taken_at = models.DateTimeField(_("taken at"))
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("taken by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    definitions = models.CharField(max_length=20)
    payload = models.TextField()
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        ordering = ["-number"]
        default_permissions = ()
        permissions = [("freeze_period", "Can freeze, correct and publish the figures of a period")]
        constraints = [models.UniqueConstraint(fields=["place", "version"], name="snapshot_version")]

    def __str__(self) -> str:
        return f"{self.place} v{self.version}"

    @property
    def is_period(self) -> bool:
        """Whether it sums up broadcasts."""
        return self.kind != self.Kind.BROADCAST

    @property
    def may_be_published(self) -> bool:
        """Whether the public can ever read it: a public page has one campaign."""
        return self.is_period and self.campaign_id is not None


class SnapshotCells(WrittenOnce):
    """The sealed part of a snapshot: its true counts, and which cells are hidden for each k.

    Only hiding and checking read it: later snapshots have to be protected given these. No page, file or answer does.
    ``members`` are the snapshots of the broadcasts that a period sums up.
    """

    snapshot = models.OneToOneField(Snapshot, on_delete=models.PROTECT, related_name="sealed")
    counts = models.JSONField()
    hidden = models.JSONField()
    members = models.JSONField(default=list)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.snapshot_id)


class Publication(models.Model):
    """That a period's figures stand on the public page, since when and by whom, and until when; times are UTC."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="publications")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot"], name="published_once", condition=models.Q(withdrawn_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.snapshot_id}: {self.published_at}"
