"""Results, the indicators by which they show, and what is wanted of each."""

import re
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from outreach.broadcasts.campaign import Campaign

from .quarters import Quarter
from .units import Unit, check_value

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST_STATEMENT, LONGEST_NAME = 300, 200
NOT_OF_PEOPLE = frozenset({"P1", "P2", "P3", "W1", "E3"})
"""The indicators of the closed list that count items and visits. Of every other code n is taken to be of people."""

OF_RESPONDENTS = frozenset({"O1", "O2", "O3"})
"""Those of which a count is one of people in a sample."""

NEVER_A_TARGET = frozenset({"E2"})
"""Those that only indicate: programs load pictures that nobody sees, and people read mails without pictures."""

CODE = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9.-]*$", _("Use letters, digits, dots and hyphens."))


def value_field(name: "str | _StrPromise") -> models.DecimalField:
    """A number with four places; a share is in per cent."""
    return models.DecimalField(name, max_digits=16, decimal_places=4, null=True, blank=True)


class Result(models.Model):
    """Something that a campaign wants to change or to deliver, on one of three levels of the logical framework."""

    class Level(models.TextChoices):
        """From what others can do afterwards to what the team itself delivers."""

        IMPACT = "impact", _("Impact")
        OUTCOME = "outcome", _("Outcome")
        OUTPUT = "output", _("Output")

    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), on_delete=models.PROTECT, related_name="results", editable=False
    )
    level = models.CharField(_("level"), max_length=8, choices=Level.choices, default=Level.OUTPUT)
    code = models.CharField(_("number"), max_length=12, blank=True, help_text=_("Like 3 or 1.2."), validators=[CODE])
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Within its level."))
    statement = models.CharField(_("result"), max_length=LONGEST_STATEMENT)
    assumptions = models.TextField(
        _("assumptions"), blank=True, help_text=_("What has to hold that the campaign does not decide.")
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("contributes to"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "level", "statement"],
                name="result_said_once",
                violation_error_message=_("This result stands there already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.statement}"

    @property
    def title(self) -> str:
        """Level and number, like “Output 3”."""
        return " ".join(filter(None, [str(self.get_level_display()), self.code]))

    @property
    def rank(self) -> int:
        """0 for the highest level."""
        return list(self.Level.values).index(self.level)

    def clean(self) -> None:
        """A result contributes to one above it, of the same campaign."""
        if self.parent and (self.parent.campaign_id != self.campaign_id or self.parent.rank >= self.rank):
            raise ValidationError({"parent": gettext("Choose a result on a higher level.")})


class Indicator(models.Model):
    """A sheet: what is measured, how it is computed, by whom and how often, and where it stood before the campaign.

    ``metric`` is the code of a figure that is counted from the ledger; without one the actual is entered. A baseline
    without a value was not measured, which is not 0. ``baseline_n`` is how many were asked for it. ``version`` goes up
    whenever what is measured changes. One that is dropped leaves the tables, not the record.
    """

    DEFINING = ("name", "definition", "unit", "formula", "disaggregation", "metric", "basis")
    """The fields that say what is measured."""
    BASELINE = ("baseline", "baseline_text", "baseline_date", "baseline_n")

    class Basis(models.TextChoices):
        """What the target and the actual of a quarter cover."""

        CUMULATIVE = "cumulative", _("From the first day of the campaign to the end of the quarter")
        QUARTER = "quarter", _("The quarter alone")

    result = models.ForeignKey(Result, verbose_name=_("result"), on_delete=models.PROTECT, related_name="indicators")
    code = models.CharField(
        _("code"),
        max_length=12,
        blank=True,
        validators=[CODE],
        help_text=_("Of the list of indicators, like R1 or O2, or one of your own."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Within its result."))
    name = models.CharField(_("indicator"), max_length=LONGEST_NAME)
    definition = models.TextField(_("definition"), blank=True, help_text=_("What is counted, and what is not."))
    unit = models.CharField(_("unit"), max_length=8, choices=Unit.choices, default=Unit.COUNT)
    formula = models.CharField(_("formula"), max_length=300, blank=True)
    disaggregation = models.CharField(
        _("broken down by"), max_length=200, blank=True, help_text=_("For example: segment; gender.")
    )
    metric = models.CharField(
        _("actual"), max_length=12, blank=True, help_text=_("Counted by the system, or entered by people.")
    )
    basis = models.CharField(
        _("a quarter's target and actual cover"), max_length=12, choices=Basis.choices, default=Basis.CUMULATIVE
    )
    verification = models.CharField(_("source of verification"), max_length=300, blank=True)
    method = models.TextField(_("method"), blank=True, help_text=_("For a survey: questions, sampling, who asked."))
    frequency = models.CharField(_("how often"), max_length=60, blank=True)
    owner = models.CharField(
        _("responsible"), max_length=120, blank=True, help_text=_("A role or an office, not a person.")
    )
    limits = models.TextField(_("limits"), blank=True, help_text=_("What it does not say."))
    baseline = value_field(_("baseline"))
    baseline_text = models.TextField(_("baseline in words"), blank=True)
    baseline_date = models.DateField(_("day of the baseline"), null=True, blank=True)
    baseline_n = models.PositiveIntegerField(
        _("how many were asked for the baseline"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    is_dropped = models.BooleanField(_("dropped"), default=False, editable=False)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["result", "name"],
                condition=models.Q(is_dropped=False),
                name="indicator_named_once",
                violation_error_message=_("This result has an indicator of this name."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()

    @property
    def campaign(self) -> Campaign:
        """The campaign whose result it shows."""
        return self.result.campaign

    @property
    def is_counted(self) -> bool:
        """Whether the system counts the actual."""
        return bool(self.metric)

    @property
    def counts_people(self) -> bool:
        """Whether the n of its values are people, so that few of them are not told; items and visits are none."""
        return self._of_list not in NOT_OF_PEOPLE

    @property
    def counts_respondents(self) -> bool:
        """Whether its values are numbers of people who answered something."""
        return self.unit == Unit.COUNT and self._of_list in OF_RESPONDENTS

    @property
    def may_have_target(self) -> bool:
        """Whether something can be wanted of it; opens are shown and never aimed at."""
        return self._of_list not in NEVER_A_TARGET

    @property
    def _of_list(self) -> str:
        """The indicator of the closed list that it is, or is a part of as O1.1 is of O1; any other code as it is."""
        return re.split("[.-]", self.metric or self.code.upper())[0]

    def people(self, n: int | None) -> int | None:
        """An n where it is one of people; nothing where it counts something else."""
        return n if self.counts_people else None

    @property
    def has_baseline(self) -> bool:
        """Whether there is one; else it was not measured, which is not 0."""
        return self.baseline is not None or bool(self.baseline_text)

    def clean(self) -> None:
        """A baseline fits the unit and has its day; a code stands once in a campaign."""
        check_value(self.unit, self.baseline, self.baseline_text, field="baseline", text_field="baseline_text")
        if self.has_baseline and self.baseline_date is None:
            raise ValidationError({"baseline_date": gettext("Say on which day the baseline was measured.")})
        if self.code and self.result_id:
            others = Indicator.objects.filter(result__campaign=self.result.campaign_id, is_dropped=False)
            if others.filter(code__iexact=self.code).exclude(pk=self.pk).exists() and not self.is_dropped:
                raise ValidationError({"code": gettext("Another indicator of this campaign has this code.")})


class Target(models.Model):
    """What is wanted of an indicator by the end of a quarter, or within it, as the indicator's basis says."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="targets")
    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(_("quarter"), validators=[MinValueValidator(1), MaxValueValidator(4)])
    value = value_field(_("target"))
    text = models.TextField(_("target in words"), blank=True)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["year", "quarter"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "year", "quarter"], name="target_per_quarter"),
            models.CheckConstraint(name="target_quarter", condition=models.Q(quarter__range=(1, 4))),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}: {self.when}"

    @property
    def when(self) -> Quarter:
        """Its quarter."""
        return Quarter(self.year, self.quarter)

    def clean(self) -> None:
        """A target fits the unit, there is one, and its indicator may have one."""
        if not self.indicator.may_have_target:
            field = "text" if self.indicator.unit == Unit.TEXT else "value"
            raise ValidationError(
                {field: gettext("Opens only indicate, so they are never a target. Clicks (E1) can be one.")}
            )
        check_value(self.indicator.unit, self.value, self.text, field="value", text_field="text")
        if self.value is None and not self.text:
            raise ValidationError({"value": gettext("Write what is wanted.")})
