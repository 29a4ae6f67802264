"""A results framework as a file: taken away, and loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach.broadcasts.refusals import Refused
from outreach.reach.documents.document import Document
from outreach.reach.indicators.document import document
from outreach.reach.indicators.importing import OPTIONAL, REQUIRED, Loaded, load
from outreach.reach.indicators.logframe import logframe

from .base import ResultsView, logframe_address, office_day
from .forms import ImportForm


@dataclass(frozen=True)
class Writer:
    """A kind of file: what its button says, what it is, and where the function stands that writes it."""

    label: Promise
    suffix: str
    content_type: str
    function: str

    def write(self, content: Document) -> bytes:
        """The file."""
        function = cast(Callable[[Document], bytes], import_string(f"outreach.reach.documents.{self.function}"))
        return function(content)


WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
WRITERS = {
    "xlsx": Writer(gettext_lazy("Workbook (XLSX)"), "xlsx", WORKBOOK, "workbook.write"),
    "pdf": Writer(gettext_lazy("Report (PDF)"), "pdf", "application/pdf", "pdf.write"),
    "csv": Writer(gettext_lazy("Table (CSV)"), "csv", CSV, "csv_file.write"),
    "code_book": Writer(gettext_lazy("Code book (CSV)"), "code-book.csv", CSV, "csv_file.code_book"),
}
"""By the name of the page; each writes the same document."""


class DownloadView(ResultsView):
    """One file of a campaign's framework."""

    kind = "xlsx"

    def get(self, request: HttpRequest, campaign: int) -> HttpResponse:
        """The file, to be saved."""
        writer, today = WRITERS[self.kind], office_day()
        content = writer.write(document(frame=logframe(campaign=self.campaign, today=today), now=timezone.now()))
        name = f"results-{today.isoformat()}-{self.campaign.slug}.{writer.suffix}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
        return HttpResponse(content, content_type=writer.content_type, headers=headers)


class ImportView(ResultsView):
    """Load a framework from a CSV file, after trying it."""

    permission = "add_indicator"
    template_name = "outreach/reach/indicators/import.html"
    page_title = gettext_lazy("Load a framework")

    def get(self, request: HttpRequest, campaign: int) -> HttpResponse:
        """Ask for the file."""
        return self._show(ImportForm())

    def post(self, request: HttpRequest, campaign: int) -> HttpResponse:
        """Try it, or load it."""
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._show(form, status=422)
        try:
            loaded = load(
                campaign=self.campaign,
                data=form.cleaned_data["file"].read(),
                user=self.user,
                now=timezone.now(),
                dry_run=form.cleaned_data["dry_run"],
            )
        except Refused as refusal:
            for reason in refusal.reasons:
                form.add_error("file", reason)
            return self._show(form, status=422)
        if loaded.problems or form.cleaned_data["dry_run"]:
            return self._show(form, loaded=loaded, status=422 if loaded.problems else 200)
        messages.success(request, _("Loaded."))
        return redirect(logframe_address(self.campaign))

    def _show(self, form: ImportForm, status: int = 200, loaded: Loaded | None = None) -> HttpResponse:
        given: dict[str, Any] = {"form": form, "loaded": loaded, "required": REQUIRED, "optional": OPTIONAL}
        return self.render_to_response(
            self.get_context_data(
                action_url=self.request.path,
                submit_button_label=_("Load"),
                submit_button_active_label=_("Loading…"),
                **given,
            ),
            status=status,
        )
