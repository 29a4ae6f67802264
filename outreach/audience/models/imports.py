"""Lists of people that are brought in from files."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Import(models.Model):
    """One file on its way in: read, tried, and then carried out or dropped.

    ``mapping`` says which column holds what; ``options`` what the officer declared of the list, such as the proof of
    consent. ``counts`` are rows by outcome, of the ``trial`` and of what was ``done``. The file's content is kept,
    encrypted, in parts, and only until the import is done or dropped; what was refused, as row numbers and reasons
    without addresses, stays for 30 days. ``attempts`` is how often the chunk behind ``rows_done`` failed.
    """

    class State(models.TextChoices):
        """How far it has come."""

        UPLOADED = "uploaded", _("Columns to be named")
        TRYING = "trying", _("Trial under way")
        TRIED = "tried", _("Tried, nothing changed yet")
        RUNNING = "running", _("Under way")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        DROPPED = "dropped", _("Dropped")

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.UPLOADED)
    file_name = models.CharField(_("file"), max_length=120)
    header = models.JSONField(default=list)
    dialect = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    failure = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        permissions = [
            ("import_subscribers", "Can import subscribers"),
            ("export_subscribers", "Can export subscribers"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.get_state_display()}"


class ImportPart(models.Model):
    """A part of the file's content, encrypted."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="import_part_once")]

    def __str__(self) -> str:
        return f"{self.of_id}: {self.number}"


class ImportRefusal(models.Model):
    """A row that was not taken, by its number in the file, and why; never with its content."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="refusals")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=60)

    class Meta:
        indexes = [models.Index(fields=["of", "row"], name="import_refusal_row")]

    def __str__(self) -> str:
        return f"{self.row}: {self.reason}"


class ColumnMapping(models.Model):
    """The columns that an officer named for files with the same header, to be offered again."""

    header_hash = models.CharField(max_length=64, unique=True)
    mapping = models.JSONField(default=dict)
    used_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.header_hash
