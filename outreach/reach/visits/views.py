"""The evaluators' page of what was read on the site, and its files."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from outreach.reach import periods
from outreach.reach.charts import draw_panels
from outreach.reach.documents.writers import WRITERS
from outreach.reach.file_view import FileView, languages
from outreach.reach.metrics import MACHINE_VIEWS
from outreach.reach.periods import UnknownPeriod
from outreach.reach.responses import NOT_IN_THE_LIST, refusal, saved

from .document import document, drawn, facts, notes
from .report import WebReading, offered, web_reading


def asked_reading(code: str) -> WebReading:
    """What was read in the period with this code, or in all; raises :class:`UnknownPeriod`."""
    return web_reading(period=periods.parse(code) if code else None, now=timezone.now())


def asked_period(request: HttpRequest) -> str:
    """The code of the period that the address names; empty for the whole time."""
    return request.GET.get("period", "").strip()


class VisitsView(WagtailAdminTemplateMixin, TemplateView):
    """Three figures, then a chart with its table for each thing by which visits are told apart."""

    template_name = "outreach/reach/visits/visits.html"
    page_title = gettext_lazy("Web reading")
    header_icon = "globe"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, then this page."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page; asked for what is not in the list, it says so and offers what is."""
        context = self.get_context_data(**kwargs)
        return self.render_to_response(context, status=NOT_IN_THE_LIST if context["problem"] else 200)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What was read in the period that was asked for, or why there is nothing."""
        code = asked_period(self.request)
        problem, found = "", dict[str, Any]()
        try:
            found = _context(asked_reading(code))
        except UnknownPeriod as unknown:
            problem = str(unknown)
        return super().get_context_data(
            code=code, query={"period": code} if code else {}, problem=problem, periods=offered(), **found, **kwargs
        )


def _context(found: WebReading) -> dict[str, Any]:
    return {
        "found": found,
        "apart": [(MACHINE_VIEWS, found.machines)],
        "tables": [(table, draw_panels(drawn(table))) for table in found.tables],
        "about": facts(found),
        "notes": notes(),
        "kinds": [
            {"label": writer.label, "address": reverse(f"reach:visits_{name}")} for name, writer in WRITERS.items()
        ],
        "languages": languages(),
    }


class VisitsFileView(FileView):
    """One file of what was read in the period that is asked for."""

    def answer(self, request: HttpRequest, language: str) -> HttpResponse:
        """The file, or why there is none."""
        try:
            found = asked_reading(asked_period(request))
        except UnknownPeriod as unknown:
            return refusal(str(unknown), status=NOT_IN_THE_LIST)
        writer = WRITERS[self.kind]
        days = f"-{found.span.first_day}-to-{found.span.last_day}" if found.span else ""
        name = f"web-reading{days}-{language}.{writer.suffix}"
        return saved(lambda: writer.write(document(found)), name=name, content_type=writer.content_type)
