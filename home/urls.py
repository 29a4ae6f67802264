"""Addresses of the public site beside its pages; ``language_urlpatterns`` go below a language's prefix."""

from django.urls import path

from . import sitemap, views

urlpatterns = [
    path("", views.welcome, name="welcome"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap-<int:part>.xml", sitemap.part, name="sitemap_part"),
    path("robots.txt", views.robots, name="robots"),
]

language_urlpatterns = [
    path("infographic/<slug:slug>.csv", views.infographic_table, name="infographic_table"),
    path("infographic/<slug:slug>.svg", views.infographic_chart, name="infographic_chart"),
    path("infographic/<slug:slug>.png", views.infographic_picture, name="infographic_picture"),
]
