"""Lighthouse on a phone, with a throttled line and processor that are simulated."""

import json
import os
import subprocess
from dataclasses import dataclass
from statistics import median

from tests.ground.chromium import CHROMIUM

from . import tools

CATEGORIES = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
"""Each category and what it has to reach, of 100."""
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"
ROUNDS = 3
ATTEMPTS = 3
"""So often a run is tried that ends without a report: now and then Chromium records no start of the page."""
MORE_ROUNDS = 2
"""So many more where the first ones miss: a machine that does something else as well has bad moments."""


@dataclass(frozen=True)
class Scores:
    """What a page got in each category, of 100, and what cost it points."""

    scores: dict[str, int]
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether every category reaches what it must."""
        return all(self.scores[name] >= least for name, least in CATEGORIES.items())


def scores(address: str, *, rounds: int = ROUNDS) -> Scores:
    """The scores of one page; the performance is the median of ``rounds`` runs, because a busy machine has bad ones."""
    first = _report(address, list(CATEGORIES))
    found = {name: _score(first, name) for name in CATEGORIES}
    runs = [found["performance"], *_performance(address, rounds - 1)]
    if rounds > 1 and median(runs) < CATEGORIES["performance"]:
        runs += _performance(address, MORE_ROUNDS)
    found["performance"] = int(median(runs))
    return Scores(found, tuple(_faults(first)))


def _performance(address: str, rounds: int) -> list[int]:
    return [_score(_report(address, ["performance"]), "performance") for _round in range(rounds)]


def _report(address: str, categories: list[str]) -> dict:  # type: ignore[type-arg]
    script = tools.node_modules() / "lighthouse" / "cli" / "index.js"
    command = [tools.node(), str(script), address, "--output=json", "--quiet", f"--chrome-flags={FLAGS}"]
    command += [f"--only-categories={','.join(categories)}", "--no-enable-error-reporting"]
    environment = {**os.environ, "CHROME_PATH": CHROMIUM}
    for _attempt in range(ATTEMPTS):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if not done.returncode:
            report: dict = json.loads(done.stdout)  # type: ignore[type-arg]
            return report
    raise RuntimeError(f"Lighthouse failed at {address}, {ATTEMPTS} times:\n{done.stderr}")


def _score(report: dict, category: str) -> int:  # type: ignore[type-arg]
    score = report["categories"][category]["score"]
    return int(score * 100 + 0.5) if score is not None else 0


def _faults(report: dict) -> list[str]:  # type: ignore[type-arg]
    found = []
    for category in CATEGORIES:
        for asked in report["categories"][category]["auditRefs"]:
            audit = report["audits"][asked["id"]]
            if asked["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                found.append(f"{category}, {audit['id']}: {audit['title']} {audit.get('displayValue', '')}".strip())
    return found
