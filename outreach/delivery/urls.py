"""Staff addresses of the ledger, below Wagtail's own."""

from django.urls import URLPattern, URLResolver, path, re_path

from .decisions import DECISIONS
from .views import DecisionView, LiveView, ProgressView

urlpatterns: list[URLPattern | URLResolver] = [
    path("outreach/progress/<int:pk>/", ProgressView.as_view(), name="broadcast_progress"),
    path("outreach/progress/<int:pk>/live/", LiveView.as_view(), name="broadcast_progress_live"),
    re_path(
        rf"^outreach/progress/(?P<pk>\d+)/(?P<decision>{'|'.join(DECISIONS)})/$",
        DecisionView.as_view(),
        name="broadcast_decision",
    ),
]
