"""Campaigns in the admin: what each is for, for whom and when."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import ProtectedError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import DeleteView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import AdminDateInput

from outreach.broadcasts.campaign import Campaign


class CampaignForm(WagtailAdminModelForm):
    """A campaign; the name in addresses is made from its name while it is empty."""

    class Meta:
        model = Campaign
        fields = ["name", "slug", "objective", "target_groups", "starts_on", "ends_on"]
        widgets = {
            "objective": forms.Textarea(attrs={"rows": 3}),
            "target_groups": forms.Textarea(attrs={"rows": 3}),
            "starts_on": AdminDateInput,
            "ends_on": AdminDateInput,
        }
        help_texts = {"slug": _("Stands in public addresses: small letters, digits, hyphens.")}


class CampaignDeleteView(DeleteView):
    """Delete a campaign that nothing belongs to."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Delete it, or say that something belongs to it."""
        try:
            with transaction.atomic():
                answer: HttpResponse = super().form_valid(form)
                return answer
        except ProtectedError:
            messages.error(self.request, _("Broadcasts or results belong to this campaign: it can't be deleted."))
            return redirect("campaigns:edit", self.object.pk)


class CampaignViewSet(ModelViewSet):
    """Campaigns, for those with permissions on them."""

    model = Campaign
    name = "campaigns"
    icon = "crosshairs"
    menu_label = _("Campaigns")
    menu_order = 148
    add_to_admin_menu = True
    delete_view_class = CampaignDeleteView
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_fields = ["name", "objective", "target_groups", "starts_on", "ends_on", "is_demo"]
    list_display = [
        "name",
        Column("starts_on", label=_("First day"), sort_key="starts_on"),
        Column("ends_on", label=_("Last day"), sort_key="ends_on"),
        Column("broadcasts", label=_("Broadcasts"), accessor=lambda campaign: campaign.broadcasts.count()),
    ]
    search_fields = ["name"]

    def get_form_class(self, for_update: bool = False) -> type[Any]:
        """The form of a campaign."""
        return CampaignForm
