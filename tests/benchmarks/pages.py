"""Stories a second, made anew and kept, beside a view that says hello on the same server."""

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.ground.databases import ROOT, Yard
from tests.ground.environment import SITE_URL
from tests.ground.load import ask
from tests.ground.processes import Program, await_port, free_port
from tests.ground.tables import Row

from .plan import Plan, say

OF_HELLO_KEPT, OF_HELLO_MADE = 0.75, 0.05
CONNECTIONS = 16
SLICES, SLICE_SECONDS = 6, 1.0
"""In a round, one after the other in turn: so short that whatever else the machine does hits all alike."""
WARM = 200
STORY = "/en/stories/one-in-eight/"
FRESH = f"{STORY}?fresh=1"
"""Made for each reader: a page is kept under no query that it does not know."""
HOST = SITE_URL.partition("//")[2]


class Slice(NamedTuple):
    """Answers a second, and processor seconds of the server for each."""

    per_second: float
    work: float


class PageBench:
    """The product's web server as it is started in earnest, with the demo's content, on one kind of database."""

    def __init__(self, *, yard: Yard, folder: Path, environment: Mapping[str, str], kind: str, plan: Plan) -> None:
        self._kind, self._plan, self._folder = kind, plan, folder
        self._database = yard.make(kind)
        self._environment = {
            **environment,
            "DATABASE_URL": self._database.url,
            "LOCAL_DIR": str(folder / f"pages-{kind}"),
        }
        for command in (["load_site"], ["collectstatic", "--no-input"]):
            self._manage(*command)

    def close(self) -> None:
        """Drop what was made."""
        self._database.drop()

    def _manage(self, *command: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env={**os.environ, **self._environment},
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def _server(self, name: str, *application: str, **more: str) -> tuple[Program, int]:
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", "--config", "python:campaign_site.server", *application]
        log = self._folder / f"{name}-{self._kind}.log"
        program = Program(*command, environment={**self._environment, **more, "PORT": str(port)}, log=log)
        await_port(port)
        return program, port

    def rows(self) -> list[Row]:
        """The table's lines."""
        servers = [
            (*self._server("hello", "tests.benchmarks.hello_site"), "/"),
            (*self._server("bare", PAGE_CACHE_SECONDS="0"), STORY),
            (*self._server("made"), FRESH),
            (*self._server("kept"), STORY),
        ]
        try:
            # The processes load what they need with the first requests.
            for _program, port, path in servers:
                ask(itertools.repeat(_request(path), WARM), port=port, status=b"200", seconds=60)
            rounds = [[self._asked(*server) for server in servers] for _slice in range(SLICES * self._plan.rounds)]
        finally:
            for program, _port, _path in servers:
                program.stop()
        hello, bare, made, kept = zip(*rounds, strict=True)
        say(f"pages, {self._kind}: hello {_rate(hello):.0f}/s, made {_rate(made):.0f}/s, kept {_rate(kept):.0f}/s")
        return [
            Row("hello, world (no middleware)", f"{_rate(hello):.0f}/s"),
            *_beside("a story that is kept, counted", kept, hello, OF_HELLO_KEPT),
            *_beside("a story made anew, its unchanged parts kept", made, hello, OF_HELLO_MADE),
            *_beside("  with nothing kept at all", bare, hello),
        ]

    def _asked(self, server: Program, port: int, path: str) -> Slice:
        before = server.cpu_seconds()
        requests: Iterator[bytes] = itertools.repeat(_request(path))
        answers = ask(requests, port=port, status=b"200", seconds=SLICE_SECONDS, connections=CONNECTIONS)
        if answers.wrong:
            raise RuntimeError(f"{answers.wrong} answers on {path} were not 200: {answers.example[:300]!r}")
        return Slice(answers.per_second, (server.cpu_seconds() - before) / len(answers.answered))


def _rate(slices: tuple[Slice, ...]) -> float:
    return median(each.per_second for each in slices)


def _beside(name: str, pages: tuple[Slice, ...], hello: tuple[Slice, ...], limit: float | None = None) -> list[Row]:
    ratio = median(page.per_second / other.per_second for page, other in zip(pages, hello, strict=True))
    work = median(other.work / page.work for page, other in zip(pages, hello, strict=True))
    measured = f"{_rate(pages):.0f}/s = {ratio:.2f} of it"
    return [
        Row(name, measured, f">= {limit}", ratio >= limit) if limit else Row(name, measured),
        Row("  by processor time of the server", f"{work:.2f} of it"),
    ]


def _request(path: str) -> bytes:
    agent = (
        "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
    )
    return (
        f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nUser-Agent: {agent}\r\nAccept: text/html\r\n"
        "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en\r\nX-Forwarded-Proto: https\r\n\r\n"
    ).encode()
