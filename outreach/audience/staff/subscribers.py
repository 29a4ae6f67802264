"""Subscribers in the admin, for data officers: a list without addresses, a person with their consents, and erasing.

Nobody edits a person here: what people say about themselves is theirs to say.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import DeleteView, IndexView, InspectView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.log_actions import LogActionRegistry, log
from wagtail.permissions import policy_registry

from outreach.audience.addresses import InvalidAddress, address_hash, normalised
from outreach.audience.bounces import recent
from outreach.audience.choices import ChannelName
from outreach.audience.erasure import erase
from outreach.audience.models import Consent, Subscriber, Subscription, Suppression
from outreach.audience.wording import Wordings

ICON = "user"
ERASED = "outreach.subscriber.erase"


def register_actions(actions: LogActionRegistry) -> None:
    """Tell Wagtail's log what erasing is called."""
    actions.register_action(ERASED, gettext_lazy("Erase a person"), gettext_lazy("Person erased"))


class SubscriberListView(IndexView):
    """Everybody, the newest first, without an address."""

    model = Subscriber
    permission_required = "view"
    any_permission_required = None
    header_icon = ICON
    default_ordering = "-id"
    paginate_by = 50
    list_filter = ["language", "group", "subscriptions__state", "subscriptions__channel", "is_demo"]
    columns = [
        TitleColumn("pk", label=gettext_lazy("Number"), sort_key="id", url_name="subscribers:inspect"),
        Column("language", label=gettext_lazy("Language"), accessor="get_language_display", sort_key="language"),
        Column("group", label=gettext_lazy("Group"), accessor="get_group_display", sort_key="group"),
        Column("channels", label=gettext_lazy("Channels"), accessor=lambda subscriber: _channels(subscriber)),
        DateColumn("joined_at", label=gettext_lazy("Joined"), sort_key="joined_at", classname="phone-hidden"),
        Column(
            "demo",
            label=gettext_lazy("Data"),
            accessor=lambda subscriber: _("Demo data") if subscriber.is_demo else "",
            classname="phone-hidden",
        ),
    ]

    def get_base_queryset(self) -> Any:
        """With their subscriptions."""
        return super().get_base_queryset().prefetch_related("subscriptions")

    def filter_queryset(self, queryset: Any) -> Any:
        """Each person once, whatever number of their subscriptions fits."""
        return super().filter_queryset(queryset).distinct()

    @property
    def header_buttons(self) -> list[HeaderButton]:
        """The way to one person by their address, and to all as a file."""
        buttons = [HeaderButton(_("Find by address"), url=reverse("subscribers:find"), icon_name="search")]
        if self.request.user.has_perm("outreach.export_subscribers"):
            buttons.append(HeaderButton(_("Export"), url=reverse("export_subscribers"), icon_name="download"))
        return buttons


def _channels(subscriber: Subscriber) -> str:
    return ", ".join(
        f"{subscription.get_channel_display()}: {subscription.get_state_display()}"
        for subscription in subscriber.subscriptions.all()
    )


class FindForm(forms.Form):
    """One exact address."""

    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=ChannelName.choices)
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=254,
        help_text=gettext_lazy("The whole e-mail address, or the number of the Telegram chat."),
    )

    def clean(self) -> dict[str, Any]:
        """Find the person with this address."""
        answers = self.cleaned_data
        if "channel" in answers and "address" in answers:
            answers["subscriber"] = self._found(answers["channel"], answers["address"])
        return answers

    def _found(self, channel: str, address: str) -> Subscriber:
        try:
            written = normalised(channel=channel, address=address)
        except InvalidAddress as error:
            raise forms.ValidationError({"address": str(error)}) from None
        digest = address_hash(channel=channel, address=written)
        found = Subscription.objects.select_related("subscriber").filter(channel=channel, address_hash=digest).first()
        if found is None:
            raise forms.ValidationError({"address": _("Nobody has this address.")})
        return found.subscriber


class FindView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """Find one person by their exact address, which is posted so that no log of addresses visited holds it."""

    model = Subscriber
    permission_required = "view"
    form_class = FindForm
    template_name = "outreach/audience/staff/find_subscriber.html"
    page_title = gettext_lazy("Find by address")
    header_icon = ICON

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, all subscribers, this."""
        listing = {"url": reverse("subscribers:index"), "label": _("Subscribers")}
        return [*self.breadcrumbs_items, listing, {"url": "", "label": self.get_page_title()}]

    def form_valid(self, form: FindForm) -> HttpResponse:
        """To the person."""
        return redirect("subscribers:inspect", form.cleaned_data["subscriber"].pk)


class SubscriberView(InspectView):
    """One person: what they said, where they can be written to, and each consent with its words."""

    model = Subscriber
    permission_required = "view"
    any_permission_required = None
    header_icon = ICON
    template_name = "outreach/audience/staff/subscriber.html"
    index_url_name = "subscribers:index"
    delete_url_name = "subscribers:erase"
    fields = ["language", "group", "gender", "source", "joined_at", "is_demo"]

    def get_joined_at_display_value(self) -> str:
        """When the person joined, in the zone of the reader."""
        return date_format(timezone.localtime(self.object.joined_at), "DATETIME_FORMAT")

    def get_is_demo_display_value(self) -> str:
        """Whether the person is fictional."""
        return _("Yes") if self.object.is_demo else _("No")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add topics, subscriptions and the consent ledger."""
        subscriber: Subscriber = self.object
        wordings = Wordings.load()
        return super().get_context_data(
            topics=[choice.topic for choice in subscriber.topics.all()],
            subscriptions=_with_bounces(subscriber, now=timezone.now()),
            consents=[(consent, _words(wordings, consent)) for consent in subscriber.consents.order_by("-id")],
            **kwargs,
        )


def _with_bounces(subscriber: Subscriber, *, now: datetime) -> list[tuple[Subscription, int, str]]:
    """The person's subscriptions, each with how many messages came back of late, and why it may never be written to."""
    subscriptions = list(subscriber.subscriptions.all())
    soft = recent(subscriptions=[each.pk for each in subscriptions], now=now)
    digests = [each.address_hash for each in subscriptions]
    suppressed = {
        (each.channel, each.address_hash): str(each.get_reason_display())
        for each in Suppression.objects.filter(address_hash__in=digests)
    }
    return [
        (each, len(soft.get(each.pk, ())), suppressed.get((each.channel, each.address_hash), ""))
        for each in subscriptions
    ]


def _words(wordings: Wordings, consent: Consent) -> str:
    """What the person read, in their language; a version that was never published says so."""
    try:
        return wordings.words(consent.purpose, consent.wording_version, consent.language).text
    except KeyError:
        return _("The words of version %(version)s are not known.") % {"version": consent.wording_version}


class EraseView(DeleteView):
    """Erase one person, after asking."""

    model = Subscriber
    header_icon = ICON
    template_name = "outreach/audience/staff/erase_subscriber.html"
    index_url_name = "subscribers:index"
    delete_url_name = "subscribers:erase"
    page_title = gettext_lazy("Erase")

    def form_valid(self, form: Any) -> HttpResponse:
        """Erase, and log who did."""
        log(instance=self.object, action=ERASED, user=self.request.user)
        still_shown = erase(subscriber=self.object, now=timezone.now())
        messages.success(self.request, _("The person is erased."))
        if still_shown:
            text = _("Their address stands in texts on the site; please ask the editors to take it out: %(names)s")
            messages.warning(self.request, text % {"names": ", ".join(still_shown)})
        return redirect("subscribers:index")


class SubscriberMenuItem(MenuItem):
    """Shown to those who may see subscribers."""

    def is_shown(self, request: Any) -> bool:
        """Whether the user may."""
        return bool(policy_registry.get_by_type(Subscriber).user_has_permission(request.user, "view"))


class SubscriberViewSet(ViewSet):
    """The pages about subscribers."""

    name = "subscribers"
    icon = ICON
    menu_label = gettext_lazy("Subscribers")
    menu_order = 170
    menu_item_class = SubscriberMenuItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list, one person, finding one and erasing one."""
        names = {"index_url_name": "subscribers:index", "index_results_url_name": "subscribers:index_results"}
        return [
            path("", SubscriberListView.as_view(**names), name="index"),
            path("results/", SubscriberListView.as_view(**names, results_only=True), name="index_results"),
            path("find/", FindView.as_view(), name="find"),
            path("<int:pk>/", SubscriberView.as_view(), name="inspect"),
            path("<int:pk>/erase/", EraseView.as_view(), name="erase"),
        ]
