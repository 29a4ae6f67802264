"""The only door to the site: a story as a broadcast sees it, in each language in which it is live."""

from dataclasses import dataclass

from django.conf import settings
from wagtail.models import Locale, Page, Site

from home.models import StoryPage


@dataclass(frozen=True, slots=True)
class Source:
    """A story in one language: what a message is drawn from. ``content_hash`` changes with the story's content."""

    language: str
    title: str
    summary: str
    address: str
    content_hash: str


def sources(story: StoryPage | None) -> dict[str, Source]:
    """The live translations of ``story`` by language, in the order of the site's languages; empty without a story."""
    if story is None:
        return {}
    live = StoryPage.objects.filter(translation_key=story.translation_key, live=True, alias_of=None).select_related(
        "locale"
    )
    found = {page.locale.language_code: page for page in live}
    return {
        language: Source(
            language=language,
            title=found[language].title,
            summary=found[language].summary,
            address=_address(found[language]),
            content_hash=found[language].content_hash(),
        )
        for language, _name in settings.LANGUAGES
        if language in found
    }


def page_address(number: int, *, language: str) -> str | None:
    """The full address of a published page: its translation into ``language`` if there is one, else the page itself.

    ``None`` where neither is published.
    """
    page = Page.objects.filter(pk=number).first()
    if page is None:
        return None
    translations = page.get_translations(inclusive=True).filter(live=True, alias_of=None)
    in_language = translations.filter(locale__language_code=language).first()
    if in_language is None and page.live:
        in_language = page
    return _address(in_language) if in_language else None


def campaign_name(language: str) -> str:
    """The title of the site's home page in ``language``, or of its original."""
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None:
        return str(settings.WAGTAIL_SITE_NAME)
    locale = Locale.objects.filter(language_code=language).first()
    translated = site.root_page.get_translation_or_none(locale) if locale else None
    return str((translated if translated and translated.live else site.root_page).title)


def _address(page: Page) -> str:
    return f"{settings.SITE_URL}{page.get_url_parts()[2]}" if page.get_url_parts() else ""
