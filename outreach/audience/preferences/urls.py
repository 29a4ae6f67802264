"""The pages around the preference page, below a language's prefix."""

from django.urls import URLPattern, URLResolver, path

from . import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("preferences/", views.ask, name="preferences_ask"),
    path("preferences/asked/", views.asked, name="preferences_asked"),
    path("preferences/<str:token>/", views.preferences, name="preferences"),
    path("preferences/<str:token>/data/", views.my_data, name="my_data"),
    path("preferences/<str:token>/erase/", views.erase_me, name="erase_me"),
]
