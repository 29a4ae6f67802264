"""The pages of our own that members of staff open: found by their addresses and by what they lead to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import Page

from . import axe

OURS = ("home.", "outreach.")
ADMIN = "admin/"
NO_PAGES = {"home_read_spreadsheet": "takes a form"}
"""Names of addresses that have no page, and why."""
PART = "results/"
"""How an address ends that answers the listing of the page above it alone: what a filter or a later page brings."""
PUT_IN = """
async path => {
  const listing = document.querySelector("#listing-results");
  if (!listing) return false;
  listing.innerHTML = await (await fetch(path)).text();
  return true;
}
"""


def names() -> dict[str, str]:
    """The name of every address of ours below the admin, and its route."""
    return {each.name: each.route for each in _addresses() if each.module.startswith(OURS)}


def names_of(package: str) -> dict[str, str]:
    """The name and the route of every staff address of a package, with what Wagtail adds in its namespaces."""
    every = list(_addresses())
    own = [each for each in every if each.module.startswith(f"{package}.")]
    spaces = {each.space for each in own} - {""}
    return {each.name: each.route for each in every if each in own or each.space in spaces}


@dataclass(frozen=True)
class _Address:
    """One address below the admin; ``space`` is its namespace, ``module`` that of its view."""

    name: str
    route: str
    space: str
    module: str


def _addresses() -> Iterator[_Address]:
    def below(patterns: list[URLPattern | URLResolver], prefix: str, space: str) -> Iterator[_Address]:
        for pattern in patterns:
            route = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
            if isinstance(pattern, URLResolver):
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                yield from below(pattern.url_patterns, route, inner)
            elif route.startswith(ADMIN) and pattern.name:
                view = getattr(pattern.callback, "view_class", pattern.callback)
                yield _Address(f"{space}{pattern.name}", route, space, view.__module__ if view else "")

    return below(get_resolver().url_patterns, "", "")


def siblings(path: str, ours: dict[str, str]) -> Iterator[str]:
    """The addresses whose routes begin with the same numbers, for whatever ``path`` is about."""
    match = resolve(path)
    begins, last, _rest = match.route.rpartition(">")
    for route in ours.values():
        is_about_it = last and route.startswith(begins + last) and not {"<", "("} & set(route[len(begins) :])
        if is_about_it and "(" not in begins and route != match.route:
            yield "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(match.kwargs[part[1]]), route)


class Round:
    """A walk through the pages of ours that one member of staff may open, and that nobody before looked at.

    ``seen`` holds the names of those, and gets more; ``refused`` the addresses that others were led to and that were
    not shown to them.
    """

    def __init__(self, page: Page, seen: set[str], refused: set[str]) -> None:
        self._page = page
        self._ours = names()
        self._seen = seen
        self._refused = refused

    def faults(self) -> Iterator[str]:
        """What axe finds on each, as it is found."""
        waiting = [f"/{route}" for route in self._ours.values() if not {"<", "("} & set(route)] + ["/admin/"]
        waiting += sorted(self._refused)
        visited: set[str] = set()
        while waiting:
            path = waiting.pop(0)
            name = self._name(path)
            if name in self._seen or path in visited:
                continue
            visited.add(path)
            if not self._opens(path):
                self._refused.add(path)
                continue
            self._refused.discard(path)
            if name:
                self._seen.add(name)
                yield from axe.faults(self._page, part="main")
            waiting += [led for led in self._led_to() if self._name(led)]
            waiting += siblings(urlsplit(path).path, self._ours)

    def _opens(self, path: str) -> bool:
        """Whether there is a page, which is open then: files and what takes forms alone are none.

        A part of a page is shown where it belongs.
        """
        answer = self._page.request.get(path, max_redirects=0)
        if answer.status != 200 or not answer.headers.get("content-type", "").startswith("text/html"):
            return False
        if "<main" not in answer.text():
            route = urlsplit(path).path
            if not route.endswith(PART):
                return False
            self._page.goto(route.removesuffix(PART))
            return bool(self._page.evaluate(PUT_IN, path))
        self._page.goto(path)
        return True

    def _led_to(self) -> list[str]:
        found: list[str] = self._page.evaluate("[...document.links].map(link => link.pathname + link.search)")
        return [path for path in found if path.startswith(f"/{ADMIN}")]

    def _name(self, path: str) -> str:
        try:
            name = resolve(urlsplit(path).path).view_name
        except Resolver404:
            return ""
        return name if name in self._ours else ""
