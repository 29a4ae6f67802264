"""Addresses of outreach that are the same in every language: what machines call and what stands in messages."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("outreach.audience.links.urls")),
    path("", include("outreach.tracking.urls")),
    path("", include("outreach.broadcasts.urls")),
    path("", include("outreach.sandbox.urls")),
    path("", include("outreach.reach.api.urls")),
]
