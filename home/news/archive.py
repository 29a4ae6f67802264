"""The archive of the news in one language: by year, by place, by topic."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.db.models import Count, Max
from wagtail.query import PageQuerySet

YEAR, PLACE, TOPIC = "year", "place", "topic"
"""What the archive is divided by."""


@dataclass(frozen=True)
class Part:
    """The news of one year, from one place or on one topic; ``key`` is what its address says."""

    kind: str
    key: str
    name: str
    count: int

    @property
    def path(self) -> str:
        """Its address below that of all news."""
        return f"{self.key}/" if self.kind == YEAR else f"{self.kind}/{quote(self.key)}/"

    def of(self, news: PageQuerySet) -> PageQuerySet:
        """Those of ``news`` that belong to it."""
        match self.kind:
            case "year":
                return news.filter(published__year=int(self.key))
            case "place":
                return news.filter(place_slug=self.key)
            case _:
                return news.filter(topics__topic=self.key)


@dataclass(frozen=True)
class Archive:
    """Every part that has news: years with the latest first, places and topics with the most news first."""

    years: list[Part]
    places: list[Part]
    topics: list[Part]

    def find(self, kind: str, key: str) -> Part | None:
        """The part with this address, or ``None`` where nothing is."""
        parts: Iterable[Part] = {YEAR: self.years, PLACE: self.places, TOPIC: self.topics}[kind]
        return next((part for part in parts if part.key == key), None)


def archive(news: PageQuerySet) -> Archive:
    """How ``news`` is divided. Three queries, however many there are."""
    news = news.order_by()
    years = news.values_list("published__year").annotate(Count("pk"))
    places = news.values_list("place_slug").annotate(Max("place"), Count("pk"))
    topics = news.exclude(topics=None).values_list("topics__topic").annotate(Count("pk"))
    return Archive(
        years=[Part(YEAR, str(year), str(year), count) for year, count in sorted(years, reverse=True)],
        places=most_first(Part(PLACE, slug, place, count) for slug, place, count in places),
        topics=most_first(Part(TOPIC, key, str(settings.TOPICS.get(key, key)), count) for key, count in topics),
    )


def most_first(parts: Iterable[Part]) -> list[Part]:
    """Those with the most news first, else by name."""
    return sorted(parts, key=lambda part: (-part.count, part.name))
