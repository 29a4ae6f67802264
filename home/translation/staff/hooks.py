"""Registers with Wagtail the staff pages of the translation of pages; imported by ``home.wagtail_hooks``."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogFormatter
from wagtail.models import ModelLogEntry, Page

from home.translation.standing import untranslated
from home.translation.states import source_language

from .comparison import ComparisonView
from .drafts import DraftsBulkAction, DraftsView, may_make_drafts
from .exchange import ExportBulkAction, ExportView, ImportView, may_exchange


@hooks.register("register_admin_urls")
def register_translation_urls() -> list[URLPattern]:
    """Addresses of the staff pages."""
    return [
        path("translations/<int:page_id>/drafts/", DraftsView.as_view(), name="home_translation_drafts"),
        path("translations/<int:page_id>/compare/", ComparisonView.as_view(), name="home_translation_compare"),
        path("translations/export/", ExportView.as_view(), name="home_translation_export"),
        path("translations/import/", ImportView.as_view(), name="home_translation_import"),
        path("translations/<int:page_id>/import/", ImportView.as_view(), name="home_translation_import_page"),
    ]


@hooks.register("register_page_header_buttons")
@hooks.register("register_page_listing_more_buttons")
def translation_buttons(page: Page, user: User, view_name: str = "", next_url: str | None = None) -> Iterator[Any]:
    """What can be done with a page's translations, in its menu."""
    if page.is_root() or page.alias_of_id:
        return
    if page.locale.language_code == source_language():
        if may_make_drafts(user, page):
            url = reverse("home_translation_drafts", args=[page.pk])
            yield Button(_("Translate into all languages"), url, icon_name="globe", priority=58)
            url = f"{reverse('home_translation_export')}?pages={page.pk}"
            yield Button(_("Catalogues for translators"), url, icon_name="download", priority=59)
    elif page.permissions_for_user(user).can_edit():
        url = reverse("home_translation_compare", args=[page.pk])
        yield Button(_("Side by side with its source"), url, icon_name="globe", priority=58)
        if may_exchange(user):
            url = reverse("home_translation_import_page", args=[page.pk])
            yield Button(_("Take translations back"), url, icon_name="upload", priority=59)


# Before wagtail-localize's own hook, which publishes and ends the chain.
@hooks.register("before_edit_page", order=-2)
def keep_half_translated_pages_back(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A page that is partly in another language is not published without saying so: it stays as it is."""
    if request.method != "POST" or request.POST.get("action") != "publish":
        return None
    waiting = untranslated(page)
    if not waiting:
        return None
    _say_what_waits(request, page, waiting)
    return redirect("home_translation_compare", page_id=page.pk)


@hooks.register("before_bulk_action")
def keep_half_translated_pages_back_together(
    request: HttpRequest, action_type: str, objects: Iterable[Page], action: Any
) -> HttpResponse | None:
    """The same where several pages are published from a listing."""
    if action_type != "publish" or request.method != "POST" or action.model is not Page:
        return None
    waiting = [(page, number) for page in objects if (number := untranslated(page))]
    for page, number in waiting:
        _say_what_waits(request, page, number)
    return redirect(action.next_url) if waiting else None


def _say_what_waits(request: HttpRequest, page: Page, number: int) -> None:
    message = ngettext(
        "“%(page)s” (%(language)s) was not published: %(number)d text is not translated yet.",
        "“%(page)s” (%(language)s) was not published: %(number)d texts are not translated yet.",
        number,
    )
    messages.error(request, message % {"page": page.title, "language": page.locale, "number": number})


hooks.register("register_bulk_action", DraftsBulkAction)
hooks.register("register_bulk_action", ExportBulkAction)


@hooks.register("register_log_actions")
def register_import_log(actions: Any) -> None:
    """A page's history names the catalogues that were taken."""

    @actions.register_action("home.import_translation")
    class ImportFormatter(LogFormatter):
        """“Translations from …” in the history of a page."""

        label = gettext_lazy("Take translations from a catalogue")

        def format_message(self, log_entry: ModelLogEntry) -> str:
            """The line of the history."""
            found = {"number": log_entry.data.get("texts", 0), "file": log_entry.data.get("file", "")}
            return gettext("%(number)s translations taken from “%(file)s”") % found
