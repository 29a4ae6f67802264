"""The checklist beside the editor: read again whenever the page is saved, by hand or by itself."""

from typing import Any

from django.forms import Media
from django.urls import reverse
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.viewsets.pages import PageViewSet

from home.editorial.checklist import checklist
from home.editorial.kinds import is_checked

STYLES = Media(css={"all": ["editorial/editorial.css"]})


class ChecklistSidePanel(BaseSidePanel):
    """The items of the checklist with what to do next, and the words to avoid where they stand."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        """The button in the header, with the number of open items."""

        aria_label = gettext_lazy("Toggle editorial checklist")
        icon_name = "list-ul"
        counter_classname = "w-bg-critical-200"

        def get_context_data(self, parent_context: Any) -> dict[str, Any]:
            """Count what is open."""
            context: dict[str, Any] = super().get_context_data(parent_context)
            return context | {"count": sum(entry.is_open for entry in self.panel.entries)}

    name = "editorial-checklist"
    title = gettext_lazy("Editorial checklist")
    template_name = "home/admin/checklist/side_panel.html"
    order = 340
    media = STYLES

    def __init__(self, object: Any, request: Any) -> None:
        super().__init__(object, request)
        self.entries = checklist(object)

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """The items, and the way to where they are answered."""
        context: dict[str, Any] = super().get_context_data(parent_context)
        return context | {
            "entries": self.entries,
            "todo": sum(entry.is_open for entry in self.entries),
            "checklist_url": reverse("home_checklist", args=[self.object.pk]),
        }


class CheckedEditView(EditView):
    """Wagtail's editor of a page, with the checklist beside it."""

    def get_side_panels(self) -> MediaContainer:
        """Wagtail's own, and the checklist of a page that has one."""
        panels = super().get_side_panels()
        if is_checked(self.page):
            panels.append(ChecklistSidePanel(self.page, self.request))
        return panels


class SitePageViewSet(PageViewSet):
    """The staff pages of every page of the site."""

    edit_view_class = CheckedEditView
