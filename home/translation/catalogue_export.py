"""Catalogues for translators outside: one PO file for each page and language, several in a ZIP file."""

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import polib
from django.contrib.auth.models import User
from django.db import transaction
from wagtail.models import Page
from wagtail_localize.models import StringSegment, Translation

from .drafts import make_drafts
from .states import State, states

ADVICE = """How to translate these files

Each .po file holds the texts of one page for one language. Open it in a PO editor or in a plain text editor (UTF-8).

- Write each translation behind msgstr, between the quotation marks. Leave msgid, msgctxt and the lines that begin
  with # or X- as they are: by them the site finds the page again.
- Keep <b>, <i> and <a id="a1"> around the words that they belong to. Every link has to stay.
- Leave a text empty where you are not sure, or mark it as fuzzy: both are left out and asked for again.
- Send the files back as they are named, or all of them in one .zip file.
"""


class NothingToExport(Exception):
    """No page of those that were asked for has a text for a translator."""


@dataclass(frozen=True)
class Bundle:
    """What a translator gets: ``name`` of the file, ``data``, and how many catalogues are in it."""

    name: str
    data: bytes
    catalogues: int


def waiting_pages(sources: Iterable[Page], language: str) -> list[Page]:
    """Those of the pages in the source language that a translator of the language has something to do on."""
    sources = list(sources)
    found = states(sources)
    return [page for page in sources if found[page.pk][language][0] in (State.MISSING, State.STALE, State.DRAFT)]


def export_bundle(
    *, sources: Iterable[Page], languages: Iterable[str], only_waiting: bool, user: User, now: datetime
) -> Bundle:
    """One file of what is to be translated: a PO file if it is one catalogue, else a ZIP file of them with advice.

    A page that has no translation yet gets its draft first, and each source is synchronised, so that translators see
    what it says now; nothing is published. Raises :class:`NothingToExport`, and what :func:`make_drafts` raises; then
    nothing is made.
    """
    sources = list(Page.objects.filter(pk__in=[page.pk for page in sources]).order_by("path"))
    catalogues: dict[str, str] = {}
    with transaction.atomic():
        for language in languages:
            chosen = waiting_pages(sources, language) if only_waiting else sources
            for page in chosen:
                make_drafts(page=page, languages=[language], user=user)
                translation = _synchronised(page, language)
                if translation is None:
                    continue
                po = catalogue(translation)
                if len(po):
                    catalogues[f"{language}/{file_name(page)}.po"] = str(po)
        if not catalogues:
            raise NothingToExport
    if len(catalogues) == 1:
        ((name, text),) = catalogues.items()
        language, _slash, file = name.partition("/")
        return Bundle(file.replace(".po", f".{language}.po"), text.encode(), 1)
    return Bundle(f"translations-{now:%Y-%m-%d}.zip", _zipped(catalogues), len(catalogues))


def catalogue(translation: Translation) -> polib.POFile:
    """The page's texts with their translations; each entry says which field it stands in."""
    po: polib.POFile = translation.export_po()
    source = translation.source
    po.metadata["Language"] = translation.target_locale.language_code
    po.metadata["X-Page"] = source.object_repr.replace("\n", " ")
    fields = dict(
        StringSegment.objects.filter(source=source).values_list("context__path", "context__field_path").distinct()
    )
    for entry in po:
        entry.comment = fields.get(entry.msgctxt) or entry.msgctxt.split(".")[0]
    return po


def file_name(page: Page) -> str:
    """The page's place below the home page, as a file name: ``stories-who-builds-roofs``."""
    below = page.url_path.strip("/").split("/")[1:] or [page.slug]
    return re.sub(r"[^\w-]+", "-", "-".join(below)) or str(page.pk)


def _synchronised(page: Page, language: str) -> Translation | None:
    translation: Translation | None = (
        Translation.objects.filter(
            source__object_id=page.translation_key,
            source__locale=page.locale_id,
            target_locale__language_code=language,
            enabled=True,
        )
        .select_related("source", "target_locale")
        .first()
    )
    if translation is None:
        return None
    published = Page.objects.values_list("last_published_at", flat=True).get(pk=page.pk)
    if published and published > translation.source.last_updated_at:
        translation.source.update_from_db()
    return translation


def _zipped(catalogues: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", ADVICE)
        for name, text in sorted(catalogues.items()):
            archive.writestr(name, text)
    return file.getvalue()
