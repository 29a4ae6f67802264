"""Loads the demo site: English pages from the content, then a translation of each page where its catalogue is complete.

Loading again adds what is missing and leaves alone what is there, so an editor's changes stay.
"""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

from home.models import HomeNumber, HomePage
from home.models.article import SitePage

from . import build, news, rights
from .campaigns import campaign, campaigns_of_pages
from .content import Content
from .glossary import load_terms
from .translate import LanguageReport, translate


@dataclass
class LoadReport:
    """What a load did: pages that it made in the source language, and what became of each translation."""

    created: int
    languages: list[LanguageReport]


def load(*, content: Content) -> LoadReport:
    """Build what is missing of the demo site.

    Raises :class:`home.demo.content.ContentError` before anything is made if the content contradicts itself.
    """
    for language, _name in settings.LANGUAGES:
        Locale.objects.get_or_create(language_code=language)
    site = SourceSite(content)
    with transaction.atomic():
        site.build()
        load_terms(content)
    languages = []
    for language, _name in settings.LANGUAGES:
        if language != settings.LANGUAGE_CODE:
            with transaction.atomic():
                languages.append(translate(pages=site.pages, language=language, catalogue=content.catalogue(language)))
    return LoadReport(created=site.created, languages=languages)


@dataclass
class SourceSite:
    """The pages in the source language, parents before children; those that are missing are made and published."""

    content: Content
    pages: list[SitePage] = field(default_factory=list)
    created: int = 0

    def build(self) -> None:
        """Make what is missing, parents first."""
        content = self.content
        home = self._home()
        parents = {
            key: self._keep(build.plain_page(key, entry), home) for key, entry in content.section("pages").items()
        }
        for key, entry in content.section("topics").items():
            self._keep(build.topic(key, entry), home)
        cards = {
            key: self._keep(rights.card(key, entry), parents["your-rights"]).pk
            for key, entry in content.section("rights").items()
        }
        campaigns = {
            key: self._keep(campaign(key, entry), home).pk for key, entry in content.section("campaigns").items()
        }
        belongs = campaigns_of_pages(content, campaigns)
        infographics, stories = {}, {}
        for key, entry in content.section("infographics").items():
            page = build.infographic(key, entry, content)
            page.campaign_id = belongs.get(("infographics", key))
            infographics[key] = self._keep(page, parents["infographics"]).pk
        for key, entry in content.section("stories").items():
            story = build.story(key, entry, infographics, cards)
            story.campaign_id = belongs.get(("stories", key))
            stories[key] = self._keep(story, parents["stories"]).pk
        for key, item in news.items(content).items():
            item.campaign_id = belongs.get(("news", key))
            self._keep(item, parents["news"])
        if home.latest_revision_id is None:
            home.lead_story_id = stories[content.home["lead"]]
            home.numbers = [
                HomeNumber(infographic_id=infographics[key], sort_order=place)
                for place, key in enumerate(content.home["numbers"])
            ]
            home.save_revision().publish()

    def _keep(self, page: SitePage, parent: Page) -> SitePage:
        """The page as it is in the database; made and published if it is not there."""
        locale = Locale.get_default()
        kept: SitePage | None = type(page).objects.filter(translation_key=page.translation_key, locale=locale).first()
        if kept is None:
            page.locale = locale
            kept = parent.add_child(instance=page)
            kept.save_revision().publish()
            self.created += 1
        self.pages.append(kept)
        return kept

    def _home(self) -> HomePage:
        """The home page, and the site that begins there; Wagtail's own welcome page makes room for it.

        A new home page is published at the end of the build, when there is something to lead to.
        """
        home = HomePage.objects.filter(translation_key=build.home(self.content).translation_key, depth=2).first()
        if home is None:
            root = Page.get_first_root_node()
            welcome = Page.objects.filter(depth=2, slug="home", content_type__model="page").first()
            if welcome:
                Page.objects.filter(pk=welcome.pk).update(slug="welcome")
            home = root.add_child(instance=build.home(self.content))
            address = urlsplit(settings.SITE_URL)
            Site.objects.update_or_create(
                is_default_site=True,
                defaults={
                    "hostname": address.hostname,
                    "port": address.port or (443 if address.scheme == "https" else 80),
                    "site_name": settings.WAGTAIL_SITE_NAME,
                    "root_page": home,
                },
            )
            if welcome:
                Page.objects.get(pk=welcome.pk).delete()
            self.created += 1
        self.pages.append(home)
        return home
