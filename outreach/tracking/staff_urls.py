"""Staff addresses of what the public sees, below Wagtail's own."""

from django.urls import URLPattern, URLResolver, path

from .staff_views import PublicPagesView

urlpatterns: list[URLPattern | URLResolver] = [
    path("outreach/public/<int:pk>/", PublicPagesView.as_view(), name="broadcast_public"),
]
