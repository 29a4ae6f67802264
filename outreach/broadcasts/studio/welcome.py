"""The welcome message: which one is switched on, which are being written, and the start of a new one."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.permissions import policy_registry

from outreach.broadcasts import services
from outreach.broadcasts.models import Broadcast

from .base import ICON, signed_in

State = Broadcast.State


class WelcomeView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """What people get when they join."""

    model = Broadcast
    permission_required = "view"
    template_name = "outreach/broadcasts/welcome.html"
    page_title = gettext_lazy("Welcome message")
    header_icon = ICON

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin a new one, and go to it."""
        if not self._may_add():
            raise PermissionDenied
        broadcast = services.create_welcome(user=signed_in(request), now=timezone.now())
        messages.success(request, _("The draft is made. Write its texts, then submit it."))
        return redirect("broadcasts:broadcast", broadcast.pk)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, all broadcasts, this page."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("broadcasts:index"), "label": capfirst(Broadcast._meta.verbose_name_plural)},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The one that is switched on or paused, those being prepared, and those of the past."""
        every = Broadcast.objects.filter(kind=Broadcast.Kind.WELCOME).select_related("created_by").order_by("-pk")
        standing = every.filter(state__in=[State.SENDING, State.PAUSED], started_at__isnull=False, closed_at=None)
        coming = every.filter(started_at=None).exclude(state__in=[State.CANCELLED, State.EXPIRED])
        return super().get_context_data(
            standing=standing.first(),
            coming=coming,
            past=every.exclude(pk__in=[*standing.values_list("pk", flat=True), *coming.values_list("pk", flat=True)]),
            may_add=self._may_add(),
            office_zone=settings.OFFICE_TIME_ZONE,
            **kwargs,
        )

    def _may_add(self) -> bool:
        return bool(policy_registry.get_by_type(Broadcast).user_has_permission(self.request.user, "add"))
