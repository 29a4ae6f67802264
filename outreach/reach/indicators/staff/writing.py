"""The pages on which something is written: each shows one form, and hands what is in it to one service."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.refusals import Refused
from outreach.reach.indicators.framework import Indicator, Result
from outreach.reach.indicators.populations import PopulationEstimate
from outreach.reach.indicators.quarters import Quarter
from outreach.reach.indicators.records import Entry, Estimate, Spend
from outreach.row_numbers import row_number

from .base import ResultsView, indicator_address, logframe_address, target_of
from .forms import (
    DropForm,
    EntryForm,
    EstimateForm,
    IndicatorForm,
    PopulationForm,
    ResultForm,
    SpendForm,
    TargetForm,
)


class FormView(ResultsView):
    """A form for one row. What is refused is said beside what was typed, and nothing typed is lost."""

    template_name = "outreach/reach/indicators/form.html"
    form_class: ClassVar[type[Any]]

    @cached_property
    def row(self) -> Any:
        """What the form is about: a new row, or the one that the address names."""
        raise NotImplementedError

    @property
    def back(self) -> str:
        """Where to go when it is done."""
        return logframe_address(self.campaign)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._show(self.form_class(instance=self.row))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save it, or say what stands in the way."""
        form = self.form_class(request.POST, instance=self.row)
        if form.is_valid():
            try:
                form.keep(user=self.user, now=timezone.now())
            except ValidationError as error:
                _add_errors(form, error)
            except Refused as refusal:
                for reason in refusal.reasons:
                    form.add_error(None, reason)
            else:
                messages.success(request, _("Saved."))
                return redirect(self.back)
        return self._show(form, status=422)

    def _show(self, form: forms.Form, status: int = 200) -> HttpResponse:
        context = self.get_context_data(
            form=form,
            media=form.media,
            action_url=self.request.path,
            back=self.back,
            submit_button_label=_("Save"),
            submit_button_active_label=_("Saving…"),
        )
        return self.render_to_response(context, status=status)


def _add_errors(form: forms.Form, error: ValidationError) -> None:
    """Each sentence at its field, or above the form where it has no such field."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, sentences in error.message_dict.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)


class AddResultView(FormView):
    """A new result of a campaign."""

    permission, form_class, page_title = "add_indicator", ResultForm, gettext_lazy("Add a result")

    @cached_property
    def row(self) -> Result:
        """A new one."""
        return Result(campaign=self.campaign, order=self.campaign.results.count() + 1)


class OfCampaignView(FormView):
    """A form for a row of ``model`` that belongs to a campaign."""

    model: ClassVar[type[Model]]

    @cached_property
    def row(self) -> Any:
        """The one that the address names; 404 where there is none."""
        return get_object_or_404(self.model._default_manager.select_related("campaign"), pk=self.kwargs["pk"])

    @cached_property
    def campaign(self) -> Campaign:
        """That of the row."""
        found: Campaign = self.row.campaign
        return found

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """With the campaign, which the address does not name."""
        items = super().get_breadcrumbs_items()
        return [*items[:-1], {"url": logframe_address(self.campaign), "label": self.words.name}, items[-1]]


class EditResultView(OfCampaignView):
    """Change a result."""

    model, permission, form_class, page_title = Result, "change_indicator", ResultForm, gettext_lazy("Change a result")


class AddIndicatorView(FormView):
    """A new indicator of one of the campaign's results."""

    permission, form_class, page_title = "add_indicator", IndicatorForm, gettext_lazy("Add an indicator")

    @cached_property
    def row(self) -> Indicator:
        """A new one, of the result that the address asks for, else of the first; 404 where there is no result."""
        asked = row_number(self.request.GET.get("result", "")) or 0
        results = self.campaign.results.all()
        result = results.filter(pk=asked).first() or results.first()
        if result is None:
            raise Http404
        return Indicator(result=result, order=result.indicators.count() + 1)


class OfIndicatorView(FormView):
    """A form about an indicator, which leads back to its page."""

    @property
    def back(self) -> str:
        """The indicator's page."""
        return indicator_address(self.indicator)

    @cached_property
    def row(self) -> Any:
        """The indicator itself."""
        return self.indicator


class EditIndicatorView(OfIndicatorView):
    """Change the sheet of an indicator."""

    permission, form_class, page_title = "change_indicator", IndicatorForm, gettext_lazy("Change the sheet")


class DropIndicatorView(OfIndicatorView):
    """Take an indicator out of the tables, with a reason."""

    permission, form_class, page_title = "change_indicator", DropForm, gettext_lazy("Drop the indicator")


class TargetView(OfIndicatorView):
    """The target of one quarter."""

    permission, form_class, page_title = "change_indicator", TargetForm, gettext_lazy("Target")

    @cached_property
    def row(self) -> Any:
        """The target of the quarter in the address, or a new one; 404 for what is no quarter."""
        try:
            return target_of(self.indicator, Quarter.parse(self.kwargs["quarter"]))
        except ValueError:
            raise Http404 from None

    def get_page_title(self) -> str:
        """With the quarter."""
        return _("Target %(quarter)s") % {"quarter": self.row.when}


class AddEntryView(OfIndicatorView):
    """Enter a value; what the system counts is not entered."""

    permission, form_class, page_title = "add_entry", EntryForm, gettext_lazy("Enter a value")

    @cached_property
    def row(self) -> Entry:
        """A new one; 404 where the system counts."""
        if self.indicator.is_counted:
            raise Http404
        return Entry(indicator=self.indicator)


class EditEntryView(OfIndicatorView):
    """Correct a value that was entered."""

    permission, form_class, page_title = "change_entry", EntryForm, gettext_lazy("Correct a value")

    @cached_property
    def row(self) -> Entry:
        """The one that the address names, of this indicator."""
        entry = get_object_or_404(Entry, pk=self.kwargs["pk"], indicator=self.indicator)
        entry.indicator = self.indicator
        return entry


class AddEstimateView(FormView):
    """A new estimate of a campaign."""

    permission, form_class, page_title = "add_estimate", EstimateForm, gettext_lazy("Add an estimate")

    @cached_property
    def row(self) -> Estimate:
        """A new one."""
        return Estimate(campaign=self.campaign)


class EditEstimateView(OfCampaignView):
    """Correct an estimate."""

    model, permission, form_class = Estimate, "change_estimate", EstimateForm
    page_title = gettext_lazy("Correct an estimate")


class AddPopulationView(FormView):
    """A new estimate of the size of a group."""

    permission, form_class = "change_indicator", PopulationForm
    page_title = gettext_lazy("Add a population estimate")

    @cached_property
    def row(self) -> PopulationEstimate:
        """A new one."""
        return PopulationEstimate(campaign=self.campaign)


class EditPopulationView(OfCampaignView):
    """Correct the size of a group; figures that are frozen keep the one that they have."""

    model, permission, form_class = PopulationEstimate, "change_indicator", PopulationForm
    page_title = gettext_lazy("Correct a population estimate")


class AddSpendView(FormView):
    """New spending of a campaign."""

    permission, form_class, page_title = "add_spend", SpendForm, gettext_lazy("Add spending")

    @cached_property
    def row(self) -> Spend:
        """A new one."""
        return Spend(campaign=self.campaign)


class EditSpendView(OfCampaignView):
    """Correct spending."""

    model, permission, form_class = Spend, "change_spend", SpendForm
    page_title = gettext_lazy("Correct spending")
