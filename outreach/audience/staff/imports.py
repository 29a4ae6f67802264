"""Imports in the admin, for data officers: upload, name the columns, look at a trial, carry out, drop.

No page shows a cell of the file but the names of its columns.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View
from wagtail.admin.auth import permission_required
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton

from outreach.audience.exports import CSV_TYPE
from outreach.audience.imports import lifecycle, report
from outreach.audience.imports.columns import remembered
from outreach.audience.imports.declared import Declaration
from outreach.audience.imports.failures import Unreadable
from outreach.audience.models import Import

from .import_forms import PROVEN, UNPROVEN, FileForm, ListForm

PERMISSION = "outreach.import_subscribers"
ICON = "upload"
State = Import.State
OPEN = {State.UPLOADED.value, State.TRIED.value}
MOVING = {State.TRYING.value, State.RUNNING.value}
LOOK_AGAIN = 2000
"""Milliseconds after which the page of an import under way looks again."""

may_import = permission_required(PERMISSION)


def signed_in(request: HttpRequest) -> User:
    """Who asks; the admin lets nobody in without a session."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class ImportListView(IndexView):
    """Every import, the newest first."""

    model = Import
    permission_policy = None
    header_icon = ICON
    page_title = gettext_lazy("Imports")
    paginate_by = 50
    default_ordering = "-id"
    columns = [
        TitleColumn("file_name", label=gettext_lazy("File"), url_name="imports:import"),
        Column("state", label=gettext_lazy("State"), accessor="get_state_display"),
        Column("rows", label=gettext_lazy("Rows"), accessor="rows_total"),
        Column("by", label=gettext_lazy("By"), accessor=lambda each: each.made_by or ""),
        DateColumn("made_at", label=gettext_lazy("Uploaded")),
    ]

    def get_base_queryset(self) -> Any:
        """With who uploaded it."""
        return super().get_base_queryset().select_related("made_by")

    @property
    def header_buttons(self) -> list[HeaderButton]:
        """The way to a new one."""
        return [HeaderButton(_("Import a list"), url=reverse("imports:upload"), icon_name=ICON)]


class Page(WagtailAdminTemplateMixin):
    """A page below the list of imports."""

    header_icon = ICON

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the list, then this page."""
        listing = {"url": reverse("imports:index"), "label": _("Imports")}
        return [*self.breadcrumbs_items, listing, {"url": "", "label": self.get_page_title()}]


class UploadView(Page, FormView):
    """Choose a file; what is no list is refused, and nothing of it is kept."""

    form_class = FileForm
    template_name = "outreach/audience/staff/imports/upload.html"
    page_title = gettext_lazy("Import a list")

    def form_valid(self, form: FileForm) -> HttpResponse:
        """Keep the file, or say beside the field what is wrong with it."""
        file, entry = form.cleaned_data["file"], form.cleaned_data["entry"]
        user, now = signed_in(self.request), timezone.now()
        try:
            made = lifecycle.upload(file=file, name=file.name, user=user, now=now, form=entry)
        except Unreadable as error:
            form.add_error("file", error.words)
            return self.form_invalid(form)
        return redirect("imports:columns", made.pk)


class OneImport:
    """A page about the import of the address; 404 where there is none."""

    kwargs: dict[str, Any]

    @cached_property
    def found(self) -> Import:
        """The import."""
        return get_object_or_404(Import.objects.select_related("made_by"), pk=self.kwargs["pk"])

    def back(self) -> HttpResponse:
        """To the page of the import."""
        return redirect("imports:import", self.found.pk)


class ColumnsView(OneImport, Page, FormView):
    """Name the columns and declare what the list is; then a worker tries it."""

    form_class = ListForm
    template_name = "outreach/audience/staff/imports/columns.html"
    page_title = gettext_lazy("Name the columns")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Only while the import is open to it."""
        return super().get(request, *args, **kwargs) if self.found.state in OPEN else self.back()

    def get_page_subtitle(self) -> str:
        """The file."""
        return self.found.file_name

    def get_form_kwargs(self) -> dict[str, Any]:
        """With the columns of the file, and what was chosen before."""
        found = self.found
        columns = found.mapping or remembered(found.header)
        return {**super().get_form_kwargs(), "header": found.header, "columns": columns}

    def get_initial(self) -> dict[str, Any]:
        """What was declared before."""
        if not self.found.options:
            return {"consent": UNPROVEN}
        declared = Declaration.of(self.found)
        return {**declared.as_options(), "consent": PROVEN if declared.proven else UNPROVEN}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the import."""
        return super().get_context_data(found=self.found, **kwargs)

    def form_valid(self, form: ListForm) -> HttpResponse:
        """Let it be tried."""
        lifecycle.begin_trial(of=self.found, columns=form.columns(), declared=form.declared(), now=timezone.now())
        return self.back()


class ImportView(OneImport, Page, TemplateView):
    """How far an import is, what it would do or did, and what can be done next."""

    template_name = "outreach/audience/staff/imports/import.html"
    page_title = gettext_lazy("Import")

    def get_page_subtitle(self) -> str:
        """The file."""
        return self.found.file_name

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Never from a cache."""
        response = super().get(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The counts in words."""
        found = self.found
        return super().get_context_data(
            found=found,
            report=report.of(found),
            declared=Declaration.of(found) if found.options else None,
            every=LOOK_AGAIN if found.state in MOVING else 0,
            live=reverse("imports:live", args=[found.pk]),
            is_open=found.state in OPEN,
            is_moving=found.state in MOVING,
            **kwargs,
        )


class LiveView(ImportView):
    """The part of the page that changes, for the script that keeps it up to date."""

    template_name = "outreach/audience/staff/imports/live.html"


class RefusalsView(OneImport, View):
    """The rows that were not taken, as a file: numbers, columns and reasons, nothing of what stands in them."""

    def get(self, request: HttpRequest, **kwargs: Any) -> StreamingHttpResponse:
        """The file."""
        lines: Iterator[str] = report.refusals(self.found)
        response = StreamingHttpResponse(lines, content_type=CSV_TYPE)
        response["Content-Disposition"] = f'attachment; filename="import-{self.found.pk}-rows.csv"'
        add_never_cache_headers(response)
        return response


class StepView(OneImport, View):
    """Carries out or drops an import; a second click changes nothing."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Do it, or say that it was done before."""
        step = {"carry-out": lifecycle.carry_out, "drop": lifecycle.drop}[kwargs["step"]]
        if not step(of=self.found, user=signed_in(request), now=timezone.now()):
            messages.warning(request, _("The import has moved on meanwhile. Nothing was changed."))
        return self.back()


class ImportMenuItem(MenuItem):
    """Shown to those who may import."""

    def is_shown(self, request: Any) -> bool:
        """Whether the user may."""
        return bool(request.user.has_perm(PERMISSION))


class ImportViewSet(ViewSet):
    """The pages about imports, each behind the permission to import."""

    name = "imports"
    icon = ICON
    menu_label = gettext_lazy("Imports")
    menu_order = 175
    menu_item_class = ImportMenuItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list, a new one, one import and its steps."""
        names = {"index_url_name": "imports:index", "index_results_url_name": "imports:index_results"}
        return [
            path("", may_import(ImportListView.as_view(**names)), name="index"),
            path("results/", may_import(ImportListView.as_view(**names, results_only=True)), name="index_results"),
            path("upload/", may_import(UploadView.as_view()), name="upload"),
            path("<int:pk>/", may_import(ImportView.as_view()), name="import"),
            path("<int:pk>/live/", may_import(LiveView.as_view()), name="live"),
            path("<int:pk>/columns/", may_import(ColumnsView.as_view()), name="columns"),
            path("<int:pk>/rows/", may_import(RefusalsView.as_view()), name="refusals"),
            path("<int:pk>/carry-out/", may_import(StepView.as_view()), {"step": "carry-out"}, name="carry_out"),
            path("<int:pk>/drop/", may_import(StepView.as_view()), {"step": "drop"}, name="drop"),
        ]
