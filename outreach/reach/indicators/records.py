"""What people write down about a campaign: values that no ledger counts, audiences that are estimated, and money."""

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from outreach.broadcasts.campaign import Campaign

from .framework import Indicator, Result, value_field
from .units import Unit, as_share, check_value

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SURVEYED = ("O1", "O2", "O3", "O4")
"""How the codes of the indicators begin that take a survey, such as O1 or O1.1."""


def is_of_outcome(indicator: Indicator) -> bool:
    """Whether an indicator measures what changed: by its result's level or by its code. Its values rest on a survey."""
    return indicator.result.level == Result.Level.OUTCOME or indicator.code.upper().startswith(SURVEYED)


class Grade(models.TextChoices):
    """How good the evidence is (our scale)."""

    A = "A", _("A: counted or documented, and checked by a second person")
    B = "B", _("B: documented")
    C = "C", _("C: reported by somebody who could know")
    D = "D", _("D: a guess with a stated reason")


class Noted(models.Model):
    """Something that somebody wrote down.

    ``token`` is made with the form, so that a form that is sent twice is saved once.
    """

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class Record(Noted):
    """Something that holds for the days from ``first_day`` to ``last_day``, both included."""

    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    note = models.TextField(_("note"), blank=True)

    class Meta:
        abstract = True
        ordering = ["last_day", "id"]

    def clean(self) -> None:
        """A period that ends before it starts is refused, at the day that ends it."""
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": gettext("The last day is before the first.")})


def in_order(name: str) -> models.CheckConstraint:
    """The database's own word that a period does not end before it starts."""
    return models.CheckConstraint(name=name, condition=models.Q(last_day__gte=models.F("first_day")))


def part_of(part: str, whole: str, name: str) -> models.CheckConstraint:
    """The database's own word that a part is not more than its whole."""
    return models.CheckConstraint(name=name, condition=models.Q(**{f"{part}__lte": models.F(whole)}))


def count_field(
    name: "str | _StrPromise", help_text: "str | _StrPromise" = "", least: int = 0
) -> models.PositiveIntegerField:
    """A whole number that may be unknown."""
    return models.PositiveIntegerField(
        name, null=True, blank=True, help_text=help_text, validators=[MinValueValidator(least)]
    )


class Entry(Record):
    """An actual that was entered: a value of an indicator, and what it rests on.

    A share is given as a part of a whole or in per cent. ``n`` is how many were asked or counted; for a share that is
    its whole. ``women`` are those among the n, or among the counted where the value is a count. ``female_percent`` is
    kept where only the share is known.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="entries")
    value = value_field(_("value"))
    text = models.TextField(_("value in words"), blank=True)
    numerator = count_field(_("numerator"), _("For a share: how many of those who were asked."))
    n = count_field(_("n"), _("How many were asked or looked at; for a share, the denominator."), least=1)
    method = models.TextField(_("method and sampling"), blank=True)
    verification = models.CharField(_("source of verification"), max_length=300)
    women = count_field(_("women among them"))
    female_percent = models.DecimalField(
        _("female share in per cent"),
        max_digits=7,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
        help_text=_("Only where the number of women is not known."),
    )
    grade = models.CharField(_("evidence"), max_length=1, choices=Grade.choices, default=Grade.B)

    class Meta(Record.Meta):
        verbose_name = _("entered value")
        verbose_name_plural = _("entered values")
        constraints = [
            in_order("entry_ends_after_start"),
            part_of("numerator", "n", "entry_share_of_n"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}: {self.first_day} – {self.last_day}"

    @property
    def percent(self) -> Decimal | None:
        """Of a share, its value."""
        return self.value if self.indicator.unit == Unit.SHARE else None

    @property
    def is_of_people(self) -> bool:
        """Whether the value is a number of people: of those who answered, or where the women among them were noted."""
        noted = self.women is not None or self.female_percent is not None
        counted = self.indicator.unit == Unit.COUNT and self.n is None and noted
        return self.value is not None and (counted or self.indicator.counts_respondents)

    @property
    def women_of(self) -> int | None:
        """Of how many the women are a part; ``None`` where that is unknown."""
        if self.n is None and self.indicator.unit == Unit.COUNT and self.value is not None:
            return int(self.value)
        return self.n

    def clean(self) -> None:
        """The value fits its unit, no part is more than its whole, and that of an outcome says n and method."""
        super().clean()
        self._clean_share()
        check_value(self.indicator.unit, self.value, self.text, field="value", text_field="text")
        if self.value is None and not self.text:
            raise ValidationError({"value": gettext("Write the value. What is unknown is left out, and is not 0.")})
        whole = self.women_of
        if self.women is not None and whole is None:
            raise ValidationError({"n": gettext("Say of how many the women are a part.")})
        if self.women is not None and whole is not None and self.women > whole:
            raise ValidationError({"women": gettext("There can't be more women than people.")})
        if is_of_outcome(self.indicator):
            self._clean_survey()

    def _clean_share(self) -> None:
        if self.numerator is None:
            return
        if self.indicator.unit != Unit.SHARE:
            raise ValidationError({"numerator": gettext("Only a share has a numerator.")})
        if not self.n:
            raise ValidationError({"n": gettext("Nothing can be divided by nothing: say of how many it is a part.")})
        if self.numerator > self.n:
            raise ValidationError({"numerator": gettext("A part can't be more than its whole, n.")})
        computed = as_share(self.numerator, self.n)
        if self.value is not None and abs(self.value - computed) > Decimal("0.5"):
            raise ValidationError({"value": gettext("This is not the numerator divided by n.")})
        self.value = computed

    def _clean_survey(self) -> None:
        rests_on = {"n": self.n, "method": self.method.strip(), "verification": self.verification.strip()}
        sentence = gettext("The value of an outcome says how many were asked or looked at, how, and the source.")
        errors = {name: sentence for name, given in rests_on.items() if not given}
        if errors:
            raise ValidationError(errors)


class Estimate(Record):
    """The audience of a radio programme, a poster, an event or another mass medium, as somebody reported it (R6).

    Estimates overlap with each other and with those who were reached by message: they are never added to anything.
    """

    class Medium(models.TextChoices):
        """Through what the campaign spoke."""

        RADIO = "radio", _("Radio")
        POSTER = "poster", _("Poster")
        EVENT = "event", _("Event")
        OTHER = "other", _("Other mass medium")

    class Method(models.TextChoices):
        """How the number came about."""

        COUNTED = "counted", pgettext_lazy("how a number came about", "Counted")
        SIGNED = "signed", _("Sign-in sheet")
        LETTER = "letter", _("Broadcaster’s letter")
        ESTIMATE = "estimate", _("Estimate")

    ONE_BY_ONE = (Method.COUNTED, Method.SIGNED)
    """Where a small number is one of people whom somebody saw."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="estimates", editable=False)
    medium = models.CharField(_("medium"), max_length=8, choices=Medium.choices)
    title = models.CharField(_("what it was"), max_length=200)
    number = models.PositiveIntegerField(_("reported number"))
    method = models.CharField(_("how the number came about"), max_length=8, choices=Method.choices)
    grade = models.CharField(_("evidence"), max_length=1, choices=Grade.choices)
    source = models.CharField(_("source"), max_length=300)
    women = count_field(_("women among them"), _("Only where they were counted."))
    place = models.CharField(_("place"), max_length=120, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("estimate")
        verbose_name_plural = _("estimates")
        constraints = [in_order("estimate_ends_after_start"), part_of("women", "number", "estimate_women")]

    def __str__(self) -> str:
        return f"{self.get_medium_display()}: {self.title}"

    @property
    def is_one_by_one(self) -> bool:
        """Whether these people were counted one by one."""
        return self.method in self.ONE_BY_ONE

    def clean(self) -> None:
        """Women were counted, and are not more than all."""
        super().clean()
        if self.women is None:
            return
        if self.number is not None and self.women > self.number:
            raise ValidationError({"women": gettext("There can't be more women than people.")})
        if self.method not in self.ONE_BY_ONE:
            raise ValidationError({"women": gettext("Leave this empty where nobody counted or signed in.")})


class Spend(Record):
    """Money that a campaign spent in a period, in one currency."""

    class Currency(models.TextChoices):
        """ISO 4217."""

        XCD = "XCD", "XCD"
        EUR = "EUR", "EUR"
        USD = "USD", "USD"
        GBP = "GBP", "GBP"
        CAD = "CAD", "CAD"
        BBD = "BBD", "BBD"

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="spends", editable=False)
    amount = models.DecimalField(
        _("amount"), max_digits=14, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    currency = models.CharField(_("currency"), max_length=3, choices=Currency.choices, default=Currency.XCD)
    source = models.CharField(_("source"), max_length=300)

    class Meta(Record.Meta):
        verbose_name = _("spending")
        verbose_name_plural = _("spending")
        constraints = [
            in_order("spend_ends_after_start"),
            models.CheckConstraint(name="spend_not_negative", condition=models.Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
