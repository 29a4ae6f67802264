"""The only door to the site: the stories, infographics and news of a broadcast, in each language that has them.

A page that is not for everybody, by its own setting or that of one above it, counts as not published here.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from wagtail.models import Page, Site
from wagtail.query import PageQuerySet

from home.models import InfographicPage, NewsPage, StoryPage
from home.models.article import restricted

from .models import Broadcast

P = TypeVar("P", bound=Page)
CarriedKind = StoryPage | InfographicPage | NewsPage
KINDS: tuple[type[StoryPage] | type[InfographicPage] | type[NewsPage], ...] = (StoryPage, InfographicPage, NewsPage)
"""The kinds of page that a broadcast can carry."""
NAMES: dict[type[Page], str] = {StoryPage: "story", InfographicPage: "infographic", NewsPage: "news"}
"""What each kind is called where texts differ by kind."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A page in one language; ``kind`` is one of ``NAMES``, ``picture`` the infographic that goes with it, if any."""

    number: int
    title: str
    summary: str
    address: str
    content_hash: str
    kind: str
    picture: InfographicPage | None


@dataclass(frozen=True, slots=True)
class Source:
    """What a text is drawn from in one language: at least one page, in the broadcast's order.

    ``missing`` are the titles of those pages of the broadcast that are not published in it.
    """

    language: str
    pages: tuple[Carried, ...]
    missing: tuple[str, ...]

    @property
    def content_hash(self) -> str:
        """Changes with the content of a page, and when one is added, moved or taken out."""
        if len(self.pages) == 1:
            return self.pages[0].content_hash
        return hashlib.sha256("\n".join(page.content_hash for page in self.pages).encode()).hexdigest()


def carried_pages(broadcast: Broadcast) -> list[Page]:
    """The pages as they were chosen, in their order."""
    if broadcast.pk is None:
        return []
    return [carried.page for carried in broadcast.carried.select_related("page__locale")]


def sources(broadcast: Broadcast) -> dict[str, Source]:
    """What texts can be drawn from by language, in the order of the site's languages; empty where nothing is live."""
    chosen = carried_pages(broadcast)
    live = _live_translations({page.translation_key for page in chosen})
    found = {}
    for language, _name in settings.LANGUAGES:
        pages = [live.get((page.translation_key, language)) for page in chosen]
        if any(pages):
            found[language] = Source(
                language=language,
                pages=tuple(_carried(page) for page in pages if page),
                missing=tuple(page.title for page, there in zip(chosen, pages, strict=True) if not there),
            )
    return found


def _published(kind: type[CarriedKind]) -> PageQuerySet:
    return kind.objects.live().filter(~restricted(), alias_of=None)


def _live_translations(keys: Iterable[UUID]) -> dict[tuple[UUID, str], CarriedKind]:
    return {
        (page.translation_key, page.locale.language_code): page
        for kind in KINDS
        for page in _published(kind).filter(translation_key__in=keys).select_related("locale")
    }


def _carried(page: CarriedKind) -> Carried:
    return Carried(
        number=page.pk,
        title=page.title,
        summary=page.summary,
        address=_address(page),
        content_hash=page.content_hash(),
        kind=NAMES[type(page)],
        picture=_picture(page),
    )


def _picture(page: CarriedKind) -> InfographicPage | None:
    match page:
        case StoryPage():
            infographic: InfographicPage | None = page.lead_infographic
            return infographic
        case InfographicPage():
            return page
        case _:
            return None


def shown_infographic(page: InfographicPage | None, *, language: str) -> InfographicPage | None:
    """The infographic as it is published in ``language``, else as it is published itself; ``None`` if it is not."""
    if page is None:
        return None
    found: list[InfographicPage] = list(_as_drawn(page, language).filter(~restricted()))
    return _preferred(found, language)


def is_withheld(page: InfographicPage, *, language: str, content_hash: str) -> bool:
    """Whether a picture drawn from ``page`` for ``language`` must not be shown, as its infographic is private now.

    ``content_hash`` is that of the infographic when the picture was drawn. One that is not published any more does not
    withhold it.
    """
    found = list(_as_drawn(page, language).annotate(is_private=restricted()))
    private = [each for each in found if each.is_private]
    return bool(private) and (private == found or any(each.content_hash() == content_hash for each in private))


def _as_drawn(page: InfographicPage, language: str) -> PageQuerySet:
    """The live pages from which a picture may be drawn: that in ``language``, and the page itself."""
    translated = Q(translation_key=page.translation_key, locale__language_code=language, alias_of=None)
    return InfographicPage.objects.live().filter(Q(pk=page.pk) | translated).select_related("locale")


def _preferred(pages: list[P], language: str) -> P | None:
    """The page in ``language``, else the first."""
    return next((page for page in pages if page.locale.language_code == language), next(iter(pages), None))


def newest_pages(number: int) -> list[CarriedKind]:
    """The newest pages that can be carried, in the site's first language."""
    found = [
        page
        for kind in KINDS
        for page in _published(kind)
        .filter(locale__language_code=settings.LANGUAGE_CODE)
        .order_by("-published", "-pk")[:number]
    ]
    return sorted(found, key=lambda page: (page.published, page.pk), reverse=True)[:number]


def infographics(*, language: str) -> list[InfographicPage]:
    """Every published infographic once, the newest first: in ``language``, else in the site's first, else in any."""
    wanted = [language, settings.LANGUAGE_CODE]
    pages = _published(InfographicPage).select_related("locale").order_by("-published", "-pk")
    found: dict[UUID, InfographicPage] = {}
    for page in sorted(pages, key=lambda page: wanted.index(page.language) if page.language in wanted else len(wanted)):
        found.setdefault(page.translation_key, page)
    return sorted(found.values(), key=lambda page: (page.published, page.pk), reverse=True)


def page_address(number: int, *, language: str) -> str | None:
    """The full address of a published page: its translation into ``language`` if there is one, else the page itself.

    ``None`` where neither is published.
    """
    page = Page.objects.filter(pk=number).first()
    if page is None:
        return None
    translated = Q(locale__language_code=language, alias_of=None)
    pages = page.get_translations(inclusive=True).filter(~restricted(), Q(pk=page.pk) | translated, live=True)
    found = _preferred(list(pages.select_related("locale")), language)
    return _address(found) if found else None


def is_private(page: Page) -> bool:
    """Whether the page is not for everybody; one that only repeats another's words is as private as that."""
    return bool(Page.objects.filter(restricted(), pk__in=[page.pk, page.alias_of_id or page.pk]).exists())


def campaign_name(language: str) -> str:
    """The title of the site's home page in ``language``, or of its original."""
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None:
        return str(settings.WAGTAIL_SITE_NAME)
    translated = site.root_page.get_translations().live().filter(~restricted(), locale__language_code=language).first()
    return str((translated or site.root_page).title)


def _address(page: Page) -> str:
    return f"{settings.SITE_URL}{page.get_url_parts()[2]}" if page.get_url_parts() else ""
