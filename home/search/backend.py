"""Wagtail's database search, where every word that is looked for may be the beginning of one."""

from typing import Any

from wagtail.search.backends import database


def SearchBackend(params: dict[str, Any]) -> Any:
    """The backend of the database in use, under the name that Wagtail looks for; it reads the default one's index."""
    backend = database.SearchBackend(params)
    whole_words = backend.query_compiler_class
    backend.query_compiler_class = type(whole_words.__name__, (whole_words,), {"LAST_TERM_IS_PREFIX": True})
    return backend
