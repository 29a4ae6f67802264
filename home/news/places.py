"""The field in which an editor names a place, with those that the news named before."""

from typing import Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

OFFERED = 30
"""So many places are offered, the latest first."""


class PlaceInput(forms.TextInput):
    """One line that offers the places of earlier news, so that a place is always written alike."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The field with its list of places."""
        list_id = f"{(attrs or {}).get('id', name)}-places"
        field = super().render(name, value, {**(attrs or {}), "list": list_id}, renderer)
        places = render_to_string("home/admin/places.html", {"list_id": list_id, "places": known_places()})
        return mark_safe(field + places)


def known_places() -> list[str]:
    """The places of the news in the site's first language, the latest first, each once."""
    news = apps.get_model("home", "NewsPage").objects.filter(locale__language_code=settings.LANGUAGE_CODE)
    places = news.exclude(place="").order_by("-published", "-pk").values_list("place", flat=True)
    return list(dict.fromkeys(places[: OFFERED * 10]))[:OFFERED]
