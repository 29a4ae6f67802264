"""``python -m tests.audit``: see the package."""

import argparse
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from tests.ground.chromium import launched
from tests.ground.demo import Demo, own_environment
from tests.ground.environment import become
from tests.ground.tables import Row, missed, printed

from .tools import ToolMissing

if TYPE_CHECKING:
    from .measuring import Audit

PARTS = ("pages", "weight", "html", "reflow", "keyboard", "axe", "staff", "lighthouse")


def main() -> int:
    """Measure what was asked for; the exit status."""
    parser = argparse.ArgumentParser(prog="make audit", description="What readers and staff get.")
    parser.add_argument("--only", default="", help="with commas: " + ", ".join(PARTS))
    parser.add_argument("--without", default="", help="parts to leave out, with commas")
    parser.add_argument("--kinds", default="", help="only kinds of pages with one of these words in their name")
    parser.add_argument("--all-kinds", action="store_true", help="Lighthouse for every kind of page")
    parser.add_argument("--rounds", type=int, default=3, help="how often Lighthouse measures the performance")
    parser.add_argument("--once", action="store_true", help="measure nothing a second time where something is missed")
    parser.add_argument("--pictures", type=Path, help="a folder for pictures of all kinds; nothing is measured")
    parser.add_argument("--at", help="the address of a demo that runs already")
    parser.add_argument("--local", default="", help="its LOCAL_DIR; the rest of its settings is that of this process")
    options = parser.parse_args()
    parts = [part for part in options.only.split(",") if part] or list(PARTS)
    without = [part for part in options.without.split(",") if part]
    if unknown := {*parts, *without} - set(PARTS):
        parser.error(f"not a part: {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit("stopped"))
    begun = time.monotonic()
    try:
        with _demo(options) as demo, launched() as chromium:
            rows = _measure([part for part in parts if part not in without], demo, chromium, options)
    except ToolMissing as missing:
        sys.exit(str(missing))
    if rows:
        print(printed("audit", [*rows, Row("minutes", f"{(time.monotonic() - begun) / 60:.1f}")]), flush=True)
    return int(bool(missed(rows)))


def _measure(parts: list[str], demo: Demo, chromium: Browser, options: argparse.Namespace) -> list[Row]:
    from .measuring import Audit
    from .pictures import take

    audit = Audit(demo=demo, chromium=chromium, kinds=[kind for kind in options.kinds.lower().split(",") if kind])
    if options.pictures:
        print(f"{take(chromium, demo.url, audit.places, options.pictures)} pictures are in {options.pictures}")
        return []
    rows: list[Row] = []
    for part in parts:
        begun = time.monotonic()
        arguments = {"rounds": options.rounds, "all_kinds": options.all_kinds} if part == "lighthouse" else {}
        measure = partial(getattr(audit, part), **arguments)
        rows += measure() if options.once else _measured_again(measure, audit, part)
        print(f"{part}: {time.monotonic() - begun:.0f} s", flush=True)
    return rows


def _measured_again(measure: Callable[[], list[Row]], audit: "Audit", part: str) -> list[Row]:
    """The rows of a part; where something is missed, of a second time: a machine that is busy has bad moments."""
    try:
        rows = measure()
        if not missed(rows):
            return rows
    except (PlaywrightError, RuntimeError):
        traceback.print_exc()
    print(f"{part}: something is missed, so once more", flush=True)
    audit.look_anew()
    return measure()


@contextmanager
def _demo(options: argparse.Namespace) -> Iterator[Demo]:
    """One of its own, or the one that was named; its settings are this process's too."""
    with tempfile.TemporaryDirectory(prefix="campaign-audit-", ignore_cleanup_errors=True) as place:
        if options.at:
            environment = {**os.environ, "PORT": str(urlsplit(options.at).port), "LOCAL_DIR": options.local}
            demo = Demo({"DJANGO_SETTINGS_MODULE": "campaign_site.settings", **environment})
            become(demo.environment)
            yield demo
            return
        demo = Demo(own_environment(Path(place)))
        print("Starting a demo …", flush=True)
        demo.start()
        become(demo.environment)
        try:
            yield demo
        finally:
            demo.stop()


if __name__ == "__main__":
    sys.exit(main())
