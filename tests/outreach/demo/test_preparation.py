import io
from pathlib import Path

import pytest
from django.conf import LazySettings
from wagtail.models import Site

from outreach.broadcasts.models import Broadcast
from outreach.demo import preparation

pytestmark = pytest.mark.django_db


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def place(settings: LazySettings, tmp_path: Path) -> Path:
    """A folder of this machine's own, with one static file to collect."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "site.css").write_text("body { color: black }")
    settings.LOCAL_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    return tmp_path


@pytest.fixture
def loaded() -> Broadcast:
    """A database into which the demo was loaded some time ago."""
    return Broadcast.objects.create(title="A broadcast of the demo", is_demo=True)


def test_a_later_start_loads_nothing_again(place: Path, loaded: Broadcast, said: io.StringIO) -> None:
    preparation.prepare(say=said.write)
    first = said.getvalue()
    preparation.prepare(say=said.write)

    assert first.startswith("Collecting static files … ")
    assert said.getvalue() == first
    assert list(Broadcast.objects.all()) == [loaded]


def test_static_files_are_collected_again_when_one_of_them_changed(
    place: Path, loaded: Broadcast, said: io.StringIO
) -> None:
    preparation.prepare(say=said.write)
    (place / "source" / "site.css").write_text("body { color: darkgreen }")

    preparation.prepare(say=said.write)

    assert said.getvalue().count("Collecting static files") == 2
    assert (place / "static" / "site.css").read_text() == "body { color: darkgreen }"


def test_the_site_record_follows_another_port(
    place: Path, loaded: Broadcast, said: io.StringIO, settings: LazySettings
) -> None:
    Site.objects.filter(is_default_site=True).update(hostname="127.0.0.1", port=8000)
    settings.SITE_URL = "http://127.0.0.1:8123"

    preparation.prepare(say=said.write)

    assert Site.objects.get(is_default_site=True).port == 8123


def test_a_site_record_that_names_another_host_is_left_alone(
    place: Path, loaded: Broadcast, said: io.StringIO, settings: LazySettings
) -> None:
    Site.objects.filter(is_default_site=True).update(hostname="example.org", port=443)
    settings.SITE_URL = "http://127.0.0.1:8123"

    preparation.prepare(say=said.write)

    assert Site.objects.get(is_default_site=True).port == 443
