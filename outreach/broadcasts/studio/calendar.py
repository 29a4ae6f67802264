"""The calendar: a month of broadcasts in the office's time zone."""

import re
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.permissions import policy_registry

from outreach.audience.choices import ChannelName
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.month import month
from outreach.broadcasts.office_time import office_zone
from outreach.broadcasts.quiet import all_hours


class CalendarMenuItem(MenuItem):
    """Beside the broadcasts, for those who may read them."""

    def __init__(self) -> None:
        super().__init__(
            _("Calendar"), reverse("broadcasts:calendar"), name="calendar", icon_name="calendar", order=151
        )

    def is_shown(self, request: Any) -> bool:
        """Whether the user may."""
        return bool(policy_registry.get_by_type(Broadcast).user_has_permission(request.user, "view"))


class CalendarView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """One month; ``?month=2026-12`` names it, and this month is shown without."""

    model = Broadcast
    permission_required = "view"
    template_name = "outreach/broadcasts/calendar.html"
    page_title = _("Broadcast calendar")
    header_icon = "calendar"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, all broadcasts, this page."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("broadcasts:index"), "label": capfirst(Broadcast._meta.verbose_name_plural)},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The month, and the quiet hours of each channel."""
        now, zone = timezone.now(), office_zone()
        today = now.astimezone(zone).date()
        try:
            found = month(first=_asked_month(self.request, today), zone=zone, now=now)
        except ValueError:
            messages.error(self.request, _("There is no such month; this is the present one."))
            found = month(first=today.replace(day=1), zone=zone, now=now)
        return super().get_context_data(
            month=found,
            weekdays=[day.date for day in found.weeks[0]],
            office_zone=settings.OFFICE_TIME_ZONE,
            quiet=[(ChannelName(name).label, kept) for name, kept in all_hours().items()],
            **kwargs,
        )


def _asked_month(request: HttpRequest, today: date) -> date:
    """The first day of the month that the address names, or of today's; ``ValueError`` for any other text."""
    asked = request.GET.get("month", "")
    if not asked:
        return today.replace(day=1)
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", asked):
        raise ValueError(asked)
    return date.fromisoformat(f"{asked}-01")
