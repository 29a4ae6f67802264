"""The sign of commits on SQLite: it changes with each, in every journal mode, and breaks no lock of SQLite's."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from outreach.delivery import commits


@pytest.fixture(params=["wal", "delete"])
def database(request, tmp_path):
    path = tmp_path / "some.sqlite3"
    with closing(_auto(path)) as raw:
        raw.execute(f"PRAGMA journal_mode={request.param}")
        raw.execute("CREATE TABLE notes (text TEXT)")
        yield path, raw


def _auto(path):
    return sqlite3.connect(path, isolation_level=None)


def test_each_commit_by_another_changes_it_and_nothing_else_does(database):
    path, raw = database
    sign = commits.sign(raw)
    with closing(_auto(path)) as other:
        before = sign()
        assert sign() == before
        other.execute("SELECT * FROM notes").fetchall()
        assert sign() == before, "reading is no commit"
        for text in "abc":
            other.execute("INSERT INTO notes VALUES (?)", [text])
            assert sign() != before
            before = sign()


def test_its_own_commit_changes_it(database):
    _path, raw = database
    sign = commits.sign(raw)
    before = sign()
    raw.execute("INSERT INTO notes VALUES ('a')")
    assert sign() != before


def test_a_change_that_is_not_committed_yet_is_seen_when_it_is(database):
    path, raw = database
    sign = commits.sign(raw)
    with closing(_auto(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO notes VALUES ('a')")
        before = sign()
        other.execute("COMMIT")
        assert sign() != before


def test_a_log_that_was_emptied_and_begun_anew_does_not_hide_a_commit(database):
    path, raw = database
    sign = commits.sign(raw)
    with closing(_auto(path)) as other:
        for text in "abc":
            before = sign()
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            other.execute("INSERT INTO notes VALUES (?)", [text])
            assert sign() != before


def test_where_there_is_no_file_it_asks_sqlite():
    with closing(_auto(":memory:")) as raw:
        raw.execute("CREATE TABLE notes (text TEXT)")
        sign = commits.sign(raw)
        before = sign()
        assert sign() == before
        raw.execute("INSERT INTO notes VALUES ('a')")
        assert sign() != before


def test_asking_gives_up_no_lock_that_sqlite_holds(tmp_path):
    """Another process must still find the database locked: closing a file gives up every lock on it."""
    path = tmp_path / "some.sqlite3"
    with closing(_auto(path)) as raw:
        raw.execute("PRAGMA journal_mode=wal")
        raw.execute("CREATE TABLE notes (text TEXT)")
        raw.execute("BEGIN IMMEDIATE")
        for _time in range(3):
            commits.sign(raw)()
        tried = subprocess.run(
            [
                sys.executable,
                "-c",
                "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')",
                path,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        raw.execute("COMMIT")
    assert "database is locked" in tried.stderr


def test_the_file_is_opened_once(tmp_path):
    path = tmp_path / "some.sqlite3"
    with closing(_auto(path)) as raw:
        raw.execute("PRAGMA journal_mode=wal")
        raw.execute("CREATE TABLE notes (text TEXT)")
        commits.sign(raw)
        opened = len(os.listdir("/proc/self/fd"))
        for _time in range(5):
            commits.sign(raw)
        assert len(os.listdir("/proc/self/fd")) == opened
