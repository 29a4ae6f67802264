"""Registers the editorial checks with Wagtail."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.pages import page_viewset_registry
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogFormatter
from wagtail.models import ModelLogEntry, Page
from wagtail.permissions import page_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail_localize.models import Translation

from home.editorial.checklist import open_entries, summary
from home.editorial.gate import Lack
from home.editorial.kinds import is_checked
from home.editorial.office_day import office_day
from home.editorial.photos import ending
from home.models.article import SitePage

from .balance import BalancePanel, BalanceView
from .checklist_page import ChecklistView
from .registers import ConsentMenuItem, ConsentsPanel, EditorialGroup
from .report import ChecklistReport
from .side_panel import SitePageViewSet

register_snippet(EditorialGroup)
page_viewset_registry.register(SitePage, SitePageViewSet())


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[URLPattern]:
    """Addresses of the staff pages."""
    return [
        path("editorial/pages/<int:page_id>/", ChecklistView.as_view(), name="home_checklist"),
        path("reports/checklist/", ChecklistReport.as_view(), name="home_checklist_report"),
        path(
            "reports/checklist/results/",
            ChecklistReport.as_view(results_only=True),
            name="home_checklist_report_results",
        ),
        path("reports/balance/", BalanceView.as_view(), name="home_balance"),
    ]


class PageWorkMenuItem(MenuItem):
    """Shown to those who work on pages."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Evaluators and data officers write nothing, so nothing of it is theirs."""
        return works_on_pages(request.user)


def works_on_pages(user: Any) -> bool:
    """Whether somebody may write, change or publish a page."""
    return bool(page_permission_policy.user_has_any_permission(user, {"add", "change", "publish"}))


@hooks.register("register_reports_menu_item")
def checklist_report() -> MenuItem:
    """All checklists."""
    label = gettext_lazy("Editorial checklist")
    return PageWorkMenuItem(label, reverse("home_checklist_report"), icon_name="list-ul", order=840)


@hooks.register("register_reports_menu_item")
def balance_report() -> MenuItem:
    """Who is heard and shown."""
    label = gettext_lazy("Voices and pictures")
    return PageWorkMenuItem(label, reverse("home_balance"), icon_name="group", order=845)


hooks.register("register_reports_menu_item", ConsentMenuItem)


@hooks.register("construct_homepage_panels")
def consents_panel(request: HttpRequest, panels: list[Component]) -> None:
    """The consents that end soon, if there are any, on the dashboard of those who keep the register."""
    if request.user.has_perm("home.change_photoconsent") and (found := list(ending(day=office_day()))):
        panels.append(ConsentsPanel(found))


@hooks.register("construct_homepage_panels")
def balance_panel(request: HttpRequest, panels: list[Component]) -> None:
    """The balance of the last 90 days on the dashboard of those who write."""
    if works_on_pages(request.user):
        panels.append(BalancePanel())


@hooks.register("register_page_header_buttons")
def checklist_button(page: Page, user: Any, *args: Any, **kwargs: Any) -> Iterator[Button]:
    """The way to a page's checklist."""
    specific = page.specific_deferred
    if is_checked(specific) and (page.permissions_for_user(user).can_edit()):
        url = reverse("home_checklist", args=[page.pk])
        yield Button(_("Editorial checklist"), url=url, icon_name="list-ul", priority=60)


# Before wagtail-localize's own hook, which answers with its editor and ends the chain.
@hooks.register("before_edit_page", order=-1)
def say_what_is_open_in_a_translation(request: HttpRequest, page: Page) -> None:
    """Say above the editor of translations, which has no room beside it, what is open."""
    if request.method != "GET" or not is_checked(page.specific_deferred):
        return
    translated = Translation.objects.filter(
        source__object_id=page.translation_key, target_locale=page.locale, enabled=True
    )
    if translated.exists():
        warn(request, page)


@hooks.register("after_publish_page")
@hooks.register("after_edit_page")
def say_what_is_open(request: HttpRequest, page: Page) -> None:
    """Say after publishing and after giving to moderation what is still open: neither is held up by it."""
    asked = request.POST.get("action-publish") or request.POST.get("action-submit")
    if asked and is_checked(page) and not getattr(request, "_checklist_said", False):
        request._checklist_said = True  # type: ignore[attr-defined]
        warn(request, page)


def warn(request: HttpRequest, page: Page) -> None:
    """A message with the open items of a page, and the way to them."""
    if text := summary(open_entries(page.get_latest_revision_as_object())):
        messages.warning(
            request, text, buttons=[messages.button(reverse("home_checklist", args=[page.pk]), _("See the checklist"))]
        )


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    """A page's history says that a scheduled publication was called off."""

    @actions.register_action("home.call_off_publication")
    class CallOffFormatter(LogFormatter):
        """“Not published: …” in the history of a page."""

        label = gettext_lazy("Call off a scheduled publication")

        def format_message(self, log_entry: ModelLogEntry) -> str:
            """The line of the history."""
            lacks = [str(Lack(*lack)) for lack in log_entry.data.get("lacks", [])]
            # Earlier entries keep the sentences.
            why = lacks or log_entry.data.get("faults", [])
            return _("Not published as scheduled: %(why)s") % {"why": " ".join(why)}
