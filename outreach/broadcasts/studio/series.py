"""Repeating broadcasts in the admin: the list, the rule, the next dates, and what can be decided about a series."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, StatusTagColumn
from wagtail.admin.views.generic import CreateView, DeleteView, EditView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import AdminTimeInput

from outreach.audience.choices import ChannelName
from outreach.broadcasts.campaign import only_campaign
from outreach.broadcasts.models import Broadcast, both_channels
from outreach.broadcasts.office_time import office_zone
from outreach.broadcasts.refusals import Overtaken, Refused
from outreach.broadcasts.series import approval
from outreach.broadcasts.series.models import Series, mondays
from outreach.broadcasts.series.occurrences import next_occurrences, shortest_gap
from outreach.broadcasts.series.words import rhythm

from .base import signed_in
from .segments import SegmentsField

DATES_SHOWN = 6
EDITIONS_SHOWN = 10


class SeriesForm(WagtailAdminModelForm):
    """When, to whom, and about what. ``read`` is the version of the series that the form was opened with."""

    read = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    weekdays = forms.TypedMultipleChoiceField(
        label=_("On these days of the week"),
        choices=Series.Weekday.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=mondays,
        help_text=_("For every week."),
    )
    channels = forms.MultipleChoiceField(
        label=_("Channels"),
        choices=ChannelName.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=both_channels,
    )

    class Meta:
        model = Series
        fields = [
            "title",
            "campaign",
            "rhythm",
            "weekdays",
            "month_day",
            "local_time",
            "hours_ahead",
            "carries",
            "topic",
            "most_stories",
            "segments",
            "channels",
            "every_channel",
            "fallback_language",
            "missed_rule",
        ]
        field_classes = {"segments": SegmentsField}
        widgets = {"segments": forms.CheckboxSelectMultiple, "local_time": AdminTimeInput}

    class Media:
        css = {"all": ["outreach/studio.css"]}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["campaign"].empty_label = gettext("No campaign")
        if self.instance.pk:
            self.initial["read"] = approval.version(self.instance)
        elif only := only_campaign():
            self.initial["campaign"] = only.pk
        self.fields["missed_rule"].help_text = gettext("The deadline is %(hours)d hours after its time.") % {
            "hours": Broadcast._meta.get_field("deadline_hours").default
        }
        self.fields["local_time"].help_text = gettext("In the time zone of the office, %(zone)s.") % {
            "zone": settings.OFFICE_TIME_ZONE
        }

    def clean_channels(self) -> list[str]:
        """The chosen channels, in the order in which a person with several is written to."""
        return [name for name in ChannelName.values if name in self.cleaned_data["channels"]]

    def clean(self) -> dict[str, Any]:
        """A week needs a day, and a draft is not made before the edition before it has gone out."""
        cleaned: dict[str, Any] = super().clean()
        weekly = cleaned.get("rhythm") == Series.Rhythm.WEEKLY
        if weekly:
            self._leave("month_day", cleaned)
        elif "rhythm" in cleaned:
            self._leave("weekdays", cleaned)
        if weekly and not cleaned.get("weekdays") and "weekdays" not in self.errors:
            self.add_error("weekdays", gettext("Choose at least one day."))
        if {"rhythm", "weekdays", "hours_ahead"} <= cleaned.keys() and (not weekly or cleaned["weekdays"]):
            most = int(shortest_gap(Series(rhythm=cleaned["rhythm"], weekdays=cleaned["weekdays"])).total_seconds())
            if cleaned["hours_ahead"] * 3600 > most:
                self.add_error(
                    "hours_ahead",
                    gettext("With these days, a draft can be made at most %(most)d hours ahead.")
                    % {"most": most // 3600},
                )
        return cleaned

    def _leave(self, name: str, cleaned: dict[str, Any]) -> None:
        """Keep what stood in a field that the chosen rhythm does not show, and refuse nothing for it."""
        self.errors.pop(name, None)
        cleaned[name] = getattr(self.instance, name)


class SeriesCreateView(CreateView):
    """Begin a series."""

    def save_instance(self) -> Series:
        """Save it with who wrote the rule."""
        series: Series = self.form.save(commit=False)
        approval.begin(series=series, user=signed_in(self.request), now=timezone.now())
        self.form.save_m2m()
        return series

    def get_success_url(self) -> str:
        """The series with its next dates."""
        return reverse("series:inspect", args=[self.object.pk])


class SeriesEditView(EditView):
    """Change the rule; who does can't agree to it in advance."""

    def save_instance(self) -> Series:
        """Save it with who wrote the rule."""
        series: Series = self.form.save(commit=False)
        given = self.form.cleaned_data
        unread = approval.change(
            series=series,
            segments=given["segments"],
            user=signed_in(self.request),
            now=timezone.now(),
            read=given["read"] or None,
        )
        say_unread(self.request, unread)
        return series

    def form_valid(self, form: SeriesForm) -> HttpResponse:
        """Save it; or show what was typed once more, where somebody changed the series meanwhile."""
        try:
            return super().form_valid(form)
        except Overtaken as refusal:
            data = self.request.POST.copy()
            data["read"] = approval.version(Series.objects.get(pk=self.object.pk))
            form.data = data
            form.add_error(None, str(refusal))
            self.produced_error_code, self.produced_error_message = "validation_error", self.get_error_message()
            return self.form_invalid(form)

    def get_success_url(self) -> str:
        """The series with its next dates."""
        return reverse("series:inspect", args=[self.object.pk])


class SeriesInspectView(InspectView):
    """The series: what it says, its next dates, its editions, and the buttons of those who may press them."""

    page_title = _("Repeating broadcast")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything that the page tells."""
        series: Series = self.object
        now, zone = timezone.now(), office_zone()
        may_approve = self.request.user.has_perm("outreach.approve_broadcast")
        return {
            **super().get_context_data(**kwargs),
            "series": series,
            "rhythm": rhythm(series),
            "channels": [ChannelName(name).label for name in series.channels],
            "office_zone": settings.OFFICE_TIME_ZONE,
            "dates": next_occurrences(series, zone=zone, after=now, count=DATES_SHOWN),
            "editions": series.editions.order_by("-occurrence")[:EDITIONS_SHOWN],
            "standing": approval.standing_approval(series),
            "was_approved": approval.was_approved(series),
            "rule_hash": approval.rule_hash(series),
            "why_not": approval.why_not_second_person(series, signed_in(self.request)),
            "may_approve": may_approve,
            "may_pause": may_approve or self.request.user.has_perm("outreach.change_series"),
        }


class SeriesDeleteView(DeleteView):
    """Remove a series; its editions stay."""

    def delete_action(self) -> None:
        """Let editions wait for a reader that were to go out with its word alone, and remove it."""
        with transaction.atomic():
            unread = approval.end(series=self.object, user=signed_in(self.request), now=timezone.now())
            super().delete_action()
        say_unread(self.request, unread)


def say_unread(request: HttpRequest, number: int | None) -> None:
    """Tell how many editions were to go out although nobody had read them, and wait for somebody now."""
    if number:
        text = ngettext(
            "%(count)d edition that was scheduled in advance is a draft again: nobody had read it.",
            "%(count)d editions that were scheduled in advance are drafts again: nobody had read them.",
            number,
        )
        messages.warning(request, text % {"count": number})


@dataclass(frozen=True)
class SeriesDecision:
    """What can be decided about a series: by whom (any of ``permissions``), what it does, and what is said then."""

    permissions: tuple[str, ...]
    act: Callable[..., int | None]
    done: str | Promise


EITHER = ("outreach.change_series", "outreach.approve_broadcast")
APPROVER = ("outreach.approve_broadcast",)
DECISIONS = {
    "pause": SeriesDecision(EITHER, approval.pause, _("Paused: no edition is made until it is resumed.")),
    "resume": SeriesDecision(EITHER, approval.resume, _("Resumed: editions are made again from the next date on.")),
    "approve": SeriesDecision(
        APPROVER, approval.approve, _("Its editions now go out without an approval of their own.")
    ),
    "withdraw": SeriesDecision(APPROVER, approval.withdraw, _("Each edition needs an approval of its own again.")),
}


class SeriesDecisionView(View):
    """Carries a decision out, and goes back to the series."""

    name = ""
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it; or say what stood in the way."""
        decision = DECISIONS[self.name]
        if not any(request.user.has_perm(permission) for permission in decision.permissions):
            raise PermissionDenied
        series = get_object_or_404(Series, pk=pk)
        try:
            given = {"read": request.POST.get("rule_hash", "")} if self.name == "approve" else {}
            unread = decision.act(series=series, user=signed_in(request), now=timezone.now(), **given)
        except Refused as refusal:
            for reason in refusal.reasons:
                messages.error(request, reason)
        else:
            messages.success(request, str(decision.done))
            say_unread(request, unread)
        return redirect("series:inspect", pk)


class SeriesViewSet(ModelViewSet):
    """Repeating broadcasts, for those with permissions on them."""

    model = Series
    name = "series"
    url_prefix = "broadcasts/series"
    icon = "rotate"
    menu_label = _("Repeating")
    menu_order = 152
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = True
    add_view_class = SeriesCreateView
    edit_view_class = SeriesEditView
    delete_view_class = SeriesDeleteView
    inspect_view_class = SeriesInspectView
    index_results_template_name = "outreach/broadcasts/series/list_results.html"
    inspect_template_name = "outreach/broadcasts/series/inspect.html"
    list_display = [
        "title",
        Column("rhythm", label=_("When"), accessor=rhythm),
        StatusTagColumn(
            "is_paused",
            label=_("State"),
            accessor=lambda series: gettext("Paused") if series.is_paused else gettext("Running"),
            primary=lambda series: not series.is_paused,
        ),
    ]
    search_fields = ["title"]

    def get_form_class(self, for_update: bool = False) -> type[SeriesForm]:
        """The form of the rule."""
        return SeriesForm

    def get_urlpatterns(self) -> list[URLPattern]:
        """The usual pages, and the decisions."""
        return [
            *super().get_urlpatterns(),
            *(path(f"{name}/<int:pk>/", SeriesDecisionView.as_view(name=name), name=name) for name in DECISIONS),
        ]
