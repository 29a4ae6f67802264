"""Puts a catalogue's translations into each page's translation, through wagtail-localize's own import."""

from dataclasses import dataclass, field
from pathlib import Path

import polib
from wagtail.models import Locale, Page
from wagtail_localize.models import StringSegment, Translation, TranslationSource

from home.models.article import SitePage

from .catalogue import has_words, read


@dataclass
class LanguageReport:
    """What became of one language: ``missing`` has for each page that could not be published what stands in its way."""

    language: str
    published: int = 0
    missing: dict[str, list[str]] = field(default_factory=dict)


def translate(*, pages: list[SitePage], language: str, catalogue: Path) -> LanguageReport:
    """Fill in what is not translated yet and publish the pages that become complete by it.

    ``pages`` are in the source language, parents first. A page whose parent is not translated waits for it; one that is
    incomplete stays a draft. Texts that an editor translated are never replaced.
    """
    report = LanguageReport(language)
    known = read(catalogue)
    locale = Locale.objects.get(language_code=language)
    if not known:
        return report
    for page in pages:
        missing = translate_page(page, locale, known, report)
        if missing:
            report.missing[page.url_path] = missing
    return report


def translate_page(page: SitePage, locale: Locale, known: dict[str, str], report: LanguageReport) -> list[str]:
    """Returns what is missing; empty if the page is live in the language or an editor decides about it."""
    parent = page.get_parent()
    if not parent.is_root() and not parent.get_translations().filter(locale=locale, alias_of=None).exists():
        return ["its parent"]
    source, _created = TranslationSource.get_or_create_from_instance(page)
    translation, _created = Translation.objects.get_or_create(source=source, target_locale=locale)
    if not translation.enabled:
        return []
    waiting = list(
        StringSegment.objects.filter(source=source)
        .annotate_translation(locale, include_errors=True)
        .filter(translation=None)
        .select_related("string", "context")
    )
    po = polib.POFile()
    for segment in waiting:
        text = segment.string.data
        if translated := known.get(text, "" if has_words(text) else text):
            po.append(polib.POEntry(msgid=text, msgctxt=segment.context.path, msgstr=translated))
    translation.import_po(po)
    total, done = translation.get_progress()
    exists = Page.objects.filter(translation_key=page.translation_key, locale=locale).exists()
    complete = total == done
    if not exists or (complete and po):
        # Published here and not by save_target, which waits for the end of the transaction: by then the page has
        # children that the waiting copy of it does not know of, and would lose them.
        translation.save_target(publish=False)
        if complete:
            translation.get_target_instance().get_latest_revision().publish()
            report.published += 1
    if complete:
        return []
    faulty = StringSegment.objects.filter(source=source).annotate_translation(locale).filter(translation=None)
    return [segment.string.data for segment in faulty.select_related("string")]
