"""The public site for tests: a small one, loaded once from ``demo/`` with made-up translations."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from home.demo import catalogue
from home.demo.content import Content
from home.demo.load import LoadReport, load
from home.models import HomePage, InfographicPage, StoryPage

HERE = Path(__file__).parent / "demo"
UNTRANSLATED_IN_SPANISH = "Always"
"""A text of one story that the Spanish catalogue lacks."""


def translated(text: str, language: str) -> str:
    """A translation that keeps inline tags and can be told from its source."""
    return f"{text} [{language}]"


@pytest.fixture(scope="session")
def content(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Content:
    """The small site with catalogues: French and Haitian Creole are complete, Spanish lacks one text."""
    folder = tmp_path_factory.mktemp("site") / "demo"
    shutil.copytree(HERE, folder)
    for language in ("fr", "es", "ht"):
        with django_db_blocker.unblock():
            po = catalogue.extract(Content(folder))
        for entry in po:
            if not (language == "es" and entry.msgid == UNTRANSLATED_IN_SPANISH):
                entry.msgstr = translated(entry.msgid, language)
        po.save(str(folder / "content" / f"{language}.po"))
    return Content(folder)


@contextmanager
def in_database(blocker: DjangoDbBlocker, content: Content) -> Iterator[LoadReport]:
    """The small site, until the end of a ``with``. Whoever imports it has to end it before a test that commits."""
    with blocker.unblock(), transaction.atomic():
        cache.clear()
        yield load(content=content)
        transaction.set_rollback(True)
    cache.clear()


@pytest.fixture(scope="package")
def loaded(django_db_blocker: DjangoDbBlocker, content: Content) -> Iterator[LoadReport]:
    """The small site in the database; taken out again after the last test of this package."""
    with in_database(django_db_blocker, content) as report:
        yield report


@pytest.fixture
def site(loaded: LoadReport, db: None) -> LoadReport:
    return loaded


@pytest.fixture(autouse=True)
def charts(settings, drawn: Path) -> None:
    settings.CHART_DIR = drawn


@pytest.fixture
def chart_dir(settings, charts: None, tmp_path: Path) -> Path:
    """A folder of its own, in which nothing was drawn yet."""
    settings.CHART_DIR = tmp_path / "charts"
    return tmp_path / "charts"


@pytest.fixture
def reader() -> Client:
    return Client(SERVER_NAME="testserver")


@pytest.fixture
def editor(site: LoadReport, admin_client: Client) -> Client:
    return admin_client


@pytest.fixture
def story(site: LoadReport) -> StoryPage:
    return StoryPage.objects.get(locale__language_code="en")


@pytest.fixture
def french_story(site: LoadReport) -> StoryPage:
    return StoryPage.objects.get(locale__language_code="fr")


@pytest.fixture
def infographic(site: LoadReport) -> InfographicPage:
    return InfographicPage.objects.get(locale__language_code="en", slug="stock")


@pytest.fixture
def home_page(site: LoadReport) -> HomePage:
    return HomePage.objects.get(locale__language_code="en")
