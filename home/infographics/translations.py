"""Whether the figures that readers of a translation get are still those of its source."""

from collections.abc import Iterable
from uuid import UUID

from home.models import InfographicPage


def with_other_figures(keys: Iterable[UUID], source_language: str) -> set[tuple[UUID, str]]:
    """The live translations, by translation key and language, whose figures are not those of their live source.

    One query. A translation that lacks a figure or has an old one is among them until it is synchronised and published.
    """
    pages = InfographicPage.objects.live().filter(translation_key__in=list(keys), alias_of=None)
    found: dict[UUID, dict[str, InfographicPage]] = {}
    for page in pages.select_related("locale"):
        found.setdefault(page.translation_key, {})[page.language] = page
    return {
        (key, language)
        for key, languages in found.items()
        if (source := languages.get(source_language))
        for language, page in languages.items()
        if page.figures() != source.figures()
    }
