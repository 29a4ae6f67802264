"""The pages that lead to the others: home, the two indexes, topics, and plain pages such as *about*."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable
from wagtail_localize.fields import SynchronizedField

from home.blocks import TEXT_FEATURES

from .article import SitePage, topic_choices


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
    subpage_types = ["home.StoryIndexPage", "home.InfographicIndexPage", "home.TopicPage", "home.StandardPage"]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")


class StoryIndexPage(SitePage):
    """All stories, the newest first."""

    template = "home/story_index.html"
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.StoryPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("list of stories")
        verbose_name_plural = _("lists of stories")


class InfographicIndexPage(SitePage):
    """All infographics, the newest first."""

    template = "home/infographic_index.html"
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.InfographicPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("list of infographics")
        verbose_name_plural = _("lists of infographics")


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
