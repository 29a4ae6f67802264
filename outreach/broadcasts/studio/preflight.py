"""The preflight: what stops a broadcast, what to think about, and who gets it, before anybody submits or approves."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.broadcasts.preflight import preflight

from .base import StudioView
from .decisions import open_to


class PreflightView(StudioView):
    """For whoever may read the broadcast; with the way on for those who may take it."""

    permission_required = "view"
    template_name = "outreach/broadcasts/preflight.html"

    def get_page_title(self) -> str:
        """The page's name."""
        return _("Preflight")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Look; or say that it has left already."""
        if not self.broadcast.is_editable:
            messages.info(request, _("There is nothing to look at before it is sent: it was sent, paused or ended."))
            return self.back()
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The lines and the people, and the decision that comes next."""
        broadcast = self.broadcast
        is_chosen = broadcast.segments.exists()
        found = preflight(broadcast, exactly=self.sees_people, now=timezone.now())
        return super().get_context_data(
            preflight=found,
            counting=is_chosen,
            stops=found.verdict == "stop",
            asks_who=self.may("change") and not broadcast.is_welcome and not is_chosen,
            decisions=[
                {"decision": decision, "address": reverse(f"broadcasts:{name}", args=[broadcast.pk])}
                for name, decision in open_to(broadcast, self).items()
                if decision.leads and (name != "submit" or found.verdict != "stop")
            ],
            **kwargs,
        )
