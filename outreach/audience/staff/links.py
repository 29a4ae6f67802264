"""Sign-up links in the admin: made by editors, seen by everybody who works with places or counts."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic import CreateView, DeleteView, EditView, IndexView, InspectView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import LogActionRegistry
from wagtail.permissions import policy_registry

from outreach.audience.links import codes, keeping
from outreach.audience.links.address import address, printed
from outreach.audience.models import JoinLink, PaperSheet

from .link_prints import EmptySheetView, PosterView, QRCodeView, languages

ICON = "link"


def register_actions(actions: LogActionRegistry) -> None:
    """Tell Wagtail's log what is done with links."""
    actions.register_action(keeping.RETIRED, gettext_lazy("Retire a sign-up link"), gettext_lazy("Link retired"))
    actions.register_action(
        keeping.RESTORED, gettext_lazy("Use a sign-up link again"), gettext_lazy("Link in use again")
    )


class JoinLinkForm(WagtailAdminModelForm):
    """What the link is for; its code is made for whoever has no better word, and never changes."""

    class Meta:
        model = JoinLink
        fields = ["kind", "place", "parish", "campaign", "code"]
        help_texts = {
            "code": gettext_lazy(
                "Ends the short address. Keep this one, which is easy to say and to type, or write a word of your own: "
                "letters, digits, hyphens. It can't be changed later, because it will be in print."
            )
        }
        error_messages = {"place": {"required": gettext_lazy("Say where people see or hear the link.")}}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.fields["code"].disabled = True
        elif not self.is_bound:
            self.fields["code"].initial = codes.fresh()

    def clean_code(self) -> str:
        """The code as it is kept; refused where it could be taken for that of another link."""
        if self.instance.pk:
            return str(self.instance.code)
        try:
            code = codes.written(self.cleaned_data["code"])
        except codes.CodeRefused:
            raise forms.ValidationError(
                _("Write 3 to 40 letters without accents, digits or hyphens; it can't begin with “staff-”.")
            ) from None
        if other := codes.find(code):
            raise forms.ValidationError(
                _("People could take this for “%(code)s” (%(place)s). Choose another word.")
                % {"code": other.code, "place": other.place}
            )
        return code


class JoinLinkListView(IndexView):
    """Every link, the newest first; the name of a place leads to its page."""

    list_filter = ["campaign", "kind", "parish"]

    def get_base_queryset(self) -> Any:
        """With their campaigns."""
        return super().get_base_queryset().select_related("campaign")

    def get_edit_url(self, instance: JoinLink) -> str:
        """To the link's page, which has everything, and the way to the form."""
        return reverse("join_links:inspect", args=[instance.pk])


class JoinLinkCreateView(CreateView):
    """Make a link; then its page shows what there is to print."""

    def save_instance(self) -> JoinLink:
        """Remember who made it."""
        self.form.instance.made_by = self.request.user
        saved: JoinLink = super().save_instance()
        return saved

    def get_success_url(self) -> str:
        """To the link's page."""
        return reverse("join_links:inspect", args=[self.object.pk])


class JoinLinkEditView(EditView):
    """Change what the link says of its place."""

    def get_success_url(self) -> str:
        """To the link's page."""
        return reverse("join_links:inspect", args=[self.object.pk])


class JoinLinkDeleteView(DeleteView):
    """Delete a link that nobody used."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Delete it, or say that it was used."""
        if keeping.is_used(self.object):
            messages.error(self.request, _("People have used this link: it can be retired, but not deleted."))
            return redirect("join_links:inspect", self.object.pk)
        answer: HttpResponse = super().form_valid(form)
        return answer


class JoinLinkView(InspectView):
    """A link with its short address, its QR code and what can be printed for it; posting retires it, or undoes that."""

    http_method_names = ["get", "head", "post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Retire the link or take it back into use, as the button says, so that a second click undoes nothing."""
        if not self._may("change"):
            raise PermissionDenied
        assert request.user.is_authenticated
        if request.POST.get("to") == "retire":
            keeping.retire(link=self.object, user=request.user, now=timezone.now())
            messages.success(request, _("The link is retired. Who still follows it can join all the same."))
        elif request.POST.get("to") == "restore":
            keeping.restore(link=self.object, user=request.user)
            messages.success(request, _("The link is in use again."))
        return redirect("join_links:inspect", self.object.pk)

    def get_campaign_display_value(self) -> str:
        """Its campaign, or that it has none."""
        return str(self.object.campaign or _("No campaign"))

    def _may(self, action: str) -> bool:
        return bool(policy_registry.get_by_type(JoinLink).user_has_permission(self.request.user, action))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the address and what can be printed."""
        return super().get_context_data(
            link=self.object,
            address=address(self.object),
            printed=printed(self.object),
            languages=languages(),
            may_change=self._may("change"),
            may_enter_sheets=policy_registry.get_by_type(PaperSheet).user_has_permission(self.request.user, "add"),
            **kwargs,
        )


class JoinLinkViewSet(ModelViewSet):
    """Sign-up links, for those with permissions on them."""

    model = JoinLink
    name = "join_links"
    url_prefix = "sign-up-links"
    icon = ICON
    menu_label = gettext_lazy("Sign-up links")
    menu_order = 172
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_fields = ["kind", "place", "parish", "campaign"]
    index_view_class = JoinLinkListView
    add_view_class = JoinLinkCreateView
    edit_view_class = JoinLinkEditView
    delete_view_class = JoinLinkDeleteView
    inspect_view_class = JoinLinkView
    index_results_template_name = "outreach/audience/staff/links_results.html"
    inspect_template_name = "outreach/audience/staff/link.html"
    list_display = [
        "place",
        Column("kind", label=gettext_lazy("Kind"), accessor="get_kind_display", sort_key="kind"),
        Column(
            "parish",
            label=gettext_lazy("Parish"),
            accessor="get_parish_display",
            sort_key="parish",
            classname="phone-hidden",
        ),
        Column("campaign", label=gettext_lazy("Campaign"), classname="phone-hidden"),
        Column(
            "code", label=gettext_lazy("Short address"), accessor=printed, sort_key="code", classname="phone-broken"
        ),
        DateColumn("retired_at", label=gettext_lazy("Retired"), sort_key="retired_at"),
    ]
    search_fields = ["place", "code"]

    def get_form_class(self, for_update: bool = False) -> type[JoinLinkForm]:
        """The form of a link."""
        return JoinLinkForm

    def get_urlpatterns(self) -> list[URLPattern]:
        """The usual pages, and what can be printed or put into other programs."""
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/qr.<str:kind>", QRCodeView.as_view(), name="qr"),
            path("<int:pk>/poster/<str:language>/", PosterView.as_view(), name="poster"),
            path("<int:pk>/sheet/<str:language>/", EmptySheetView.as_view(), name="empty_sheet"),
        ]
