"""The small site with its search index."""

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from home.demo.load import LoadReport


@pytest.fixture(scope="package")
def indexed(loaded: LoadReport, django_db_blocker: DjangoDbBlocker) -> LoadReport:
    """The index is written when a transaction ends; that of the small site never does."""
    with django_db_blocker.unblock():
        call_command("update_index", verbosity=0)
    return loaded


@pytest.fixture
def site(indexed: LoadReport, db: None) -> LoadReport:
    return indexed
