"""A story: what people did or face, with quotes, pictures, infographics and a source for every figure."""

import hashlib
import json
from functools import cache
from typing import Any
from uuid import UUID

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.fields import StreamField
from wagtail.query import PageQuerySet
from wagtail.search import index

from home.blocks import SourceBlock, StoryBody

from .article import SitePage, Topic, in_language
from .infographic import InfographicPage
from .rights import RightsCardPage, chosen_cards


class StoryTopic(Topic):
    """A topic of a story."""

    page = ParentalKey("home.StoryPage", on_delete=models.CASCADE, related_name="topics")


class StoryPage(SitePage):
    """A story in one language; its translations are pages of their own with the same ``translation_key``."""

    published = models.DateField(_("published on"), default=timezone.localdate)
    body = StreamField(StoryBody(), verbose_name=_("body"), blank=True)
    sources = StreamField([("source", SourceBlock())], verbose_name=_("sources"), blank=True)
    lead_infographic = models.ForeignKey(
        "home.InfographicPage",
        verbose_name=_("lead infographic"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Its picture goes with the story where only one picture can: in lists, messages and shared links."),
    )
    audio = models.ForeignKey(
        "wagtaildocs.Document",
        verbose_name=_("audio"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The story read aloud, as an audio file."),
    )
    audio_seconds = models.PositiveIntegerField(
        _("length of the audio"), null=True, blank=True, help_text=_("In seconds; shown as minutes.")
    )
    campaign = models.ForeignKey(
        "home.CampaignPage",
        verbose_name=_("campaign"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    content_panels = [
        *SitePage.content_panels,
        FieldPanel("published"),
        InlinePanel("topics", label=_("topic"), heading=_("Topics")),
        FieldPanel("lead_infographic"),
        FieldPanel("body"),
        FieldPanel("sources"),
        FieldRowPanel([FieldPanel("audio"), FieldPanel("audio_seconds")], heading=_("Audio")),
        FieldPanel("campaign"),
    ]
    search_fields = [*SitePage.search_fields, index.FilterField("published")]
    template = "home/story.html"
    parent_page_types = ["home.StoryIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")

    @classmethod
    def newest(cls, language: str, topic: str = "") -> PageQuerySet:
        """For lists, which show no body."""
        return super().newest(language, topic).defer_streamfields()

    def chosen_infographics(self) -> list[InfographicPage]:
        """The infographics of the body and the lead one, as they were chosen: mostly in the source language."""
        chosen = [block.value for block in self.body if block.block_type == "infographic" and block.value]
        if self.lead_infographic_id not in {infographic.pk for infographic in chosen} and self.lead_infographic:
            chosen.append(self.lead_infographic)
        return chosen

    def rights_cards(self) -> dict[UUID, RightsCardPage]:
        """The rights cards of the body by ``translation_key``, in the story's language where they are live in it."""
        chosen = [block.value for block in self.body if block.block_type == "rights_card" and block.value]
        return chosen_cards(chosen, self.language)

    def content_hash(self) -> str:
        """Changes if and only if a reader of this page would read something else.

        Over the title, the summary, the body, the sources and what its infographics and rights cards say, as they are
        on this object: on a page from the database that is the live version.
        """
        infographics = in_language(self.chosen_infographics(), self.language, within=self)
        cards = self.rights_cards()
        said = [
            self.title,
            self.summary,
            self.body.get_prep_value(),
            self.sources.get_prep_value(),
            [infographics[key].as_chart() for key in sorted(infographics)],
            *(cards[key].words() for key in sorted(cards)),
        ]
        return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What the template shows; the number of queries does not depend on the story's length."""
        shown, cards = cache(self._shown_infographics), cache(self.rights_cards)
        return super().get_context(request, *args, **kwargs) | {
            # Looked up only where they are drawn: most readers get what is kept.
            "infographics": shown,
            "rights_cards": cards,
            "lead_infographic": lambda: self._lead(shown()),
        }

    def _shown_infographics(self) -> dict[UUID, InfographicPage]:
        """The infographics of the story by ``translation_key``, in its language where they are live in it.

        One that is private is left out, unless whoever may read the story may read it too.
        """
        return in_language(self.chosen_infographics(), self.language, locale=self.locale, within=self)

    def _lead(self, shown: dict[UUID, InfographicPage]) -> InfographicPage | None:
        chosen = (page for page in self.chosen_infographics() if page.pk == self.lead_infographic_id)
        return next((shown.get(page.translation_key) for page in chosen), None)
