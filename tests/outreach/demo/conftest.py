"""The demo's history, loaded once for a module whose tests only read it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from home.demo.content import Content
from home.demo.load import load as load_site
from outreach.demo import accounts
from outreach.demo.history import load

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)


class EnglishOnly(Content):
    """The demo's stories without their translations, which take long to publish and change no figure."""

    def catalogue(self, language: str) -> Path:
        return self.folder / "no-such-file.po"


@pytest.fixture(scope="module")
def history(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The demo as it is on the day of ``NOW``, in a transaction that is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_site(content=EnglishOnly())
        accounts.ensure(tmp_path_factory.mktemp("demo") / "users.json")
        load(now=NOW)
        yield
        transaction.set_rollback(True)
