"""What the staff pages about one page share: whose page it is, who may see it, the way back."""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page


class StaffRequest(HttpRequest):
    """A request to a staff page: Wagtail has made sure that somebody is signed in."""

    user: User


class PageView(WagtailAdminTemplateMixin, View):
    """A staff page about one page of the site."""

    request: StaffRequest
    page: Page

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Only for those whom :meth:`allows` lets in."""
        self.page = get_object_or_404(Page, pk=kwargs["page_id"]).specific
        if not self.allows():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def allows(self) -> bool:
        """Whether the signed-in user may do this with the page."""
        return bool(self.page.permissions_for_user(self.request.user).can_edit())

    def edit_url(self) -> str:
        """The page's editor."""
        return reverse("wagtailadmin_pages:edit", args=[self.page.pk])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the page, this."""
        edit = {"url": self.edit_url(), "label": self.page.get_admin_display_title()}
        return [*self.breadcrumbs_items, edit, {"url": "", "label": self.page_title}]
