"""What the admin looks like to somebody who reads reach and edits nothing: a way to the figures, and no other."""

from collections.abc import MutableSequence
from typing import Any

from django.http import HttpRequest
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from .views import PERMISSION

MENU = frozenset({"reach", "results", "sign_ups"})


class ReachPanel(Component):
    """Leads from the dashboard to the figures."""

    name = "reach"
    template_name = "outreach/reach/components/panel.html"
    order = 50


def only_reads_reach(user: Any) -> bool:
    """Whether the user may read reach and has nothing to do with pages."""
    return user.has_perm(PERMISSION) and not user_has_any_page_permission(user)


def keep_to_reach(request: HttpRequest, menu_items: MutableSequence[MenuItem]) -> None:
    """Leave such a user one item: Wagtail offers reports on translations and an editors' guide to everybody."""
    if only_reads_reach(request.user):
        menu_items[:] = [item for item in menu_items if item.name in MENU]


def lead_to_reach(request: HttpRequest, panels: MutableSequence[Component]) -> None:
    """Put the way to the figures on such a user's dashboard, which would be empty."""
    if only_reads_reach(request.user):
        panels.append(ReachPanel())
