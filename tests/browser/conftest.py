"""A real demo in a folder of its own, started once as ``make demo`` starts it, and Chromium to look at it with."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from outreach.demo.ports import free_ports
from tests.conftest import CHROMIUM, broker_url

ROOT = Path(__file__).resolve().parents[2]
READER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
"""Without a screen Chromium calls itself headless, and whoever does is counted as a program."""
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Demo:
    """The demo's process group. ``environment`` is what makes it a demo of its own; ``output`` is what it printed."""

    environment: dict[str, str]
    output: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address of the site, without a slash at the end."""
        return f"http://127.0.0.1:{self.environment['PORT']}"

    @property
    def passwords(self) -> dict[str, str]:
        """The password of each demo user by name."""
        users = json.loads((Path(self.environment["LOCAL_DIR"]) / "demo-users.json").read_text())
        return {name: user["password"] for name, user in users.items()}

    def start(self, patience: float = 300.0) -> None:
        """Start and wait until it says that it is ready; raises ``AssertionError`` with its output if it does not."""
        self.output.clear()
        ready = threading.Event()
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "demo"],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, args=(ready,), daemon=True)
        self._reader.start()
        ready.wait(patience)
        assert f"ready: {self.url}/\n" in self.output, "".join(self.output)

    def stop(self) -> int:
        """Press Ctrl-C; the exit status. Returns when every process of the demo has closed its output."""
        os.killpg(self._process.pid, signal.SIGINT)
        status = self._process.wait(timeout=30)
        self._reader.join(timeout=30)
        assert not self._reader.is_alive(), "a process of the demo is left"
        return status

    def manage(self, *arguments: str) -> str:
        """What a command prints that runs beside the demo, on its database."""
        command = [sys.executable, "manage.py", *arguments]
        environment = {**os.environ, **self.environment}
        return subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout

    def _read(self, ready: threading.Event) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.output.append(line)
            if line.startswith("Ctrl-C"):
                ready.set()
        ready.set()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The running demo, shared by all tests: leave it so that another test finds what it expects."""
    place = tmp_path_factory.mktemp("demo")
    port, mail_port, bot_port = free_ports(0, 0, 0)
    running = Demo(
        {
            "DJANGO_SETTINGS_MODULE": "campaign_site.settings",
            "LOCAL_DIR": str(place / "local"),
            "MEDIA_DIR": str(place / "media"),
            "DATABASE_URL": _own_database(f"campaign_demo_{os.getpid()}"),
            "PORT": str(port),
            "SANDBOX_SMTP_PORT": str(mail_port),
            "SANDBOX_BOT_API_PORT": str(bot_port),
            "SITE_URL": "",
            "ALLOWED_HOSTS": "",
            "BROKER_URL": broker_url() if os.environ["DATABASE_URL"].startswith("postgres") else "",
        }
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


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser, demo: Demo) -> Iterator[BrowserContext]:
    """A visitor of the demo who was never there before."""
    with closing(chromium.new_context(base_url=demo.url)) as fresh:
        fresh.set_default_timeout(20_000)
        yield fresh


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page of a new visitor."""
    return context.new_page()


@pytest.fixture
def staff(chromium: Browser, demo: Demo) -> Iterator["Staff"]:
    """Pages of members of staff, each signed in with a session of their own."""
    with closing(Staff(chromium, demo)) as members:
        yield members


def press(element: Locator) -> None:
    """Click on what leads to another page, and wait until that is there with all that it shows.

    Who goes on at once may break off a form that is on its way, or read the page before.
    """
    with element.page.expect_navigation(wait_until="load"):
        element.click()


class Staff:
    """Signs demo users in; each gets a browser context, so several can work at the same time."""

    def __init__(self, chromium: Browser, demo: Demo) -> None:
        self._chromium = chromium
        self._demo = demo
        self._contexts: list[BrowserContext] = []

    def sign_in(self, name: str) -> Page:
        """A page that shows the admin's first screen to ``name``."""
        context = self._chromium.new_context(base_url=self._demo.url, user_agent=READER)
        context.set_default_timeout(20_000)
        self._contexts.append(context)
        page = context.new_page()
        page.goto("/admin/login/")
        page.fill("input[name=username]", name)
        page.fill("input[name=password]", self._demo.passwords[name])
        page.click("button[type=submit]")
        page.wait_for_url(f"{self._demo.url}/admin/")
        return page

    def close(self) -> None:
        """Sign everybody out."""
        for context in self._contexts:
            context.close()
