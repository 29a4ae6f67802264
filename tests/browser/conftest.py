"""One demo for all browser tests, and who looks at it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.audit.places import FIND, Found
from tests.conftest import broker_url
from tests.ground.chromium import launched
from tests.ground.demo import PATIENCE, ROOT, Demo, Staff, own_environment, press

__all__ = ["PATIENCE", "Demo", "Staff", "press"]


expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One Chromium for all of these tests, and gone after them: what follows may not meet Playwright's event loop."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The running demo, shared by all tests: leave it so that another test finds what it expects."""
    place = tmp_path_factory.mktemp("demo")
    running = Demo(
        own_environment(
            place,
            DATABASE_URL=_own_database(f"campaign_demo_{os.getpid()}"),
            BROKER_URL=broker_url() if os.environ["DATABASE_URL"].startswith("postgres") else "",
        )
    )
    running.start()
    with _second_machine(running, place / "second"):
        yield running
    running.stop()
    _drop(running.environment["DATABASE_URL"])


@contextmanager
def _second_machine(demo: Demo, place: Path) -> Iterator[None]:
    """On PostgreSQL, one more worker with a disk of its own, woken over the broker as the first one is."""
    if not demo.environment["DATABASE_URL"]:
        yield
        return
    place.mkdir()
    environment = {**os.environ, **demo.environment, "LOCAL_DIR": str(place)}
    with (place / "worker.log").open("wb") as log:
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "worker"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        yield
        worker.terminate()
        assert worker.wait(timeout=60) == 0, (place / "worker.log").read_text()


def _own_database(name: str) -> str:
    """A new database beside the one under test on PostgreSQL; empty, for the embedded one, on SQLite."""
    server, slash, _name = os.environ["DATABASE_URL"].rpartition("/")
    if not server.startswith("postgres"):
        return ""
    with closing(psycopg.connect(f"{server}/postgres", autocommit=True)) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{server}{slash}{name}"


def _drop(url: str) -> None:
    server, _slash, name = url.rpartition("/")
    if server:
        with closing(psycopg.connect(f"{server}/postgres", autocommit=True)) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="package")
def found(demo: Demo) -> Found:
    """Every kind of page of the demo, in every language."""
    return Found.parse(demo.manage("shell", "-v", "0", "-c", FIND))


@pytest.fixture
def context(chromium: Browser, demo: Demo) -> Iterator[BrowserContext]:
    """A visitor of the demo who was never there before."""
    with closing(chromium.new_context(base_url=demo.url)) as fresh:
        fresh.set_default_timeout(PATIENCE)
        yield fresh


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page of a new visitor."""
    return context.new_page()


@pytest.fixture
def staff(chromium: Browser, demo: Demo) -> Iterator[Staff]:
    """Pages of members of staff, each signed in with a session of their own."""
    with closing(Staff(chromium, demo)) as members:
        yield members
