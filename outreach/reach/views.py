"""What evaluators open in the admin, and what they take away."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.auth import permission_required
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from . import scopes
from .about import about, definition
from .behind import behind
from .charts import draw_panels
from .downloads import KINDS
from .file_view import FileView, languages
from .metrics import DEFINITIONS_VERSION
from .metrics.kept import TODAY
from .responses import NOT_IN_THE_LIST, file_response, refusal
from .scopes import Scope, UnknownScope
from .standing import standing
from .tables import BY_SEGMENT, Report

PERMISSION = "outreach.view_reach"
ICON = "group"
MACHINES = frozenset({"machine_clicks", "machine_opened"})
"""Metrics that are shown apart from the figures of people."""

SCOPE = ("campaign", "period", "broadcast", "snapshot")

may_view = permission_required(PERMISSION)


def asked_scope(request: HttpRequest) -> Scope:
    """What the address asks for."""
    return Scope(**{name: request.GET.get(name, "").strip() for name in SCOPE})


class ReachView(WagtailAdminTemplateMixin, TemplateView):
    """Headline figures with what is known of them, then small charts each with its table."""

    template_name = "outreach/reach/report.html"
    page_title = gettext_lazy("Reach")
    header_icon = ICON

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, then this page."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page; asked for what is not in the list, it says so and offers what is."""
        context = self.get_context_data(**kwargs)
        return self.render_to_response(context, status=NOT_IN_THE_LIST if context["problem"] else 200)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The report of the scope that was asked for, or why there is none."""
        offer = scopes.offered()
        scope = asked_scope(self.request) if self.request.GET else scopes.first(offer)
        metric = self.request.GET.get("metric") or BY_SEGMENT[0].slug
        report: Report | None = None
        problem = ""
        try:
            report = scopes.read(scope, offer=offer)
        except UnknownScope as unknown:
            problem = str(unknown)
        if metric not in {each.slug for each in BY_SEGMENT}:
            report, problem = None, problem or _("There is no table of this metric. Choose one of the links.")
        found = _context(report, scope, metric) if report else {}
        return super().get_context_data(
            scope=scope, offer=offer, metric=metric, problem=problem, report=report, **found, **kwargs
        )


def _context(report: Report, scope: Scope, metric: str) -> dict[str, Any]:
    alternatives = {each.slug for each in BY_SEGMENT}
    shown = [table for table in report.tables if table.slug == metric or table.slug not in alternatives]
    apart = [(each, cell) for figure in report.figures for each, cell in figure.beside if each.slug in MACHINES]
    figures = [
        (figure, [(each, cell) for each, cell in figure.beside if each.slug not in MACHINES], behind(report, figure))
        for figure in report.figures
    ]
    switches = [(each, urlencode({**scope.query, "metric": each.slug})) for each in map(report.defined.of, BY_SEGMENT)]
    return {
        "about": about(report),
        "definitions": definitions_address(report),
        "standing": standing(report),
        "figures": figures,
        "apart": apart,
        "switches": switches if report.tables else [],
        "tables": [(table, draw_panels(table)) for table in shown],
        "kinds": [{"label": kind.label, "address": reverse(f"reach:{kind.name}")} for kind in KINDS.values()],
        "languages": languages(),
    }


def definitions_address(report: Report) -> str:
    """Where the definitions stand with which the figures of a report were counted."""
    address = reverse("reach:definitions")
    return f"{address}?snapshot={report.snapshot.number}" if report.snapshot else address


class DefinitionsView(WagtailAdminTemplateMixin, TemplateView):
    """The closed list of metrics, to which every figure leads."""

    template_name = "outreach/reach/definitions.html"
    page_title = gettext_lazy("Definitions")
    header_icon = "help"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, then this page."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Each metric with all its parts but the name: today's, or those with which a snapshot was stored."""
        defined, version = TODAY, DEFINITIONS_VERSION
        if asked := self.request.GET.get("snapshot", ""):
            try:
                defined, version = scopes.definitions_of(asked)
            except UnknownScope:
                raise Http404 from None
        found = [(metric, definition(metric)[1:]) for metric in defined.metrics]
        is_old = defined.is_kept and defined.metrics != TODAY.metrics
        lost = not defined.is_kept and version != DEFINITIONS_VERSION
        return super().get_context_data(
            definitions=found, version=version, is_old=is_old, lost=lost, today=DEFINITIONS_VERSION, **kwargs
        )


class DownloadView(FileView):
    """One file of the scope that is asked for."""

    def answer(self, request: HttpRequest, language: str) -> HttpResponse:
        """The file, or why there is none."""
        try:
            return file_response(scopes.read(asked_scope(request)), kind=self.kind, language=language)
        except UnknownScope as unknown:
            return refusal(str(unknown), status=NOT_IN_THE_LIST)
