"""News and rights cards as other pages point to them: empty where the site has no such kind of page."""

from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import QuerySet
from wagtail.models import Page

NEWS = RIGHTS = 3
"""So many of each."""


def newest_news(language: str, *, campaign: UUID | None = None, topic: str = "") -> list[Any]:
    """The newest news of a language; of the campaign with this ``translation_key``, of a topic, if one is given."""
    kind: Any = kind_of("NewsPage")
    if kind is None:
        return []
    pages = kind.newest(language, topic)
    if campaign:
        if not hasattr(kind, "campaign"):
            return []
        pages = pages.filter(campaign__translation_key=campaign)
    return list(pages[:NEWS])


def first_rights_cards(language: str) -> list[Any]:
    """The first rights cards of a language, in the order that the editors gave them."""
    return list(live("RightsCardPage", language).order_by("path")[:RIGHTS])


def list_page(model: str, language: str) -> Any:
    """The page with the list of a kind, by the name of its model; ``None`` if the language has none."""
    return live(model, language).first()


def kind_of(model: str) -> Any:
    """The model of the public site with this name, or ``None``."""
    return apps.all_models["home"].get(model.lower())


def live(model: str, language: str) -> QuerySet[Any]:
    """The live pages of a kind in a language; none where the site has no such kind."""
    kind = kind_of(model)
    if kind is None:
        return Page.objects.none()
    pages: QuerySet[Any] = kind.objects.live().public().filter(locale__language_code=language, alias_of=None)
    return pages
