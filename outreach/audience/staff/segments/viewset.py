"""The pages of segments: list, form, one segment with its history, comparison, and what the form asks on the way."""

from collections.abc import Sequence
from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton

from outreach.audience.models import Segment

from .building import BuilderView, CountView, SegmentCreateView, SegmentEditView
from .form import SegmentForm
from .pages import ComparisonView, RestoreView, SegmentDeleteView, SegmentInspectView


class SegmentListView(IndexView):
    """Every segment with its rule in words."""

    @property
    def header_buttons(self) -> list[Any]:
        """What there is anyway, and the comparison."""
        compare = HeaderButton(_("Compare two"), url=reverse("segments:compare"), icon_name="resubmit")
        return [*super().header_buttons, compare]


class SegmentViewSet(ModelViewSet):
    """Segments, for those with permissions on them."""

    model = Segment
    name = "segments"
    icon = "tag"
    menu_label = gettext_lazy("Segments")
    menu_order = 160
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_fields: Sequence[str] = ["code", "description"]
    index_view_class = SegmentListView
    add_view_class = SegmentCreateView
    edit_view_class = SegmentEditView
    inspect_view_class = SegmentInspectView
    delete_view_class = SegmentDeleteView
    create_template_name = "outreach/audience/staff/segments/form.html"
    edit_template_name = "outreach/audience/staff/segments/form.html"
    inspect_template_name = "outreach/audience/staff/segments/segment.html"
    delete_template_name = "outreach/audience/staff/segments/delete.html"
    list_display = [
        "name",
        Column("code", label=gettext_lazy("Code"), sort_key="code", classname="phone-hidden"),
        Column("in_words", label=gettext_lazy("Rule")),
    ]
    search_fields = ["name", "code"]

    def get_form_class(self, for_update: bool = False) -> type[SegmentForm]:
        """The form with the rule builder."""
        return SegmentForm

    def get_urlpatterns(self) -> list[URLPattern]:
        """What a model has, and what segments have beside it."""
        return [
            *super().get_urlpatterns(),
            path("count/", CountView.as_view(), name="count"),
            path("builder/", BuilderView.as_view(), name="builder"),
            path("compare/", ComparisonView.as_view(), name="compare"),
            path("restore/<int:pk>/<int:edit>/", RestoreView.as_view(), name="restore"),
        ]
