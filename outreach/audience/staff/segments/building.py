"""Making and changing a segment: the form with its builder, and the counts that follow it."""

from typing import Any, cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View
from wagtail.admin.views.generic import CreateView, EditView
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log

from outreach.audience.models import Segment
from outreach.audience.segments import save

from .draft import KINDS, MODES, Group, as_rule
from .form import DAMAGED, SegmentForm
from .form_data import GROUP, DamagedForm, change, lay_out, read
from .size import sees_people, size_context

FOLDER = "outreach/audience/staff/segments"


def builder_context(draft: Group, *, focus: str = "") -> dict[str, Any]:
    """What the builder's template needs; ``focus`` is the place of the part that was just added."""
    lay_out(draft)
    return {"draft": draft, "modes": MODES.items(), "kinds": KINDS.items(), "group_kind": GROUP, "focus": focus}


def count_context(draft: Group, request: HttpRequest) -> dict[str, Any]:
    """The counts of a draft as far as it is a rule."""
    rule = as_rule(draft)
    if rule is None:
        return {"rule": None}
    return size_context(rule, exactly=sees_people(request.user), now=timezone.now())


class BuildingMixin:
    """Does what a button of the builder says before anybody saves, and keeps the history when somebody does."""

    request: HttpRequest
    form: SegmentForm
    object: Any
    focus = ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save, unless another button was pressed."""
        if "do" not in request.POST:
            return cast(HttpResponse, super().post(request, *args, **kwargs))  # type: ignore[misc]
        self.object = self.get_object() if "pk" in kwargs else None  # type: ignore[attr-defined]
        try:
            draft = read(request.POST)
            self.focus = change(draft, request.POST)
        except DamagedForm:
            return HttpResponse(DAMAGED, status=400, content_type="text/plain")
        self.form = SegmentForm.kept(request.POST, draft=draft, instance=self.object, for_user=request.user)
        return cast(HttpResponse, self.render_to_response(self.get_context_data(form=self.form)))  # type: ignore[attr-defined]

    @cached_property
    def has_unsaved_changes(self) -> bool:
        """Whether leaving the page would lose something."""
        return self.request.method == "POST"

    def save_instance(self) -> Segment:
        """Save the segment with its history, and log what Wagtail's own action would."""
        segment: Segment = self.form.instance
        is_new = segment.pk is None
        if save(segment=segment, user=cast(User, self.request.user), now=timezone.now()):
            log(instance=segment, action="wagtail.create" if is_new else "wagtail.edit", user=self.request.user)
        return segment

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the builder and the counts."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        draft = context["form"].draft
        # Counting judges the draft, but only a form that was saved or counted is told of what it lacks.
        told = [(part, list(part.errors)) for part in draft.everything()]
        counted = count_context(draft, self.request)
        if not context["form"].is_bound and self.request.POST.get("do") != "count":
            for part, errors in told:
                part.errors = errors
        return {**context, **builder_context(draft, focus=self.focus), **counted}


class SegmentCreateView(BuildingMixin, CreateView):
    """A new segment."""


class SegmentEditView(BuildingMixin, EditView):
    """A segment's form."""


class DraftView(PermissionCheckedMixin, View):
    """Answers what the form asks while it is filled in; whoever may make or change segments may ask."""

    model = Segment
    any_permission_required = ("add", "change")
    http_method_names = ["post"]


class CountView(DraftView):
    """How many people an unsaved rule reaches."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """The counts, or what the rule still lacks."""
        try:
            draft = read(request.POST)
        except DamagedForm:
            return HttpResponse(DAMAGED, status=400, content_type="text/plain")
        return render(request, f"{FOLDER}/components/size.html", count_context(draft, request))


class BuilderView(DraftView):
    """The builder after one of its buttons."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """The builder's part of the form."""
        try:
            draft = read(request.POST)
            focus = change(draft, request.POST)
        except DamagedForm:
            return HttpResponse(DAMAGED, status=400, content_type="text/plain")
        return render(request, f"{FOLDER}/components/builder.html", builder_context(draft, focus=focus))
