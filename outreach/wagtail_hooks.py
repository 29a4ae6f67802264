"""Registers the staff pages of each stage with Wagtail; nothing else happens here."""

from django.templatetags.static import static
from django.urls import URLPattern, URLResolver
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry

from .audience.exports import register_actions as register_exporting
from .audience.imports.lifecycle import register_actions as register_importing
from .audience.inspection import register_actions as register_inspecting
from .audience.staff.consents import ConsentViewSet
from .audience.staff.exports import export_urls
from .audience.staff.imports import ImportViewSet
from .audience.staff.links import JoinLinkViewSet
from .audience.staff.links import register_actions as register_link_actions
from .audience.staff.removals import RemovalMenuItem, RemovalViewSet
from .audience.staff.removals import menu_item as removals_menu_item
from .audience.staff.segments.viewset import SegmentViewSet
from .audience.staff.sheets import SheetViewSet
from .audience.staff.sheets import register_actions as register_sheet_actions
from .audience.staff.sign_ups import SignUpViewSet
from .audience.staff.subscribers import SubscriberViewSet
from .audience.staff.subscribers import register_actions as register_erasing
from .audience.staff.suppressions import SuppressionViewSet
from .audience.staff.wording import WordingViewSet
from .audience.still_shown import register_actions as register_still_shown
from .audience.suppression_list import register_actions as register_suppressing
from .audience.wording_drafts import register_actions as register_wording
from .broadcasts.history import register_actions
from .broadcasts.series.approval import register_actions as register_series_actions
from .broadcasts.studio.base import REACH_HOOK
from .broadcasts.studio.calendar import CalendarMenuItem
from .broadcasts.studio.campaigns import CampaignViewSet
from .broadcasts.studio.series import SeriesViewSet
from .broadcasts.studio.story_button import broadcast_this_story
from .broadcasts.studio.viewset import BroadcastViewSet
from .broadcasts.studio.waiting import tell_what_waits
from .delivery.decisions import register_actions as register_decisions
from .delivery.urls import urlpatterns as ledger_urls
from .reach.indicators.staff.viewset import ResultsViewSet
from .reach.landing import keep_to_reach, lead_to_reach
from .reach.snapshots.staff import SnapshotViewSet
from .reach.viewset import MENU_HOOK, ReachMenuItem, ReachViewSet, address_of, menu_item, reach_menu
from .sandbox.urls import staff_urlpatterns as sandbox_urls
from .sandbox.views import SandboxMenuItem
from .tracking.staff_urls import urlpatterns as public_page_urls
from .tracking.webhooks.staff import menu_item as bounces_menu_item
from .tracking.webhooks.staff import urlpatterns as bounce_urls


@hooks.register("insert_global_admin_css")
def phones() -> str:
    """How the names in the admin's menu fit it, and its headers and lists a phone."""
    return format_html('<link rel="stylesheet" href="{}">', static("outreach/phones.css"))


@hooks.register("register_log_actions")
def broadcast_actions(actions: LogActionRegistry) -> None:
    """What the audit log says of broadcasts and series."""
    register_actions(actions)
    register_series_actions(actions)
    register_decisions(actions)


@hooks.register("register_log_actions")
def subscriber_actions(actions: LogActionRegistry) -> None:
    """What the audit log says of people, of addresses that are not written to, and of the words they agreed to."""
    register_erasing(actions)
    register_still_shown(actions)
    register_inspecting(actions)
    register_suppressing(actions)
    register_wording(actions)
    register_importing(actions)
    register_exporting(actions)


@hooks.register("register_admin_viewset")
def audience() -> list[SegmentViewSet | SubscriberViewSet | ImportViewSet | RemovalViewSet]:
    """Segments, subscribers, lists of them that are brought in, and what was removed."""
    return [SegmentViewSet(), SubscriberViewSet(), ImportViewSet(), RemovalViewSet()]


@hooks.register("register_admin_urls")
def export_pages() -> list[URLPattern | URLResolver]:
    """Where subscribers are exported."""
    return export_urls


@hooks.register("register_log_actions")
def joining_actions(actions: LogActionRegistry) -> None:
    """What the audit log says of sign-up links and paper sheets."""
    register_link_actions(actions)
    register_sheet_actions(actions)


@hooks.register("register_admin_viewset")
def joining() -> list[JoinLinkViewSet | SignUpViewSet | SheetViewSet]:
    """Sign-up links, what came by them, and sheets signed on paper."""
    return [JoinLinkViewSet(), SignUpViewSet(), SheetViewSet()]


@hooks.register("register_admin_viewset")
def consents() -> list[ConsentViewSet | SuppressionViewSet | WordingViewSet]:
    """What people agreed to, in which words, and who must never be written to."""
    return [ConsentViewSet(), SuppressionViewSet(), WordingViewSet()]


@hooks.register("register_reports_menu_item")
def removals() -> RemovalMenuItem:
    """What was removed, in the menu of reports."""
    return removals_menu_item()


@hooks.register("register_admin_viewset")
def broadcasts() -> list[CampaignViewSet | BroadcastViewSet | SeriesViewSet]:
    """Campaigns, the studio, and repeating broadcasts."""
    return [CampaignViewSet(), BroadcastViewSet(), SeriesViewSet()]


hooks.register("register_admin_menu_item", CalendarMenuItem)

hooks.register("register_page_header_buttons", broadcast_this_story)
hooks.register("register_page_listing_more_buttons", broadcast_this_story)


@hooks.register("register_admin_urls")
def ledger_pages() -> list[URLPattern | URLResolver]:
    """How a broadcast comes along."""
    return ledger_urls


@hooks.register("register_admin_urls")
def public_pages() -> list[URLPattern | URLResolver]:
    """What the public sees of a broadcast."""
    return public_page_urls


@hooks.register("register_admin_urls")
def bounce_pages() -> list[URLPattern | URLResolver]:
    """How bounces come back."""
    return bounce_urls


hooks.register("register_settings_menu_item", bounces_menu_item)


@hooks.register("register_admin_urls")
def sandbox_pages() -> list[URLPattern | URLResolver]:
    """What was received while the sandbox stands in for the world outside."""
    return list(sandbox_urls)


hooks.register("register_admin_menu_item", SandboxMenuItem)


@hooks.register("register_admin_viewset")
def reach() -> list[ReachViewSet | SnapshotViewSet | ResultsViewSet]:
    """The evaluators' pages and files, frozen figures, and the results framework of each campaign."""
    return [ReachViewSet(), SnapshotViewSet(), ResultsViewSet()]


hooks.register("register_admin_menu_item", reach_menu)


@hooks.register(MENU_HOOK)
def figures() -> ReachMenuItem:
    """The evaluators' page."""
    return menu_item("reach:index", _("Figures"), icon="group", order=100)


@hooks.register(MENU_HOOK)
def snapshots() -> ReachMenuItem:
    """What was frozen, and what can be."""
    return menu_item("snapshots:index", _("Frozen figures"), icon="lock", order=200)


@hooks.register(MENU_HOOK)
def visits() -> ReachMenuItem:
    """What was read on the site."""
    return menu_item("reach:visits", _("Web reading"), icon="globe", order=150)


@hooks.register(MENU_HOOK)
def tokens() -> ReachMenuItem:
    """What a program reads the figures with."""
    return menu_item("reach:tokens", _("API tokens"), icon="key", order=400)


@hooks.register(MENU_HOOK)
def definitions() -> ReachMenuItem:
    """What every figure means."""
    return menu_item("reach:definitions", _("Definitions"), icon="help", order=500)


hooks.register(REACH_HOOK, address_of)
hooks.register("construct_main_menu", keep_to_reach)
hooks.register("construct_homepage_panels", lead_to_reach)
hooks.register("construct_homepage_panels", tell_what_waits)
