"""The tags of a page in the cache: what it was made from, told by the queries that were made for it.

===========================  ====================================================================================
``page:5``                   the page with this number was shown, or would have been if it were live
``key:<translation key>``    any of a page's languages
``kind:<kind>:<language>``   a list of pages of a kind in a language, ``*`` for all of them: who is in it, and where
``text:<kind>:<language>``   the same where words of the pages were read that no page object carries
``children:<path>``          the pages right below one
``row:<table>:5``            a row that is no page, such as a picture
``table:<table>``            a list of such rows
===========================  ====================================================================================

The kind of a list that holds pages of any kind is :data:`ANY`.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.models import Page

ANY = "wagtailcore.page"
SHOWN_APPS = {"home", "wagtailcore", "wagtailimages", "wagtaildocs"}
"""Apps whose rows a page can show: whoever saves one of them empties its tags."""
NEVER_SHOWN = {
    "wagtailcore_revision",
    "wagtailcore_pagelogentry",
    "wagtailcore_modellogentry",
    "wagtailcore_referenceindex",
    "wagtailcore_comment",
    "wagtailcore_commentreply",
    "wagtailcore_pagesubscription",
    "wagtailcore_taskstate",
    "wagtailcore_workflowstate",
    "wagtailcore_uploadedfile",
    "wagtailimages_rendition",
    "django_content_type",
}
"""Tables that say nothing of their own to a reader: a rendition follows its picture."""

_TABLE = re.compile(r'(?:FROM|JOIN) "(\w+)"')
# Of a table by its own name: one that is joined a second time has an alias, and narrows down a list.
_ONE = re.compile(r'"\w+"\."(?:id|page_ptr_id|translation_key|path|url_path)" (?:=|IN) ')
_ABOVE = re.compile(r'"path" IN ')
_BELOW = re.compile(r'"path"(?:::text)? (?:BETWEEN|LIKE) ')
_PATH = re.compile(r"((?:[0-9A-Z]{4}){2,})(%?)")
_KEY = re.compile(r"[0-9a-f]{32}")


class UnknownTable(LookupError):
    """A page was made from a table whose changes nobody tells."""


def page_tag(number: int) -> str:
    """The tag of a page."""
    return f"page:{number}"


def key_tag(key: UUID | str) -> str:
    """The tag of a page's languages."""
    return f"key:{UUID(str(key)).hex}"


def children_tag(parent_path: str) -> str:
    """The tag of the pages right below one."""
    return f"children:{parent_path}"


def row_tags(row: models.Model) -> set[str]:
    """What a change of a row that is no page empties."""
    return {f"row:{row._meta.db_table}:{row.pk}", f"table:{row._meta.db_table}"}


def list_tags(prefix: str, kind: str, language: str) -> set[str]:
    """What a change of a page empties: lists of its kind or of any, in its language or in all."""
    return {f"{prefix}:{which}:{where}" for which in (kind, ANY) for where in (language, "*")}


@cache
def page_tables() -> dict[str, str]:
    """The kinds of pages, as labels of their models, by table."""
    return {model._meta.db_table: model._meta.label_lower for model in apps.get_models() if issubclass(model, Page)}


@cache
def inline_tables() -> set[str]:
    """Tables whose rows are parts of a page, saved with it."""
    return {model._meta.db_table for model in apps.get_models() if parental_key(model)}


def parental_key(model: type[models.Model]) -> ParentalKey | None:
    """The field by which a row belongs to a page, if it does."""
    return next(
        (
            field
            for field in model._meta.get_fields()
            if isinstance(field, ParentalKey) and isinstance(field.related_model, type)
            if issubclass(field.related_model, Page)
        ),
        None,
    )


@cache
def shown_tables() -> set[str]:
    """Tables of rows that are no pages and that a page can show."""
    every = {model._meta.db_table for model in apps.get_models() if model._meta.app_label in SHOWN_APPS}
    return (every | settings.PAGE_CACHE_TABLES) - NEVER_SHOWN - set(page_tables()) - inline_tables()


@cache
def foreign_tables() -> set[str]:
    """Tables of everybody else's models."""
    every = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    return every - NEVER_SHOWN - set(page_tables()) - inline_tables() - shown_tables()


def of_query(sql: str, params: Iterable[Any], language: str) -> set[str]:
    """The tags of what a ``SELECT`` read, for a page in a language; raises :class:`UnknownTable`."""
    tables = _TABLE.findall(sql)
    if foreign_tables().intersection(tables):
        raise UnknownTable(sql)
    params = list(params)
    chosen, where = sql.partition(" FROM ")[0], sql.partition(" WHERE ")[2]
    is_one = bool(_ABOVE.search(where)) or (bool(_ONE.search(where)) and "NOT (" not in where and " OR " not in where)
    numbers = [value for value in params if isinstance(value, int) and not isinstance(value, bool)]
    tags = {tag for table in shown_tables().intersection(tables) for tag in _rows(table, numbers, is_one)}
    if not tables or (tables[0] not in page_tables() and "(SELECT" not in chosen):
        # Rows that are no pages, or parts of one: pages that are loaded with them are noted as such.
        return tags
    if is_one:
        keys = {key_tag(value) for value in params if isinstance(value, UUID) or _is_key(value)}
        return tags | keys | {page_tag(number) for number in numbers}
    return tags | _list(tables, chosen, where, params, language)


def _rows(table: str, numbers: list[int], is_one: bool) -> set[str]:
    return {f"row:{table}:{number}" for number in numbers} if is_one else {f"table:{table}"}


def _list(tables: list[str], chosen: str, where: str, params: list[Any], language: str) -> set[str]:
    """The tags of a list of pages."""
    kinds = {page_tables()[table] for table in tables if table in page_tables()}
    kinds = kinds - {ANY} or kinds
    is_counted = "COUNT(" in chosen or chosen.startswith("SELECT 1 AS")
    has_words = not is_counted and '"translation_key"' not in chosen
    is_below = bool(_BELOW.search(where))
    if kinds == {ANY} and is_below and not has_words and (parent := _parent(params)):
        if '"slug" =' in where:
            # The way to a page leads through it: it is found, or there is no page that could be kept.
            return set()
        if '"depth" =' in where:
            return {children_tag(parent)}
    codes = {code for code, _name in settings.LANGUAGES}.intersection(p for p in params if isinstance(p, str))
    is_of_language = '"locale_id"' in where or is_below
    languages = codes or ({language} if is_of_language and language else {"*"})
    prefixes = ["kind", "text"] if has_words else ["kind"]
    return {f"{prefix}:{kind}:{code}" for prefix in prefixes for kind in kinds for code in languages}


def _parent(params: list[Any]) -> str:
    """The path below which a query looks: it is ``LIKE`` the path, or ``BETWEEN`` the first child's and the last's."""
    found = (_PATH.fullmatch(value) for value in params if isinstance(value, str))
    first = next((match for match in found if match), None)
    if first is None:
        return ""
    return first[1] if first[2] else first[1][:-4]


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and bool(_KEY.fullmatch(value))
