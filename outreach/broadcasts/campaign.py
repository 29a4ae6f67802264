"""The programme that broadcasts belong to: what it is for, for whom, and when."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Of a campaign's days: every quarter between them is a row of its results."""


class Campaign(models.Model):
    """The programme: its objective, its target groups and its period, in days of the office's zone, both included.

    ``slug`` stands in public addresses. ``is_demo`` marks what the demo made.
    """

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("short name in addresses"), max_length=60, unique=True)
    objective = models.TextField(
        _("objective"), blank=True, help_text=_("What people will know or do that they did not before.")
    )
    target_groups = models.TextField(_("target groups"), blank=True, help_text=_("Whom it is for, one group a line."))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    is_demo = models.BooleanField(_("demo data"), default=False, editable=False)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(
                name="campaign_ends_after_start", condition=models.Q(ends_on__gte=models.F("starts_on"))
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A period that ends before it starts is refused, at the field that ends it, and so are impossible years."""
        for name in ("starts_on", "ends_on"):
            day = getattr(self, name)
            if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
                raise ValidationError(
                    {
                        name: gettext("Write a day between %(first)d and %(last)d.")
                        % {"first": FIRST_YEAR, "last": LAST_YEAR}
                    }
                )
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The last day is before the first.")})


def only_campaign() -> Campaign | None:
    """The campaign, where there is exactly one, so that nobody has to choose it."""
    found = list(Campaign.objects.all()[:2])
    return found[0] if len(found) == 1 else None
