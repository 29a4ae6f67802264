"""Public pages of broadcasts, below a language's prefix."""

from django.urls import URLPattern, URLResolver, path

from . import archive_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("messages/", archive_views.message_archive, name="message_archive"),
    path("messages/<str:token>/", archive_views.view_message, name="view_message"),
    path("leave/", archive_views.how_to_leave, name="how_to_leave"),
]
