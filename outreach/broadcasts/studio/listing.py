"""The list of broadcasts, and the start of a new one."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import DeleteView, IndexView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import Button

from outreach.broadcasts import services
from outreach.broadcasts.models import Broadcast
from outreach.row_numbers import row_number

from .base import ICON, signed_in
from .forms import StartForm


class OfficeTimeColumn(Column):
    """A moment in the office's time zone, which is named."""

    cell_template_name = "outreach/broadcasts/tables/office_time_cell.html"

    def get_cell_context_data(self, instance: Broadcast, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Add the zone."""
        return {**super().get_cell_context_data(instance, parent_context), "office_zone": settings.OFFICE_TIME_ZONE}


class BroadcastTitleColumn(TitleColumn):
    """The title, leading to the broadcast's page, with a mark on demo data."""

    cell_template_name = "outreach/broadcasts/tables/broadcast_cell.html"


class BroadcastListView(IndexView):
    """All broadcasts, the newest first."""

    model = Broadcast
    header_icon = ICON
    default_ordering = "-id"
    paginate_by = 50
    list_filter = ["state", "kind", "is_demo"]
    template_name = "outreach/broadcasts/list.html"
    search_fields = ["title"]
    columns = [
        BroadcastTitleColumn("title", label=gettext_lazy("Title"), sort_key="title", url_name="broadcasts:broadcast"),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor="state_label",
            sort_key="state",
            primary=lambda broadcast: broadcast.state in {Broadcast.State.SCHEDULED, Broadcast.State.SENDING},
        ),
        OfficeTimeColumn("send_at", label=gettext_lazy("Send time"), sort_key="send_at"),
        Column("created_by", label=gettext_lazy("Made by"), classname="phone-hidden"),
    ]

    def get_base_queryset(self) -> Any:
        """With those who made them."""
        return super().get_base_queryset().select_related("created_by", "series")

    @cached_property
    def add_item_label(self) -> str:
        """What the button that begins one is called: as the page that it leads to."""
        return str(StartView.page_title)

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """The calendar, repeating broadcasts and the welcome message."""
        return [
            *super().header_more_buttons,
            Button(_("Calendar"), url=reverse("broadcasts:calendar"), icon_name="calendar", priority=60),
            Button(_("Welcome message"), url=reverse("broadcasts:welcome"), icon_name="mail", priority=70),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The editions that made themselves and wait for somebody to read them."""
        waiting = Broadcast.objects.filter(series__isnull=False, state=Broadcast.State.DRAFT).order_by("occurrence")
        return super().get_context_data(waiting=waiting, office_zone=settings.OFFICE_TIME_ZONE, **kwargs)


class StartView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """Begin a broadcast, from stories or from nothing; ``?story=`` names the first."""

    model = Broadcast
    permission_required = "add"
    form_class = StartForm
    template_name = "outreach/broadcasts/start.html"
    page_title = gettext_lazy("New broadcast")
    header_icon = ICON

    def get_initial(self) -> dict[str, Any]:
        """The story that the link named."""
        story = row_number(self.request.GET.get("story", ""))
        return {} if story is None else {"story": story}

    def form_valid(self, form: StartForm) -> HttpResponse:
        """Make the draft and go to it."""
        stories, now = form.pages, timezone.now()
        if stories:
            broadcast = services.create_from_stories(stories=stories, user=signed_in(self.request), now=now)
        else:
            broadcast = services.create(title=form.cleaned_data["title"], user=signed_in(self.request), now=now)
        messages.success(self.request, _("The draft is made. Say who gets it, and read its texts."))
        return redirect("broadcasts:broadcast", broadcast.pk)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, all broadcasts, this page."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("broadcasts:index"), "label": capfirst(Broadcast._meta.verbose_name_plural)},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, its media and its button."""
        context = super().get_context_data(**kwargs)
        return {
            **context,
            "media": context["form"].media,
            "action_url": self.request.path,
            "submit_button_label": _("Make the draft"),
            "submit_button_active_label": _("Drawing the texts…"),
        }


def can_be_deleted(broadcast: Broadcast) -> bool:
    """Whether there is nothing to keep for the record: a draft that was never submitted."""
    return broadcast.state == Broadcast.State.DRAFT and not broadcast.approvals.exists()


class BroadcastDeleteView(DeleteView):
    """Delete a draft; what was ever submitted stays for the record."""

    model = Broadcast
    permission_required = "delete"
    index_url_name = "broadcasts:index"
    delete_url_name = "broadcasts:delete"
    header_icon = ICON
    success_message = gettext_lazy("“%(object)s” was deleted.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Turn away where there is something to keep."""
        if not can_be_deleted(self.object):
            messages.error(request, _("Only a draft that was never submitted can be deleted; cancel it instead."))
            return redirect("broadcasts:broadcast", self.object.pk)
        return super().dispatch(request, *args, **kwargs)
