"""Who is heard and who is shown in what was published over some days: a trend, not a quota for a page.

Everything is counted once an item, whatever its translations. Genders are those that speakers stated; who stated none
is counted as such and never guessed. Pictures are counted by how their people are shown.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale, Page

from .kinds import kinds
from .people import STATED, pictures, voices

DAYS = 90
"""A rolling quarter: long enough for a small office to have quoted somebody."""

GENDERS = {
    "woman": _("Women"),
    "man": _("Men"),
    "another": _("Another gender"),
    "unstated": _("No gender stated"),
}
FUNCTIONS = {
    "migrant": _("Migrants"),
    "expert": _("Experts"),
    "official": _("Officials"),
    "employer": _("Employers"),
    "host": _("Residents of the host community"),
}
ROLES = {
    "active": _("Active: doing, deciding, speaking"),
    "passive": _("Passive: being helped or looked at"),
    "background": _("In the background"),
}


@dataclass(frozen=True)
class Balance:
    """``voices`` counts people quoted by gender and function, ``roles`` pictures by role, ``authors`` items by author.

    ``items`` is what was published from ``since`` to ``until``, both included, in the office's time zone.
    """

    since: date
    until: date
    items: int
    voices: Counter[tuple[str, str]] = field(default_factory=Counter)
    roles: Counter[str] = field(default_factory=Counter)
    authors: Counter[str] = field(default_factory=Counter)

    @property
    def quoted(self) -> int:
        """People quoted."""
        return self.voices.total()

    @property
    def stated(self) -> int:
        """People quoted who stated a gender."""
        return sum(count for (gender, _function), count in self.voices.items() if gender in STATED)

    @property
    def authors_known(self) -> int:
        """Items of which it is known who wrote them."""
        return self.authors.total() - self.authors[""]

    def of_gender(self, gender: str) -> int:
        """People quoted of a gender."""
        return sum(count for (found, _function), count in self.voices.items() if found == gender)


def balance(*, since: date, until: date, campaign: int | None = None) -> Balance:
    """The balance of what was first published on days from ``since`` to ``until`` and is live now.

    ``campaign`` is the id of a campaign's page in any language. Each item is read in its source language, else in the
    language in which it went live first.
    """
    pages = published(since=since, until=until, campaign=campaign)
    spoken: Counter[tuple[str, str]] = Counter()
    roles: Counter[str] = Counter()
    authors: Counter[str] = Counter()
    for page in pages:
        spoken.update(
            (voice.gender if voice.gender in STATED else "unstated", voice.function) for voice in voices(page)
        )
        roles.update(picture.role for picture in pictures(page) if picture.shows_people)
        authors[(page.owner.get_full_name() or page.owner.get_username()) if page.owner else ""] += 1
    return Balance(since, until, len(pages), spoken, roles, authors)


def last_days(*, day: date, campaign: int | None = None) -> Balance:
    """The balance of the last :data:`DAYS` days, the day included."""
    return balance(since=day - timedelta(days=DAYS - 1), until=day, campaign=campaign)


def before(found: Balance, *, campaign: int | None = None) -> Balance:
    """The balance of as many days before a balance."""
    length = found.until - found.since
    until = found.since - timedelta(days=1)
    return balance(since=until - length, until=until, campaign=campaign)


def published(*, since: date, until: date, campaign: int | None = None) -> Sequence[Page]:
    """One page of each item of the period."""
    zone, source = ZoneInfo(settings.OFFICE_TIME_ZONE), Locale.get_default().pk
    items: dict[Any, list[Page]] = {}
    for kind in kinds():
        pages = of_campaign(kind, campaign).live().filter(alias_of=None, first_published_at__isnull=False)
        for page in pages.select_related("locale", "owner").order_by("first_published_at", "pk"):
            items.setdefault(page.translation_key, []).append(page)
    return [
        min(pages, key=lambda page: page.locale_id != source)
        for pages in items.values()
        if since <= pages[0].first_published_at.astimezone(zone).date() <= until
    ]


def of_campaign(kind: type[Page], campaign: int | None) -> Any:
    """The pages of a kind that belong to a campaign, in every language; all if none is asked for."""
    every = kind._default_manager.all()
    if campaign is None:
        return every
    if not any(found.name == "campaign" for found in kind._meta.get_fields()):
        return every.none()
    keys = Page.objects.filter(pk=campaign).values("translation_key")
    return every.filter(campaign__translation_key__in=keys)


def campaigns() -> list[Page]:
    """The pages of campaigns in the source language, if the site has such pages."""
    model: Any = next((found for found in apps.get_models() if found._meta.label == "home.CampaignPage"), None)
    if model is None:
        return []
    return list(model._default_manager.filter(locale=Locale.get_default(), alias_of=None).order_by("title"))
