"""The suppression list in the admin, for data officers: read without addresses, added to, looked up, lifted from."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, ListView
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import HeaderButton

from outreach.audience import suppression_list
from outreach.audience.addresses import InvalidAddress
from outreach.audience.choices import ChannelName, SuppressionReason
from outreach.audience.models import Suppression

from .page import ModelMenuItem, Page, ReasonField

ICON = "cross"
LATEST = 10

Reason = SuppressionReason
BEFORE_LIFTING = {
    Reason.HARD_BOUNCE: gettext_lazy(
        "Messages to this address came back: it did not exist. Lift this only if you know that it exists now."
    ),
    Reason.BLOCKED: gettext_lazy("The person blocked us. They lift this themselves by joining again."),
    Reason.COMPLAINT: gettext_lazy("The person complained about our messages. Lift this only at their written wish."),
    Reason.ERASED: gettext_lazy(
        "The person asked to be erased. They lift this themselves by joining again; an import could bring them back."
    ),
    Reason.BY_HAND: gettext_lazy(
        "Somebody of the team put the address on the list, for the reason that the log tells."
    ),
}
"""What to think of before an address is taken off the list."""


class SuppressionView(Page):
    """A page about the suppression list."""

    model = Suppression
    index_url_name = "suppressions:index"
    header_icon = ICON


class SuppressionListView(IndexView):
    """Everybody who must never be written to, the latest first, without an address."""

    model = Suppression
    permission_required = "view"
    any_permission_required = None
    header_icon = ICON
    template_name = "outreach/audience/staff/suppressions.html"
    default_ordering = "-since"
    paginate_by = 50
    list_filter = ["channel", "reason"]

    columns = [
        TitleColumn("mark", label=gettext_lazy("Mark"), accessor=suppression_list.mark, url_name="suppressions:lift"),
        Column("channel", label=gettext_lazy("Channel"), accessor="get_channel_display", sort_key="channel"),
        Column("reason", label=gettext_lazy("Reason"), accessor="get_reason_display", sort_key="reason"),
        DateColumn("since", label=gettext_lazy("Since"), sort_key="since"),
    ]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        """The ways to one address."""
        buttons = [HeaderButton(_("Check an address"), url=reverse("suppressions:check"), icon_name="search")]
        if self.permission_policy.user_has_permission(self.request.user, "add"):
            buttons.append(HeaderButton(_("Add an address"), url=reverse("suppressions:add"), icon_name="plus"))
        return buttons

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """How many there are by reason, and what staff did last."""
        counts = dict(Suppression.objects.order_by().values_list("reason").annotate(Count("pk")))
        return {
            **super().get_context_data(*args, **kwargs),
            "by_reason": [(reason.label, counts.get(reason, 0)) for reason in SuppressionReason],
            "history": suppression_list.history()[:LATEST],
        }


class HistoryView(SuppressionView, ListView):
    """Everything that staff did to the list: who, when and why."""

    model = Suppression
    template_name = "outreach/audience/staff/suppression_history.html"
    page_title = gettext_lazy("Added and lifted")
    paginate_by = 50
    context_object_name = "history"

    def get_queryset(self) -> Any:
        """The log."""
        return suppression_list.history()


class AddressForm(forms.Form):
    """One exact address."""

    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=ChannelName.choices)
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=254,
        help_text=gettext_lazy("The whole e-mail address, or the number of the Telegram chat."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class AddForm(AddressForm):
    """An address that must never be written to, and why."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What happened"),
        choices=[(reason.value, reason.label) for reason in suppression_list.BY_STAFF],
    )
    why = ReasonField()


class AddView(SuppressionView, FormView):
    """Put one address on the list."""

    permission_required = "add"
    form_class = AddForm
    template_name = "outreach/audience/staff/suppression_add.html"
    page_title = gettext_lazy("Add an address")

    def form_valid(self, form: AddForm) -> HttpResponse:
        """Add it, and say what that did."""
        try:
            added = suppression_list.add(**form.cleaned_data, user=self.user, now=timezone.now())
        except InvalidAddress as error:
            form.add_error("address", str(error))
            return self.form_invalid(form)
        if added.is_new:
            messages.success(self.request, _("The address is on the list. Nobody writes to it again."))
        else:
            told = _("The address was on the list already. The reason there is: %(reason)s.")
            messages.warning(self.request, told % {"reason": added.suppression.get_reason_display()})
        if added.ended_subscription:
            messages.warning(self.request, _("It had a subscription, which is stopped now."))
        return redirect("suppressions:index")


class CheckView(SuppressionView, FormView):
    """Ask for one address, which is posted so that no log of addresses visited holds it."""

    form_class = AddressForm
    template_name = "outreach/audience/staff/suppression_check.html"
    page_title = gettext_lazy("Check an address")

    def form_valid(self, form: AddressForm) -> HttpResponse:
        """Say whether it is on the list, since when and why."""
        try:
            standing = suppression_list.look_up(**form.cleaned_data)
        except InvalidAddress as error:
            form.add_error("address", str(error))
            return self.form_invalid(form)
        return self.render_to_response(self.get_context_data(form=form, standing=standing, may_lift=self.may("lift")))


class LiftForm(forms.Form):
    """Why an address may be written to again."""

    why = ReasonField()


class LiftView(SuppressionView, FormView):
    """Take one address off the list, for a reason."""

    permission_required = "lift"
    form_class = LiftForm
    template_name = "outreach/audience/staff/suppression_lift.html"
    page_title = gettext_lazy("Lift a suppression")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the row; 404 where there is none."""
        super().setup(request, *args, **kwargs)
        self.suppression = get_object_or_404(Suppression, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Which row it is."""
        return suppression_list.mark(self.suppression)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The row, and what to think of."""
        warning = BEFORE_LIFTING[SuppressionReason(self.suppression.reason)]
        return super().get_context_data(suppression=self.suppression, warning=warning, **kwargs)

    def form_valid(self, form: LiftForm) -> HttpResponse:
        """Lift it."""
        why = form.cleaned_data["why"]
        if suppression_list.lift(suppression=self.suppression, why=why, user=self.user, now=timezone.now()):
            messages.success(
                self.request, _("Lifted. The address is not subscribed by that: the person has to join again.")
            )
        else:
            messages.warning(self.request, _("Somebody lifted it already."))
        return redirect("suppressions:index")


class SuppressionMenuItem(ModelMenuItem):
    """Who must never be written to."""

    model = Suppression


class SuppressionViewSet(ViewSet):
    """The pages about the suppression list."""

    name = "suppressions"
    icon = ICON
    menu_label = gettext_lazy("Suppressions")
    menu_order = 174
    menu_item_class = SuppressionMenuItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list, its history, one address, and what is done to it."""
        names = {"index_url_name": "suppressions:index", "index_results_url_name": "suppressions:index_results"}
        return [
            path("", SuppressionListView.as_view(**names), name="index"),
            path("results/", SuppressionListView.as_view(**names, results_only=True), name="index_results"),
            path("history/", HistoryView.as_view(), name="history"),
            path("add/", AddView.as_view(), name="add"),
            path("check/", CheckView.as_view(), name="check"),
            path("<int:pk>/lift/", LiftView.as_view(), name="lift"),
        ]
