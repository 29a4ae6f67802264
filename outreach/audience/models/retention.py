"""What was removed because it is not kept for ever."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Removal(models.Model):
    """How many of one kind were removed on one day of the office's zone."""

    day = models.DateField(_("day"))
    kind = models.CharField(_("what"), max_length=40)
    count = models.PositiveIntegerField(_("how many"), default=0)

    class Meta:
        verbose_name = _("removal")
        verbose_name_plural = _("removals")
        ordering = ["-day", "kind"]
        constraints = [models.UniqueConstraint(fields=["day", "kind"], name="removal_counted_once")]

    def __str__(self) -> str:
        return f"{self.day}, {self.kind}: {self.count}"
