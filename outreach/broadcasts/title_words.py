"""What broadcasts and the pages that they carry are called in the language in use.

A title was written in one language. Where a broadcast is called as a page that it carries, or a page was kept with the
title that it still has, readers of another language find it under the title of its live translation.
"""

from collections.abc import Collection, Mapping

from django.conf import settings
from django.utils.translation import get_language
from wagtail.models import Page

from .models import CarriedPage


def titles_of(kept: Mapping[int, str]) -> dict[int, str]:
    """The title of each broadcast by its number, given those under which they are kept. Two queries at most."""
    if not kept or _language() == settings.LANGUAGE_CODE:
        return dict(kept)
    carried = CarriedPage.objects.filter(broadcast__in=kept).values_list("broadcast", "page")
    translated = _translated({page for _broadcast, page in carried})
    found = dict(kept)
    for broadcast, page in carried:
        own, theirs = translated.get(page, ("", ""))
        if own == kept[broadcast]:
            found[broadcast] = theirs
    return found


def titles_of_pages(kept: Mapping[str, str]) -> dict[str, str]:
    """The title of each page by its number as text, given those under which they are kept. One query at most."""
    if not kept or _language() == settings.LANGUAGE_CODE:
        return dict(kept)
    translated = _translated({int(page) for page in kept})
    found = dict(kept)
    for page, title in kept.items():
        own, theirs = translated.get(int(page), ("", ""))
        if own == title:
            found[page] = theirs
    return found


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _translated(pages: Collection[int]) -> dict[int, tuple[str, str]]:
    """The title of each page, and that of its live translation, if there is one."""
    own = Page.objects.filter(pk__in=pages)
    live = Page.objects.live().filter(
        locale__language_code=_language(), alias_of=None, translation_key__in=own.values("translation_key")
    )
    theirs = dict(live.values_list("translation_key", "title"))
    rows = own.values_list("pk", "title", "translation_key")
    return {pk: (title, theirs[key]) for pk, title, key in rows if key in theirs}
