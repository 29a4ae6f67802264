"""Atom feeds in each language: everything that has a date, what is on one topic, and the news alone."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from itertools import chain
from typing import Any
from uuid import uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from home.models import HomePage, InfographicPage, NewsIndexPage, NewsPage, StoryPage, TopicPage
from home.models.article import SitePage
from home.readable import readable

DATED: tuple[type[StoryPage] | type[InfographicPage] | type[NewsPage], ...] = (StoryPage, InfographicPage, NewsPage)
"""The kinds of page that a feed tells of."""

NEWEST = 30
"""So many entries a feed has."""

AN_HOUR = 3600

Entry = StoryPage | InfographicPage | NewsPage


class Atom(Atom1Feed):
    """Atom (RFC 4287) with the full text of entries that are short enough, and a time of its own while it is empty."""

    def latest_post_date(self) -> datetime:
        """When the feed changed last."""
        latest: datetime = super().latest_post_date() if self.items else self.feed["begun"]
        return latest

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """The entry, with its text as HTML whose addresses begin at the site's."""
        super().add_item_elements(handler, item)
        if item["content"]:
            handler.addQuickElement("content", item["content"], {"type": "html", "xml:base": self.feed["base"]})


def identity(page: SitePage, *more: str) -> str:
    """What names a page in a language for ever, whatever becomes of its address."""
    return uuid5(page.translation_key, ".".join([page.language, *more])).urn


def write(*, about: SitePage, site_name: str, address: str, entries: Iterable[Entry], request: HttpRequest) -> Atom:
    """The feed of ``entries``; ``about`` is the page that shows the same to readers, ``address`` the feed's own."""
    whole = about.title == site_name
    base = about.get_url_parts(request)[1]
    feed = Atom(
        title=readable(site_name if whole else _("%(site)s: %(part)s") % {"site": site_name, "part": about.title}),
        subtitle=readable(about.summary),
        link=about.get_full_url(request),
        description=None,
        language=about.language,
        author_name=readable(site_name),
        feed_url=base + address,
        feed_guid=identity(about, "feed"),
        base=base,
        begun=about.last_published_at or about.latest_revision_created_at,
    )
    for page in entries:
        day = datetime.combine(page.published, time(), ZoneInfo(settings.OFFICE_TIME_ZONE))
        text = render_to_string("home/feed_text.html", {"page": page}) if isinstance(page, NewsPage) else ""
        feed.add_item(
            title=readable(page.title),
            link=page.get_full_url(request),
            description=readable(escape(page.summary)),
            unique_id=identity(page),
            pubdate=day,
            updateddate=page.last_published_at or day,
            categories=[topic.topic for topic in page.topics.all()],
            content=readable(text.strip()),
        )
    return feed


def newest(kinds: Sequence[type[Entry]], *, language: str, topic: str = "") -> list[Entry]:
    """The newest pages of these kinds in a language. Two queries a kind."""
    found: Iterable[Entry] = chain.from_iterable(kind.newest(language, topic)[:NEWEST] for kind in kinds)
    return sorted(found, key=lambda page: (page.published, page.first_published_at), reverse=True)[:NEWEST]


def of_language(model: type[SitePage], **only: Any) -> SitePage:
    """The live page of a kind in the language of the address; 404 where there is none."""
    pages = model._default_manager.live().public().filter(locale__language_code=get_language(), alias_of=None, **only)
    page: SitePage | None = pages.select_related("locale").first()
    if page is None:
        raise Http404
    return page


def answer(
    request: HttpRequest, *, about: SitePage, site_name: str, address: str, entries: list[Entry]
) -> HttpResponse:
    """The feed, or 304 for a reader that has it already."""
    feed = write(about=about, site_name=site_name, address=address, entries=entries, request=request)
    text = feed.writeString("utf-8").encode()
    etag, changed = f'"{hashlib.sha256(text).hexdigest()[:32]}"', int(feed.latest_post_date().timestamp())
    response = HttpResponse(text, content_type=feed.content_type)
    response["ETag"], response["Last-Modified"] = etag, http_date(changed)
    patch_cache_control(response, public=True, max_age=AN_HOUR)
    given = get_conditional_response(request, etag=etag, last_modified=changed, response=response)
    assert given is not None
    return given


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """Stories, infographics and news in the language of the address."""
    home = of_language(HomePage, depth=2)
    entries = newest(DATED, language=home.language)
    return answer(request, about=home, site_name=home.title, address=reverse("feed"), entries=entries)


@require_safe
def topic(request: HttpRequest, topic: str) -> HttpResponse:
    """Stories, infographics and news on a topic; 404 where the topic has no page in the language."""
    home, about = of_language(HomePage, depth=2), of_language(TopicPage, key=topic)
    entries = newest(DATED, language=home.language, topic=topic)
    address = reverse("topic_feed", args=[topic])
    return answer(request, about=about, site_name=home.title, address=address, entries=entries)


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """The news, each with its whole text."""
    home, about = of_language(HomePage, depth=2), of_language(NewsIndexPage)
    entries = newest([NewsPage], language=home.language)
    return answer(request, about=about, site_name=home.title, address=reverse("news_feed"), entries=entries)
