"""A results framework as a file: taken away, and loaded."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach.broadcasts.refusals import Refused
from outreach.reach.documents.writers import WRITERS
from outreach.reach.indicators.document import document
from outreach.reach.indicators.importing import OPTIONAL, REQUIRED, Loaded, load
from outreach.reach.indicators.logframe import logframe
from outreach.reach.responses import saved

from .base import ResultsView, logframe_address, office_day
from .forms import ImportForm


class DownloadView(ResultsView):
    """One file of a campaign's framework."""

    kind = "xlsx"

    def get(self, request: HttpRequest, campaign: int) -> HttpResponse:
        """The file, to be saved."""
        writer, today = WRITERS[self.kind], office_day()
        content = document(frame=logframe(campaign=self.campaign, today=today), now=timezone.now())
        name = f"results-{today.isoformat()}-{self.campaign.slug}.{writer.suffix}"
        return saved(lambda: writer.write(content), name=name, content_type=writer.content_type)


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
