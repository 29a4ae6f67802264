"""What the studio's pages share: the broadcast, who may see them, and the way back."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.views import View
from wagtail import hooks
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from outreach.audience.choices import ChannelName
from outreach.audience.staff.segments.size import sees_people
from outreach.broadcasts.models import Broadcast, Message
from outreach.broadcasts.refusals import Refused

ICON = "mail"
REACH_HOOK = "tell_reach_address"
"""A function that says for a broadcast and a user where its figures of reach are registers under this name."""


def signed_in(request: HttpRequest) -> User:
    """Who asks; the admin lets nobody in without a session."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class StudioView(PermissionCheckedMixin, WagtailAdminTemplateMixin, View):
    """A page about one broadcast; ``permission_required`` is the permission on broadcasts that it needs."""

    model = Broadcast
    header_icon = ICON
    permission_required: str | None = None
    any_permission_required: Sequence[str] | None = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Read the broadcast; 404 where there is none."""
        super().setup(request, *args, **kwargs)
        self.broadcast = get_object_or_404(Broadcast.objects.select_related("created_by"), pk=kwargs["pk"])

    @property
    def user(self) -> User:
        """Who asks."""
        return signed_in(self.request)

    @property
    def sees_people(self) -> bool:
        """Whether they may know every number of people exactly."""
        return sees_people(self.user)

    @property
    def address(self) -> str:
        """The broadcast's own page."""
        return reverse("broadcasts:broadcast", args=[self.broadcast.pk])

    @property
    def reach_address(self) -> str:
        """Where it stands whom the broadcast reached, for those who may read that; else nothing."""
        found = (told(self.broadcast, self.user) for told in hooks.get_hooks(REACH_HOOK))
        return next(filter(None, found), "")

    def back(self, to: str = "") -> HttpResponse:
        """To the broadcast's page, or to ``to``."""
        return redirect(to or self.address)

    def refused(self, refusal: Refused, to: str = "") -> HttpResponse:
        """Back, with what stood in the way."""
        for reason in refusal.reasons:
            messages.error(self.request, reason)
        return self.back(to)

    def done(self, sentence: str, to: str = "") -> HttpResponse:
        """Back, with what was done."""
        messages.success(self.request, sentence)
        return self.back(to)

    def may(self, action: str) -> bool:
        """Whether the user has the permission ``action`` on broadcasts."""
        return bool(self.user_has_permission(action))

    def get_page_subtitle(self) -> str:
        """The broadcast's title."""
        return self.broadcast.title

    def get_header_title(self) -> str:
        """The broadcast, and before it the page where it is not the broadcast's own."""
        return super().get_header_title() if self.get_page_title() else self.broadcast.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, all broadcasts, this one, and the page itself where it is not the broadcast's own."""
        items = [
            *self.breadcrumbs_items,
            {"url": reverse("broadcasts:index"), "label": capfirst(Broadcast._meta.verbose_name_plural)},
        ]
        title = self.get_page_title()
        if not title:
            return [*items, {"url": "", "label": self.broadcast.title}]
        return [*items, {"url": self.address, "label": self.broadcast.title}, {"url": "", "label": title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The broadcast and the zone in which its times are shown."""
        return super().get_context_data(
            broadcast=self.broadcast, office_zone=settings.OFFICE_TIME_ZONE, address=self.address, **kwargs
        )


class CellView(StudioView):
    """A page about one cell of the matrix: 404 for a channel or a language that there is not."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Check the channel and the language."""
        super().setup(request, *args, **kwargs)
        self.channel, self.language = kwargs["channel"], kwargs["language"]
        if self.channel not in ChannelName.values or self.language not in dict(settings.LANGUAGES):
            raise Http404

    @cached_property
    def message(self) -> Message:
        """The cell's message; 404 where the cell is empty."""
        message = get_object_or_404(self.broadcast.messages, channel=self.channel, language=self.language)
        message.broadcast = self.broadcast
        return message

    @property
    def cell_name(self) -> str:
        """Channel and language, for titles."""
        return f"{ChannelName(self.channel).label}, {dict(settings.LANGUAGES)[self.language]}"

    def cell_address(self, name: str) -> str:
        """The address of one of the cell's pages."""
        return reverse(f"broadcasts:{name}", args=[self.broadcast.pk, self.channel, self.language])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The addresses of the cell's pages by name."""
        names = ("cell", "edit_cell", "preview", "findings", "links", "redraw", "keep", "remove", "test")
        return super().get_context_data(
            channel=self.channel,
            language=self.language,
            cell_name=self.cell_name,
            cell={name: self.cell_address(name) for name in names},
            **kwargs,
        )
