"""Makes drafts of a page's translations, in as many languages as asked for, without publishing anything.

A translation needs its parent in the same language. Where that is missing, the parent is made as a draft first, because
``wagtail-localize`` would put a live copy in the source language there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.models import Locale, Page, ReferenceIndex, get_page_models
from wagtail_localize.models import Translation, TranslationSource

from .states import source_language


class NotASource(Exception):
    """The page is itself a translation: drafts are made from the page in the source language."""


class DraftImpossible(Exception):
    """The page's own rules refuse the draft; the message says which field."""


@dataclass
class Drafts:
    """What became of one request, each a page in its language.

    ``made`` are new drafts of the page, ``parents`` new drafts of pages above it, ``existing`` were there before and
    were left as they are, ``aliases`` are copies in the source language that somebody has to turn into a translation,
    ``untranslated`` has for each language the pages that the page shows and that are not translated into it.
    """

    made: list[Page] = field(default_factory=list)
    parents: list[Page] = field(default_factory=list)
    existing: list[Page] = field(default_factory=list)
    aliases: list[Page] = field(default_factory=list)
    untranslated: dict[str, list[Page]] = field(default_factory=dict)


def target_languages(page: Page) -> list[str]:
    """The languages that the page is to be translated into: those of its campaign if it names any, else the site's."""
    campaign: Any = getattr(page.specific, "campaign", None)
    chosen = set(getattr(campaign, "languages", None) or [])
    return [code for code, _name in settings.LANGUAGES if code != source_language() and (not chosen or code in chosen)]


def make_drafts(*, page: Page, languages: Iterable[str], user: User) -> Drafts:
    """Make a draft in each language that has none; asking again makes nothing twice.

    The page in the source language is locked meanwhile, so that of two requests the second finds what the first made.
    Raises :class:`NotASource` and :class:`DraftImpossible`; then nothing is made.
    """
    if page.locale.language_code != source_language():
        raise NotASource(str(page))
    drafts = Drafts()
    with transaction.atomic():
        source = Page.objects.select_for_update().get(pk=page.pk)
        for locale in Locale.objects.filter(language_code__in=list(languages)).exclude(pk=source.locale_id):
            _in_language(source, locale, user, drafts)
    return drafts


def _in_language(source: Page, locale: Locale, user: User, drafts: Drafts) -> None:
    above = source.get_ancestors().filter(depth__gt=1).order_by("depth")
    for parent in above:
        if not _translations(parent, locale).exists():
            drafts.parents.append(_draft(parent, locale, user))
    found = _translations(source, locale).first()
    if found is None:
        drafts.made.append(_draft(source, locale, user))
    elif found.alias_of_id:
        drafts.aliases.append(found)
    else:
        drafts.existing.append(found)
    if shown := _shown_but_untranslated(source, locale):
        drafts.untranslated[locale.language_code] = shown


def _translations(page: Page, locale: Locale) -> Any:
    return Page.objects.filter(translation_key=page.translation_key, locale=locale)


def _draft(page: Page, locale: Locale, user: User) -> Page:
    source, made = TranslationSource.get_or_create_from_instance(page)
    if not made:
        source.update_from_db()
    translation, _made = Translation.objects.update_or_create(
        source=source, target_locale=locale, defaults={"enabled": True}
    )
    try:
        translation.save_target(user=user, publish=False)
    except ValidationError as error:
        raise DraftImpossible(f"{page}: {' '.join(error.messages)}") from error
    draft: Page = translation.get_target_instance()
    return draft


def _shown_but_untranslated(page: Page, locale: Locale) -> list[Page]:
    """Pages that the page shows or leads to, such as infographics, without a translation: readers get the source's."""
    named = ReferenceIndex.get_references_for_object(page.specific).filter(
        to_content_type__in=ContentType.objects.get_for_models(*get_page_models()).values()
    )
    shown = Page.objects.filter(pk__in=[int(key) for key in named.values_list("to_object_id", flat=True)])
    there = Page.objects.filter(
        translation_key__in=shown.values("translation_key"), locale=locale, alias_of=None
    ).values("translation_key")
    return list(shown.exclude(translation_key__in=there).exclude(locale=locale).order_by("title"))
