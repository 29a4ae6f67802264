"""Where the API is."""

from django.urls import URLPattern, URLResolver, path

from .endpoints import api

urlpatterns: list[URLPattern | URLResolver] = [path("api/reach/", api.urls)]
