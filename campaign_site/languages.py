"""The languages of the site, and what Django has to be told about those that it does not know.

Adding a language: README, "How to add a language".
"""

from typing import Any

LANGUAGES: list[tuple[str, str]] = [
    ("en", "English"),
    ("fr", "Français"),
    ("es", "Español"),
    ("ht", "Kreyòl ayisyen"),
    ("acf", "Kwéyòl"),
]
"""Content and interface languages, each named in itself. The first one is what the others are translated from."""

UNFINISHED = frozenset({"acf"})
"""Languages that are open for translation; the interface of all others must be complete."""

UNKNOWN_TO_DJANGO: dict[str, dict[str, Any]] = {
    "ht": {"bidi": False, "code": "ht", "name": "Haitian Creole", "name_local": "Kreyòl ayisyen"},
    "acf": {"bidi": False, "code": "acf", "name": "Dominican Kwéyòl", "name_local": "Kwéyòl"},
}
"""Entries for ``django.conf.locale.LANG_INFO``: without them ``{% get_language_info %}`` raises ``KeyError``."""

FORMATS_FROM: dict[str, str] = {"en": "en-DM", "ht": "fr", "acf": "en-DM"}
"""Where numbers and dates follow another locale: CLDR has none for the language, or they are written otherwise here."""
