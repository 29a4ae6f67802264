"""Where the API is."""

from django.urls import URLPattern, URLResolver, path

from .endpoints import api, no_such_address

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/reach/", api.urls),
    path("api/reach/<path:rest>", no_such_address),
]
