"""Where a page stands in each language, as an editor of any of its languages sees it."""

from dataclasses import dataclass

from wagtail.models import Locale, Page
from wagtail_localize.models import Translation

from .states import State, states


@dataclass(frozen=True)
class Standing:
    """One language of a page.

    ``done`` of ``total`` texts are translated; both are 0 where ``wagtail-localize`` does not keep the translation.
    ``copied`` is true for an alias: a copy in the source language that stands in for a translation.
    """

    locale: Locale
    state: State
    page: Page | None
    done: int
    total: int
    copied: bool

    @property
    def waiting(self) -> int:
        """How many texts still wait for a translation."""
        return self.total - self.done


def source_of(page: Page) -> Page | None:
    """The page in the source language; ``None`` where there is none."""
    found: Page | None = Page.objects.filter(translation_key=page.translation_key, locale=Locale.get_default()).first()
    return found


def untranslated(page: Page) -> int:
    """How many texts of a translation still stand in the source language; 0 for a page that is no translation."""
    translation = (
        Translation.objects.filter(source__object_id=page.translation_key, target_locale=page.locale_id, enabled=True)
        .select_related("source")
        .first()
    )
    if translation is None:
        return 0
    total, done = translation.get_progress()
    return int(total - done)


def standings(source: Page) -> list[Standing]:
    """Each language but the source's, in the order of the site's languages; a few queries for each language."""
    translations = {
        translation.target_locale_id: translation
        for translation in Translation.objects.filter(
            source__object_id=source.translation_key, source__locale=source.locale_id, enabled=True
        ).select_related("source")
    }
    copies = set(
        Page.objects.filter(translation_key=source.translation_key)
        .exclude(alias_of=None)
        .values_list("locale_id", flat=True)
    )
    locales = {locale.language_code: locale for locale in Locale.objects.all()}
    found = []
    for code, (state, page) in states([source])[source.pk].items():
        locale = locales.get(code)
        if locale is None:
            continue
        translation = translations.get(locale.pk) if page else None
        total, done = translation.get_progress() if translation else (0, 0)
        found.append(Standing(locale, state, page, done, total, locale.pk in copies))
    return found
