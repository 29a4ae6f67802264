"""Empties the pages that show what was just published, changed or taken away, and no others."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models.signals import post_delete, post_init, post_save
from modelcluster.models import get_all_child_relations
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Locale, Page, Site
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from . import store, tags
from .recording import note_page

AWAY = "away"
"""The facts of a page that nobody can read."""
DRAFT_FIELDS = {
    "alias_of",
    "draft_title",
    "expire_at",
    "expired",
    "go_live_at",
    "has_unpublished_changes",
    "latest_revision",
    "latest_revision_created_at",
    "latest_revision_id",
    "live_revision",
    "live_revision_id",
    "locked",
    "locked_at",
    "locked_by",
    "locked_by_id",
    "owner",
    "owner_id",
    "search_description",
}
"""Fields of a page that change nothing for its readers."""
IN_NO_LIST = {
    *DRAFT_FIELDS,
    "first_published_at",
    "id",
    "last_published_at",
    "numchild",
    "page_ptr",
    "path",
    "url_path",
}
"""Fields by which no list chooses or orders its pages. An address, in no list either, changes by signals of its own."""


def connect() -> None:
    """Hear of what is published, changed and taken away."""
    post_init.connect(note_page, dispatch_uid="page_cache.note_page")
    for signal in (page_published, page_unpublished):
        signal.connect(_page_changed, dispatch_uid="page_cache.page")
    for signal in (page_slug_changed, post_page_move):
        signal.connect(_address_changed, dispatch_uid="page_cache.address")
    post_save.connect(_saved, dispatch_uid="page_cache.saved")
    post_delete.connect(_deleted, dispatch_uid="page_cache.deleted")


def empty_page(page: Page, *, is_deleted: bool = False) -> None:
    """Empty what shows the page; lists only if by its facts it may stand elsewhere in them than it did."""
    known, found = store.facts(page.pk), AWAY if is_deleted else facts(page)
    if known == found == AWAY:
        return
    kind, language = page._meta.label_lower, page.locale.language_code
    emptied = {tags.page_tag(page.pk), tags.key_tag(page.translation_key), *tags.list_tags("text", kind, language)}
    if known != found:
        emptied |= {*tags.list_tags("kind", kind, language), tags.children_tag(page.path[:-4])}
        store.remember_facts(page.pk, found)
    store.empty(emptied)


def facts(page: Page) -> str:
    """What lists choose and order pages by: all that is known of a live page but its running text."""
    if not page.live:
        return AWAY
    texts = (StreamField, RichTextField, models.TextField)
    known: list[Any] = [
        (field.attname, field.value_from_object(page))
        for field in page._meta.concrete_fields
        if field.name not in IN_NO_LIST and not isinstance(field, texts)
    ]
    for relation in get_all_child_relations(page):
        name = relation.get_accessor_name()
        fields = [field for field in relation.related_model._meta.concrete_fields if not field.primary_key]
        rows = getattr(page, name).all() if name else []
        known.append((name, sorted(str([field.value_from_object(row) for field in fields]) for row in rows)))
    return hashlib.sha256(repr(known).encode()).hexdigest()


def _page_changed(sender: type[Page], instance: Page, **_kwargs: Any) -> None:
    empty_page(instance)


def _address_changed(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """A page has another address, and so has every page below it."""
    below: Iterable[Page] = instance.get_descendants(inclusive=True).select_related("locale").specific(defer=True)
    emptied = {
        tags.children_tag(parent.path)
        for name in ("parent_page_before", "parent_page_after")
        if (parent := kwargs.get(name))
    }
    for page in below:
        kind, language = page.cached_content_type.model_class(), page.locale.language_code
        label = (kind or Page)._meta.label_lower
        emptied |= {tags.page_tag(page.pk), tags.key_tag(page.translation_key), tags.children_tag(page.path[:-4])}
        emptied |= tags.list_tags("kind", label, language) | tags.list_tags("text", label, language)
    store.empty(emptied)


def _saved(sender: type, instance: Any, created: bool, raw: bool, update_fields: Any = None, **_kwargs: Any) -> None:
    if isinstance(instance, Page):
        is_draft = created and not instance.live
        if not is_draft and not (update_fields and DRAFT_FIELDS.issuperset(update_fields)):
            empty_page(instance)
    else:
        _row_changed(instance)


def _deleted(sender: type, instance: Any, **_kwargs: Any) -> None:
    if isinstance(instance, Page):
        # A page is deleted as what it is and as a page.
        if sender is not Page:
            empty_page(instance, is_deleted=True)
    else:
        _row_changed(instance)


def _row_changed(row: Any) -> None:
    if isinstance(row, Site | Locale):
        store.empty_all()
    elif not isinstance(row, models.Model):
        return
    elif row._meta.db_table in tags.shown_tables():
        store.empty(tags.row_tags(row))
    elif row._meta.db_table in tags.inline_tables():
        field = tags.parental_key(type(row))
        number = getattr(row, field.attname) if field else None
        page = Page.objects.filter(pk=number).first()
        if page and page.live:
            empty_page(page.specific)
