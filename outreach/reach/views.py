"""What evaluators open in the admin, and what they take away."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView
from wagtail.admin.auth import permission_required
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from . import downloads
from .charts import panels
from .metrics import METRICS
from .tables import BY_SEGMENT, Report, UnknownBroadcast, UnknownSnapshot, counted_broadcasts, report

PERMISSION = "outreach.view_reach"
ICON = "group"

may_view = permission_required(PERMISSION)


def asked_report(request: HttpRequest) -> Report:
    """The report of the broadcast or snapshot whose number the address names, or of all; 404 for any other text."""
    asked = {name: request.GET.get(name, "") for name in ("broadcast", "snapshot")}
    if not all(text == "" or (text.isascii() and text.isdigit() and len(text) < 19) for text in asked.values()):
        raise Http404
    try:
        broadcast, snapshot = (int(text) if text else None for text in asked.values())
        return report(broadcast=broadcast, snapshot=snapshot)
    except (UnknownBroadcast, UnknownSnapshot):
        raise Http404 from None


class ReachView(WagtailAdminTemplateMixin, TemplateView):
    """Headline figures, one metric by segment and gender, channels and languages, each with its definition."""

    template_name = "outreach/reach/report.html"
    page_title = _("Reach")
    header_icon = ICON

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, then this page."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The report, the one table by segment that was asked for, and the addresses of the others."""
        asked = self.request.GET.get("metric", BY_SEGMENT[0].slug)
        if asked not in {metric.slug for metric in BY_SEGMENT}:
            raise Http404
        found = asked_report(self.request)
        shown = [table for table in found.tables if table.slug == asked or table.metric is None]
        broadcast: dict[str, int | str] = {} if found.number is None else {"broadcast": found.number}
        return super().get_context_data(
            report=found,
            about=downloads.about(found),
            broadcasts=counted_broadcasts(),
            metric=asked,
            metrics=[(metric, urlencode({**broadcast, "metric": metric.slug})) for metric in BY_SEGMENT],
            tables=[(table, panels(table)) for table in shown],
            definitions=[(metric, downloads.definition(metric)[1:]) for metric in METRICS],
            downloads=_downloads(urlencode(broadcast)) if found.tables else [],
            **kwargs,
        )


def _downloads(query: str) -> list[tuple[str, Any]]:
    labels = {"xlsx": _("Workbook (XLSX)"), "csv": _("Table (CSV)"), "code_book": _("Code book (CSV)")}
    return [(f"{reverse(f'reach:{name}')}?{query}".rstrip("?"), label) for name, label in labels.items()]


class DownloadView(View):
    """One file of the report that is asked for."""

    kind: str = ""
    extension: str = ""
    content_type: str = ""
    write: Callable[[Report], bytes]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The file, to be saved."""
        found = asked_report(request)
        name = downloads.file_name(found, today=timezone.localdate(), kind=self.kind, extension=self.extension)
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
        return HttpResponse(type(self).write(found), content_type=self.content_type, headers=headers)


class CsvView(DownloadView):
    """Every cell as a line."""

    kind, extension, content_type = "reach", "csv", "text/csv; charset=utf-8"
    write = staticmethod(downloads.as_csv)


class CodeBookView(DownloadView):
    """What the CSV file means."""

    kind, extension, content_type = "reach-code-book", "csv", "text/csv; charset=utf-8"
    write = staticmethod(downloads.code_book)


class WorkbookView(DownloadView):
    """Every table as a sheet."""

    kind, extension = "reach", "xlsx"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    write = staticmethod(downloads.as_workbook)
