"""What the pages of a results framework share: who may see them, the campaign, and the way back."""

from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.views import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.campaign_words import CampaignWords, words_of
from outreach.broadcasts.office_time import office_zone
from outreach.reach.indicators.framework import Indicator, Target
from outreach.reach.indicators.quarters import Quarter

ICON = "list-ul"
VIEW = "view_indicator"


def office_day() -> date:
    """Today, by the clocks of the office."""
    return timezone.localdate(timezone=office_zone())


class ResultsView(PermissionCheckedMixin, WagtailAdminTemplateMixin, View):
    """A page about results; ``permission`` is the name of what it takes, of the app's permissions."""

    header_icon = ICON
    permission = VIEW
    page_title: Any = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Turn away whoever lacks the permission, before anything is read."""
        if not self.may(self.permission):
            raise PermissionDenied
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def may(self, permission: str) -> bool:
        """Whether the user has a permission of the app, by its short name."""
        return bool(self.request.user.has_perm(f"outreach.{permission}"))

    @property
    def user(self) -> User:
        """Who asks; the admin lets nobody in without a session."""
        if not isinstance(self.request.user, User):
            raise PermissionDenied
        return self.request.user

    @cached_property
    def indicator(self) -> Indicator:
        """The indicator that the address names; 404 where there is none."""
        rows = Indicator.objects.select_related("result__campaign").prefetch_related("targets", "entries")
        return get_object_or_404(rows, pk=self.kwargs["indicator"])

    @cached_property
    def campaign(self) -> Campaign:
        """The campaign that the address names, itself or by one of its indicators."""
        if "indicator" in self.kwargs:
            return self.indicator.campaign
        return get_object_or_404(Campaign, pk=self.kwargs["campaign"])

    @cached_property
    def words(self) -> CampaignWords:
        """What is said of the campaign in the language of whoever asks."""
        return words_of(self.campaign)

    def get_page_title(self) -> str:
        """The page's name, in the language of whoever asks."""
        return str(self.page_title)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, all campaigns, this one, its indicator, and the page where it is a further one."""
        items = [*self.breadcrumbs_items, {"url": reverse("results:index"), "label": gettext("Results")}]
        if "indicator" in self.kwargs or "campaign" in self.kwargs:
            items.append({"url": logframe_address(self.campaign), "label": self.words.name})
        if "indicator" in self.kwargs:
            items.append({"url": indicator_address(self.indicator), "label": str(self.indicator)})
        if self.get_page_title():
            items.append({"url": "", "label": self.get_page_title()})
        items[-1]["url"] = ""
        return items


def logframe_address(campaign: Campaign) -> str:
    """The page of a campaign's framework."""
    return reverse("results:logframe", args=[campaign.pk])


def indicator_address(indicator: Indicator) -> str:
    """The page of an indicator."""
    return reverse("results:indicator", args=[indicator.pk])


def target_of(indicator: Indicator, quarter: Quarter) -> Target:
    """The target of a quarter, or a new one."""
    found = Target.objects.filter(indicator=indicator, year=quarter.year, quarter=quarter.number).first()
    target = found or Target(year=quarter.year, quarter=quarter.number)
    target.indicator = indicator
    return target
