"""Asks the addresses of a message whether they answer, without letting anybody reach into our own network.

Each name is resolved here, and the connection goes to a number that was looked at, so a name can't change its mind in
between. Redirects are followed by the same rule. This site's own addresses are not asked: ``own_links`` knows them.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urljoin

import httpcore
import httpx
from asgiref.sync import async_to_sync
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from .links import is_own, is_public
from .own_links import look_at

SECONDS, MOST_LINKS, MOST_REDIRECTS, AT_ONCE = 5.0, 20, 4, 6
"""How long one address may take with its redirects, and how many of each."""

PORTS = frozenset({80, 443, 8080, 8443})
"""Where web servers listen; a port that is none would make the check a scanner."""

REDIRECTS, SHY = frozenset({301, 302, 303, 307, 308}), frozenset({401, 403, 405, 406, 429, 503, 999})
"""Answers that lead on, and those by which sites turn programs away."""

HEADERS = [("User-Agent", "Mozilla/5.0 (compatible; link check)"), ("Accept", "*/*")]

Number = ipaddress.IPv4Address | ipaddress.IPv6Address
Allowed = Callable[[Number, int], bool]
LookUp = Callable[..., Sequence[tuple[Any, ...]]]
"""Called as :func:`socket.getaddrinfo` is."""

_names = ThreadPoolExecutor(max_workers=MOST_LINKS, thread_name_prefix="names")
"""Looks names up. The loop's own threads are waited for when it ends, however long a name server takes."""


class Answer(TextChoices):
    """What came of asking one address."""

    FINE = "fine", gettext_lazy("It answers")
    MOVED = "moved", gettext_lazy("It has moved")
    BROKEN = "broken", gettext_lazy("It does not answer")
    UNSURE = "unsure", gettext_lazy("It lets no program look")
    NOT_ASKED = "not_asked", pgettext_lazy("a link", "Not asked")


@dataclass(frozen=True)
class Checked:
    """One address and what came of it; ``detail`` is a sentence for the editor."""

    target: str
    answer: Answer
    detail: str


class Closed(Exception):
    """The address leads to a place that must not be asked."""


def public_web(number: Number, port: int) -> bool:
    """Only public numbers, and only the ports of web servers."""
    return is_public(number) and port in PORTS


def check_links(
    targets: Iterable[str],
    *,
    allowed: Allowed = public_web,
    look_up: LookUp = socket.getaddrinfo,
    seconds: float = SECONDS,
) -> list[Checked]:
    """What each of ``targets`` answers, in their order; those after the first :data:`MOST_LINKS` are not asked.

    ``allowed`` says to which numbers and ports a connection may go, ``look_up`` which numbers a name has. No error is
    raised for an address.
    """
    given = list(dict.fromkeys(targets))
    known = {target: _own(target) for target in given if is_own(target)}
    others = [target for target in given if target not in known]
    asked = async_to_sync(_ask_all)(others[:MOST_LINKS], allowed, look_up, seconds)
    known |= {checked.target: checked for checked in asked}
    too_many = _("Only the first %(count)d are asked: open it yourself.") % {"count": MOST_LINKS}
    return [known.get(target) or Checked(target, Answer.NOT_ASKED, too_many) for target in given]


def _own(target: str) -> Checked:
    place = look_at(target)
    if place.why_nowhere:
        return Checked(target, Answer.BROKEN, place.why_nowhere)
    if place.is_unknown:
        return Checked(target, Answer.NOT_ASKED, "")
    return Checked(target, Answer.FINE, _("A page of this site."))


async def _ask_all(targets: Sequence[str], allowed: Allowed, look_up: LookUp, seconds: float) -> list[Checked]:
    turns = asyncio.Semaphore(AT_ONCE)

    async def ask(target: str) -> Checked:
        async with turns, httpcore.AsyncConnectionPool(network_backend=GuardedBackend(allowed, look_up)) as pool:
            return await _ask(pool, target, seconds)

    return list(await asyncio.gather(*(ask(target) for target in targets)))


async def _ask(pool: httpcore.AsyncConnectionPool, target: str, seconds: float) -> Checked:
    try:
        async with asyncio.timeout(seconds):
            status, place = await _followed(pool, target)
    except Closed:
        return Checked(target, Answer.BROKEN, _("It leads to a closed network, which is not asked."))
    except TimeoutError:
        return Checked(target, Answer.BROKEN, _("There was no answer within %(count)d seconds.") % {"count": seconds})
    except OSError:
        return Checked(target, Answer.BROKEN, _("There is no such site."))
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException):
        return Checked(target, Answer.BROKEN, _("The connection is not safe or was cut: open it in a browser."))
    except (httpx.InvalidURL, httpcore.UnsupportedProtocol, ValueError):
        return Checked(target, Answer.BROKEN, _("It leads on to something that is no web page."))
    return _told(target, status, place)


def _told(target: str, status: int, place: str) -> Checked:
    if status in SHY:
        return Checked(target, Answer.UNSURE, _("Answer %(status)d: open it in a browser.") % {"status": status})
    if status >= 400:
        return Checked(target, Answer.BROKEN, _("Answer %(status)d.") % {"status": status})
    if status >= 300:
        return Checked(target, Answer.BROKEN, _("It leads from address to address without an end."))
    if place != target:
        return Checked(target, Answer.MOVED, _("It leads on to %(place)s.") % {"place": place[:200]})
    return Checked(target, Answer.FINE, _("Answer %(status)d.") % {"status": status})


async def _followed(pool: httpcore.AsyncConnectionPool, target: str) -> tuple[int, str]:
    """The status at the end of the redirects, and the address there."""
    place = target
    for _turn in range(MOST_REDIRECTS + 1):
        status, location = await _status(pool, place)
        if status not in REDIRECTS or not location:
            return status, place
        place = urljoin(place, location)
    return status, place


async def _status(pool: httpcore.AsyncConnectionPool, place: str) -> tuple[int, str]:
    """The status of a HEAD, or of a GET where that is refused, and where a redirect leads; no body is read."""
    address = str(httpx.URL(place).copy_with(fragment=None))
    for method in ("HEAD", "GET"):
        async with pool.stream(method, address, headers=HEADERS) as response:
            if response.status < 400 or method == "GET":
                headers = {name.lower(): value for name, value in response.headers}
                return response.status, headers.get(b"location", b"").decode("utf-8", "replace")
    raise AssertionError("a GET was made")


class GuardedBackend(httpcore.AnyIOBackend):
    """Connects to a name only through numbers that are allowed, all of them."""

    def __init__(self, allowed: Allowed, look_up: LookUp) -> None:
        super().__init__()
        self._allowed, self._look_up = allowed, look_up

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """See :class:`httpcore.AsyncNetworkBackend`; raises :class:`Closed`, and ``OSError`` for an unknown name."""
        look_up = partial(self._look_up, host, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(_names, look_up)
        numbers = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not all(self._allowed(ipaddress.ip_address(number.split("%")[0]), port) for number in numbers):
            raise Closed(host)
        for number in numbers[:-1]:
            try:
                return await super().connect_tcp(number, port, timeout, local_address, socket_options)
            except httpcore.ConnectError:
                continue
        return await super().connect_tcp(numbers[-1], port, timeout, local_address, socket_options)
