"""Which tests need something that a machine may not have: they are skipped by name, and with ``REQUIRE_ALL=1`` fail."""

import gc
import os
import shutil
import socket
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from .database import django_db_setup  # noqa: F401
from .ground.chromium import CHROMIUM

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

# How long an example takes is for the machine, and it may be busy.
hypothesis_settings.register_profile("any machine", deadline=None)
hypothesis_settings.load_profile("any machine")

TOGETHER = ("tests/browser/",)
"""Folders whose tests share what takes too long to make in each worker: a running demo."""
COLLECTION = (100_000, 20, 100)
"""After how many new objects, younger and older collections memory is looked through (:func:`gc.set_threshold`)."""
BROKER = "amqp://guest:guest@127.0.0.1:5672/"


@pytest.fixture(autouse=True)
def _default_language() -> None:
    """A page read in another language leaves it behind in its thread, as on a server until the next request."""
    translation.deactivate()


def broker_url() -> str:
    """The broker under test: ``BROKER_URL``, else the one that a machine runs by default."""
    return os.environ.get("BROKER_URL") or BROKER


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 5672), timeout=2).close()
    except OSError:
        return False
    return True


def _missing() -> dict[str, str]:
    """Each marker whose need is not met here, with the reason that a person reads."""
    missing = {}
    if not shutil.which(CHROMIUM):
        missing["browser"] = f"needs Chromium at {CHROMIUM}, or where CHROMIUM says"
    if not _answers(broker_url()):
        missing["broker"] = "needs a message broker at 127.0.0.1:5672, or where BROKER_URL says"
    if not os.environ["DATABASE_URL"].startswith("postgres"):
        missing["postgres"] = "needs PostgreSQL as the database under test: DATABASE_URL=postgres://…"
    return missing


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # They take longest, wait a lot and are run by one worker: beside them another one gets far with the rest.
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)
    missing = _missing()
    for item in items:
        for marker in item.iter_markers():
            if marker.name in missing:
                item.add_marker(pytest.mark.skip(reason=missing[marker.name]))


def pytest_collection_finish() -> None:
    """What was imported stays to the end: a collection that looked through all of it again and again found nothing."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTION)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> "LoadScopeScheduling":
    """With several workers, a file is run by one of them."""
    from xdist.scheduler import LoadScopeScheduling

    class Files(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return next((folder for folder in TOGETHER if file.startswith(folder)), file)

    # In the order above, and not the longest files first.
    config.option.loadscopereorder = False
    return Files(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything must be there, a skip is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("REQUIRE_ALL") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Charts that a test before drew: a file's name says all that it was drawn from, so they are not drawn again."""
    return tmp_path_factory.mktemp("charts")


@pytest.fixture(scope="session")
def broker() -> str:
    """The address of the broker, for tests marked ``broker``."""
    return broker_url()


@pytest.fixture
def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
