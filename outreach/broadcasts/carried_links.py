"""Which page of a broadcast each link of its messages leads to, so that clicks can be counted by story."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from uuid import UUID

from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from .links import is_own
from .models import Broadcast, Message
from .sources import carried_pages

ELSEWHERE, DISAGREED = "", "?"


@dataclass(frozen=True)
class Leads:
    """Where the links of a broadcast's messages lead.

    ``stories`` has for a message's number and a link's number (from 1) the number of the carried page as it was chosen,
    as text; links that lead elsewhere are not in it. ``cells`` are the channel and language of each message, and
    ``fallback_language`` whose message those get who have none in their own.
    """

    stories: Mapping[tuple[int, int], str]
    cells: Mapping[int, tuple[str, str]]
    fallback_language: str

    def as_rows(self) -> list[tuple[int, int, str]]:
        """Message, link and story of every link that leads to a carried page."""
        return [(message, link, story) for (message, link), story in sorted(self.stories.items())]

    def of_shared(self, *, channel: str | None, language: str | None, link: int | None) -> str:
        """The story of a link that is shared by everybody with this channel and language; ``None`` takes in all.

        Empty where it leads elsewhere, ``"?"`` where the messages that they got disagree.
        """
        on_channel = {pk: cell[1] for pk, cell in self.cells.items() if channel in (None, cell[0])}
        messages = [pk for pk, found in on_channel.items() if language in (None, found)]
        messages = messages or [pk for pk, found in on_channel.items() if found == self.fallback_language]
        found = {self.stories.get((message, link or 0), ELSEWHERE) for message in messages}
        return found.pop() if len(found) == 1 else DISAGREED if found else ELSEWHERE


def pages_of_links(broadcast: Broadcast) -> Leads:
    """Where each link leads today: also a page that moved since, as long as its old address leads on to it."""
    messages = list(Message.objects.filter(broadcast=broadcast).order_by("pk"))
    stories = {page.translation_key: str(page.pk) for page in carried_pages(broadcast)}
    places = _stories_by_path(stories, [target for message in messages for target in message.links if is_own(target)])
    found = {
        (message.pk, number): places[_path(target)]
        for message in messages
        for number, target in enumerate(message.links, start=1)
        if is_own(target) and _path(target) in places
    }
    cells = {message.pk: (message.channel, message.language) for message in messages}
    return Leads(stories=found, cells=cells, fallback_language=broadcast.fallback_language)


def _stories_by_path(stories: Mapping[UUID, str], targets: Iterable[str]) -> dict[str, str]:
    """The addresses of the carried pages in every language, and those that lead on to one."""
    pages = Page.objects.filter(translation_key__in=stories, alias_of=None)
    by_path = {_path(parts[2]): stories[page.translation_key] for page in pages if (parts := page.get_url_parts())}
    old = {Redirect.normalise_path(urlsplit(target).path): _path(target) for target in targets}
    moved = Redirect.objects.filter(old_path__in=old, redirect_page__translation_key__in=stories)
    for redirect in moved.select_related("redirect_page"):
        by_path.setdefault(old[redirect.old_path], stories[redirect.redirect_page.translation_key])
    return by_path


def _path(target: str) -> str:
    return unquote(urlsplit(target).path).rstrip("/")
