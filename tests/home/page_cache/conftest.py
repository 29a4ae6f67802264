from collections.abc import Iterator

import pytest
from django.db import connections
from django.test import Client

from home.page_cache import store


@pytest.fixture(autouse=True)
def kept(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages are kept, and nothing of them is left to the next test.

    What a transaction around all tests has noted for its end is out of sight: it never comes.
    """
    settings.PAGE_CACHE_SECONDS = 3600
    monkeypatch.setattr(connections["default"], "run_on_commit", [])
    store.cache().clear()
    yield
    store.cache().clear()


@pytest.fixture
def reader() -> Client:
    """One server for all requests of a test."""
    return Client(SERVER_NAME="testserver")
