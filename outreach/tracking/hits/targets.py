"""Where links lead, without asking the database at each click: each process remembers the links of a message a while.

They were frozen when sending began and never change, but their broadcast may be deleted. Errors: :class:`NoTarget`.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.db import DatabaseError
from django.utils.encoding import iri_to_uri

from outreach.broadcasts.links import is_own
from outreach.broadcasts.models import Message
from outreach.tracking.models import Drop
from outreach.tracking.web.sources import with_reference

logger = logging.getLogger(__name__)

V = TypeVar("V")

HONEYPOT = 0
"""The number of the link that no reader can see."""
MOST_MESSAGES = 4096
MISSING_SECONDS = 10.0
"""For so long a message that was not there, or was not frozen yet, is not looked for again."""
KNOWN_SECONDS = 300.0
"""For so long a link may still lead on after its broadcast was deleted."""


class NoTarget(LookupError):
    """The link leads nowhere; ``reason`` says why."""

    def __init__(self, reason: Drop.Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class Known:
    """The links of a message, and until when they need not be read again."""

    links: tuple[str, ...]
    until: float


class Targets:
    """What one process remembers; ``clock`` gives seconds, which only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[int, Known] = {}
        self._missing: dict[int, float] = {}

    def find(self, message: int, link: int) -> str:
        """Where link number ``link`` (from 1) of a message leads, ready for a header; raises :class:`NoTarget`.

        A link to our own site says which broadcast led there. The honeypot leads to the site's beginning.
        """
        known, now = self._known.get(message), self._clock()
        if known is None:
            links = self._read(message, now)
        else:
            links = known.links if now < known.until else self._renewed(message, known.links, now)
        if not 0 <= link < len(links):
            raise NoTarget(Drop.Reason.LINK)
        return links[link]

    def _renewed(self, message: int, links: tuple[str, ...], now: float) -> tuple[str, ...]:
        """The links read again; what is known holds while one thread asks, and while the database does not answer."""
        self._known[message] = Known(links, now + MISSING_SECONDS)
        try:
            return self._read(message, now)
        except NoTarget:
            self._known.pop(message, None)
            raise
        except DatabaseError:
            logger.exception("the links of a message could not be read again")
            return links

    def _read(self, message: int, now: float) -> tuple[str, ...]:
        if self._missing.get(message, 0.0) > now:
            raise NoTarget(Drop.Reason.GONE)
        frozen = Message.objects.filter(pk=message, rendered__isnull=False)
        row = frozen.values_list("broadcast", "links").first()
        if row is None:
            _bounded(self._missing)[message] = now + MISSING_SECONDS
            raise NoTarget(Drop.Reason.GONE)
        broadcast, links = row
        addresses = [with_reference(target, broadcast) if is_own(target) else target for target in links]
        known = tuple(iri_to_uri(address) for address in (f"{settings.SITE_URL}/", *addresses))
        _bounded(self._known)[message] = Known(known, now + KNOWN_SECONDS)
        return known

    def forget(self) -> None:
        """Read everything again."""
        self._known.clear()
        self._missing.clear()


def _bounded(kept: dict[int, V]) -> dict[int, V]:
    while len(kept) >= MOST_MESSAGES:
        kept.pop(next(iter(kept)), None)
    return kept


targets = Targets()
"""Of this process."""
