"""What was read on the demo's site: fictional visits of its pages, more of them after each broadcast."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeVar

from django.conf import settings
from wagtail.models import Page

from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.office_time import office_zone
from outreach.tracking.models import Device, PageDay, Source

DAYS = 80
LANGUAGES = {"en": 1.0, "ht": 0.45, "es": 0.4, "fr": 0.25}
LANGUAGE_OTHERWISE = 0.1
KINDS = {"home.homepage": 6.0, "home.storypage": 2.5, "home.infographicpage": 1.5}
"""Visits of a page on an ordinary day, in English, by its kind."""
KIND_OTHERWISE = 0.6
SOURCES = {Source.DIRECT: 36, Source.SEARCH: 27, Source.SOCIAL: 18, Source.SITE: 15, Source.OTHER: 4}
DEVICES = {Device.MOBILE: 71, Device.DESK: 20, Device.UNKNOWN: 9}
AFTER_A_BROADCAST = (34, 16, 9, 5, 3, 2, 1)
"""Visits of its story in English on the day of a broadcast and on the days after it."""
AGAIN, TELLING, ENDING, CRAWLED = 0.18, 0.86, 0.44, 0.2
"""Parts: of visits that open the page once more; of those that tell how far they came; of the latter that reached the
end; of pages and days on which a search engine came."""

K = TypeVar("K")


class Place(NamedTuple):
    """From where and with what somebody reads."""

    source: Source
    broadcast: int | None
    device: Device


def visit(*, chance: random.Random, now: datetime) -> None:
    """Let the pages of the site be read in the weeks before the day of ``now`` (UTC); needs pages and broadcasts."""
    today = now.astimezone(office_zone()).date()
    rows = [
        row
        for page in _counted_pages()
        for day in (today - timedelta(days=ago) for ago in range(DAYS, 0, -1))
        for row in _day(page, day, _led(page, day), chance)
    ]
    PageDay.objects.bulk_create(rows, batch_size=500)


def _counted_pages() -> list[Page]:
    pages = Page.objects.live().filter(alias_of=None).select_related("content_type", "locale")
    counted = [page for page in pages if _kind(page) in settings.COUNTED_PAGES]
    # Not by their numbers, which differ between databases.
    return sorted(counted, key=lambda page: (page.locale.language_code, _kind(page), page.url_path))


def _kind(page: Page) -> str:
    return f"{page.content_type.app_label}.{page.content_type.model}"


def _led(page: Page, day: date) -> dict[int, float]:
    """How many visits each broadcast leads to the page on the day, by the broadcast's number."""
    if _kind(page) != "home.storypage":
        return {}
    found = {}
    for broadcast in Broadcast.objects.filter(is_demo=True, carried__page__translation_key=page.translation_key):
        assert broadcast.started_at
        ago = (day - broadcast.started_at.astimezone(office_zone()).date()).days
        if 0 <= ago < len(AFTER_A_BROADCAST):
            found[broadcast.pk] = AFTER_A_BROADCAST[ago] * _language(page)
    return found


def _language(page: Page) -> float:
    return LANGUAGES.get(page.locale.language_code, LANGUAGE_OTHERWISE)


def _day(page: Page, day: date, led: Mapping[int, float], chance: random.Random) -> Iterator[PageDay]:
    """The rows of one page on one day."""
    usual = KINDS.get(_kind(page), KIND_OTHERWISE) * _language(page)
    places = [Place(_one_of(SOURCES, chance), None, _one_of(DEVICES, chance)) for _visit in _some(usual, chance)]
    for number, mean in led.items():
        places += [Place(Source.BROADCAST, number, _one_of(DEVICES, chance)) for _visit in _some(mean, chance)]
    visits = Counter(places)
    crawled = Place(Source.DIRECT, None, Device.UNKNOWN)
    machine_views = chance.randint(1, 3) if chance.random() < CRAWLED * _language(page) else 0
    for place in sorted({*visits, *([crawled] if machine_views else [])}, key=str):
        number = visits[place]
        is_told = _kind(page) in settings.PAGES_READ_TO_THE_END
        beacons = _part(number, TELLING, chance) if is_told else 0
        yield PageDay(
            day=day,
            page=page,
            language=page.locale.language_code,
            source=place.source,
            broadcast_id=place.broadcast,
            device=place.device,
            views=number + _part(number, AGAIN, chance),
            visits=number,
            machine_views=machine_views if place == crawled else 0,
            beacons=beacons,
            completed=_part(beacons, ENDING, chance),
        )


def _some(mean: float, chance: random.Random) -> Iterable[int]:
    """As many as come where ``mean`` come on average: as many events as fit into a time, each a chance apart."""
    passed, number = chance.expovariate(1.0), 0
    while passed < mean:
        passed, number = passed + chance.expovariate(1.0), number + 1
    return range(number)


def _part(number: int, share: float, chance: random.Random) -> int:
    return sum(chance.random() < share for _each in range(number))


def _one_of(weights: Mapping[K, int], chance: random.Random) -> K:
    return chance.choices(list(weights), list(weights.values()))[0]
