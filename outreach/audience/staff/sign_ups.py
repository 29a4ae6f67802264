"""How many signed up by each source: for editors, approvers, evaluators and data officers, small counts hidden."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permissions import policy_registry

from outreach.audience.links import table_file
from outreach.audience.links.table import sign_ups
from outreach.audience.models import SignUpCount

ICON = "list-ol"


def asked_month(request: HttpRequest) -> date | None:
    """The first day of the month in the address, or nothing for all months; 404 for what is no month."""
    text = request.GET.get("month", "")
    try:
        return date.fromisoformat(f"{text}-01") if text else None
    except ValueError:
        raise Http404 from None


class SignUpsView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """The table, for one month or for all."""

    model = SignUpCount
    permission_required = "view"
    template_name = "outreach/audience/staff/sign_ups.html"
    page_title = gettext_lazy("Sign-ups by source")
    header_icon = ICON

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, then this page."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The table and the months to choose from."""
        month = asked_month(self.request)
        table = sign_ups(month=month, now=timezone.now())
        months = [(f"{each:%Y-%m}", date_format(each, "YEAR_MONTH_FORMAT")) for each in table.months]
        chosen = f"{month:%Y-%m}" if month else ""
        return super().get_context_data(table=table, months=months, chosen=chosen, **kwargs)


class SignUpsFileView(PermissionCheckedMixin, View):
    """The same table as a file."""

    model = SignUpCount
    permission_required = "view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The file, named after its month."""
        month = asked_month(request)
        period = f"{month:%Y-%m}" if month else ""
        content = table_file.write(sign_ups(month=month, now=timezone.now()), period=period or _("all months"))
        name = f'attachment; filename="{"-".join(filter(None, ["sign-ups", period]))}.csv"'
        return HttpResponse(content, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


class SignUpsMenuItem(MenuItem):
    """Shown to those who may see the counts."""

    def is_shown(self, request: Any) -> bool:
        """Whether the user may."""
        return bool(policy_registry.get_by_type(SignUpCount).user_has_permission(request.user, "view"))


class SignUpViewSet(ViewSet):
    """The page and its file."""

    name = "sign_ups"
    url_prefix = "sign-ups"
    menu_name = "sign_ups"
    icon = ICON
    menu_label = gettext_lazy("Sign-ups by source")
    menu_order = 174
    menu_item_class = SignUpsMenuItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        """The table, and its file."""
        return [
            path("", SignUpsView.as_view(), name="index"),
            path("file/", SignUpsFileView.as_view(), name="file"),
        ]
