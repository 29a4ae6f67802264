"""Where the reach pages are, and their place in the menu."""

from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from .views import ICON, PERMISSION, CodeBookView, CsvView, ReachView, WorkbookView, may_view


class ReachMenuItem(MenuItem):
    """Shown to those who may read reach."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the user may."""
        return request.user.has_perm(PERMISSION)


class ReachViewSet(ViewSet):
    """The evaluators' page and its downloads, each behind the permission to read reach."""

    name = "reach"
    icon = ICON
    menu_label = _("Reach")
    menu_order = 160
    menu_item_class = ReachMenuItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        """The page first: the menu leads to it."""
        return [
            path("", may_view(ReachView.as_view()), name="index"),
            path("reach.csv", may_view(CsvView.as_view()), name="csv"),
            path("code-book.csv", may_view(CodeBookView.as_view()), name="code_book"),
            path("reach.xlsx", may_view(WorkbookView.as_view()), name="xlsx"),
        ]
