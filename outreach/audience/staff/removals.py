"""What was removed, by day and kind: for data officers and administrators, to be shown to whoever asks."""

from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permissions import policy_registry

from outreach.audience.choices import RemovalKind
from outreach.audience.models import Removal
from outreach.audience.still_shown import noted

ICON = "bin"
MOST_PAGES = 50


def described(kind: str) -> str:
    """A kind of removal in words; one that is not known any more as it was written."""
    return str(RemovalKind(kind).label) if kind in RemovalKind.values else kind


class RemovalListView(IndexView):
    """What was removed on each day of the office, the newest first, and as CSV."""

    model = Removal
    permission_required = "view"
    any_permission_required = None
    page_title = gettext_lazy("What was removed")
    header_icon = ICON
    template_name = "outreach/audience/staff/removals.html"
    default_ordering = ("-day", "kind")
    paginate_by = 50
    list_filter = ["day"]
    list_export = ["day", "kind", "what", "count"]
    export_headings = {
        "day": gettext_lazy("Day"),
        "kind": gettext_lazy("Kind"),
        "what": gettext_lazy("What"),
        "count": gettext_lazy("How many"),
    }
    export_filename = "removals"
    columns = [
        Column("day", label=gettext_lazy("Day"), sort_key="day"),
        Column("kind", label=gettext_lazy("What"), accessor=lambda removal: described(removal.kind)),
        Column("count", label=gettext_lazy("How many"), sort_key="count"),
    ]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the pages that may still show an address of somebody who was erased."""
        return {**super().get_context_data(*args, **kwargs), "still_shown": noted(limit=MOST_PAGES)}

    def to_row_dict(self, item: Removal) -> dict[str, Any]:
        """A row of the file, with the kind in words beside its name."""
        return {"day": item.day, "kind": item.kind, "what": described(item.kind), "count": item.count}


class RemovalMenuItem(MenuItem):
    """Shown to those who may see what was removed."""

    def is_shown(self, request: Any) -> bool:
        """Whether the user may."""
        return bool(policy_registry.get_by_type(Removal).user_has_permission(request.user, "view"))


def menu_item() -> RemovalMenuItem:
    """The way there from the reports."""
    return RemovalMenuItem(
        gettext_lazy("What was removed"), reverse("removals:index"), name="removals", icon_name=ICON, order=900
    )


class RemovalViewSet(ViewSet):
    """The page about removals."""

    name = "removals"
    icon = ICON

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list, whole and its results alone."""
        names = {"index_url_name": "removals:index", "index_results_url_name": "removals:index_results"}
        return [
            path("", RemovalListView.as_view(**names), name="index"),
            path("results/", RemovalListView.as_view(**names, results_only=True), name="index_results"),
        ]
