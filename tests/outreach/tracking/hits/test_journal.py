"""The journal of a web process: whole lines in files that are locked while their process may write more."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from outreach.tracking.hits.journal import HitJournal, end_of_day
from outreach.tracking.hits.lines import parsed

ROOT = Path(__file__).resolve().parents[4]
NOON = 1_790_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def journal(tmp_path, clock):
    journal = HitJournal(tmp_path / "hits", clock=clock, threaded=False, roll_bytes=100)
    yield journal
    journal.close()


def files(journal: HitJournal) -> list[Path]:
    return sorted(journal.directory.glob("*.hits"))


def is_locked(path: Path) -> bool:
    file = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def test_a_line_is_in_the_file_when_the_call_returns(journal):
    assert journal.write(b"one\n")

    [file] = files(journal)
    assert file.read_bytes() == b"one\n"
    assert is_locked(file)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_full_file_is_left_for_a_new_one(journal):
    for _number in range(3):
        journal.write(b"x" * 59 + b"\n")
    journal.keep_up()

    assert sorted((file.stat().st_size, is_locked(file)) for file in files(journal)) == [(60, True), (120, False)]


def test_the_file_of_a_day_that_is_over_is_left_though_nothing_comes(journal, clock):
    journal.write(b"one\n")
    clock.now = end_of_day(NOON) - 1
    journal.keep_up()
    assert [is_locked(file) for file in files(journal)] == [True]

    clock.now += 2
    journal.keep_up()
    assert [is_locked(file) for file in files(journal)] == [False]


def test_what_was_refused_is_one_line_a_reason(journal):
    for reason in ("token", "gone", "token"):
        journal.refuse(reason)
    journal.keep_up()

    lines = [parsed(line) for line in files(journal)[0].read_bytes().splitlines()]
    assert [(line.reason, line.number) for line in lines] == [("token", 2), ("gone", 1)]


def test_a_loss_is_counted_and_told_once_the_disk_takes_something_again(tmp_path, clock, caplog):
    (tmp_path / "hits").write_text("stands in the way")
    journal = HitJournal(tmp_path / "hits", clock=clock, threaded=False)
    assert [journal.write(b"lost\n") for _number in range(3)] == [False] * 3
    journal.keep_up()
    assert len(caplog.records) == 1

    (tmp_path / "hits").unlink()
    assert journal.write(b"kept\n")
    journal.close()

    kept, told = files(journal)[0].read_bytes().splitlines()
    assert kept == b"kept"
    assert (parsed(told).reason, parsed(told).number) == ("lost", 3)


def test_half_a_line_is_taken_back_so_that_the_next_one_is_whole(journal, monkeypatch):
    journal.write(b"one\n")
    real = os.write

    def full(file: int, data: bytes) -> int:
        return real(file, data[:2])

    with monkeypatch.context() as disk:
        disk.setattr(os, "write", full)
        assert not journal.write(b"two\n")
    journal.write(b"three\n")

    assert files(journal)[0].read_bytes() == b"one\nthree\n"


def test_several_threads_write_whole_lines(tmp_path):
    import threading

    journal = HitJournal(tmp_path / "hits", roll_bytes=5000)
    threads = [
        threading.Thread(target=lambda name=name: [journal.write(b"%d %d\n" % (name, n)) for n in range(300)])
        for name in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()

    lines = [line for file in files(journal) for line in file.read_bytes().splitlines()]
    assert sorted(lines) == sorted(b"%d %d" % (name, n) for name in range(4) for n in range(300))
    assert not any(is_locked(file) for file in files(journal))


def test_nothing_is_lost_when_the_process_is_killed(tmp_path):
    writer = (
        "import sys; from pathlib import Path; from outreach.tracking.hits.journal import HitJournal\n"
        "journal = HitJournal(Path(sys.argv[1]))\n"
        "for number in range(10**9): journal.write(b'%d\\n' % number); print(number, flush=True)"
    )
    program = "import os, django; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'tests.settings'); django.setup()\n"
    process = subprocess.Popen(
        [sys.executable, "-c", program + writer, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT, text=True
    )
    for line in process.stdout:
        if int(line) == 200:
            process.send_signal(signal.SIGKILL)
            break
    answered = 200 + len(process.stdout.read().splitlines())
    process.wait()

    [file] = tmp_path.glob("*.hits")
    lines = file.read_bytes().splitlines()
    assert lines == [b"%d" % number for number in range(len(lines))]
    assert len(lines) >= answered + 1
    assert not is_locked(file)


def test_a_days_end_is_the_offices_midnight(settings):
    settings.OFFICE_TIME_ZONE = "America/Dominica"
    end = time.gmtime(end_of_day(NOON))
    assert (end.tm_hour, end.tm_min, end.tm_sec) == (4, 0, 0)
    assert 0 < end_of_day(NOON) - NOON <= 24 * 3600
