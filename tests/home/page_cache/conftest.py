from collections.abc import Iterator

import pytest
from django.test import Client

from home.page_cache import store


@pytest.fixture(autouse=True)
def kept(settings) -> Iterator[None]:
    """Pages are kept, and nothing of them is left to the next test."""
    settings.PAGE_CACHE_SECONDS = 3600
    store.cache().clear()
    yield
    store.cache().clear()


@pytest.fixture
def reader() -> Client:
    """One server for all requests of a test."""
    return Client(SERVER_NAME="testserver")
