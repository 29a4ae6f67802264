"""A visit's number tells two requests of one day apart, and nothing after that day."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from outreach.tracking.web import visitors
from outreach.tracking.web.visitors import forget, office_day, visit_of

ROOT = Path(__file__).resolve().parents[4]
NOON = datetime(2026, 10, 1, 16, 0, tzinfo=UTC)
READER = {"address": "203.0.113.9", "agent": "Phone/1"}


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.LOCAL_DIR = tmp_path
    settings.OFFICE_TIME_ZONE = "America/Dominica"
    visitors._known.clear()
    yield
    visitors._known.clear()


def keys() -> list[Path]:
    return sorted(visitors.folder().iterdir())


def test_the_same_visitor_has_one_number_all_day_and_others_have_others():
    first = visit_of(**READER, now=NOON)
    assert visit_of(**READER, now=NOON + timedelta(hours=11)) == first
    assert visit_of(address="203.0.113.8", agent="Phone/1", now=NOON) != first
    assert visit_of(address="203.0.113.9", agent="Phone/2", now=NOON) != first
    assert 0 <= first < 2**63


def test_the_key_is_for_this_user_alone_and_goes_with_its_day():
    first = visit_of(**READER, now=NOON)
    [key] = keys()
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.parent.stat().st_mode & 0o777 == 0o700
    assert key.name == "2026-10-01.key"

    assert visit_of(**READER, now=NOON + timedelta(hours=12)) != first
    assert [path.name for path in keys()] == ["2026-10-02.key"]


def test_the_worker_removes_the_key_when_no_reader_comes():
    visit_of(**READER, now=NOON)
    forget(day=office_day(NOON + timedelta(hours=12)))
    assert keys() == []
    assert not visitors._known


def test_a_day_that_is_over_can_not_be_told_any_more():
    first = visit_of(**READER, now=NOON)
    forget(day=office_day(NOON + timedelta(days=1)))
    assert visit_of(**READER, now=NOON) != first


def test_processes_of_one_machine_agree(tmp_path):
    program = (
        "import sys; from datetime import datetime; from pathlib import Path; from django.conf import settings\n"
        "settings.configure(LOCAL_DIR=Path(sys.argv[1]), OFFICE_TIME_ZONE='America/Dominica', USE_TZ=True)\n"
        "from outreach.tracking.web.visitors import visit_of\n"
        f"print(visit_of(address='203.0.113.9', agent='Phone/1', now=datetime.fromisoformat({NOON.isoformat()!r})))"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) for _process in range(2)]
    numbers = {process.communicate()[0] for process in both}

    assert len(numbers) == 1
    assert int(numbers.pop()) == visit_of(**READER, now=NOON)


def test_a_process_counts_for_itself_where_the_key_can_not_be_written(settings, tmp_path, caplog):
    (tmp_path / "file").write_text("")
    settings.LOCAL_DIR = tmp_path / "file"

    assert visit_of(**READER, now=NOON) == visit_of(**READER, now=NOON)
    assert "can't be written" in caplog.text
