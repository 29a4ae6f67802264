"""Where the studio's pages are, and its place in the menu."""

from typing import Any

from django.urls import URLPattern, path
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.admin_url_finder import ModelAdminURLFinder, register_admin_url_finder
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permissions import policy_registry

from outreach.broadcasts.models import Broadcast

from . import calendar, cells, checks, listing, page, preflight, stories, welcome
from .base import ICON
from .decisions import DECISIONS, DecisionView


class BroadcastMenuItem(MenuItem):
    """Shown to those who may read broadcasts."""

    def is_shown(self, request: Any) -> bool:
        """Whether the user may."""
        return bool(policy_registry.get_by_type(Broadcast).user_has_permission(request.user, "view"))


class BroadcastHistoryView(HistoryView):
    """Everything that was done with a broadcast, by whom and when."""

    model = Broadcast
    permission_required = "view"
    any_permission_required = None
    header_icon = ICON
    index_url_name = "broadcasts:index"
    edit_url_name = "broadcasts:broadcast"
    history_url_name = "broadcasts:history"
    history_results_url_name = "broadcasts:history_results"


class BroadcastViewSet(ViewSet):
    """The studio: the list of broadcasts, each broadcast's page, its cells and the decisions about it."""

    name = "broadcasts"
    icon = ICON
    menu_label = _("Broadcasts")
    menu_order = 150
    menu_item_class = BroadcastMenuItem
    add_to_admin_menu = True

    @cached_property
    def url_finder_class(self) -> type[ModelAdminURLFinder]:
        """Leads from the reports of the admin to a broadcast."""
        return type(
            "BroadcastURLFinder",
            (ModelAdminURLFinder,),
            {"permission_policy": policy_registry.get_by_type(Broadcast), "edit_url_name": "broadcasts:broadcast"},
        )

    def on_register(self) -> None:
        """Register the menu item and the way from a log entry to its broadcast."""
        super().on_register()
        register_admin_url_finder(Broadcast, self.url_finder_class)

    def get_urlpatterns(self) -> list[URLPattern]:
        """All pages of the studio."""
        listing_names = {
            "index_url_name": "broadcasts:index",
            "index_results_url_name": "broadcasts:index_results",
            "add_url_name": "broadcasts:add",
        }
        cell = "<int:pk>/text/<slug:channel>/<slug:language>/"
        history = "<int:pk>/history/"
        return [
            path("", listing.BroadcastListView.as_view(**listing_names), name="index"),
            path(
                "results/", listing.BroadcastListView.as_view(**listing_names, results_only=True), name="index_results"
            ),
            path("calendar/", calendar.CalendarView.as_view(), name="calendar"),
            path("welcome/", welcome.WelcomeView.as_view(), name="welcome"),
            path("add/", listing.StartView.as_view(), name="add"),
            path("<int:pk>/", page.BroadcastView.as_view(), name="broadcast"),
            path("<int:pk>/preflight/", preflight.PreflightView.as_view(), name="preflight"),
            path("<int:pk>/audience/", page.AudienceView.as_view(), name="audience"),
            path("<int:pk>/stories/", stories.StoriesView.as_view(), name="stories"),
            path("<int:pk>/draw/", page.DrawView.as_view(), name="draw"),
            path("<int:pk>/delete/", listing.BroadcastDeleteView.as_view(), name="delete"),
            path(history, BroadcastHistoryView.as_view(), name="history"),
            path(f"{history}results/", BroadcastHistoryView.as_view(results_only=True), name="history_results"),
            path(cell, cells.ReadCellView.as_view(), name="cell"),
            path(f"{cell}edit/", cells.EditCellView.as_view(), name="edit_cell"),
            path(f"{cell}preview/", cells.PreviewView.as_view(), name="preview"),
            path(f"{cell}findings/", checks.FindingsView.as_view(), name="findings"),
            path(f"{cell}links/", checks.LinksView.as_view(), name="links"),
            path(f"{cell}redraw/", cells.RedrawView.as_view(), name="redraw"),
            path(f"{cell}keep/", cells.KeepView.as_view(), name="keep"),
            path(f"{cell}remove/", cells.RemoveView.as_view(), name="remove"),
            path(f"{cell}test/", cells.TestView.as_view(), name="test"),
            *(path(f"<int:pk>/{name}/", DecisionView.as_view(name=name), name=name) for name in DECISIONS),
        ]
