"""News: short dated items from the desk of the office, and the page that lists them by year, place and topic."""

import hashlib
import json
import re
from collections.abc import Iterable
from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, re_path
from wagtail.fields import RichTextField
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField
from wagtail_localize.models import TranslationSource

from home.news.archive import PLACE, TOPIC, YEAR, Archive, Part, archive
from home.news.places import PlaceInput

from .article import SitePage, Topic

NEWS_FEATURES = ["bold", "italic", "ul", "ol", "link", "document-link"]
"""What an editor may do with the text of an item: no headings, it is too short for them."""

LONGEST = 2000
"""So many characters an item may have at most; what needs more is a story."""

PAGE = 20
"""So many items stand on one page of the list."""

LATEST = 4
"""So many other items are offered after one."""

TAKEN = re.compile(r"\d{4}|feed")
"""Addresses below the list of news that are no items: its years and its feed."""


class NewsTopic(Topic):
    """A topic of a news item."""

    page = ParentalKey("home.NewsPage", on_delete=models.CASCADE, related_name="topics")


class NewsPage(SitePage):
    """A short news item in one language: what happened, when and where, with whom, and who says so.

    ``published`` is the day of the news. ``place`` and ``partners`` are written in each language, the source is the
    same in all. ``place_slug`` stands for the place in addresses: from the words of the source language, so that it is
    the same in every language.
    """

    published = models.DateField(
        _("date"), default=timezone.localdate, db_index=True, help_text=_("The day on which it happened or was said.")
    )
    place = models.CharField(
        _("place"),
        max_length=80,
        help_text=_("Where, as readers call it: Roseau, Dominica. Items with the same place are listed together."),
    )
    place_slug = models.SlugField(max_length=80, allow_unicode=True, blank=True, editable=False)
    partners = models.CharField(
        _("partners"), max_length=250, blank=True, help_text=_("The organisations that took part, with commas.")
    )
    body = RichTextField(
        _("text"),
        features=NEWS_FEATURES,
        max_length=LONGEST,
        blank=True,
        help_text=_("A few short paragraphs. What needs more room is a story."),
    )
    source = models.CharField(_("source"), max_length=300, help_text=_("Who said or published it, and when."))
    source_url = models.URLField(_("address of the source"), blank=True)
    campaign = models.ForeignKey(
        "home.CampaignPage",
        verbose_name=_("campaign"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The programme that it belongs to, if it belongs to one."),
    )

    content_panels = [
        *SitePage.content_panels,
        FieldRowPanel([FieldPanel("published"), FieldPanel("place", widget=PlaceInput)], heading=_("When and where")),
        FieldPanel("body"),
        FieldPanel("partners"),
        MultiFieldPanel([FieldPanel("source"), FieldPanel("source_url")], heading=_("Source")),
        InlinePanel("topics", label=_("topic"), heading=_("Topics")),
        FieldPanel("campaign"),
    ]
    override_translatable_fields = [
        *SitePage.override_translatable_fields,
        SynchronizedField("published", overridable=False),
        SynchronizedField("place_slug", overridable=False),
        SynchronizedField("source", overridable=False),
        SynchronizedField("source_url", overridable=False),
    ]
    search_fields = [*SitePage.search_fields, index.FilterField("published")]
    template = "home/news.html"
    parent_page_types = ["home.NewsIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("news item")
        verbose_name_plural = _("news items")

    def content_hash(self) -> str:
        """Changes if and only if a reader of this page would read something else."""
        said = [self.title, self.summary, self.body, self.published, self.place, self.partners]
        said += [self.source, self.source_url]
        return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()

    def clean(self) -> None:
        """Refuse a place that has no letters for an address, and an address that the list itself uses."""
        super().clean()
        errors = {}
        if self.place and not slugify(self.place, allow_unicode=True):
            errors["place"] = _("Write the place in letters.")
        if TAKEN.fullmatch(self.slug or ""):
            errors["slug"] = _("This address leads to a part of the list of news. Add a word to it.")
        if errors:
            raise ValidationError(errors)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep what stands for the place in addresses; a translation takes it over from its source."""
        if not self.place_slug or not self.is_translation():
            self.place_slug = slugify(self.place, allow_unicode=True)[:80]
        super().save(*args, **kwargs)

    def is_translation(self) -> bool:
        """Whether it was translated from an item in another language."""
        return bool(
            TranslationSource.objects.filter(object_id=self.translation_key).exclude(locale=self.locale_id).exists()
        )

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What the template shows; the number of queries does not depend on the content."""
        return super().get_context(request, *args, **kwargs) | {
            "news": NewsPage.newest(self.language).exclude(pk=self.pk)[:LATEST],
            "news_index": self.get_parent(),
        }


class NewsIndexPage(RoutablePageMixin, SitePage):
    """All news, the newest first, and below its address the news of each year, place and topic."""

    template = "home/news_index.html"
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.NewsPage"]
    max_count_per_parent = 1
    admin_default_ordering = "-published"

    part: Part | None = None
    """What of the news is shown; ``None`` for all."""

    class Meta:
        verbose_name = _("list of news")
        verbose_name_plural = _("lists of news")

    @re_path(r"^(?P<key>[0-9]{4})/$", name=YEAR)
    def year(self, request: HttpRequest, key: str) -> HttpResponse:
        """The news of a year."""
        return self.show(request, YEAR, key)

    @re_path(r"^place/(?P<key>[-\w]+)/$", name=PLACE)
    def place(self, request: HttpRequest, key: str) -> HttpResponse:
        """The news from a place."""
        return self.show(request, PLACE, key)

    @re_path(r"^topic/(?P<key>[-\w]+)/$", name=TOPIC)
    def topic(self, request: HttpRequest, key: str) -> HttpResponse:
        """The news on a topic."""
        return self.show(request, TOPIC, key)

    def show(self, request: HttpRequest, kind: str, key: str) -> HttpResponse:
        """A part of the news; 404 where nothing belongs to it."""
        part = self.archive().find(kind, key)
        if part is None:
            raise Http404
        shown: HttpResponse = self.narrowed(part).render(request)
        return shown

    def archive(self) -> Archive:
        """How the news in this page's language is divided."""
        return archive(NewsPage.newest(self.language))

    def narrowed(self, part: Part) -> "NewsIndexPage":
        """This page as it shows a part of the news: with a title and an address of its own, and never saved."""
        page = copy(self)
        page.part = part
        page.title = gettext("%(list)s: %(part)s") % {"list": self.title, "part": part.name}
        page.summary = ngettext("%(count)d news item.", "%(count)d news items.", part.count) % {"count": part.count}
        return page

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[Any, str, str] | None:
        """The address of what is shown."""
        parts = super().get_url_parts(request)
        if parts and parts[2] and self.part:
            return parts[0], parts[1], parts[2] + self.part.path
        return parts

    def shown_translations(self) -> Iterable[SitePage]:
        """Of a part of the news, the languages in which something belongs to it."""
        translations = super().shown_translations()
        if self.part is None:
            return translations
        news = NewsPage.objects.live().public().filter(alias_of=None)
        having = set(self.part.of(news).values_list("locale", flat=True))
        return [page.narrowed(self.part) for page in translations if page.locale_id in having]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What the template shows; the number of queries does not depend on the content."""
        news, address = NewsPage.newest(self.language), self.get_url(request) or ""
        return super().get_context(request, *args, **kwargs) | {
            "archive": archive(news),
            "all_news": address.removesuffix(self.part.path) if self.part else address,
            "news": Paginator(self.part.of(news) if self.part else news, PAGE).get_page(request.GET.get("page")),
        }
