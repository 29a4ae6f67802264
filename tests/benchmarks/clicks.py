"""Redirects a second, beside a view that does nothing on the same server; and what is left after a SIGKILL."""

import itertools
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.ground.databases import Yard, attach, detach
from tests.ground.environment import SITE_URL
from tests.ground.load import ask
from tests.ground.processes import Program, await_port, free_port
from tests.ground.tables import Row

from .plan import Plan, say

OF_NULL = 0.6
CONNECTIONS = 16
SLICES, SLICE_SECONDS = 8, 1.0
"""In a round, one after the other in turn: so short that whatever else the machine does hits both alike."""
WARM = 400
KILLED_AFTER = 6_000
PEOPLE = 2_000
HOST = SITE_URL.partition("//")[2]


class Slice(NamedTuple):
    """Answers a second, and processor seconds of the server for each."""

    per_second: float
    work: float


class ClickBench:
    """The product's web server as it is started in earnest, on one kind of database."""

    def __init__(self, *, yard: Yard, folder: Path, environment: Mapping[str, str], kind: str, plan: Plan) -> None:
        self._kind, self._plan, self._folder = kind, plan, folder
        self._database = yard.make(kind)
        self._local = folder / f"clicks-{kind}"
        self._environment = {**environment, "DATABASE_URL": self._database.url, "LOCAL_DIR": str(self._local)}
        attach(self._database)
        self._clicks = self._made()

    def close(self) -> None:
        """Drop what was made."""
        detach()
        self._database.drop()

    def rows(self) -> list[Row]:
        """The table's lines."""
        return [*self._rates(), *self._kill()]

    def _made(self) -> list[tuple[int, int, bytes]]:
        """Deliveries that can be clicked: for each its number, a link, and the request."""
        from django.utils import timezone

        from outreach.delivery.models import Delivery
        from outreach.tracking.tokens import Token, Use, mint
        from tests.ground import messages, people
        from tests.ground.records import EMAIL

        people.populate(people=PEOPLE, mix=people.Mix(channels=[(EMAIL,)], tracked=100))
        now = timezone.now()
        broadcast = messages.approved(channels=[EMAIL], languages=["en"], audience=["everybody"], now=now)
        messages.start(broadcast, now=now)
        deliveries = list(Delivery.objects.order_by("pk").values_list("pk", "message_id"))
        return [
            (number, link, _request(f"/r/{mint(Token(Use.PERSONAL_CLICK, message, number))}/{link}"))
            for link in range(1, messages.LINKS + 1)
            for number, message in deliveries
        ]

    def _server(self, name: str, *application: str) -> tuple[Program, int]:
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", "--config", "python:campaign_site.server", *application]
        log = self._folder / f"{name}-{self._kind}.log"
        program = Program(*command, environment={**self._environment, "PORT": str(port)}, log=log)
        await_port(port)
        return program, port

    # --- redirects a second -----------------------------------------------------------------------------------------

    def _rates(self) -> list[Row]:
        servers = [self._server("null", "tests.benchmarks.null_site"), self._server("clicks")]
        (null, null_port), (site, site_port) = servers
        nothing = itertools.repeat(_request("/"))
        clicks = itertools.cycle(request for _number, _link, request in self._clicks)
        try:
            # The processes load what they need with the first requests.
            for requests, port, status in ((nothing, null_port, b"204"), (clicks, site_port, b"302")):
                ask(itertools.islice(requests, WARM), port=port, status=status, seconds=60)
            pairs = [
                (self._asked(nothing, null, null_port, b"204"), self._asked(clicks, site, site_port, b"302"))
                for _slice in range(SLICES * self._plan.rounds)
            ]
        finally:
            for program, _port in servers:
                program.stop()
        null_rate, site_rate = (median(pair[place].per_second for pair in pairs) for place in (0, 1))
        ratio = median(site.per_second / null.per_second for null, site in pairs)
        work = median(null.work / site.work for null, site in pairs)
        say(f"clicks, {self._kind}: {site_rate:.0f} redirects/s, null view {null_rate:.0f}/s")
        return [
            Row("null view (204, no middleware)", f"{null_rate:.0f}/s"),
            Row(
                "click redirects, noted",
                f"{site_rate:.0f}/s = {ratio:.2f} of it",
                f">= {OF_NULL}",
                ratio >= OF_NULL,
            ),
            Row("  by processor time of the server", f"{work:.2f} of it", f">= {OF_NULL}", work >= OF_NULL),
            Row("  read into the database", f"{self._read():.0f} events/s"),
        ]

    def _asked(self, requests: Iterator[bytes], server: Program, port: int, status: bytes) -> Slice:
        before = server.cpu_seconds()
        answers = ask(requests, port=port, status=status, seconds=SLICE_SECONDS, connections=CONNECTIONS)
        if answers.wrong:
            raise RuntimeError(f"{answers.wrong} answers were not {status.decode()}")
        return Slice(answers.per_second, (server.cpu_seconds() - before) / len(answers.answered))

    def _read(self) -> float:
        from django.utils import timezone

        from outreach.tracking.hits.ingestion import read_journals

        begun = time.monotonic()
        ingested = read_journals(directory=self._local / "hits", now=timezone.now() + timedelta(seconds=1))
        return ingested.events / (time.monotonic() - begun)

    # --- killed in the middle ---------------------------------------------------------------------------------------

    def _kill(self) -> list[Row]:
        from outreach.tracking.models import TrackingEvent

        TrackingEvent.objects.all().delete()
        program, port = self._server("killed")

        def strike(answered: int) -> None:
            if answered >= KILLED_AFTER and program.alive():
                program.kill()

        requests = (request for _number, _link, request in self._clicks)
        answers = ask(requests, port=port, status=b"302", seconds=60.0, connections=CONNECTIONS, during=strike)
        if program.alive():
            raise RuntimeError("it was not killed")
        self._read()
        found = Counter(TrackingEvent.objects.values_list("delivery", "link"))
        noted = {self._clicks[place][:2] for place in answers.answered}
        lost = len(noted - found.keys())
        twice = sum(number > 1 for number in found.values())
        unheard = len(found.keys() - noted)
        return [
            Row("answered before a SIGKILL", str(len(answers.answered))),
            Row("  of them lost, counted twice", f"{lost}, {twice}", "0, 0", not lost and not twice),
            Row("  noted, with the answer lost", str(unheard), f"<= {CONNECTIONS}", unheard <= CONNECTIONS),
        ]


def _request(path: str) -> bytes:
    agent = (
        "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
    )
    return (
        f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nUser-Agent: {agent}\r\n"
        "Accept: text/html\r\nAccept-Language: en\r\nX-Forwarded-Proto: https\r\n\r\n"
    ).encode()
