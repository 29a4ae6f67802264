"""The state of each translation: does it exist, does it follow its source, has a native speaker read it.

What is translated and from which version of the source is ``wagtail-localize``'s own record; ours is the review.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log
from wagtail.models import Locale, Page
from wagtail_localize.models import StringSegment, Translation
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from home.infographics.translations import with_other_figures
from home.models import TranslationReview


class State(models.TextChoices):
    """What an editor has to know of a translation, the most pressing first."""

    MISSING = "missing", _("Missing")
    STALE = "stale", _("Stale: its source has changed")
    DRAFT = "draft", _("Draft")
    UNREVIEWED = "unreviewed", _("Not reviewed")
    REVIEWED = "reviewed", _("Reviewed")


class NotATranslation(Exception):
    """The page is written in the source language, so there is nothing to review as a translation."""


def source_language() -> str:
    """The language that all others are translated from."""
    return settings.LANGUAGE_CODE


def record_review(*, page: Page, reviewed_by: str, user: User, now: datetime) -> TranslationReview:
    """Note that a native speaker read the page's translation as it is now, drafts included.

    Raises :class:`NotATranslation`.
    """
    if page.locale.language_code == source_language():
        raise NotATranslation(str(page))
    with transaction.atomic():
        review = TranslationReview.objects.create(
            page_id=page.pk,
            reviewed_by=reviewed_by,
            recorded_by=user,
            reviewed_at=now,
            text_hash=text_hashes([page])[page.pk],
        )
        log(instance=page, action="home.review_translation", user=user, data={"reviewed_by": reviewed_by})
    return review


def state(page: Page) -> State:
    """The state of one translation, as it is being edited."""
    source = Page.objects.filter(translation_key=page.translation_key, locale=Locale.get_default()).first()
    if source is None or source.pk == page.pk:
        raise NotATranslation(str(page))
    return states([source])[source.pk][page.locale.language_code][0]


def states(sources: Iterable[Page]) -> dict[int, dict[str, tuple[State, Page | None]]]:
    """For each page in the source language and each other language, the translation's state and its page.

    A fixed number of queries for each language, whatever the number of pages, and one more for each source that was
    published since it was given to translation.
    """
    by_key = {source.translation_key: source for source in sources}
    pages = {
        (page.translation_key, page.locale.language_code): page
        for page in Page.objects.filter(translation_key__in=by_key, alias_of=None).select_related("locale")
    }
    translations = {
        (translation.source.object_id, translation.target_locale.language_code): translation
        for translation in Translation.objects.filter(source__object_id__in=by_key, enabled=True).select_related(
            "source", "target_locale"
        )
    }
    targets = [page for page in pages.values() if page.locale.language_code != source_language()]
    hashes, reviewed = text_hashes(targets), last_reviews(targets)
    stale = stale_translations(by_key, translations)

    def judge(key: UUID, language: str) -> tuple[State, Page | None]:
        page = pages.get((key, language))
        if page is None:
            return State.MISSING, None
        if not page.live:
            return State.DRAFT, page
        if (key, language) in stale:
            return State.STALE, page
        read = reviewed.get(page.pk) == hashes[page.pk]
        return (State.REVIEWED if read else State.UNREVIEWED), page

    languages = [code for code, _name in settings.LANGUAGES if code != source_language()]
    return {source.pk: {code: judge(key, code) for code in languages} for key, source in by_key.items()}


def last_reviews(pages: list[Page]) -> dict[int, str]:
    """The hash of what was last reviewed, by page."""
    reviews = TranslationReview.objects.filter(page__in=pages).order_by("reviewed_at", "pk")
    return dict(reviews.values_list("page_id", "text_hash"))


def text_hashes(pages: list[Page]) -> dict[int, str]:
    """A hash of what each translation says, by page.

    While ``wagtail-localize`` keeps the translation, that is each source text with its translation; else the page's own
    latest texts.
    """
    said: dict[tuple[UUID, int], list[Any]] = defaultdict(list)
    for locale_id in {page.locale_id for page in pages}:
        segments = (
            StringSegment.objects.filter(
                source__translations__target_locale=locale_id,
                source__translations__enabled=True,
                source__object_id__in=[page.translation_key for page in pages],
            )
            .annotate_translation(locale_id)
            .order_by("order")
        )
        for key, path, text, translated in segments.values_list(
            "source__object_id", "context__path", "string__data", "translation"
        ):
            said[key, locale_id].append((path, text, translated))
    return {
        page.pk: digest(said.get((page.translation_key, page.locale_id)) or texts(page.get_latest_revision_as_object()))
        for page in pages
    }


def digest(said: list[Any]) -> str:
    """A hash that is the same for the same words."""
    return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()


def texts(page: Page) -> list[tuple[str, str]]:
    """What there is to translate on a page: paths and texts."""
    found = [segment for segment in extract_segments(page.specific) if isinstance(segment, StringSegmentValue)]
    return [(segment.path, segment.string.data) for segment in found]


def stale_translations(
    sources: dict[UUID, Page], translations: dict[tuple[UUID, str], Translation]
) -> set[tuple[UUID, str]]:
    """The translations that lack a text or a figure of their source, or whose source says something else by now."""
    untranslated: set[tuple[UUID, str]] = set()
    for locale_id, language in {(found.target_locale_id, language) for (_key, language), found in translations.items()}:
        waiting = (
            StringSegment.objects.filter(source__object_id__in=sources)
            .annotate_translation(locale_id)
            .filter(translation=None)
        )
        untranslated |= {(key, language) for key in waiting.values_list("source__object_id", flat=True)}
    stored = {found.source_id: found.source for found in translations.values()}
    changed = {
        source.object_id
        for source in stored.values()
        if (page := sources[source.object_id]).last_published_at
        and page.last_published_at > source.last_updated_at
        and set(texts(page)) != set(source.stringsegment_set.values_list("context__path", "string__data"))
    }
    behind = with_other_figures(sources, source_language())
    return {place for place in translations if place in untranslated | behind or place[0] in changed}
