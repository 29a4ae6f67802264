"""Where the reach pages are, and the menu that leads to them."""

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.viewsets.base import ViewSet

from outreach.broadcasts.attribution import ENDED
from outreach.broadcasts.models import Broadcast

from .api.views import NewTokenView, RevokeView, TokensView
from .documents.writers import WRITERS
from .downloads import KINDS
from .tables import counted_broadcasts
from .views import ICON, PERMISSION, DefinitionsView, DownloadView, ReachView, may_view
from .visits.views import VisitsFileView, VisitsView

MENU_HOOK = "register_reach_menu_item"
"""Functions that give one more item of the menu register under this name."""


class ReachMenuItem(MenuItem):
    """Shown to those who may read reach."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the user may."""
        return request.user.has_perm(PERMISSION)


def reach_menu() -> SubmenuMenuItem:
    """The one menu of evaluators; it is there for whoever may open one of its pages."""
    return SubmenuMenuItem(_("Reach"), Menu(register_hook_name=MENU_HOOK), name="reach", icon_name=ICON, order=160)


def menu_item(name: str, label: str | Promise, *, icon: str, order: int) -> ReachMenuItem:
    """An item of the menu that leads to the address called ``name``."""
    return ReachMenuItem(label, reverse(name), name=name.replace(":", "-"), icon_name=icon, order=order)


def address_of(broadcast: Broadcast, user: User) -> str:
    """Where the figures of a broadcast are, once it has ended and was counted, for who may read them; else nothing."""
    if broadcast.state not in ENDED or not user.has_perm(PERMISSION):
        return ""
    is_counted = counted_broadcasts().filter(pk=broadcast.pk).exists()
    return f"{reverse('reach:index')}?broadcast={broadcast.pk}" if is_counted else ""


class ReachViewSet(ViewSet):
    """The evaluators' pages and files, each behind the permission to read reach."""

    name = "reach"
    icon = ICON

    def get_urlpatterns(self) -> list[URLPattern]:
        """The pages and their files, the definitions, and a person's own tokens."""
        files = [
            path(f"files/{kind.name}/", may_view(DownloadView.as_view(kind=kind.name)), name=kind.name)
            for kind in KINDS.values()
        ]
        files += [
            path(f"visits/files/{name}/", may_view(VisitsFileView.as_view(kind=name)), name=f"visits_{name}")
            for name in WRITERS
        ]
        return [
            path("", may_view(ReachView.as_view()), name="index"),
            path("definitions/", may_view(DefinitionsView.as_view()), name="definitions"),
            path("visits/", may_view(VisitsView.as_view()), name="visits"),
            *files,
            path("tokens/", may_view(TokensView.as_view()), name="tokens"),
            path("tokens/new/", may_view(NewTokenView.as_view()), name="new_token"),
            path("tokens/<int:pk>/revoke/", may_view(RevokeView.as_view()), name="revoke_token"),
        ]
