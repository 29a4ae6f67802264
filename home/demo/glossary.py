"""The demo's terms: made in every language in which the content has them; those that are there stay as they are."""

from typing import Any

from django.conf import settings
from wagtail.models import Locale

from home.models import Term

from .content import Content, Entry, identity

FIELDS = ("term", "definition", "instead_of", "unless", "why", "source", "source_url")
REQUIRED = {"term", "definition"}


def load_terms(content: Content) -> int:
    """Make what is missing; returns how many terms were made, each language counted."""
    made = 0
    for key, entry in content.section("terms").items():
        for language, _name in settings.LANGUAGES:
            found = entry if language == settings.LANGUAGE_CODE else entry.get(language)
            if found and found.keys() >= REQUIRED:
                made += _made(key, language, found)
    return made


def _made(key: str, language: str, entry: Entry) -> bool:
    locale = Locale.objects.get(language_code=language)
    values: dict[str, Any] = {name: entry.get(name, "") for name in FIELDS}
    _term, made = Term.objects.get_or_create(translation_key=identity("terms", key), locale=locale, defaults=values)
    return made
