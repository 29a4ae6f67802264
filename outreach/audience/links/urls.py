"""The short address, the same in every language, because people type it from a wall or by ear."""

from django.urls import URLPattern, URLResolver, path, re_path

from .views import short_address

urlpatterns: list[URLPattern | URLResolver] = [
    path("j/<str:code>", short_address, name="short_address"),
    # What people add or leave out when they type.
    re_path(r"^j(?:/(?P<code>.*))?$", short_address),
]
