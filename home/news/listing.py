"""How editors see the news in the page explorer: with dates and places, the newest first."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.pages import PageViewSet

from home.models import NewsPage


class NewsViewSet(PageViewSet):
    """The list of news in the explorer; by default in the order that readers see."""

    model = NewsPage
    icon = "calendar"
    list_display = [
        *(
            column
            for column in PageViewSet.columns
            if column.name not in {"parent", "type", "latest_revision_created_at"}
        ),
    ]
    list_display[2:2] = [
        Column("published", label=_("Date"), sort_key="published", width="12%"),
        Column("place", label=_("Place"), sort_key="place", width="18%"),
    ]
    list_filter = ["published", "place"]


news_viewset = NewsViewSet()
