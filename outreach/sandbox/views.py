"""Staff pages of the sandbox: every message as its receiver would see it; there only while the sandbox is in use."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from . import mails, phones
from .models import SandboxChat, SandboxMessage

ICON = "mobile-alt"
PERMISSION = "outreach.view_sandbox"

# A mail may hold anything. Nothing in it runs, no form is sent, and it can't reach the page around it.
CLOSED = "; ".join(
    (
        "sandbox allow-popups allow-popups-to-escape-sandbox",
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src http: https: data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)


def in_use() -> bool:
    """Whether the sandbox stands in for anything."""
    return bool(settings.SANDBOX_EMAIL or settings.SANDBOX_TELEGRAM)


class SandboxMenuItem(MenuItem):
    """The entry in the menu, for those who may read the sandbox while there is one."""

    def __init__(self) -> None:
        super().__init__(_("Sandbox"), reverse("sandbox_messages"), name="sandbox", icon_name=ICON, order=900)

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether this person sees it."""
        return in_use() and request.user.has_perm(PERMISSION)


class SandboxPage(PermissionRequiredMixin):
    """What every page of the sandbox asks for first."""

    permission_required = PERMISSION
    raise_exception = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer 404 where messages really leave."""
        if not in_use():
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class MessageFilter(WagtailFilterSet):
    """Narrows the list to one channel."""

    channel = ChoiceFilter(label=_("Channel"), choices=SandboxMessage.Channel.choices, widget=forms.RadioSelect)

    class Meta:
        model = SandboxMessage
        fields = ["channel"]


def message_address(message: SandboxMessage) -> str:
    """Where a message can be read: a mail on its own page, a Telegram message on its phone."""
    if message.channel == SandboxMessage.Channel.EMAIL:
        return reverse("sandbox_mail", args=[message.pk])
    return reverse("sandbox_phone_of", args=[message.receiver])


class MessageListView(SandboxPage, BaseListingView):
    """Everything that was received, the newest first; searched by receiver."""

    model = SandboxMessage
    queryset = SandboxMessage.objects.defer("content")
    page_title = _("Sandbox")
    header_icon = ICON
    index_url_name = "sandbox_messages"
    index_results_url_name = "sandbox_messages_results"
    results_template_name = "outreach/sandbox/message_results.html"
    verbose_name_plural = _("messages")
    default_ordering = "-id"
    paginate_by = 50
    is_searchable = True
    search_fields = ["receiver"]
    filterset_class = MessageFilter
    columns = [
        TitleColumn("subject", label=_("Subject or first line"), accessor=str, get_url=message_address),
        Column("channel", label=_("Channel"), accessor="get_channel_display", classname="phone-hidden"),
        Column("receiver", label=_("Receiver"), sort_key="receiver", classname="phone-broken"),
        DateColumn("received_at", label=_("Received"), sort_key="id"),
    ]

    def get_header_buttons(self) -> list[Any]:
        """The way to the phones."""
        if not settings.SANDBOX_TELEGRAM:
            return []
        return [HeaderButton(_("Pretend phones"), reverse("sandbox_phones"), icon_name=ICON)]


class PhoneListView(SandboxPage, BaseListingView):
    """The pretend phones, the newest first."""

    model = SandboxChat
    page_title = _("Pretend phones")
    header_icon = ICON
    index_url_name = "sandbox_phones"
    verbose_name_plural = _("pretend phones")
    default_ordering = "-opened_at"
    paginate_by = 50
    columns = [
        TitleColumn(
            "name",
            label=_("Name"),
            get_url=lambda phone: reverse("sandbox_phone", args=[phones.token(phone)]),
            link_attrs={"target": "_blank"},
        ),
        Column("number", label=_("Chat"), sort_key="number"),
        Column("language_code", label=_("Language")),
        StatusTagColumn(
            "state",
            label=_("State"),
            accessor="get_state_display",
            primary=lambda phone: phone.state == SandboxChat.State.OPEN,
        ),
        DateColumn("opened_at", label=_("First used"), sort_key="opened_at"),
    ]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the messages, then this page."""
        messages = {"url": reverse("sandbox_messages"), "label": MessageListView.page_title}
        return [*self.breadcrumbs_items, messages, {"url": "", "label": self.page_title}]

    def get_header_buttons(self) -> list[Any]:
        """The way to a phone of one's own."""
        return [HeaderButton(_("New phone"), reverse("sandbox_phone_start"), icon_name="plus")]


class MailView(SandboxPage, WagtailAdminTemplateMixin, View):
    """One mail as its receiver would see it, as wide as a phone or a desktop, with its text part and headers."""

    template_name = "outreach/sandbox/mail.html"
    page_title = _("Mail")
    header_icon = "mail"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the mail; ``?width=phone`` shows it narrow."""
        self.message = get_object_or_404(SandboxMessage, pk=pk, channel=SandboxMessage.Channel.EMAIL)
        narrow = request.GET.get("width") == "phone"
        context = self.get_context_data(message=self.message, mail=mails.read(self.message), narrow=narrow)
        return self.render_to_response(context)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the messages, then this mail."""
        messages = {"url": reverse("sandbox_messages"), "label": MessageListView.page_title}
        return [*self.breadcrumbs_items, messages, {"url": "", "label": self.page_title}]


class MailBodyView(SandboxPage, View):
    """The HTML part alone, closed in, for the frame of :class:`MailView`."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer with the sender's own HTML; links open windows of their own."""
        message = get_object_or_404(SandboxMessage, pk=pk, channel=SandboxMessage.Channel.EMAIL)
        response = HttpResponse(mails.for_frame(mails.read(message).html))
        response["Content-Security-Policy"] = CLOSED
        response["Referrer-Policy"] = "no-referrer"
        return response


class PhoneOfView(SandboxPage, View):
    """From a Telegram message to the phone that it reached."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        """Lead there."""
        phone = phones.phone_of(number=int(number), now=timezone.now())
        return redirect("sandbox_phone", phones.token(phone))
