"""The parts of the audit, each as rows of one table; what is wrong is printed when it is found."""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.ground.demo import Demo, Staff
from tests.ground.tables import Row

from . import axe, html, keyboard, lighthouse, reflow, weight
from .looking import visitor
from .places import FIND, Found, Place
from .staff import NO_PAGES, Round, names

JUDGED = ("HomePage", "StoryPage", "InfographicPage", "subscribe")
"""The kinds that Lighthouse judges; of infographics the first form of chart stands for all."""
ROLES = ("editor", "approver", "evaluator", "officer", "admin")


class Audit:
    """One demo, looked at with one Chromium. ``kinds`` are words in the names of kinds; none of them means all."""

    def __init__(self, *, demo: Demo, chromium: Browser, kinds: Sequence[str] = ()) -> None:
        self._demo = demo
        self._chromium = chromium
        self._kinds = kinds

    @cached_property
    def found(self) -> Found:
        """What the demo has."""
        return Found.parse(self._demo.manage("shell", "-v", "0", "-c", FIND))

    def look_anew(self) -> None:
        """Find out again what the demo has."""
        self.__dict__.pop("found", None)

    @property
    def places(self) -> list[Place]:
        """The pages that are asked for."""
        every = self.found.places
        return [place for place in every if not self._kinds or any(kind in place.kind.lower() for kind in self._kinds)]

    def pages(self) -> list[Row]:
        """Whether anything of the site is not looked at."""
        _tell(self.found.faults)
        languages = sorted({place.language for place in self.places})
        number = len({place.kind for place in self.places})
        return [
            Row("PAGES", ""),
            Row(f"kinds of pages, in {' '.join(languages)}", str(number)),
            _none("kinds that are missing", self.found.faults),
        ]

    def weight(self) -> list[Row]:
        """Bytes of stories, and of all kinds who is asked and what is kept."""
        rows, strangers, kept = [Row("WEIGHT OVER THE WIRE", "")], set[str](), set[str]()
        heaviest: dict[str, tuple[int, Place]] = {}
        for place in [*self.found.stories, *self.places]:
            # What a page loads does not hang on its language. The sandbox stands for other people's programs.
            if place.body or place.language != "en" or place.kind.startswith("sandbox"):
                continue
            load = weight.opened(self._chromium, self._demo.url, place)
            strangers |= {f"{place.path} asks {address}" for address in load.strangers}
            kept |= {f"{place.path} keeps {name}" for name in load.kept}
            if load.bytes > heaviest.get(place.kind, (0, place))[0]:
                heaviest[place.kind] = (load.bytes, place)
        for kind, (size, place) in sorted(heaviest.items(), key=lambda pair: -pair[1][0]):
            if kind != "StoryPage":
                rows.append(Row(kind, _kilobytes(size)))
                continue
            low = weight.opened(self._chromium, self._demo.url, place, low_data=True).bytes
            rows.append(_at_most("heaviest story, first view", size, weight.STORY_BYTES))
            rows.append(_at_most("the same in low-data mode", low, weight.LOW_DATA_BYTES))
        _tell([*sorted(strangers), *sorted(kept)])
        return [*rows, _none("requests to third parties", strangers), _none("cookies and things kept", kept)]

    def html(self) -> list[Row]:
        """The Nu HTML checker."""
        with tempfile.TemporaryDirectory(prefix="campaign-html-") as folder:
            found = html.faults(self.places, url=self._demo.url, folder=Path(folder))
        rows = []
        for language, faults in _by_language(found).items():
            _tell(faults)
            number = sum(place.language == language for place in found)
            rows.append(_none(f"{language}, {number} pages, errors", faults))
        return [Row("NU HTML CHECKER", ""), *rows]

    def reflow(self) -> list[Row]:
        """Widths, sizes of text and directions."""
        return [Row("REFLOW", ""), *self._looked_at(reflow.of_place, "that scroll sideways")]

    def keyboard(self) -> list[Row]:
        """Without a pointer."""
        return [Row("KEYBOARD", ""), *self._looked_at(keyboard.of_place, "faults")]

    def axe(self) -> list[Row]:
        """The public's pages."""
        return [Row("AXE", ""), *self._looked_at(axe.of_place, "violations")]

    def staff(self) -> list[Row]:
        """The pages of each role."""
        rows, seen, refused = [Row("AXE ON THE PAGES OF STAFF", "")], set[str](), set[str]()
        with closing(Staff(self._chromium, self._demo)) as members:
            for role in ROLES:
                before = len(seen)
                faults = list(Round(members.sign_in(role), seen, refused).faults())
                _tell(faults)
                rows.append(_none(f"{role}, {len(seen) - before} more kinds of pages, violations", faults))
        unseen = sorted(set(names()) - seen - set(NO_PAGES))
        # Most take a form, answer a file, or need something that a new demo does not have: nothing to judge by.
        print(f"  not looked at: {' '.join(unseen)}", flush=True)
        return [*rows, Row("addresses of ours at which no page was seen", str(len(unseen)))]

    def lighthouse(self, *, rounds: int, all_kinds: bool) -> list[Row]:
        """The four scores; those of kinds that are not judged are for information."""
        rows = [Row("LIGHTHOUSE, MOBILE: PERFORMANCE, ACCESS, PRACTICES, SEO", "")]
        pages = [place for place in self.places if place.language == "en" and not place.body]
        judged = {place.kind.split()[0]: place for place in reversed(pages) if place.kind.split()[0] in JUDGED}
        for place in pages:
            is_judged = place in judged.values()
            if not (is_judged or all_kinds):
                continue
            got = lighthouse.scores(self._demo.url + place.path, rounds=rounds if is_judged else 1)
            _tell(f"{place.path}: {fault}" for fault in got.faults)
            must = " ".join(str(least) for least in lighthouse.CATEGORIES.values()) if is_judged else ""
            value = " ".join(str(score) for score in got.scores.values())
            rows.append(Row(place.kind, value, must, got.holds if is_judged else None))
        return rows

    def _looked_at(self, look: Callable[[Page, Place], list[str]], what: str) -> list[Row]:
        with visitor(self._chromium, self._demo.url) as context:
            page = context.new_page()
            found = {place: look(page, place) for place in self.places}
        rows = []
        for language, faults in _by_language(found).items():
            _tell(faults)
            number = sum(place.language == language for place in found)
            rows.append(_none(f"{language}, {number} pages, {what}", faults))
        return rows


def _by_language(found: dict[Place, list[str]]) -> dict[str, list[str]]:
    together: dict[str, list[str]] = {}
    for place, faults in found.items():
        together.setdefault(place.language, []).extend(f"{place.kind}: {fault}" for fault in faults)
    return together


def _tell(faults: Iterable[str]) -> None:
    for fault in faults:
        print(f"  fault: {fault}", flush=True)


def _none(name: str, faults: Iterable[str]) -> Row:
    number = len(list(faults))
    return Row(name, str(number), "0", number == 0)


def _at_most(name: str, size: int, most: int) -> Row:
    return Row(name, _kilobytes(size), f"≤ {_kilobytes(most)}", size <= most)


def _kilobytes(size: int) -> str:
    return f"{size / 1000:.1f} kB"
