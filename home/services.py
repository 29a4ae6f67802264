"""What other parts of the system may ask of the public site."""

from home.models import StoryPage
from home.models.article import in_language, restricted, translation_in


def localized(*, page: StoryPage, language: str) -> StoryPage | None:
    """The story as it is published in the language, or ``None`` where it is not."""
    return translation_in(page, language)


def published_languages(*, page: StoryPage) -> list[str]:
    """The codes of the languages in which the story is published."""
    pages = page.get_translations(inclusive=True).live().filter(~restricted(), alias_of=None)
    return sorted(pages.values_list("locale__language_code", flat=True))


def lead_picture(*, page: StoryPage, language: str) -> bytes | None:
    """The picture that goes with the story where only one can: a PNG of its lead infographic, in the language."""
    chosen = page.lead_infographic
    shown = in_language([chosen], language).get(chosen.translation_key) if chosen else None
    return shown.picture(shown.language) if shown else None
