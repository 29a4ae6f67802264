"""Exporting subscribers in the admin: for data officers, with a reason, after their password."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.auth import permission_required
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from outreach.audience import exports
from outreach.audience.choices import ChannelName
from outreach.audience.models import Segment
from outreach.audience.workbook import CONTENT_TYPE as XLSX_TYPE

from .imports import signed_in

PERMISSION = "outreach.export_subscribers"
SHORTEST_REASON = 10
CSV, CSV_SEMICOLON, CSV_PLAIN, XLSX = "csv", "csv-semicolon", "csv-plain", "xlsx"


class ExportForm(forms.Form):
    """Whom, which columns, in which form, and why."""

    segment = forms.ModelChoiceField(
        label=gettext_lazy("Segment"),
        queryset=Segment.objects.all(),
        required=False,
        empty_label=gettext_lazy("Everybody"),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"), choices=[("", gettext_lazy("All")), *ChannelName.choices], required=False
    )
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Columns"),
        choices=[(name, label) for name, (label, _value) in exports.COLUMNS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Take no more than you need. A gender is there only where it may be counted."),
        error_messages={"required": gettext_lazy("Choose at least one column.")},
    )
    form = forms.ChoiceField(
        label=gettext_lazy("File"),
        choices=[
            (XLSX, gettext_lazy("Workbook (XLSX)")),
            (CSV, gettext_lazy("CSV for Excel, with commas")),
            (CSV_SEMICOLON, gettext_lazy("CSV for Excel, with semicolons")),
            (CSV_PLAIN, gettext_lazy("CSV for programs, without a byte order mark")),
        ],
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        min_length=SHORTEST_REASON,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Stands in the log with your name, for good. Name no subscriber."),
    )
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=gettext_lazy("So that nobody else does this on your screen."),
    )

    def __init__(self, *args: Any, user: User, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user, self._request = user, request

    def clean_reason(self) -> str:
        """No address: the log is kept for longer than people are."""
        reason = str(self.cleaned_data["reason"])
        if "@" in reason:
            raise forms.ValidationError(_("Name no person and no address here."))
        return reason

    def clean_password(self) -> str:
        """That of whoever is signed in, as signing in checks it."""
        password = str(self.cleaned_data["password"])
        found = authenticate(self._request, username=self._user.get_username(), password=password)
        if found is None or found.pk != self._user.pk:
            raise forms.ValidationError(_("This is not your password."))
        return ""

    def order(self) -> exports.Order:
        """What was ordered."""
        given = self.cleaned_data
        return exports.Order(columns=given["columns"], segment=given["segment"], channel=given["channel"])


class ExportView(WagtailAdminTemplateMixin, FormView):
    """Ask what and why; the answer to the form is the file."""

    form_class = ExportForm
    template_name = "outreach/audience/staff/export.html"
    page_title = gettext_lazy("Export subscribers")
    header_icon = "download"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, all subscribers, this."""
        listing = {"url": reverse("subscribers:index"), "label": _("Subscribers")}
        return [*self.breadcrumbs_items, listing, {"url": "", "label": self.get_page_title()}]

    def get_form_kwargs(self) -> dict[str, Any]:
        """With who asks."""
        return {**super().get_form_kwargs(), "user": signed_in(self.request), "request": self.request}

    def form_valid(self, form: ExportForm) -> HttpResponse | StreamingHttpResponse:  # type: ignore[override]
        """Log it, then send the file as it is read."""
        given, order = form.cleaned_data, form.order()
        exports.note(order=order, reason=given["reason"], form=given["form"], user=signed_in(self.request))
        is_workbook = given["form"] == XLSX
        content: Any = exports.as_workbook(order)
        if not is_workbook:
            separator = ";" if given["form"] == CSV_SEMICOLON else ","
            content = exports.as_csv(order, separator=separator, with_bom=given["form"] != CSV_PLAIN)
        response = StreamingHttpResponse(content, content_type=XLSX_TYPE if is_workbook else exports.CSV_TYPE)
        ending = "xlsx" if is_workbook else "csv"
        response["Content-Disposition"] = f'attachment; filename="subscribers-{localdate():%Y-%m-%d}.{ending}"'
        add_never_cache_headers(response)
        return response


export_urls: list[URLPattern | URLResolver] = [
    path("subscribers/export/", permission_required(PERMISSION)(ExportView.as_view()), name="export_subscribers"),
]
