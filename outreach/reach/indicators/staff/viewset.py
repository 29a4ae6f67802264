"""Where the pages of results are, and their place in the menu."""

from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from outreach.reach.documents.writers import WRITERS

from . import files, reading, writing
from .base import ICON, VIEW


class ResultsMenuItem(MenuItem):
    """Shown to those who may read results frameworks."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the user may."""
        return request.user.has_perm(f"outreach.{VIEW}")


class ResultsViewSet(ViewSet):
    """The results framework of each campaign: read, kept, taken away and loaded."""

    name = "results"
    icon = ICON
    menu_label = _("Results")
    menu_name = "results"  # or Wagtail takes the label, in the language of whoever opens the admin first
    menu_order = 162
    menu_item_class = ResultsMenuItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        """Every page; the campaign or the indicator stands first in the address."""
        campaign, indicator = "<int:campaign>/", "indicator/<int:indicator>/"
        return [
            path("", reading.CampaignsView.as_view(), name="index"),
            path(campaign, reading.LogframeView.as_view(), name="logframe"),
            path(f"{campaign}import/", files.ImportView.as_view(), name="import"),
            path(f"{campaign}result/add/", writing.AddResultView.as_view(), name="add_result"),
            path(f"{campaign}indicator/add/", writing.AddIndicatorView.as_view(), name="add_indicator"),
            path(f"{campaign}estimate/add/", writing.AddEstimateView.as_view(), name="add_estimate"),
            path(f"{campaign}population/add/", writing.AddPopulationView.as_view(), name="add_population"),
            path(f"{campaign}spend/add/", writing.AddSpendView.as_view(), name="add_spend"),
            path("result/<int:pk>/", writing.EditResultView.as_view(), name="edit_result"),
            path("estimate/<int:pk>/", writing.EditEstimateView.as_view(), name="edit_estimate"),
            path("population/<int:pk>/", writing.EditPopulationView.as_view(), name="edit_population"),
            path("spend/<int:pk>/", writing.EditSpendView.as_view(), name="edit_spend"),
            path(indicator, reading.IndicatorView.as_view(), name="indicator"),
            path(f"{indicator}edit/", writing.EditIndicatorView.as_view(), name="edit_indicator"),
            path(f"{indicator}drop/", writing.DropIndicatorView.as_view(), name="drop_indicator"),
            path(f"{indicator}target/<str:quarter>/", writing.TargetView.as_view(), name="target"),
            path(f"{indicator}entry/add/", writing.AddEntryView.as_view(), name="add_entry"),
            path(f"{indicator}entry/<int:pk>/", writing.EditEntryView.as_view(), name="edit_entry"),
            *(
                path(f"{campaign}results.{writer.suffix}", files.DownloadView.as_view(kind=name), name=name)
                for name, writer in WRITERS.items()
            ),
        ]
