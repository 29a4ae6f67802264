"""Fixtures for every stage of outreach: the world outside as real servers (documented in ``servers.py``)."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from outreach.tracking import events

from .servers import BotApiServer, SmtpServer


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Numbers of messages and broadcasts come back in the next test; what the process remembers of them must not."""
    cache.clear()
    events._frozen_links.cache_clear()


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
