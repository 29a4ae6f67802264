"""News and rights cards as other pages point to them."""

from typing import Any, TypeVar
from uuid import UUID

from .article import SitePage, restricted
from .news import NewsPage
from .rights import RightsCardPage

NEWS = RIGHTS = 3
"""So many of each."""

P = TypeVar("P", bound=SitePage)


def newest_news(language: str, *, campaign: UUID | None = None, topic: str = "") -> list[NewsPage]:
    """The newest news of a language; of the campaign with this ``translation_key``, of a topic, if one is given."""
    pages = NewsPage.newest(language, topic)
    return list((pages.filter(campaign__translation_key=campaign) if campaign else pages)[:NEWS])


def first_rights_cards(language: str) -> list[RightsCardPage]:
    """The first rights cards of a language, in the order that the editors gave them."""
    return list(RightsCardPage.cards(language)[:RIGHTS])


def list_page(kind: type[P], language: str) -> P | None:
    """The page with the list of a kind; ``None`` if the language has none."""
    pages: Any = kind._default_manager.live()
    found: P | None = pages.filter(~restricted(), locale__language_code=language, alias_of=None).first()
    return found
