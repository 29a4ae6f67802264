"""What goes over the wire when a page is opened, to whom, and what the browser keeps of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from .looking import go, visitor
from .places import Place

PHONE = {"width": 360, "height": 740}
STORY_BYTES, LOW_DATA_BYTES = 100_000, 50_000
LOW_DATA = "low_data"


@dataclass
class Load:
    """What one opening of a page took: bytes as they were sent, headers and compression included."""

    bytes: int = 0
    requests: int = 0
    strangers: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)


@contextmanager
def weighed(page: Page) -> Iterator[Load]:
    """Count what the page loads meanwhile."""
    load = Load()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def finished(event: dict[str, float]) -> None:
        load.bytes += int(event["encodedDataLength"])
        load.requests += 1

    session.on("Network.loadingFinished", finished)
    yield load
    session.detach()


def opened(chromium: Browser, url: str, place: Place, *, low_data: bool = False) -> Load:
    """Open a page on a phone as a reader who is there for the first time, or who chose low data."""
    site = urlsplit(url).netloc
    with visitor(chromium, url, viewport=PHONE, device_scale_factor=2) as context:
        if low_data:
            context.add_cookies([{"name": LOW_DATA, "value": "1", "url": url}])
        page = context.new_page()
        addresses: list[str] = []
        page.on("request", lambda request: addresses.append(request.url))
        with weighed(page) as load:
            go(page, place)
            page.wait_for_load_state("networkidle")
        load.strangers = {address for address in addresses if _host(address) not in {"", site}}
        load.kept = {cookie["name"] for cookie in context.cookies()} - {LOW_DATA}
        load.kept |= set(page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]"))
    return load


def _host(address: str) -> str:
    parts = urlsplit(address)
    return parts.netloc if parts.scheme in {"http", "https", "ws", "wss"} else ""
