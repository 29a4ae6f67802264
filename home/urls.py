"""Addresses of the public site beside its pages; ``language_urlpatterns`` go below a language's prefix."""

from django.urls import include, path

from . import views

urlpatterns = [
    path("", views.welcome, name="welcome"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
]

language_urlpatterns = [
    path("infographic/", include("home.infographics.urls")),
]
