"""Fixtures for every stage of outreach: the world outside as real servers (documented in ``servers.py``)."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.core.cache import cache
from django.utils import timezone

from outreach.tracking.hits import recording
from outreach.tracking.hits.ingestion import Ingested, read_journals
from outreach.tracking.hits.targets import targets

from .servers import BotApiServer, SmtpServer


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Numbers of messages and broadcasts come back in the next test; what the process remembers of them must not."""
    cache.clear()
    targets.forget()
    recording.end()
    shutil.rmtree(recording.folder(), ignore_errors=True)


@pytest.fixture
def ingest(settings, tmp_path) -> Iterator[Callable[..., Ingested]]:
    """Reads what this process noted into the database, as the worker does; its journals lie in a folder of the test."""
    settings.LOCAL_DIR = tmp_path
    recording.end()

    def read(now: datetime | None = None) -> Ingested:
        recording.end()
        return read_journals(directory=recording.folder(), now=now or timezone.now())

    yield read
    recording.end()


@pytest.fixture
def smtp_server(settings) -> Iterator[SmtpServer]:
    """A mail server on a free port, which the settings name."""
    server = SmtpServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.host, server.port, 5
    yield server
    server.stop()


@pytest.fixture
def bot_api(settings) -> Iterator[BotApiServer]:
    """A Bot API server on a free port, which the settings name."""
    server = BotApiServer()
    settings.TELEGRAM_API_URL, settings.TELEGRAM_BOT_TOKEN = server.url, server.token
    yield server
    server.stop()
