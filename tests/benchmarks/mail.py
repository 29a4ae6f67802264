"""E-mail: the product beside smtp-source, django-post_office and Django's own loop, and a kill in the middle."""

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from tests.ground import calendar, people
from tests.ground.databases import POSTGRES, ROOT, Yard
from tests.ground.fleet import Harbour, Passage
from tests.ground.receivers import mail_server
from tests.ground.tables import Row

from .plan import Plan, say
from .postfix import Postfix

OF_SOURCE, OF_PEERS, OF_TWO = 0.9, 15.0, 1.7
SLOW_LINES, SLOW_SECONDS = 100, 12.0
"""Connections of each worker to a server that takes a second for a mail, and how long that is measured."""
PEERS_SHARE = 0.05
"""Peers send so small a part of the messages, because they take so long."""
PEERS = {"post_office": "django-post_office, 5 threads", "loop": "Django's loop, one connection"}


class MailBench:
    """Measures on the given kinds of database; everything lies in ``folder``."""

    def __init__(
        self, *, yard: Yard, folder: Path, environment: Mapping[str, str], kinds: list[str], plan: Plan
    ) -> None:
        self._folder, self._kinds, self._plan = folder, kinds, plan
        self._environment = dict(environment)
        self._postfix = Postfix(folder)
        self._harbours = {
            kind: Harbour(
                kind=kind,
                yard=yard,
                folder=folder,
                environment=environment,
                count=plan.people,
                mix=people.EMAIL_ONLY,
            )
            for kind in kinds
        }
        self._letter = folder / "newest.mail"

    def close(self) -> None:
        """Drop what was made."""
        for harbour in self._harbours.values():
            harbour.close()

    # --- Rates -------------------------------------------------------------------------------------------------------

    def rates(self) -> list[Row]:
        """The table's lines about e-mail."""
        self._install_post_office()
        size = self._measure_mail()
        rates: dict[str, list[float]] = defaultdict(list)
        passages: dict[str, list[Passage]] = defaultdict(list)
        sink_load: dict[str, list[float]] = defaultdict(list)
        for number in range(1, self._plan.rounds + 1):
            rate, load = self._source(size)
            rates["source"].append(rate)
            rates["end"].append(rate / load)
            for kind in self._kinds:
                for workers in (1, 2) if kind == POSTGRES else (1,):
                    name = f"{kind} {workers}"
                    passage, load = self._product(kind, workers)
                    passages[name].append(passage)
                    sink_load[name].append(load)
                    rates[name].append(passage.rate)
                if kind == POSTGRES:
                    for workers in (1, 2):
                        rates[f"slow {workers}"].append(self._slowly(workers).rate)
            for peer in PEERS:
                rates[peer].append(self._peer(peer))
            say(f"round {number}: " + ", ".join(f"{name} {each[-1]:.0f}/s" for name, each in rates.items()))
        return self._rows(size, rates, passages, sink_load)

    def _measure_mail(self) -> int:
        """Let one of the product's mails arrive, for its size and for the peers; bytes with all headers."""
        self._letter.touch()
        receiver = mail_server(folder=self._folder, environment=self._environment)
        try:
            with self._harbours[self._kinds[0]].fleet(1, EMAIL_URL=f"smtp://127.0.0.1:{receiver.port}") as fleet:
                fleet.passage(receiver.port, most_seconds=3, until=lambda: len(receiver.read()) > 0)
            sizes = [arrival.size for arrival in receiver.read()]  # type: ignore[union-attr]
        finally:
            receiver.close()
        return int(median(sizes))

    def _install_post_office(self) -> None:
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                "--target",
                self._folder / "peers",
                "django-post_office",
            ],
            check=True,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _source(self, size: int) -> tuple[float, float]:
        """Its rate, and the part of a processor that the sink took meanwhile."""
        with self._postfix.sink() as sink:
            before, begun = sink.cpu_seconds(), time.monotonic()
            rate = self._postfix.source(port=sink.port, size=size, count=self._plan.people)
            return rate, (sink.cpu_seconds() - before) / (time.monotonic() - begun)

    def _product(self, kind: str, workers: int) -> tuple[Passage, float]:
        """One measurement, and the part of a processor that the sink took meanwhile."""
        with self._postfix.sink() as sink, self._harbours[kind].fleet(workers, EMAIL_URL=sink.url) as fleet:
            before = sink.cpu_seconds()
            passage = fleet.passage(sink.port, most_seconds=self._plan.seconds)
            return passage, (sink.cpu_seconds() - before) / passage.seconds

    def _slowly(self, workers: int) -> Passage:
        """One measurement in which neither the processors nor the server is busy: what each worker can do is its lines.

        Whatever workers have to wait for each other with, the ledger and its locks, shows here.
        """
        with (
            self._postfix.sink(seconds=1) as sink,
            self._harbours[POSTGRES].fleet(workers, EMAIL_URL=sink.url, EMAIL_CONNECTIONS=str(SLOW_LINES)) as fleet,
        ):
            return fleet.passage(sink.port, most_seconds=SLOW_SECONDS)

    def _peer(self, way: str) -> float:
        count = max(50, int(self._plan.people * PEERS_SHARE))
        folder = self._folder / f"peer-{way}-{time.monotonic_ns()}"
        folder.mkdir()
        with self._postfix.sink() as sink:
            printed = subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.peers", way, self._letter, str(sink.port), str(count), folder],
                cwd=ROOT,
                env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(self._folder / "peers")},
                check=True,
                capture_output=True,
                stdin=subprocess.DEVNULL,
            ).stdout
        return count / float(json.loads(printed.splitlines()[-1])["seconds"])

    def _rows(
        self,
        size: int,
        rates: dict[str, list[float]],
        passages: dict[str, list[Passage]],
        sink_load: dict[str, list[float]],
    ) -> list[Row]:
        source = median(rates["source"])
        rows = [
            Row("size of a mail", f"{size / 1000:.1f} kB"),
            Row("smtp-source, 10 sessions", f"{source:.0f}/s"),
            _full_sink(rates["end"], rates),
            *(
                Row(title, f"{median(rates[peer]):.0f}/s = {_ratio(rates[peer], rates['source']):.3f} of it")
                for peer, title in PEERS.items()
            ),
        ]
        for kind in self._kinds:
            name = f"{kind} 1"
            each = median(passage.cpu_each for passage in passages[name]) * 1e6
            part = "" if all(passage.whole for passage in passages[name]) else ", stopped before the end"
            rows.append(Row(f"{kind}, one worker", f"{median(rates[name]):.0f}/s, {each:.0f} µs each{part}"))
            of_source = _ratio(rates[name], rates["source"])
            rows.append(Row("  of smtp-source", f"{of_source:.2f}", f">= {OF_SOURCE}", of_source >= OF_SOURCE))
            for peer, title in PEERS.items():
                times = _ratio(rates[name], rates[peer])
                rows.append(Row(f"  times {title}", f"{times:.1f}", f">= {OF_PEERS:.0f}", times >= OF_PEERS))
            full = [passage.rate / load for passage, load in zip(passages[name], sink_load[name], strict=True)]
            rows.append(_full_sink(full, rates))
        if POSTGRES in self._kinds:
            rows += self._two_workers(rates, passages, sink_load)
        return rows

    @staticmethod
    def _two_workers(
        rates: dict[str, list[float]], passages: dict[str, list[Passage]], sink_load: dict[str, list[float]]
    ) -> list[Row]:
        """How much faster two are: where nothing else is the limit, and beside a server on the same machine."""
        slow, times = (_ratio(rates[f"{name} 2"], rates[f"{name} 1"]) for name in ("slow", "postgres"))
        one, two = (median(passage.busy for passage in passages[f"postgres {workers}"]) for workers in (1, 2))
        sink = median(sink_load["postgres 1"])
        room = min(1 / one, 1 / sink)
        limit = "the sink" if sink > one else "the processors"
        return [
            Row(
                f"postgres, two workers, a server that takes a second, {SLOW_LINES} lines each",
                f"{median(rates['slow 2']):.0f}/s = {slow:.2f} of one",
                f">= {OF_TWO}",
                slow >= OF_TWO,
            ),
            Row(
                "postgres, two workers, as fast as they can",
                f"{median(rates['postgres 2']):.0f}/s = {times:.2f} of one, machine {two:.0%} busy",
                *((f">= {OF_TWO}", times >= OF_TWO) if room >= OF_TWO else ()),
            ),
            Row(
                "  limit",
                f"{limit}: beside one worker the machine is {one:.0%} busy and the sink {sink:.0%} of a processor, "
                f"so nothing reaches more than {room:.2f}"
                if room < OF_TWO
                else "none",
            ),
        ]

    # --- A kill ------------------------------------------------------------------------------------------------------

    def kills(self) -> list[Row]:
        """The table's lines about a kill in the middle, on each kind of database."""
        rows = []
        for kind in self._kinds:
            open_lines, accepted, uncertain = self._kill(kind)
            rows.append(
                Row(
                    f"{kind}: killed after {accepted}, uncertain",
                    str(uncertain),
                    f"<= {open_lines} open lines",
                    uncertain <= open_lines and accepted < self._plan.people,
                )
            )
        return rows

    def _kill(self, kind: str) -> tuple[int, int, int]:
        """Lines that were open at the kill, how many the ledger had accepted, how many became uncertain."""
        with self._postfix.sink() as sink, self._harbours[kind].fleet(1, EMAIL_URL=sink.url) as fleet:
            third = self._plan.people // 3
            fleet.passage(sink.port, most_seconds=self._plan.seconds / 2, until=lambda: fleet.accepted > third)
            open_lines = fleet.workers.pop().strike([sink.port])
            accepted = fleet.accepted
            # The rest is sent by another worker after the leases have run out; a second one sees what the first left.
            calendar.let_pass(1)
            fleet.launch(1)
            end = time.monotonic() + self._plan.seconds
            while fleet.waiting and time.monotonic() < end:
                time.sleep(0.2)
            fleet.close()
            return open_lines, accepted, fleet.uncertain


def _full_sink(full: list[float], rates: Mapping[str, list[float]]) -> Row:
    """How many times faster than the peers nobody is who sends in this way, because the sink can't take more."""
    times = ", ".join(f"{_ratio(full, rates[peer]):.1f} times {title}" for peer, title in PEERS.items())
    return Row("  where the sink's one processor would be full", f"{median(full):.0f}/s = {times}")


def _ratio(ours: list[float], theirs: list[float]) -> float:
    """The median over rounds of how many times faster ``ours`` is than what ran beside it."""
    return median(mine / beside for mine, beside in zip(ours, theirs, strict=True))
