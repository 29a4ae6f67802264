"""Brings the demo's database and files up to date, step by step; what is done already takes no time."""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from wagtail.models import Site

from campaign_site import catalogues
from home.demo.content import Content
from home.demo.load import load as load_site
from outreach.broadcasts.models import Broadcast

from . import accounts
from .history import load as load_history

Say = Callable[[str], None]


def prepare(*, say: Say) -> list[accounts.Account]:
    """Make ready whatever is not, telling ``say`` (which gets pieces of lines) what takes time; the users to show."""
    catalogues.compile_all()
    if _pending_migrations():
        with _step(say, "Creating the database"):
            call_command("migrate", interactive=False, verbosity=0)
    _collect_static_files(say)
    users = accounts.ensure(settings.LOCAL_DIR / "demo-users.json")
    # The history comes last, so that a start that was interrupted goes on where it stopped. Once it is there, nothing
    # of the demo is loaded again: what editors changed or deleted stays as they left it.
    if not Broadcast.objects.filter(is_demo=True).exists():
        with _step(say, "Publishing stories and infographics in every language"):
            load_site(content=Content())
        with _step(say, "Generating 2,000 fictional subscribers and three past broadcasts"):
            load_history(now=timezone.now())
    _follow_port()
    return users


def _pending_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def _step(say: Say, words: str) -> Iterator[None]:
    began = time.monotonic()
    say(f"{words} …")
    yield
    say(f" {time.monotonic() - began:.0f} s\n")


def _collect_static_files(say: Say) -> None:
    """Collect and compress, unless every file is as it was the last time."""
    stamp = Path(settings.STATIC_ROOT).with_suffix(".sha256")
    now = _fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return
    with _step(say, "Collecting static files"):
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(now)


def _fingerprint() -> str:
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _follow_port() -> None:
    """Let Wagtail's site record follow PORT while it stands for this machine."""
    address = urlsplit(settings.SITE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    site = Site.objects.filter(is_default_site=True, hostname=address.hostname).exclude(port=port).first()
    if site:
        site.port = port
        site.save()
