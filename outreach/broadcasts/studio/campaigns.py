"""Campaigns in the admin: what each is for, for whom and when."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, DateColumn
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


class CampaignViewSet(ModelViewSet):
    """Campaigns, for those with permissions on them."""

    model = Campaign
    name = "campaigns"
    icon = "crosshairs"
    menu_label = _("Campaigns")
    menu_order = 148
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_fields = ["name", "objective", "target_groups", "starts_on", "ends_on", "is_demo"]
    list_display = [
        "name",
        DateColumn("starts_on", label=_("First day"), sort_key="starts_on"),
        DateColumn("ends_on", label=_("Last day"), sort_key="ends_on"),
        Column("broadcasts", label=_("Broadcasts"), accessor=lambda campaign: campaign.broadcasts.count()),
    ]
    search_fields = ["name"]

    def get_form_class(self, for_update: bool = False) -> type[Any]:
        """The form of a campaign."""
        return CampaignForm
