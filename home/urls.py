"""Addresses of the public site beside its pages; ``language_urlpatterns`` go below a language's prefix."""

from django.urls import URLPattern, URLResolver, include, path

from . import feeds, low_data, sitemap, views
from .search.views import search

urlpatterns = [
    path("", views.welcome, name="welcome"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap-<int:part>.xml", sitemap.part, name="sitemap_part"),
    path("robots.txt", views.robots, name="robots"),
]

language_urlpatterns: list[URLPattern | URLResolver] = [
    path("search/", search, name="search"),
    path("feed/", feeds.everything, name="feed"),
    path("feed/<slug:topic>/", feeds.topic, name="topic_feed"),
    path("news/feed/", feeds.news, name="news_feed"),
    path("settings/low-data/", low_data.set_low_data, name="low_data"),
    path("infographic/", include("home.infographics.urls")),
]
