"""Staff pages over the ledger: how a broadcast comes along, and the decisions that only a person can take."""

from typing import Any

from django.conf import settings
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from outreach.broadcasts.history import record
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.quiet import resting
from outreach.broadcasts.studio.base import signed_in

from . import lifecycle
from .progress import progress

REFRESH_SECONDS = 5


class ProgressView(PermissionRequiredMixin, WagtailAdminTemplateMixin, View):
    """One broadcast's ledger in words and counts; reloads itself while the broadcast is sending."""

    permission_required = "outreach.view_broadcast"
    raise_exception = True
    template_name = "outreach/delivery/progress.html"
    page_title = _("Progress")
    header_icon = "time"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the counts."""
        broadcast = get_object_or_404(Broadcast, pk=pk)
        found = progress(broadcast) if lifecycle.is_frozen(broadcast) else None
        self.page_subtitle = broadcast.title
        context = self.get_context_data(
            broadcast=broadcast,
            progress=found,
            resting=resting(broadcast=broadcast, now=timezone.now()),
            office_zone=settings.OFFICE_TIME_ZONE,
            may_decide=request.user.has_perm("outreach.approve_broadcast"),
        )
        response = self.render_to_response(context)
        if broadcast.state == Broadcast.State.SENDING:
            response["Refresh"] = str(REFRESH_SECONDS)
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, then this page."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title(), "sublabel": self.page_subtitle}]


class DecisionView(PermissionRequiredMixin, View):
    """Carries out what a person decided about deliveries that are uncertain or failed."""

    permission_required = "outreach.approve_broadcast"
    raise_exception = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, decision: str) -> HttpResponse:
        """Change the deliveries, log the decision, and go back to the progress page."""
        broadcast = get_object_or_404(Broadcast, pk=pk)
        now = timezone.now()
        if decision == "retry-failed":
            changed = lifecycle.retry_failed(broadcast=broadcast, now=now)
        else:
            changed = lifecycle.resolve_uncertain(broadcast=broadcast, send_again=decision == "send-again", now=now)
        record(
            broadcast=broadcast,
            action="decide",
            user=signed_in(request),
            now=now,
            detail=f"{decision}: {changed}",
        )
        text = ngettext("%(count)d delivery was changed.", "%(count)d deliveries were changed.", changed)
        messages.success(request, text % {"count": changed})
        return redirect(reverse("broadcast_progress", args=[pk]))
