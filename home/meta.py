"""What the head of a page says about it: its one address, its translations, how it looks when somebody shares it."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from home import structured
from home.frame import Frame
from home.images import renditions, shared
from home.models.article import SitePage

DEFAULT = "x-default"
SIZE = 1200, 630
"""Of an infographic's picture, in pixels."""
KEPT_PARAMETERS = {"page"}
"""Parameters that make another page of an address; all others lead to the same one."""


@dataclass(frozen=True)
class Link:
    """An address in a language, or the one for every other language."""

    language: str
    url: str


@dataclass(frozen=True)
class Meta:
    """``script`` is the structured data as an element, ``picture`` what goes with a shared link.

    ``picture_type`` is its media type.
    """

    site: str
    canonical: str
    links: list[Link]
    kind: str
    locale: str
    other_locales: list[str]
    picture: shared.SharedPicture | None
    picture_type: str
    script: SafeString


def meta(request: HttpRequest, frame: Frame, page: SitePage | None, picture: Any = None) -> Meta | None:
    """What is said of a page, or of a view that is none; nothing of an address that leads nowhere."""
    match = getattr(request, "resolver_match", None)
    if page is None and (match is None or match.url_name == "wagtail_serve"):
        return None
    address = str(page.full_url) if page else frame.origin + request.path
    shown = _infographic(frame, picture) if picture else _photo(frame, page)
    part = "" if getattr(page, "published", None) else shown_part(request)
    languages = [alternative.language for alternative in frame.alternatives]
    current = page.language if page else next((one.language for one in frame.alternatives if one.current), "")
    told = structured.things(page, frame, picture=shown.url if shown else "") if page else []
    return Meta(
        site=frame.home.title if frame.home else frame.name,
        canonical=address + part,
        links=links(frame, part=part),
        kind="article" if getattr(page, "published", None) else "website",
        locale=open_graph_locale(current),
        other_locales=[open_graph_locale(language) for language in languages if language != current],
        picture=shown,
        picture_type="image/png" if picture else "image/jpeg",
        script=structured.as_script(told),
    )


def _infographic(frame: Frame, infographic: Any) -> shared.SharedPicture:
    address = frame.origin + reverse("infographic_picture", args=[infographic.slug])
    return shared.SharedPicture(address, infographic.text_summary, *SIZE)


def _photo(frame: Frame, page: SitePage | None) -> shared.SharedPicture | None:
    if page is None:
        return None
    renditions.find_all([page])
    found = shared.of(page)
    return replace(found, url=urljoin(frame.origin, found.url)) if found else None


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
