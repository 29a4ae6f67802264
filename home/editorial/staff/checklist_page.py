"""The checklist of one page: what stands where, and the forms in which editors answer."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from home.editorial.checklist import Entry, ReasonMissing, answer, answers_to, checklist
from home.editorial.items import ITEMS, Item
from home.editorial.kinds import is_checked


class StaffRequest(HttpRequest):
    """A request to a staff page: Wagtail has made sure that somebody is signed in."""

    user: User


class AnswerForm(forms.Form):
    """An answer to one item."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose an answer."),
            "invalid_choice": gettext_lazy("Choose among the answers that are offered."),
        },
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Needed unless the item passes: whoever approves the page reads it."),
    )

    def __init__(self, item: Item, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, prefix=item.key, initial=initial)
        choices = [(value, value.label) for value in answers_to(item)]
        field = self.fields["answer"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        if len(choices) == 1:
            field.initial = choices[0][0]


class ChecklistView(WagtailAdminTemplateMixin, View):
    """The checklist of the page as it is being edited; only for those who may edit or publish it."""

    template_name = "home/admin/checklist/page.html"
    page_title = gettext_lazy("Editorial checklist")
    header_icon = "list-ul"
    request: StaffRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Only for those who work on the page."""
        page = get_object_or_404(Page, pk=kwargs["page_id"])
        permissions = page.permissions_for_user(request.user)
        if not (permissions.can_edit() or permissions.can_publish()):
            raise PermissionDenied
        self.page = page.get_latest_revision_as_object()
        if not is_checked(self.page):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, page_id: int) -> HttpResponse:
        """Show it."""
        return self.shown()

    def post(self, request: HttpRequest, page_id: int) -> HttpResponse:
        """Note an answer; a wrong one comes back with a message beside the field."""
        item = next((item for item in ITEMS if item.key == request.POST.get("item")), None)
        if item is None or not answers_to(item):
            raise Http404
        form = AnswerForm(item, request.POST)
        if not form.is_valid():
            return self.shown(item, form)
        try:
            answer(page=self.page, item=item, user=self.request.user, now=timezone.now(), **form.cleaned_data)
        except ReasonMissing:
            form.add_error("reason", _("Say why, in a sentence."))
            return self.shown(item, form)
        messages.success(request, _("Noted: %(item)s.") % {"item": item.title})
        return redirect(reverse("home_checklist", args=[page_id]) + f"#item-{item.key}")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the page, its checklist."""
        edit = {
            "url": reverse("wagtailadmin_pages:edit", args=[self.page.pk]),
            "label": self.page.get_admin_display_title(),
        }
        return [*self.breadcrumbs_items, edit, {"url": "", "label": self.page_title}]

    def shown(self, item: Item | None = None, form: AnswerForm | None = None) -> HttpResponse:
        """The list, with a form for each item that can be answered."""
        entries = checklist(self.page)
        rows = [(entry, form if entry.item is item else self.form(entry)) for entry in entries]
        context = self.get_context_data(
            rows=rows,
            page=self.page,
            todo=sum(entry.is_open for entry in entries),
            edit_url=reverse("wagtailadmin_pages:edit", args=[self.page.pk]),
        )
        return self.render_to_response(context, status=422 if form else 200)

    def form(self, entry: Entry) -> AnswerForm | None:
        """The form of an item that needs an answer or has one."""
        if not answers_to(entry.item) or not (entry.is_open or entry.answer):
            return None
        given = entry.answer
        return AnswerForm(entry.item, initial={"answer": given.answer, "reason": given.reason} if given else None)
