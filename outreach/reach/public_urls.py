"""Public pages of results, below a language's prefix."""

from django.urls import URLPattern, URLResolver, path

from . import public_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("results/<slug:slug>/", public_views.results, name="results"),
    path("results/<slug:slug>/<slug:kind>/", public_views.results_file, name="results_file"),
]
