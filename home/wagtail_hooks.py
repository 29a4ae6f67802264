"""Registers with Wagtail what the public site adds to the staff pages: the review of translations, figures."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.compare import register_comparison_class
from wagtail.admin.menu import MenuItem
from wagtail.admin.staticfiles import versioned_static
from wagtail.log_actions import LogFormatter
from wagtail.models import ModelLogEntry, Page
from wagtail_localize.models import TranslationSource

from home.editorial.staff import hooks as editorial_hooks  # noqa: F401
from home.infographics.comparison import TableComparison
from home.infographics.staff import read_spreadsheet
from home.news.listing import NewsViewSet, news_viewset
from home.tables import TableField
from home.translation.staff import hooks as translation_hooks  # noqa: F401
from home.translation.staff.report import TranslationStatesView
from home.translation.staff.review import ReviewView
from home.translation.states import NotATranslation, State, state

register_comparison_class(TableField, comparison_class=TableComparison)


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[URLPattern]:
    """Addresses of the staff pages."""
    report = TranslationStatesView
    return [
        path("reports/translation-states/", report.as_view(), name="home_translation_states"),
        path(
            "reports/translation-states/results/",
            report.as_view(results_only=True),
            name="home_translation_states_results",
        ),
        path("translations/<int:page_id>/review/", ReviewView.as_view(), name="home_review_translation"),
        path("infographics/spreadsheet/", read_spreadsheet, name="home_read_spreadsheet"),
    ]


@hooks.register("register_admin_viewset")
def register_news() -> NewsViewSet:
    """The list of news in the page explorer."""
    return news_viewset


@hooks.register("register_reports_menu_item")
def register_translation_states() -> MenuItem:
    """The report in the menu of reports."""
    label = gettext_lazy("Translations by state")
    return MenuItem(label, reverse("home_translation_states"), icon_name="globe", order=850)


# Before wagtail-localize's own hook, which answers with its editor and ends the chain.
@hooks.register("before_edit_page", order=-1)
def warn_of_unreviewed_translation(request: HttpRequest, page: Page) -> None:
    """Say above the editor of a translation what nobody has checked yet."""
    if request.method != "GET" or page.alias_of_id:
        return
    try:
        found = state(page)
    except NotATranslation:
        return
    buttons = [messages.button(reverse("home_translation_compare", args=[page.pk]), _("Side by side"))]
    if page.permissions_for_user(request.user).can_publish():
        url = reverse("home_review_translation", args=[page.pk])
        buttons.append(messages.button(url, _("Mark as reviewed")))
    if found is State.STALE:
        source = TranslationSource.objects.filter(object_id=page.translation_key).first()
        if source and request.user.has_perm("wagtail_localize.submit_translation"):
            url = reverse("wagtail_localize:update_translations", args=[source.pk])
            buttons = [buttons[0], messages.button(url, _("Synchronise"))]
        else:
            buttons = buttons[:1]
        messages.warning(
            request,
            _("The source of this translation has changed since. Synchronise and translate what is new."),
            buttons=buttons,
        )
    elif found is State.REVIEWED:
        messages.success(request, _("A native speaker has reviewed this translation."))
    else:
        messages.warning(request, _("No native speaker has reviewed this translation as it stands."), buttons=buttons)


@hooks.register("insert_editor_js")
def keep_pasted_headings() -> SafeString:
    """What keeps the headings of pasted text."""
    return format_html('<script src="{}"></script>', versioned_static("editing/word_paste.js"))


@hooks.register("insert_global_admin_js")
def keep_typed_dates() -> SafeString:
    """What keeps a date as it was typed."""
    return format_html('<script src="{}"></script>', versioned_static("editing/typed_dates.js"))


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    """A page's history names its reviews."""

    @actions.register_action("home.review_translation")
    class ReviewFormatter(LogFormatter):
        """“Reviewed by …” in the history of a page."""

        label = gettext_lazy("Review a translation")

        def format_message(self, log_entry: ModelLogEntry) -> str:
            """The line of the history."""
            return _("Read by a native speaker: %(name)s") % {"name": log_entry.data.get("reviewed_by", "")}
