"""The public pages of the audience, below a language's prefix."""

from django.urls import URLPattern, URLResolver, include, path

from . import views
from .links.views import ways_to_join
from .preferences import urls as preferences_urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("join/", ways_to_join, name="ways_to_join"),
    path("subscribe/", views.subscribe, name="subscribe"),
    path("subscribe/done/", views.subscribe_done, name="subscribe_done"),
    path("subscribe/telegram/", views.subscribe_telegram, name="subscribe_telegram"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("", include(preferences_urls)),
]
