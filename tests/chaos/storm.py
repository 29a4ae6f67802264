"""One run on one database: what happens to the workers, and when."""

import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection
from django.utils import timezone

from outreach.broadcasts import services
from outreach.broadcasts.models import Broadcast
from outreach.delivery import lifecycle
from outreach.delivery.models import Delivery
from tests.ground import calendar, messages, people
from tests.ground.databases import POSTGRES, ROOT, Database, attach
from tests.ground.mischief import Mischief
from tests.ground.processes import Worker
from tests.ground.receivers import Receiver, bot_api, mail_server
from tests.ground.records import EMAIL, TELEGRAM, Arrival, Fault

from .judgement import GIVEN_UP, Entry, Judgement, judge

SECONDS_BETWEEN = 2.0
SHORTEST_WAIT, LONGEST_WAIT = 0.2, 1.8
"""Seconds from one thing that goes wrong to the next; the receivers' pace follows from it."""
LONGEST_START = 20.0
AT_ANY_MOMENT = 0.2
"""The part of kills that does not wait until the worker has opened a line."""
STILL = 4.0
"""When ready workers settled nothing for so many seconds, all that is left waits for its time."""
HOURS = 5.0
"""More than the longest time for which the engine puts a message off."""
MOST_NIGHTS = 40
LONGEST_HOLD = 3.0
KILL, CUT, ADD, STOP = "kill", "cut", "add", "stop"
WAITING = [Delivery.Status.QUEUED, Delivery.Status.ATTEMPTING, Delivery.Status.DEFERRED]

MAIL_FAULTS = {
    "421 greeting": 0.05,
    "421 going away": 0.002,
    "4xx at MAIL": 0.005,
    "4xx at RCPT": 0.01,
    "4xx at DATA": 0.005,
    "4xx at the end": 0.005,
    "line broken before the dot": 0.005,
    "line broken after the dot, lost": 0.003,
    "line broken after the dot, kept": 0.003,
    "silent after the dot": 0.001,
}
CALL_FAULTS = {
    "429": 0.01,
    "500": 0.01,
    "502 page, lost": 0.003,
    "502 page, kept": 0.003,
    "line broken, lost": 0.003,
    "line broken, kept": 0.003,
    "timeout, lost": 0.002,
    "timeout, kept": 0.002,
}
MAKE_ALL_WAIT = ("421 greeting", "421 going away", "429", "silent after the dot", "timeout, lost", "timeout, kept")
"""Kinds of which there are only a few: after each, every worker rests, or one line waits for its time-out."""


@dataclass
class Report:
    """What happened in a run."""

    people: int = 0
    deliveries: int = 0
    kills: int = 0
    open_lines: int = 0
    cuts: int = 0
    added: int = 0
    stopped: int = 0
    died: int = 0
    nights: int = 0
    resumed: int = 0
    seconds: float = 0.0
    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    ambiguous: int = 0
    received: int = 0
    judgement: Judgement = field(default_factory=Judgement)
    finished: bool = False
    balance: str = ""
    balances: bool = False
    stopped_in_time: bool = True


class Storm:
    """A run on ``database``, which is empty and migrated; everything that it writes lies in ``folder``."""

    def __init__(
        self, *, database: Database, folder: Path, environment: Mapping[str, str], people: int, kills: int, seed: int
    ) -> None:
        self._database, self._folder = database, folder
        self._people = people
        self._random = random.Random(seed)
        self._to_come = [KILL] * kills + [CUT] * max(2, kills // 3) + [ADD, STOP] * max(1, kills // 5)
        self._random.shuffle(self._to_come)
        self._seed = seed
        self._environment = dict(environment)
        self._workers: list[Worker] = []
        self._least, self._most = (2, 3) if database.kind == POSTGRES else (1, 2)
        self._logs = 0
        self._receivers: list[Receiver] = []
        self.report = Report(people=people)

    def run(self) -> Report:
        """Seed, send through the storm, judge, decide, finish."""
        begun = time.monotonic()
        attach(self._database)
        addresses = people.populate(people=self._people, mix=people.BOTH_CHANNELS)
        broadcast = messages.approved(
            channels=[EMAIL, TELEGRAM],
            languages=["en", "fr", "ht", "es"],
            audience=["workers", "women", "everybody"],
            now=timezone.now(),
            sentences=2,
        )
        messages.start(broadcast, now=timezone.now())
        try:
            self._open_receivers(broadcast)
            self._sail(broadcast)
            self._judge(broadcast, addresses)
            self._finish(broadcast)
        finally:
            for program in [*self._workers, *(receiver.program for receiver in self._receivers)]:
                program.kill()
        self.report.seconds = time.monotonic() - begun
        return self.report

    # --- Receivers and workers ---------------------------------------------------------------------------------------

    def _open_receivers(self, broadcast: Broadcast) -> None:
        counts = {
            channel: Delivery.objects.filter(broadcast=broadcast, channel=channel).count()
            for channel in (EMAIL, TELEGRAM)
        }
        self.report.deliveries = sum(counts.values())
        few = dict.fromkeys(MAKE_ALL_WAIT, max(1, min(6, self._people // 1500)))
        at_sea = len(self._to_come) * SECONDS_BETWEEN

        def mischief(channel: str, faults: dict[str, float]) -> Mischief:
            return Mischief(
                seed=self._seed,
                rates=faults,
                most=few,
                gone=0.015,
                moved=0.01 if channel == TELEGRAM else 0.0,
                late=0.01,
                per_second=counts[channel] / at_sea,
            )

        self._receivers = [
            mail_server(folder=self._folder, environment=self._environment, mischief=mischief(EMAIL, MAIL_FAULTS)),
            bot_api(folder=self._folder, environment=self._environment, mischief=mischief(TELEGRAM, CALL_FAULTS)),
        ]
        self._environment |= {
            "DATABASE_URL": self._database.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{self._receivers[0].port}",
            "TELEGRAM_API_URL": f"http://127.0.0.1:{self._receivers[1].port}",
        }

    @property
    def _ports(self) -> list[int]:
        return [receiver.port for receiver in self._receivers]

    def _launch(self) -> None:
        self._logs += 1
        log = self._folder / f"worker-{self._logs}.log"
        self._workers.append(Worker(environment=self._environment, log=log))

    def _crew(self) -> None:
        """As many workers as there always are, all of them ready."""
        self._muster()
        for worker in self._workers:
            worker.wait_ready()

    def _muster(self) -> None:
        """Count who ended by themselves, and see that there are enough."""
        dead = [worker for worker in self._workers if not worker.alive()]
        for worker in dead:
            self._workers.remove(worker)
            worker.kill()
            self.report.died += 1
        while len(self._workers) < self._least:
            self._launch()

    # --- The storm ---------------------------------------------------------------------------------------------------

    def _sail(self, broadcast: Broadcast) -> None:
        self._crew()
        settled, still_since = -1, time.monotonic()
        while True:
            time.sleep(self._random.uniform(SHORTEST_WAIT, LONGEST_WAIT) if self._to_come else 0.5)
            self._muster()
            self._resume_if_paused(broadcast)
            waiting = self._waiting(broadcast)
            if not waiting and not self._to_come:
                return
            if waiting != settled or not all(worker.ready for worker in self._workers):
                settled, still_since = waiting, time.monotonic()
            if waiting and time.monotonic() - still_since > STILL:
                self._let_a_night_pass()
                still_since = time.monotonic()
            elif self._to_come:
                self._strike(self._to_come.pop())

    @staticmethod
    def _waiting(broadcast: Broadcast) -> int:
        return Delivery.objects.filter(broadcast=broadcast, status__in=WAITING).count()

    def _strike(self, what: str) -> None:
        """One thing that goes wrong, now."""
        if what == CUT:
            self._cut_database()
        elif what == KILL:
            self._kill(self._workers.pop(self._random.randrange(len(self._workers))))
        elif what == ADD and len(self._workers) < self._most:
            self._launch()
            self.report.added += 1
        elif what == STOP and len(self._workers) > 1:
            self._stop(self._workers.pop(self._random.randrange(len(self._workers))))
            self.report.stopped += 1
        while len(self._workers) < self._least:
            self._launch()

    def _kill(self, worker: Worker) -> None:
        if self._random.random() > AT_ANY_MOMENT:
            end = time.monotonic() + LONGEST_START
            while not worker.connections(self._ports) and time.monotonic() < end:
                time.sleep(0.05)
            time.sleep(self._random.uniform(0, 0.5))
        self.report.open_lines += worker.strike(self._ports)
        self.report.kills += 1

    def _stop(self, worker: Worker) -> None:
        self.report.stopped_in_time &= worker.stop()

    def _cut_database(self) -> None:
        self.report.cuts += 1
        if self._database.kind == POSTGRES:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        else:
            threading.Thread(target=self._hold_database, args=(self._random.uniform(1, LONGEST_HOLD),)).start()

    def _hold_database(self, seconds: float) -> None:
        """Keep the database from everybody who wants to write."""
        program = "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], timeout=20, isolation_level=None);"
        program += "c.execute('BEGIN IMMEDIATE'); time.sleep(float(sys.argv[2])); c.execute('ROLLBACK')"
        subprocess.run([sys.executable, "-c", program, self._database.place, str(seconds)], check=False)

    def _resume_if_paused(self, broadcast: Broadcast) -> None:
        broadcast.refresh_from_db()
        if broadcast.state == Broadcast.State.PAUSED:
            services.resume(broadcast=broadcast, user=None, now=timezone.now())
            self.report.resumed += 1

    def _let_a_night_pass(self) -> None:
        self.report.nights += 1
        if self.report.nights > MOST_NIGHTS:
            raise RuntimeError("The broadcast comes to no end.")
        while self._workers:
            self._stop(self._workers.pop())
        calendar.let_pass(HOURS)
        self._crew()

    # --- The end -----------------------------------------------------------------------------------------------------

    def _judge(self, broadcast: Broadcast, addresses: dict[int, tuple[str, str]]) -> None:
        while self._workers:
            self._stop(self._workers.pop())
        rows = Delivery.objects.filter(broadcast=broadcast).values_list("subscription_id", "status")
        ledger = [Entry(*addresses[subscription], status) for subscription, status in rows]
        written = [line for receiver in self._receivers for line in receiver.read()]
        arrivals = [line for line in written if isinstance(line, Arrival)]
        faults = [line for line in written if isinstance(line, Fault)]
        report = self.report
        report.judgement = judge(ledger=ledger, arrivals=arrivals, faults=faults)
        report.statuses = Counter(entry.status for entry in ledger)
        given_up = Delivery.objects.filter(broadcast=broadcast, status__in=GIVEN_UP)
        report.reasons = Counter(given_up.values_list("detail", flat=True))
        report.faults = Counter(f"{fault.channel}: {fault.kind}" for fault in faults)
        report.ambiguous = sum(fault.ambiguous for fault in faults)
        report.received = len(arrivals)

    def _finish(self, broadcast: Broadcast) -> None:
        lifecycle.resolve_uncertain(broadcast=broadcast, send_again=False, now=timezone.now())
        self._crew()
        for _try in range(60):
            broadcast.refresh_from_db()
            if broadcast.state == Broadcast.State.FINISHED:
                break
            time.sleep(0.25)
        while self._workers:
            self._stop(self._workers.pop())
        self.report.finished = broadcast.state == Broadcast.State.FINISHED
        checked = subprocess.run(
            [sys.executable, "manage.py", "check_ledger"],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        self.report.balances, self.report.balance = checked.returncode == 0, checked.stdout.strip()
