"""What the head of a page says about it: its one address, its translations, how it looks when somebody shares it."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from home import structured
from home.frame import Frame
from home.models.article import SitePage

DEFAULT = "x-default"
KEPT_PARAMETERS = {"page"}
"""Parameters that make another page of an address; all others lead to the same one."""


@dataclass(frozen=True)
class Link:
    """An address in a language, or the one for every other language."""

    language: str
    url: str


@dataclass(frozen=True)
class Meta:
    """``script`` is the structured data as an element; ``picture`` is the address of a PNG, or empty."""

    site: str
    canonical: str
    links: list[Link]
    kind: str
    locale: str
    other_locales: list[str]
    picture: str
    script: SafeString


def meta(request: HttpRequest, frame: Frame, page: SitePage | None, picture: Any = None) -> Meta | None:
    """What is said of a page, or of a view that is none; nothing of an address that leads nowhere."""
    match = getattr(request, "resolver_match", None)
    if page is None and (match is None or match.url_name == "wagtail_serve"):
        return None
    address = str(page.full_url) if page else frame.origin + request.path
    shared = frame.origin + reverse("infographic_picture", args=[picture.slug]) if picture else ""
    part = "" if getattr(page, "published", None) else shown_part(request)
    languages = [alternative.language for alternative in frame.alternatives]
    current = page.language if page else next((one.language for one in frame.alternatives if one.current), "")
    told = structured.things(page, frame, picture=shared) if page else []
    return Meta(
        site=frame.home.title if frame.home else frame.name,
        canonical=address + part,
        links=links(frame, part=part),
        kind="article" if getattr(page, "published", None) else "website",
        locale=open_graph_locale(current),
        other_locales=[open_graph_locale(language) for language in languages if language != current],
        picture=shared,
        script=structured.as_script(told),
    )


def links(frame: Frame, *, part: str = "") -> list[Link]:
    """The addresses in each language, and that for everybody else: in the site's first language where it has it.

    ``part`` is the query of a later part of a list: it has no translation, so nothing is linked.
    """
    if part or not frame.alternatives:
        return []
    found = [Link(one.language, frame.origin + one.url) for one in frame.alternatives]
    return [*found, Link(DEFAULT, default(found))]


def default(found: list[Link]) -> str:
    """The address for a reader whose language the site does not have."""
    by_language = {link.language: link.url for link in found}
    return by_language.get(settings.LANGUAGE_CODE) or found[0].url


def shown_part(request: HttpRequest) -> str:
    """The part of a query that makes another page: the number of a later part of a list."""
    number = request.GET.get("page", "")
    is_later = len(number) < 5 and number.isascii() and number.isdecimal() and int(number) > 1
    return f"?page={int(number)}" if is_later else ""


def open_graph_locale(language: str) -> str:
    """As Open Graph writes a language."""
    return language.replace("-", "_")
