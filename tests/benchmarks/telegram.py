"""Telegram: what a Bot API server sees of two workers that share a limit, of a pause it asks for, and of no limit."""

import time
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.ground import people
from tests.ground.databases import Yard
from tests.ground.fleet import Harbour
from tests.ground.mischief import Mischief
from tests.ground.receivers import bot_api
from tests.ground.records import Arrival, Fault
from tests.ground.tables import Row

from .plan import Plan, say

LIMIT = 30
SUSTAINED, CPU_SHARE, UNLIMITED = 0.97, 0.10, 1500.0
SECONDS, SECONDS_WITH_PAUSES = 45.0, 25.0
PAUSE_SECONDS, PAUSES = 3, 3
GRACE = 0.2
"""Seconds in which a call that was on its way may still arrive after a pause was asked for."""


class TelegramBench:
    """Measures on one kind of database; everything lies in ``folder``."""

    def __init__(self, *, yard: Yard, folder: Path, environment: Mapping[str, str], kind: str, plan: Plan) -> None:
        self._folder, self._environment, self._plan = folder, dict(environment), plan
        self._harbour = Harbour(
            kind=kind,
            yard=yard,
            folder=folder,
            environment=environment,
            count=max(plan.people, int(LIMIT * SECONDS * 2)),
            mix=people.TELEGRAM_ONLY,
        )

    def close(self) -> None:
        """Drop what was made."""
        self._harbour.close()

    def rows(self) -> list[Row]:
        """The table's lines about Telegram."""
        return [*self._limited(), *self._paused(), *self._unlimited()]

    def _send(
        self, name: str, *, workers: int, limit: int | None, seconds: float, mischief: Mischief = Mischief()
    ) -> tuple[list[Arrival | Fault], float, float]:
        """Send for ``seconds``: the server's record, its last moment (monotonic), the workers' processor seconds."""
        folder = self._folder / f"telegram-{name}"
        folder.mkdir()
        server = bot_api(folder=folder, environment=self._environment, mischief=mischief)
        variables = {"TELEGRAM_API_URL": f"http://127.0.0.1:{server.port}"}
        if limit:
            variables["TELEGRAM_PER_SECOND"] = str(limit)
        try:
            with self._harbour.fleet(workers, **variables) as fleet:
                passage = fleet.passage(server.port, most_seconds=seconds)
                end = time.monotonic()
                record = server.read()
            say(f"telegram, {name}: {passage.rate:.0f}/s, {passage.cpu_each * 1e6:.0f} µs of processor each")
            return record, end, passage.worker_cpu
        finally:
            server.close()

    def _limited(self) -> list[Row]:
        record, end, cpu = self._send("limited", workers=2, limit=LIMIT, seconds=SECONDS)
        times = [line.at for line in record]
        most, rate = most_in_a_second(times), (len(times) - 1) / (times[-1] - times[0])
        share = cpu / (end - times[0])
        return [
            Row(f"{LIMIT}/s, two workers: most in any second", str(most), f"<= {LIMIT}", most <= LIMIT),
            Row(
                "  sustained rate",
                f"{rate:.2f}/s = {rate / LIMIT:.3f}",
                f">= {SUSTAINED} of the limit",
                rate >= SUSTAINED * LIMIT,
            ),
            Row("  processor, both workers", f"{share:.1%} of a core", f"<= {CPU_SHARE:.0%}", share <= CPU_SHARE),
        ]

    def _paused(self) -> list[Row]:
        mischief = Mischief(rates={"429": 1 / (LIMIT * 4)}, most={"429": PAUSES}, retry_after=PAUSE_SECONDS)
        record, _end, _cpu = self._send(
            "with pauses", workers=2, limit=LIMIT, seconds=SECONDS_WITH_PAUSES, mischief=mischief
        )
        times = [line.at for line in record]
        asked = [line.at for line in record if isinstance(line, Fault)]
        disobeyed = sum(calls_in_pause(times, at, PAUSE_SECONDS) for at in asked)
        most = most_in_a_second(times)
        return [
            Row(
                f"429, {PAUSE_SECONDS} s: calls in {len(asked)} pauses",
                str(disobeyed),
                f"0 from {GRACE} s on",
                bool(asked) and not disobeyed,
            ),
            Row("  most in any second", str(most), f"<= {LIMIT}", most <= LIMIT),
        ]

    def _unlimited(self) -> list[Row]:
        record, _end, cpu = self._send("no limit", workers=1, limit=None, seconds=self._plan.seconds)
        times = [line.at for line in record]
        rate, per_core = (len(times) - 1) / (times[-1] - times[0]), len(times) / max(cpu, 0.01)
        return [
            Row("no limit, one worker", f"{rate:.0f}/s", f">= {UNLIMITED:.0f}", rate >= UNLIMITED),
            Row("  for each second of a core", f"{per_core:.0f}", f">= {UNLIMITED:.0f}", per_core >= UNLIMITED),
        ]


def most_in_a_second(times: Sequence[float]) -> int:
    """The most of ``times`` (seconds, in order) that lie in any one second, wherever it begins."""
    return max((bisect_left(times, at + 1.0) - place for place, at in enumerate(times)), default=0)


def calls_in_pause(times: Sequence[float], asked: float, seconds: float) -> int:
    """How many of ``times`` lie in the pause that was asked for at ``asked``, after the grace."""
    return bisect_left(times, asked + seconds) - bisect_left(times, asked + GRACE)
