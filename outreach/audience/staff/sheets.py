"""Paper sheets in the admin, for data officers: which were entered, and entering one."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.log_actions import LogActionRegistry
from wagtail.permissions import policy_registry

from outreach.audience.models import PaperSheet
from outreach.audience.sheets.entering import ENTERED, enter
from outreach.audience.sheets.forms import MOST_ROWS, ROWS, RowFormSet, SheetForm

ICON = "form"
PREFIX = "rows"


def register_actions(actions: LogActionRegistry) -> None:
    """Tell Wagtail's log what entering a sheet is called."""
    actions.register_action(ENTERED, gettext_lazy("Enter a paper sheet"), gettext_lazy("Paper sheet entered"))


class SheetListView(IndexView):
    """Every sheet, the latest first; who signed is not told here."""

    model = PaperSheet
    permission_required = "view"
    any_permission_required = None
    header_icon = ICON
    default_ordering = "-id"
    paginate_by = 50
    list_filter = ["signed_on"]
    columns = [
        DateColumn("entered_at", label=gettext_lazy("Entered"), sort_key="entered_at"),
        Column("signed_on", label=gettext_lazy("Signed"), sort_key="signed_on"),
        Column("link", label=gettext_lazy("Place")),
        Column("evidence", label=gettext_lazy("Kept at")),
        Column("invited", label=gettext_lazy("Asked to confirm")),
        Column("already_active", label=gettext_lazy("Already with us")),
        Column("refused", label=gettext_lazy("Refused")),
        Column("entered_by", label=gettext_lazy("By")),
    ]

    def get_base_queryset(self) -> Any:
        """With their places and who entered them."""
        return super().get_base_queryset().select_related("link", "entered_by")

    @property
    def header_buttons(self) -> list[HeaderButton]:
        """The way to the form."""
        return [HeaderButton(_("Enter a paper sheet"), url=reverse("sheets:enter"), icon_name="plus")]


class EnterSheetView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """The form: a whole sheet is entered or nothing of it. It works without JavaScript."""

    model = PaperSheet
    permission_required = "add"
    template_name = "outreach/audience/staff/enter_sheet.html"
    page_title = gettext_lazy("Enter a paper sheet")
    header_icon = ICON

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the sheets, this."""
        listing = {"url": reverse("sheets:index"), "label": _("Paper sheets")}
        return [*self.breadcrumbs_items, listing, {"url": "", "label": self.page_title}]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """An empty form, with the place if a link's page led here."""
        initial = {"link": request.GET.get("link", "")}
        return self._shown(SheetForm(initial=initial, today=self._today()), RowFormSet(prefix=PREFIX))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Enter it, or show what is to be mended, or just more rows."""
        form = SheetForm(request.POST, today=self._today())
        rows: Any = RowFormSet(request.POST, prefix=PREFIX)
        if "more" in request.POST:
            return self._with_more_rows(form, rows)
        if not (form.is_valid() & rows.is_valid()):
            messages.error(request, _("Nothing is entered yet: something is to be mended below."))
            return self._shown(form, rows)
        assert request.user.is_authenticated
        sheet = enter(
            head=form.head,
            rows=rows.signed(language=form.cleaned_data["language"]),
            entry=str(form.cleaned_data["entry"]),
            user=request.user,
            now=timezone.now(),
        )
        messages.success(request, _told(sheet))
        return redirect("sheets:index")

    def _with_more_rows(self, form: SheetForm, rows: Any) -> HttpResponse:
        """What was typed, not yet looked at, and more empty rows."""
        typed = [_typed(row) for row in rows.forms]
        more = RowFormSet(prefix=PREFIX, initial=typed)
        more.extra = min(ROWS, MOST_ROWS - len(typed))
        return self._shown(SheetForm(initial=_typed(form), today=self._today()), more)

    def _shown(self, form: SheetForm, rows: Any) -> HttpResponse:
        context = self.get_context_data(form=form, rows=rows, may_have_more=len(rows.forms) < MOST_ROWS)
        return self.render_to_response(context)

    def _today(self) -> Any:
        return timezone.now().astimezone(ZoneInfo(settings.OFFICE_TIME_ZONE)).date()


def _typed(form: BaseForm) -> Mapping[str, Any]:
    return {name: form[name].value() for name in form.fields}


def _told(sheet: PaperSheet) -> str:
    """What became of the rows, in words."""
    parts = [
        ngettext(
            "%(count)d person gets a mail and joins by confirming.",
            "%(count)d people get a mail and join by confirming.",
            sheet.invited,
        )
        % {"count": sheet.invited}
    ]
    if sheet.already_active:
        parts.append(
            ngettext("%(count)d was with us already.", "%(count)d were with us already.", sheet.already_active)
            % {"count": sheet.already_active}
        )
    if sheet.refused:
        parts.append(
            ngettext(
                "%(count)d is refused: we must never write to this address.",
                "%(count)d are refused: we must never write to these addresses.",
                sheet.refused,
            )
            % {"count": sheet.refused}
        )
    return " ".join(parts)


class SheetsMenuItem(MenuItem):
    """Shown to those who may see which sheets were entered."""

    def is_shown(self, request: Any) -> bool:
        """Whether the user may."""
        return bool(policy_registry.get_by_type(PaperSheet).user_has_permission(request.user, "view"))


class SheetViewSet(ViewSet):
    """The pages about paper sheets."""

    name = "sheets"
    url_prefix = "paper-sheets"
    icon = ICON
    menu_label = gettext_lazy("Paper sheets")
    menu_order = 176
    menu_item_class = SheetsMenuItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list, and entering one."""
        names = {"index_url_name": "sheets:index", "index_results_url_name": "sheets:index_results"}
        return [
            path("", SheetListView.as_view(**names), name="index"),
            path("results/", SheetListView.as_view(**names, results_only=True), name="index_results"),
            path("enter/", EnterSheetView.as_view(), name="enter"),
        ]
