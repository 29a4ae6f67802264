"""What a page tells machines about itself: structured data after schema.org, as JSON-LD.

Every kind of page gives its own description by ``structured_data(frame)`` if it has more to say than
:func:`description` knows; the trail of pages that lead to it is added to all.
"""

import datetime
import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe
from wagtail.blocks import StreamValue
from wagtail.models import Page

from home.frame import Frame
from home.models import HomePage, InfographicPage, StoryPage
from home.models.article import SitePage

Thing = dict[str, Any]
CONTEXT = "https://schema.org"
FILES = [
    ("infographic_table", "text/csv"),
    ("infographic_chart", "image/svg+xml"),
    ("infographic_picture", "image/png"),
]
"""Views by which an infographic can be downloaded, and what they give."""
_ESCAPED = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def as_script(things: Iterable[Thing]) -> SafeString:
    """The things as an element of the page: data that no browser runs and that nothing in it can end."""
    found = list(things)
    if not found:
        return mark_safe("")
    text = json.dumps({"@context": CONTEXT, "@graph": found}, ensure_ascii=False, separators=(",", ":"), default=str)
    return mark_safe(f'<script type="application/ld+json">{text.translate(_ESCAPED)}</script>')


def things(page: SitePage, frame: Frame, *, picture: str = "") -> list[Thing]:
    """What is told of a page; ``picture`` is the address of the one that goes with it where only one can."""
    own = getattr(page, "structured_data", None)
    told = own(frame) if own else description(page, frame, picture=picture)
    return [thing for thing in (told, trail(page, frame)) if thing]


def description(page: SitePage, frame: Frame, *, picture: str = "") -> Thing:
    """What kind of thing the page is, with all that is known of it and nothing that is not."""
    if isinstance(page, HomePage):
        return website(page, frame)
    about = _about(page, frame)
    if picture:
        about["image"] = picture
    if isinstance(page, InfographicPage):
        return dataset(page, frame, about)
    if isinstance(getattr(page, "published", None), datetime.date):
        kind = "Article" if isinstance(page, StoryPage) else "NewsArticle"
        return {
            "@type": kind,
            "headline": page.title[:110],
            "mainEntityOfPage": about["url"],
            **article(page, frame),
            **about,
        }
    return {"@type": "WebPage", "name": page.title, **about}


def _about(page: SitePage, frame: Frame) -> Thing:
    address = page.full_url
    about: Thing = {
        "@id": f"{address}#this",
        "url": address,
        "description": page.summary,
        "inLanguage": page.language,
        "isAccessibleForFree": True,
        "publisher": publisher(frame),
    }
    others = [frame.origin + alternative.url for alternative in frame.alternatives if not alternative.current]
    if others:
        about["workTranslation"] = [{"@type": "CreativeWork", "url": other} for other in others]
    return about


def publisher(frame: Frame) -> Thing:
    """The office behind the site."""
    return {"@type": "Organization", "name": frame.home.title if frame.home else frame.name, "url": frame.origin + "/"}


def article(page: SitePage, frame: Frame) -> Thing:
    """What an article has: its days, its topics, its sources. The office is its author: no person is named."""
    sources = getattr(page, "sources", None)
    told = [_source(block.value) for block in sources] if isinstance(sources, StreamValue) else _one_source(page)
    return {
        "datePublished": _published(page),
        "dateModified": _modified(page),
        "author": publisher(frame),
        "about": [str(settings.TOPICS.get(topic.topic, topic.topic)) for topic in page.topics.all()]
        if hasattr(page, "topics")
        else [],
        "isBasedOn": told,
    }


def _source(value: Any) -> Thing:
    return {"@type": "CreativeWork", "name": value["title"], **({"url": value["url"]} if value.get("url") else {})}


def _one_source(page: SitePage) -> list[Thing]:
    name, address = getattr(page, "source", ""), getattr(page, "source_url", "")
    return [{"@type": "CreativeWork", "name": name, **({"url": address} if address else {})}] if name else []


def _published(page: SitePage) -> str:
    day: datetime.date = page.published
    return day.isoformat()


def _modified(page: SitePage) -> str:
    at = page.last_published_at
    return at.isoformat(timespec="seconds") if at else _published(page)


def dataset(page: InfographicPage, frame: Frame, about: Thing) -> Thing:
    """An infographic as the data that it is, with the files in which it can be had."""
    return {
        "@type": "Dataset",
        "name": page.title,
        "alternateName": page.subtitle,
        "datePublished": _published(page),
        "dateModified": _modified(page),
        "temporalCoverage": page.data_year.replace("–", "/").replace(" ", ""),
        "variableMeasured": [column.label for column in page.table.columns if column.numeric],
        "measurementTechnique": page.note,
        "creator": publisher(frame),
        "isBasedOn": _one_source(page),
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": kind,
                "contentUrl": frame.origin + reverse(view, args=[page.slug]),
            }
            for view, kind in FILES
        ],
        **about,
        "description": f"{page.summary} {page.text_summary}".strip()[:5000],
    }


def website(page: HomePage, frame: Frame) -> Thing:
    """The site in one language, with the address of its search where there is one."""
    told: Thing = {
        "@type": "WebSite",
        "@id": f"{page.full_url}#site",
        "name": page.title,
        "url": page.full_url,
        "description": page.summary,
        "inLanguage": page.language,
        "publisher": publisher(frame),
    }
    try:
        search = frame.origin + reverse("search")
    except NoReverseMatch:
        return told
    target = {"@type": "EntryPoint", "urlTemplate": f"{search}?q={{search_term_string}}"}
    told["potentialAction"] = {
        "@type": "SearchAction",
        "target": target,
        "query-input": "required name=search_term_string",
    }
    return told


def trail(page: SitePage, frame: Frame) -> Thing | None:
    """The pages that lead from the first one to this one."""
    if frame.home is None or page.pk == frame.home.pk:
        return None
    between = [parent for parent in frame_parents(page, frame) if parent.pk not in (frame.home.pk, page.pk)]
    steps: list[Page] = [frame.home, *between, page]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": step.title, "item": step.full_url}
            for place, step in enumerate(steps, 1)
        ],
    }


def frame_parents(page: SitePage, frame: Frame) -> list[Page]:
    """The pages above this one and below the first: known from the menu without a query, where it has them."""
    if page.depth <= 3 or frame.home is None:
        return []
    known = {item.path: item for item in (*frame.menu, *frame.footer)}
    paths = [page.path[: 4 * depth] for depth in range(frame.home.depth + 1, page.depth)]
    if all(path in known for path in paths):
        return [known[path] for path in paths]
    return list(page.get_ancestors().filter(depth__gt=frame.home.depth))
