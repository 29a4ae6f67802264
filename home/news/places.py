"""The field in which an editor names a place, with those that the news named before."""

from typing import Any

from django import forms
from django.apps import apps
from django.conf import settings

OFFERED = 30
"""So many places are offered, the latest first."""


class PlaceInput(forms.TextInput):
    """One line that offers the places of earlier news, so that a place is always written alike."""

    template_name = "home/admin/place_input.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """The field with its list of places."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        list_id = f"{context['widget']['attrs'].get('id', name)}-places"
        context["widget"]["attrs"]["list"] = list_id
        return {**context, "list_id": list_id, "places": known_places()}


def known_places() -> list[str]:
    """The places of the news in the site's first language, the latest first, each once."""
    news = apps.get_model("home", "NewsPage").objects.filter(locale__language_code=settings.LANGUAGE_CODE)
    places = news.exclude(place="").order_by("-published", "-pk").values_list("place", flat=True)
    return list(dict.fromkeys(places[: OFFERED * 10]))[:OFFERED]
