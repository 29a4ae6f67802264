"""Template tags of the public site."""

import datetime
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info
from wagtail.models import Page

from home.charts import Size, draw_inline
from home.formats import write_date
from home.frame import Frame, frame
from home.images import renditions
from home.infographics.downloads import Download, downloads
from home.infographics.downloads import frame_height as height_of_frame
from home.models import InfographicPage, RightsCardPage, StoryPage, TopicPage
from home.models.article import SitePage, restricted
from home.reading import reading_minutes
from home.related import related_stories

register = template.Library()

SMALL_CHART = 15_000
"""So many bytes of a chart's drawing are worth their weight in low-data mode."""


@register.simple_tag(takes_context=True)
def site_frame(context: Context) -> Frame | None:
    """The frame of the page that is shown; ``None`` where there is no request, as on the page for a server error."""
    request, page = context.get("request"), context.get("page")
    if request is None:
        return None
    if not hasattr(request, "_site_frame"):
        request._site_frame = frame(request, page if isinstance(page, SitePage) else None)
    found: Frame = request._site_frame
    return found


@register.simple_tag
def text_direction(language: str | None = None) -> str:
    """``rtl`` or ``ltr``, from what Django knows of the language."""
    return "rtl" if get_language_info(language or get_language() or settings.LANGUAGE_CODE)["bidi"] else "ltr"


@register.filter
def long_date(date: datetime.date) -> str:
    """The date in full, as the active language writes it."""
    return write_date(date, get_language() or settings.LANGUAGE_CODE)


@register.simple_tag
def chart(infographic: InfographicPage, size: str) -> SafeString:
    """The infographic's chart as an SVG element, ``narrow`` or ``wide``."""
    return mark_safe(draw_inline(infographic.as_chart(), Size[size.upper()]))


@register.simple_tag(takes_context=True)
def infographic_files(context: Context, infographic: InfographicPage) -> list[Download]:
    """The downloads of an infographic; with their sizes on its own page, as a story may show many infographics."""
    return downloads(infographic, measured=context.get("page") == infographic)


@register.filter
def frame_height(infographic: InfographicPage) -> int:
    """How high a frame for the embedded infographic has to be, in pixels."""
    return height_of_frame(infographic)


@register.simple_tag
def find_pictures(page: SitePage) -> str:
    """Looks up all sizes of the page's pictures at once, before they are shown; gives nothing."""
    renditions.find_all([page])
    return ""


@register.simple_tag(takes_context=True)
def in_page_language(context: Context, infographic: InfographicPage | None) -> InfographicPage | None:
    """An infographic that a story names, in the story's language where it is published in it."""
    if infographic is None:
        return None
    found: InfographicPage | None = context["infographics"]().get(infographic.translation_key)
    return found


@register.simple_tag(takes_context=True)
def rights_card(context: Context, card: RightsCardPage | None) -> RightsCardPage | None:
    """A rights card that a story names, in the story's language where it is published in it."""
    return context["rights_cards"]().get(card.translation_key) if card else None


@register.simple_tag
def topic_links(page: SitePage) -> list[tuple[str, str, TopicPage | None]]:
    """The page's topics: key, name, and the page of the topic in its language; none for a kind without topics."""
    keys = page.topic_keys
    if not keys:
        return []
    found = TopicPage.objects.live().filter(~restricted(), key__in=keys, locale_id=page.locale_id, alias_of=None)
    pages = {topic.key: topic for topic in found}
    return [(key, str(settings.TOPICS.get(key, key)), pages.get(key)) for key in keys]


@register.filter
def first_topic(page: SitePage) -> str:
    """The key of the page's first topic; empty if it has none."""
    return next(iter(page.topic_keys), "")


@register.filter
def stands_below(page: Any, other: Page) -> bool:
    """Whether the page is a part of the other one, as a story is of the list of stories."""
    return isinstance(page, Page) and page.path.startswith(other.path) and page.pk != other.pk


@register.simple_tag(name="reading_minutes")
def minutes_to_read(page: SitePage) -> int:
    """Whole minutes that the page takes to read; at least one."""
    return reading_minutes(page=page)


@register.simple_tag
def next_stories(page: SitePage) -> list[StoryPage]:
    """What a reader of the page may want to read next, in its language."""
    return related_stories(page=page)


@register.simple_tag(takes_context=True)
def campaign_of(context: Context, page: Any) -> Page | None:
    """The page of the campaign that a page belongs to, in the page's language; ``None`` where it is not live in it."""
    campaign, frame = getattr(page, "campaign", None), site_frame(context)
    if not campaign or not frame:
        return None
    return next((child for child in frame.children if child.translation_key == campaign.translation_key), None)


@register.simple_tag
def language_name(code: str) -> str:
    """The language, named in itself."""
    return dict(settings.LANGUAGES).get(code, code)


@register.filter
def clock(seconds: int) -> str:
    """A length of time as ``4:05``."""
    return f"{seconds // 60}:{seconds % 60:02}"


@register.simple_tag
def small_chart(infographic: InfographicPage) -> SafeString:
    """The chart for a phone if it is small; else nothing."""
    drawn = draw_inline(infographic.as_chart(), Size.NARROW)
    return mark_safe(drawn if len(drawn.encode()) <= SMALL_CHART else "")


@register.filter
def topic_name(key: str) -> str:
    """The name of a topic, by its key; empty for none."""
    return str(settings.TOPICS.get(key, ""))
