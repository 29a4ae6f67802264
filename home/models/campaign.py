"""A campaign: the programme that stories, infographics and news belong to, and what it is for."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.fields import RichTextField
from wagtail_localize.fields import SynchronizedField

from home.blocks import TEXT_FEATURES

from .article import SitePage
from .infographic import InfographicPage
from .rights import RightsIndexPage
from .story import StoryPage
from .teasers import first_rights_cards, list_page, newest_news

SHOWN = 12
"""So many pages of each kind stand on a campaign's page; the lists have the others."""


class CampaignPage(SitePage):
    """What a campaign is for, when it runs, and everything that the site has of it.

    Pages name the campaign in the source language, so whatever language they are in, they find the same one.
    ``begins`` and ``ends`` are days in the office's time zone, both included.
    """

    purpose = RichTextField(
        _("what it is for"),
        features=TEXT_FEATURES,
        help_text=_("For whom, what shall change, and how one will see it."),
    )
    begins = models.DateField(_("begins on"), null=True, blank=True)
    ends = models.DateField(_("ends on"), null=True, blank=True)
    results_slug = models.SlugField(
        _("public results"),
        max_length=255,
        blank=True,
        help_text=_("The last part of the address of its results, if there are any: /en/results/THIS/."),
    )

    content_panels = [
        *SitePage.content_panels,
        FieldRowPanel([FieldPanel("begins"), FieldPanel("ends")], heading=_("Period")),
        FieldPanel("purpose"),
        FieldPanel("results_slug"),
    ]
    override_translatable_fields = [
        *SitePage.override_translatable_fields,
        SynchronizedField("results_slug", overridable=False),
    ]
    template = "home/campaign.html"
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")

    def clean(self) -> None:
        """A campaign can't end before it begins."""
        super().clean()
        if self.begins and self.ends and self.ends < self.begins:
            raise ValidationError({"ends": _("The last day is before the first.")})

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What the template shows; the number of queries does not depend on the content."""
        # In whatever language the campaign or its page is.
        members = {"campaign__translation_key": self.translation_key}
        return super().get_context(request, *args, **kwargs) | {
            "stories": StoryPage.newest(self.language).filter(**members)[:SHOWN],
            "infographics": InfographicPage.newest(self.language).filter(**members)[:SHOWN],
            "news": newest_news(self.language, campaign=self.translation_key),
            "rights_cards": first_rights_cards(self.language),
            "rights_index": list_page(RightsIndexPage, self.language),
        }
