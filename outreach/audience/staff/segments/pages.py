"""What is read of segments: one with its counts, sample and history; two side by side; and taking an old rule again."""

import random
from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin.views.generic import DeleteView, InspectView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import HeaderButton
from wagtail.log_actions import log

from outreach.audience.models import Segment, SegmentEdit
from outreach.audience.rules import validate_rule
from outreach.audience.segments import changes, compared, restore, sample, shown, users_of

from .building import FOLDER
from .size import sees_people, size_context


def counts_of(segment: Segment, request: HttpRequest, now: datetime) -> dict[str, Any]:
    """The counts of a saved segment, and a sample for those who may see people; nothing of a rule that is none."""
    try:
        validate_rule(segment.rule)
    except ValidationError:
        return {"rule": None, "sample": None}
    exactly = sees_people(request.user)
    chance = random.SystemRandom()
    return {
        **size_context(segment.rule, exactly=exactly, now=now),
        "sample": sample(segment.rule, now=now, chance=chance) if exactly else None,
    }


class SegmentInspectView(InspectView):
    """A segment: its rule, whom it reaches, who uses it, and what became of it."""

    @property
    def header_buttons(self) -> list[HeaderButton]:
        """The way to the comparison."""
        address = f"{reverse('segments:compare')}?first={self.object.pk}"
        return [HeaderButton(_("Compare"), url=address, icon_name="resubmit")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the counts, the users and the history."""
        return {
            **super().get_context_data(**kwargs),
            **counts_of(self.object, self.request, timezone.now()),
            "segment": self.object,
            "users": users_of(self.object),
            "changes": changes(self.object),
            "may_restore": self.user_has_permission("change"),
        }


class RestoreView(PermissionCheckedMixin, View):
    """Take the rule of an old edit again."""

    model = Segment
    permission_required = "change"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, edit: int) -> HttpResponse:
        """Restore it, as an edit of its own."""
        segment = get_object_or_404(Segment, pk=pk)
        old = get_object_or_404(SegmentEdit, pk=edit, segment=segment)
        try:
            is_changed = restore(segment=segment, edit=old, user=cast(User, request.user), now=timezone.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            if is_changed:
                log(instance=segment, action="wagtail.edit", user=request.user)
            messages.success(request, _("The segment has this rule again."))
        return redirect("segments:inspect", pk)


class SegmentDeleteView(DeleteView):
    """Delete a segment that nobody uses: reports and approvals of what was sent name it."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Delete it, unless it is used."""
        if self.users:
            messages.error(self.request, _("This segment is in use and can't be deleted."))
            return redirect("segments:inspect", self.object.pk)
        return cast(HttpResponse, super().form_valid(form))

    @property
    def users(self) -> list[str]:
        """What uses the segment."""
        return users_of(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what uses it, in place of the button."""
        users = self.users
        context = super().get_context_data(**kwargs)
        return {**context, "users": users, "is_protected": context.get("is_protected") or bool(users)}


class ComparisonForm(forms.Form):
    """Two segments."""

    first = forms.ModelChoiceField(Segment.objects.all(), label=gettext_lazy("First segment"))
    second = forms.ModelChoiceField(Segment.objects.all(), label=gettext_lazy("Second segment"))

    def clean(self) -> dict[str, Any]:
        """Require two different ones, with rules that can be read."""
        chosen: dict[str, Any] = super().clean() or {}
        for segment in (chosen.get("first"), chosen.get("second")):
            if segment is not None:
                validate_rule(segment.rule)
        if chosen.get("first") and chosen.get("first") == chosen.get("second"):
            raise ValidationError(_("Choose two different segments."))
        return chosen


class ComparisonView(PermissionCheckedMixin, WagtailAdminTemplateMixin, View):
    """How many people are only in one of two segments, and how many in both."""

    model = Segment
    any_permission_required = ("view", "add", "change")
    page_title = gettext_lazy("Compare two segments")
    header_icon = "tag"
    template_name = f"{FOLDER}/compare.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form, and the counts once two are chosen."""
        # With only one in the address, the form waits for the other and says nothing of it.
        form = ComparisonForm(
            request.GET if "second" in request.GET else None, initial={"first": request.GET.get("first")}
        )
        found = self._compared(form) if form.is_bound and form.is_valid() else None
        context = self.get_context_data(form=form, parts=found, is_rounded=not sees_people(request.user))
        return cast(HttpResponse, self.render_to_response(context))

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, all segments, this."""
        listing = {"url": reverse("segments:index"), "label": capfirst(Segment._meta.verbose_name_plural)}
        return [*self.breadcrumbs_items, listing, {"url": "", "label": self.get_page_title()}]

    def _compared(self, form: ComparisonForm) -> list[tuple[str, str]]:
        first, second = form.cleaned_data["first"], form.cleaned_data["second"]
        counted = compared(first.rule, second.rule, now=timezone.now())
        exactly = sees_people(self.request.user)
        names = {"first": first.name, "second": second.name}
        return [
            (_("Only in “%(first)s”") % names, shown(counted.only_first, exactly=exactly)),
            (_("In both"), shown(counted.both, exactly=exactly)),
            (_("Only in “%(second)s”") % names, shown(counted.only_second, exactly=exactly)),
        ]
