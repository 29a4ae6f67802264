"""Addresses of infographics beside their pages, below a language's prefix."""

from django.urls import path

from . import views

urlpatterns = [
    path("<slug:slug>.csv", views.infographic_table, name="infographic_table"),
    path("<slug:slug>.svg", views.infographic_chart, name="infographic_chart"),
    path("<slug:slug>.png", views.infographic_picture, name="infographic_picture"),
    path("<slug:slug>/square.png", views.infographic_square, name="infographic_square"),
    path("<slug:slug>/embed/", views.infographic_embed, name="infographic_embed"),
]
