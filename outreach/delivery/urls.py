"""Staff addresses of the ledger, below Wagtail's own."""

from django.urls import URLPattern, URLResolver, path, re_path

from .views import DecisionView, ProgressView

urlpatterns: list[URLPattern | URLResolver] = [
    path("outreach/progress/<int:pk>/", ProgressView.as_view(), name="broadcast_progress"),
    re_path(
        r"^outreach/progress/(?P<pk>\d+)/(?P<decision>send-again|take-as-sent|retry-failed)/$",
        DecisionView.as_view(),
        name="broadcast_decision",
    ),
]
