"""Population estimates: how many people a group has, as a source says that anybody can look up."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from outreach.broadcasts.campaign import Campaign

from .records import Noted

LEAST = 10
"""Of a smaller group no share is shown anyway: it would point at single people."""

OLDEST = 1900


class PopulationEstimate(Noted):
    """The size of a group in a year, with its source: what the second figure of R3 is divided by.

    The group is that of a ``segment``, by its code, and of a ``gender``; where one is empty, all of them. It says how
    many people there are, not how many subscribed, so it may hold people whom nobody can reach.
    """

    class Gender(models.TextChoices):
        """The genders that people state, as in the ledger."""

        WOMAN = "woman", _("Women")
        MAN = "man", _("Men")
        ANOTHER = "another", _("Another gender")

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="population_estimates", editable=False
    )
    segment = models.CharField(_("segment"), max_length=40, blank=True)
    gender = models.CharField(_("gender"), max_length=7, choices=Gender.choices, blank=True)
    people = models.PositiveIntegerField(
        _("number of people"),
        validators=[
            MinValueValidator(
                LEAST, _("A group of fewer than 10 is not entered: its share would point at single people.")
            )
        ],
    )
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(OLDEST)], help_text=_("For which the source gives this number.")
    )
    source = models.CharField(
        _("source"),
        max_length=300,
        help_text=_("Who published the number, and where. It stands beside the figure, in public too."),
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("population estimate")
        verbose_name_plural = _("population estimates")
        ordering = ["segment", "gender", "-year", "id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "segment", "gender", "year"],
                name="population_estimated_once",
                violation_error_message=_("There is an estimate of this group for this year already. Change that one."),
            ),
            models.CheckConstraint(name="population_of_many", condition=models.Q(people__gte=LEAST)),
            models.CheckConstraint(name="population_has_source", condition=~models.Q(source="")),
        ]

    def __str__(self) -> str:
        return f"{self.segment}/{self.gender}: {self.people} ({self.year})"

    def clean(self) -> None:
        """A source is more than blanks."""
        if not self.source.strip():
            raise ValidationError({"source": gettext("Say who published the number, and where.")})


def group_name(*, segment: str, gender: str) -> str:
    """What a group is called, in the language in use: ``segment`` is the name of its segment, empty for all."""
    found = dict(PopulationEstimate.Gender.choices).get(gender, "")
    return " · ".join(filter(None, [segment or gettext("All segments"), str(found)]))
