"""The pages that lead to the others: home, the two indexes, topics, and plain pages such as *about*."""

from typing import Any

from django.core.paginator import Page as Shown
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable
from wagtail_localize.fields import SynchronizedField

from home.blocks import TEXT_FEATURES

from .article import SitePage, in_language, restricted, topic_choices, translation_in
from .infographic import InfographicPage
from .news import NewsIndexPage
from .rights import RightsCardPage, RightsIndexPage
from .story import StoryPage
from .teasers import first_rights_cards, list_page, newest_news

LATEST = 5
"""So many of the latest stories stand on the home page."""

PAGE = 24
"""So many entries stand on one page of a list."""


def shown(pages: models.QuerySet[Any], request: HttpRequest) -> Shown[Any]:
    """The part of a list that the reader asked for; a number that does not exist gives the nearest that does."""
    return Paginator(pages, PAGE).get_page(request.GET.get("page"))


class HomeNumber(Orderable):
    """One of the numbers that matter: the number of an infographic, and the way to it."""

    page = ParentalKey("home.HomePage", on_delete=models.CASCADE, related_name="numbers")
    infographic = models.ForeignKey(
        "home.InfographicPage", verbose_name=_("infographic"), on_delete=models.CASCADE, related_name="+"
    )

    panels = [FieldPanel("infographic")]


class HomePage(SitePage):
    """The first page of a language: one lead story, three numbers that matter, and the ways in."""

    lead_story = models.ForeignKey(
        "home.StoryPage",
        verbose_name=_("lead story"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Fills the first view. Without one, the newest story does."),
    )

    content_panels = [
        *SitePage.content_panels,
        FieldPanel("lead_story"),
        InlinePanel(
            "numbers",
            label=_("number"),
            heading=_("Numbers that matter"),
            help_text=_("Infographics that have a number."),
            max_num=3,
        ),
    ]
    template = "home/home.html"
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "home.StoryIndexPage",
        "home.InfographicIndexPage",
        "home.RightsIndexPage",
        "home.NewsIndexPage",
        "home.TopicPage",
        "home.CampaignPage",
        "home.StandardPage",
        "home.GlossaryPage",
    ]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Lead to the page of an address below a language's prefix.

        Wagtail answers for a language without pages with those of the source language. Here nobody gets another one
        than the address says: the page for what is missing names the languages that there are.
        """
        if get_language() != self.language:
            raise Http404
        return super().route(request, path_components)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What the template shows; the number of queries does not depend on the content."""
        stories = list(StoryPage.newest(self.language)[: LATEST + 1])
        # In this page's language or not at all: a list never mixes languages.
        lead = self.lead_story and translation_in(self.lead_story, self.language)
        lead = lead or next(iter(stories), None)
        # Numbers that were not sorted by hand stay in the order in which they came, whatever the database does.
        numbers = self.numbers.select_related("infographic__locale").order_by("sort_order", "pk")
        chosen = [number.infographic for number in numbers]
        return super().get_context(request, *args, **kwargs) | {
            "lead": lead,
            "lead_infographic": self._picture_of(lead) if lead else None,
            "numbers": list(in_language(chosen, self.language, locale=self.locale, within=self).values()),
            "stories": [story for story in stories if story != lead][:LATEST],
            "story_index": StoryIndexPage.objects.live().child_of(self).filter(~restricted()).first(),
            "topics": TopicPage.objects.live().child_of(self).filter(~restricted()),
            "news": newest_news(self.language),
            "news_index": list_page(NewsIndexPage, self.language),
            "rights_cards": first_rights_cards(self.language),
            "rights_index": list_page(RightsIndexPage, self.language),
        }

    def _picture_of(self, story: StoryPage) -> InfographicPage | None:
        """The infographic that goes with the story, in this language if it is live in it."""
        chosen = story.lead_infographic
        if chosen is None:
            return None
        return in_language([chosen], self.language, locale=self.locale, within=self).get(chosen.translation_key)


class StoryIndexPage(SitePage):
    """All stories, the newest first."""

    template = "home/story_index.html"
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.StoryPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("list of stories")
        verbose_name_plural = _("lists of stories")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What the template shows; the number of queries does not depend on the content."""
        return super().get_context(request, *args, **kwargs) | {
            "pages": shown(StoryPage.newest(self.language), request)
        }


class InfographicIndexPage(SitePage):
    """All infographics, the newest first."""

    template = "home/infographic_index.html"
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.InfographicPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("list of infographics")
        verbose_name_plural = _("lists of infographics")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What the template shows; the number of queries does not depend on the content."""
        pages = shown(InfographicPage.newest(self.language), request)
        return super().get_context(request, *args, **kwargs) | {"pages": pages}


class TopicPage(SitePage):
    """What the site has on one topic, by the topic's key in the settings."""

    key = models.CharField(_("topic"), max_length=30, choices=topic_choices)

    content_panels = [*SitePage.content_panels, FieldPanel("key")]
    override_translatable_fields = [
        *SitePage.override_translatable_fields,
        SynchronizedField("key", overridable=False),
    ]
    template = "home/topic.html"
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("topic page")
        verbose_name_plural = _("topic pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What the template shows; the number of queries does not depend on the content."""
        return super().get_context(request, *args, **kwargs) | {
            "stories": StoryPage.newest(self.language, self.key),
            "infographics": InfographicPage.newest(self.language, self.key),
            "rights": RightsCardPage.cards(self.language, self.key),
            "rights_index": RightsIndexPage.listed(self.language),
            "news": newest_news(self.language, topic=self.key),
        }


class StandardPage(SitePage):
    """A page of text: about, privacy."""

    body = RichTextField(_("text"), features=TEXT_FEATURES)

    content_panels = [*SitePage.content_panels, FieldPanel("body")]
    template = "home/standard.html"
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("page of text")
        verbose_name_plural = _("pages of text")
