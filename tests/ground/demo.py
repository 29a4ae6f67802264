"""A real demo in a folder of its own, started as ``make demo`` starts it, and its users at work in Chromium."""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue

from playwright.sync_api import Browser, BrowserContext, Locator, Page

from outreach.demo.ports import free_ports

from .chromium import READER

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30_000
"""For how many milliseconds a page may take to show something, where other tests keep the machine busy."""
LAST_LINE = "Ctrl-C"
"""How the last line begins that a demo prints before it waits for its users."""


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

    def start(self, patience: float = 600.0) -> None:
        """Start and wait until it says that it is ready; raises ``AssertionError`` with its output if it does not.

        ``patience`` is for how many seconds it may say nothing. It says when a step of its preparation is done; how
        long one takes is for the machine, and for what else runs there.
        """
        self.output.clear()
        lines: Queue[str] = Queue()
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
        self._reader = threading.Thread(target=self._read, args=(lines,), daemon=True)
        self._reader.start()
        with suppress(Empty):
            while not lines.get(timeout=patience).startswith(LAST_LINE):
                pass
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

    def _read(self, lines: Queue[str]) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.output.append(line)
            lines.put(line)
        # It ended, so there is nothing to wait for.
        lines.put(LAST_LINE)


def own_environment(place: Path, **more: str) -> dict[str, str]:
    """The settings of a demo that keeps everything in ``place`` and listens on free ports; ``more`` in their stead."""
    port, mail_port, bot_port = free_ports(0, 0, 0)
    return {
        "DJANGO_SETTINGS_MODULE": "campaign_site.settings",
        "LOCAL_DIR": str(place / "local"),
        "MEDIA_DIR": str(place / "media"),
        "DATABASE_URL": "",
        "PORT": str(port),
        "SANDBOX_SMTP_PORT": str(mail_port),
        "SANDBOX_BOT_API_PORT": str(bot_port),
        "SITE_URL": "",
        "ALLOWED_HOSTS": "",
        "BROKER_URL": "",
        **more,
    }


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
        context.set_default_timeout(PATIENCE)
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
