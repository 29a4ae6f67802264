"""Template tags of the public site."""

import datetime
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info

from home.charts import Size, draw_inline
from home.formats import write_date
from home.frame import Frame, frame
from home.infographics.downloads import Download, downloads
from home.infographics.downloads import frame_height as height_of_frame
from home.models import InfographicPage, TopicPage
from home.models.article import SitePage

register = template.Library()


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


@register.simple_tag(takes_context=True)
def in_page_language(context: Context, infographic: InfographicPage | None) -> InfographicPage | None:
    """An infographic that a story names, in the story's language where it is published in it."""
    if infographic is None:
        return None
    found: InfographicPage | None = context["infographics"].get(infographic.translation_key)
    return found


@register.simple_tag
def topic_links(page: Any) -> list[tuple[str, str, TopicPage | None]]:
    """The page's topics: key, name, and the page of the topic in its language."""
    keys = [topic.topic for topic in page.topics.all()]
    pages = {
        found.key: found
        for found in TopicPage.objects.live().filter(key__in=keys, locale_id=page.locale_id, alias_of=None)
    }
    return [(key, str(settings.TOPICS.get(key, key)), pages.get(key)) for key in keys]


@register.filter
def first_topic(page: Any) -> str:
    """The key of the page's first topic; empty if it has none."""
    return next((topic.topic for topic in page.topics.all()), "")
