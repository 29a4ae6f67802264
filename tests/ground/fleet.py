"""A prepared broadcast and workers that send it: what the measurements are made of.

A :class:`Harbour` holds a database in which a broadcast is fixed and paused; each measurement works on a copy of it,
so that all of them begin alike.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from outreach.broadcasts import services
from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Delivery

from . import messages, people
from .databases import Database, Yard, attach, detach
from .processes import Worker, machine_busy, open_sockets

LOOK, LOOK_CLOSELY = 0.5, 0.02
"""In seconds, how often it is looked what is left: seldom, since looking takes a processor from what is measured, and
closely towards the end, since what passes until that is seen counts as sending.
"""
SLOWEST_START = 30.0


@dataclass(frozen=True)
class Passage:
    """One measurement. ``busy`` is the part of the machine's processors that was in use, by whomever."""

    sent: int
    seconds: float
    worker_cpu: float
    busy: float
    whole: bool
    memory: int = 0

    @property
    def rate(self) -> float:
        """Messages per second."""
        return self.sent / self.seconds

    @property
    def cpu_each(self) -> float:
        """Processor seconds of the workers for one message."""
        return self.worker_cpu / max(1, self.sent)


class Harbour:
    """A broadcast to ``people`` of one ``mix``, fixed and paused, on one kind of database."""

    def __init__(
        self, *, kind: str, yard: Yard, folder: Path, environment: Mapping[str, str], count: int, mix: people.Mix
    ) -> None:
        self.folder, self.environment, self.kind = folder, dict(environment), kind
        self._copies = 0
        channel = mix.channels[0][0]
        self.template = yard.make(kind)
        attach(self.template)
        people.populate(people=count, mix=mix)
        now = timezone.now()
        broadcast = messages.approved(
            channels=[channel], languages=["en", "fr", "ht", "es"], audience=["workers", "everybody"], now=now
        )
        messages.start(broadcast, now=now)
        services.pause(broadcast=broadcast, reason="Waits for its measurement.", now=now)
        self.number = broadcast.pk
        people.settle_down()
        detach()

    @contextmanager
    def fleet(self, workers: int, **variables: str) -> Iterator["Fleet"]:
        """``workers`` ready workers over a copy of the database; stopped, and the copy dropped, afterwards."""
        self._copies += 1
        database = self.template.copy(f"copy{self._copies}")
        fleet = Fleet(database, self, {**self.environment, **variables}, f"{self.kind}-{self._copies}")
        try:
            attach(database)
            fleet.launch(workers)
            yield fleet
        finally:
            fleet.close()
            detach()
            database.drop()

    def close(self) -> None:
        """Drop the database."""
        detach()
        self.template.drop()


class Fleet:
    """Workers over one database; the current process is attached to it."""

    def __init__(self, database: Database, harbour: Harbour, environment: Mapping[str, str], name: str) -> None:
        self.broadcast = Broadcast.objects.model(pk=harbour.number)
        self._environment = {
            **environment,
            "DATABASE_URL": database.url,
            "LOCAL_DIR": str(harbour.folder / f"local-{name}"),
        }
        self._folder, self._name = harbour.folder, name
        self.workers: list[Worker] = []
        self._begun = 0
        self._first_left = 0

    def launch(self, count: int) -> None:
        """Start ``count`` more workers and wait until they are ready."""
        for _number in range(count):
            self._begun += 1
            log = self._folder / f"worker-{self._name}-{self._begun}.log"
            self.workers.append(Worker(environment=self._environment, log=log))
        for worker in self.workers:
            worker.wait_ready()

    def close(self) -> None:
        """Stop every worker."""
        while self.workers:
            self.workers.pop().stop()

    def go(self) -> None:
        """Let the broadcast be sent."""
        self.broadcast.refresh_from_db()
        services.resume(broadcast=self.broadcast, user=None, now=timezone.now())

    def await_line(self, port: int) -> float:
        """Wait until a worker opens its first line to ``port``; when that was (monotonic)."""
        end = time.monotonic() + SLOWEST_START
        while not open_sockets([port]):
            if time.monotonic() > end:
                raise TimeoutError("no worker began to send")
            time.sleep(0.003)
        return time.monotonic()

    @property
    def cpu(self) -> float:
        """Processor seconds of all workers so far."""
        return sum(worker.cpu_seconds() for worker in self.workers)

    @property
    def accepted(self) -> int:
        """How many deliveries the ledger says are accepted."""
        return self._deliveries.filter(status=Delivery.Status.ACCEPTED).count()

    @property
    def uncertain(self) -> int:
        """How many are uncertain."""
        return self._deliveries.filter(status=Delivery.Status.UNCERTAIN).count()

    @property
    def waiting(self) -> bool:
        """Whether the ledger has anything left to send.

        It is asked beside what is measured, so it goes on where it last found something.
        """
        self._first_left = self._left_from(self._first_left) or self._left_from(0)
        return self._first_left > 0

    def _left_from(self, number: int) -> int:
        waiting = [Delivery.Status.QUEUED, Delivery.Status.ATTEMPTING, Delivery.Status.DEFERRED]
        left = self._deliveries.filter(pk__gte=number, status__in=waiting, settled_at__isnull=True)
        return left.order_by("pk").values_list("pk", flat=True).first() or 0

    @property
    def _deliveries(self):  # type: ignore[no-untyped-def]
        return Delivery.objects.filter(broadcast=self.broadcast)

    def passage(self, port: int, *, most_seconds: float, until: Callable[[], bool] = lambda: False) -> Passage:
        """Send until the ledger has nothing left, ``until`` says so, or ``most_seconds`` are over."""
        cpu = self.cpu
        first = self._left_from(0)
        last = self._deliveries.order_by("pk").values_list("pk", flat=True).last() or 0
        self.go()
        begun = self.await_line(port)
        busy, all_of_it = machine_busy()
        whole = False
        while time.monotonic() - begun < most_seconds and not until():
            if not self.waiting:
                whole = True
                break
            done, elapsed = max(1, self._first_left - first), time.monotonic() - begun
            seconds_left = elapsed * (last - self._first_left) / done
            time.sleep(min(LOOK, max(LOOK_CLOSELY, seconds_left / 2)))
        seconds = time.monotonic() - begun
        busy_now, all_now = machine_busy()
        return Passage(
            sent=self.accepted,
            seconds=seconds,
            worker_cpu=self.cpu - cpu,
            busy=(busy_now - busy) / max(0.01, all_now - all_of_it),
            whole=whole,
            memory=max(worker.peak_memory() for worker in self.workers),
        )
