"""The forms of a results framework; each knows the function that keeps what was written."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import User
from django.db.models import Model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from outreach.broadcasts.segment_names import segment_names
from outreach.reach.indicators import keeping
from outreach.reach.indicators.framework import Indicator, Result, Target
from outreach.reach.indicators.populations import PopulationEstimate
from outreach.reach.indicators.records import Entry, Estimate, Noted, Spend
from outreach.reach.indicators.sources import SOURCES
from outreach.reach.indicators.telling import seen
from outreach.reach.indicators.units import Unit

SMALL_TEXT = forms.Textarea(attrs={"rows": 3})
PERIOD = {"first_day": AdminDateInput, "last_day": AdminDateInput, "note": SMALL_TEXT}


class KeptForm(forms.ModelForm):
    """A row as it was read, and why it is changed. ``read`` is what stood there when the form was opened."""

    read = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=_("Why it is changed"),
        max_length=300,
        required=False,
        help_text=_("Stands in the history. Needed where a target, a baseline or a value changes."),
    )
    service: ClassVar[Callable[..., Any]]
    row_name: ClassVar[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["read"] = seen(self.instance)
        if not self.instance.pk:
            del self.fields["reason"]

    def keep(self, *, user: User, now: datetime) -> Model:
        """Hand it over."""
        given = {"read": self.cleaned_data["read"], "reason": self.cleaned_data.get("reason", "")}
        kept: Model = type(self).service(user=user, now=now, **{self.row_name: self.instance}, **given)
        return kept


class ResultForm(KeptForm):
    """A result."""

    service, row_name = staticmethod(keeping.keep_result), "result"

    class Meta:
        model = Result
        fields = ("level", "code", "statement", "assumptions", "parent", "order")
        widgets = {"assumptions": SMALL_TEXT, "statement": forms.TextInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = self.instance.campaign.results.exclude(pk=self.instance.pk)
        self.fields["parent"].queryset = others.exclude(level=Result.Level.OUTPUT)  # type: ignore[attr-defined]


class IndicatorForm(KeptForm):
    """The sheet of an indicator. An empty baseline was not measured."""

    service, row_name = staticmethod(keeping.keep_indicator), "indicator"
    metric = forms.ChoiceField(
        label=_("Actual"),
        required=False,
        help_text=_("What the system counts is not entered. Everything else is entered with its source."),
    )

    class Meta:
        model = Indicator
        fields = (
            "result", "code", "name", "definition", "unit", "formula", "disaggregation", "metric", "basis",
            "baseline", "baseline_text", "baseline_date", "baseline_n", "verification", "method", "frequency",
            "owner", "limits", "order",
        )  # fmt: skip
        widgets = {
            **dict.fromkeys(("definition", "method", "limits", "baseline_text"), SMALL_TEXT),
            "baseline_date": AdminDateInput,
        }
        help_texts = {
            "baseline": _("Empty means not measured, which is not 0. A share is in per cent."),
            "baseline_text": _("Only for an indicator that is told in words."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["result"].queryset = self.instance.result.campaign.results.all()  # type: ignore[attr-defined]
        counted = [(code, f"{code}: {source.name} ({source.unit.label})") for code, source in SOURCES.items()]
        self.fields["metric"].choices = [("", gettext("Entered by people")), *counted]  # type: ignore[attr-defined]


class TargetForm(forms.ModelForm):
    """What is wanted of a quarter. Empty takes the target away."""

    read = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=_("Why it is changed"), max_length=300, required=False, help_text=_("Not needed for the first target.")
    )

    class Meta:
        model = Target
        fields = ("value", "text")
        widgets = {"text": SMALL_TEXT}
        help_texts = {"value": _("Empty takes the target away.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["read"] = seen(self.instance)
        unit = self.instance.indicator.unit
        del self.fields["value" if unit == Unit.TEXT else "text"]
        if unit == Unit.SHARE:
            self.fields["value"].label = gettext("Target in per cent")

    def _post_clean(self) -> None:
        # An empty target is none, which the model would refuse: the service takes it away.
        pass

    def keep(self, *, user: User, now: datetime) -> Target | None:
        """Set the target, or take it away."""
        return keeping.set_target(
            indicator=self.instance.indicator,
            quarter=self.instance.when,
            value=self.cleaned_data.get("value"),
            text=self.cleaned_data.get("text", ""),
            read=self.cleaned_data["read"],
            reason=self.cleaned_data["reason"],
            user=user,
            now=now,
        )


class NotedForm(KeptForm):
    """Something that is written down once, however often the form is sent."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["token"] = self.instance.token if self.instance.pk else uuid.uuid4()

    def _post_clean(self) -> None:
        noted = self.instance
        assert isinstance(noted, Noted)
        if not noted.pk and self.cleaned_data.get("token"):
            noted.token = self.cleaned_data["token"]
        super()._post_clean()  # type: ignore[misc]


class EntryForm(NotedForm):
    """A value of an indicator, and what it rests on."""

    service, row_name = staticmethod(keeping.keep_entry), "entry"

    class Meta:
        model = Entry
        fields = (
            "first_day", "last_day", "value", "text", "numerator", "n", "women", "female_percent", "method",
            "verification", "grade", "note",
        )  # fmt: skip
        widgets = {**PERIOD, "method": SMALL_TEXT, "text": SMALL_TEXT}
        help_texts = {"women": _("Among the n, or among those counted.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.instance.indicator.unit
        without = ("value", "numerator") if unit == Unit.TEXT else ("text",)
        for name in without if unit in (Unit.TEXT, Unit.SHARE) else (*without, "numerator"):
            del self.fields[name]
        if unit == Unit.SHARE:
            self.fields["value"].label = gettext("Value in per cent")
            self.fields["value"].help_text = gettext("Computed where there are numerator and n.")

    def clean(self) -> dict[str, Any]:
        """A share is computed anew where its parts were changed and it was not."""
        cleaned = super().clean() or {}
        if cleaned.get("numerator") is not None and "value" not in self.changed_data:
            cleaned["value"] = None
        return cleaned


class EstimateForm(NotedForm):
    """An estimate of an audience."""

    service, row_name = staticmethod(keeping.keep_estimate), "estimate"

    class Meta:
        model = Estimate
        fields = (
            "medium", "title", "first_day", "last_day", "number", "women", "method", "grade", "source", "place", "note",
        )  # fmt: skip
        widgets = PERIOD


class SpendForm(NotedForm):
    """Spending."""

    service, row_name = staticmethod(keeping.keep_spend), "spend"

    class Meta:
        model = Spend
        fields = ("first_day", "last_day", "amount", "currency", "source", "note")
        widgets = PERIOD


class PopulationForm(NotedForm):
    """The size of a group, with its source."""

    service, row_name = staticmethod(keeping.keep_population), "population"
    segment = forms.ChoiceField(
        label=_("Segment"),
        required=False,
        help_text=_("A person counts in the segment in which a message reached them."),
    )

    class Meta:
        model = PopulationEstimate
        fields = ("segment", "gender", "people", "year", "source", "note")
        widgets = {"note": SMALL_TEXT}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # One that is no longer there stays chosen, so that saving does not make everybody of it.
        kept = {code: code for code in (self.instance.segment,) if code}
        segments = {"": gettext("All segments"), **kept, **segment_names()}
        self.fields["segment"].choices = list(segments.items())  # type: ignore[attr-defined]
        everybody = ("", gettext("All genders"))
        self.fields["gender"].choices = [everybody, *PopulationEstimate.Gender.choices]  # type: ignore[attr-defined]


class DropForm(forms.Form):
    """Why an indicator is dropped."""

    reason = forms.CharField(label=_("Why it is dropped"), max_length=300)

    def __init__(self, *args: Any, instance: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance = instance

    def keep(self, *, user: User, now: datetime) -> Indicator:
        """Drop it."""
        keeping.drop_indicator(indicator=self.instance, user=user, now=now, reason=self.cleaned_data["reason"])
        return self.instance


class ImportForm(forms.Form):
    """A file, and whether it is only tried."""

    file = forms.FileField(label=_("CSV file"), help_text=_("UTF-8, separated by commas, at most 1 MB."))
    dry_run = forms.BooleanField(
        label=_("Only try"), required=False, initial=True, help_text=_("Says what would be made, and saves nothing.")
    )
