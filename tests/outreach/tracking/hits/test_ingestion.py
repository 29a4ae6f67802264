"""Journals are read into the database exactly once, whatever happens to processes, files and clocks meanwhile."""

import fcntl
import os
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from hypothesis import HealthCheck
from hypothesis import settings as example_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from outreach.audience.models import Subscriber, Subscription
from outreach.tracking.hits import ingestion
from outreach.tracking.hits.clicks import write_hits
from outreach.tracking.hits.ingestion import read_journals
from outreach.tracking.hits.journal import HitJournal
from outreach.tracking.hits.lines import Hit
from outreach.tracking.models import Drop, JournalCursor, TrackingEvent
from outreach.tracking.tokens import Use
from tests.outreach.delivery.conftest import START

pytestmark = pytest.mark.django_db
NOW = START + timedelta(hours=1)


def hit(delivery, *, minutes: float = 30, link: int = 1, use: Use = Use.PERSONAL_CLICK, reason: str = "") -> Hit:
    at = int((START + timedelta(minutes=minutes)).timestamp() * 1000)
    return Hit(at, use, delivery.message_id, delivery.pk, link, reason)


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "hits"


@pytest.fixture
def journal(folder):
    journal = HitJournal(folder, clock=NOW.timestamp, threaded=False)
    yield journal
    journal.close()


def read(folder: Path, now=NOW):
    return read_journals(directory=folder, now=now)


def test_a_journal_is_read_while_it_is_written_and_removed_once_it_is_left(delivered, folder, journal):
    journal.write(hit(delivered[0]).line())
    assert read(folder).events == 1
    assert read(folder).lines == 0
    journal.write(hit(delivered[1]).line())
    assert read(folder).events == 1
    assert [path.suffix for path in folder.glob("*.hits")] == [".hits"]

    journal.close()
    assert read(folder).events == 0
    assert not list(folder.glob("*.hits"))
    assert not JournalCursor.objects.exists()
    assert sorted(TrackingEvent.objects.values_list("delivery", flat=True)) == [delivered[0].pk, delivered[1].pk]


def test_a_line_that_is_being_written_waits(delivered, folder, journal):
    line = hit(delivered[0]).line()
    journal.write(line[:12])
    assert read(folder).lines == 0
    journal.write(line[12:])
    assert read(folder).events == 1


def test_a_journal_that_ends_in_the_middle_of_a_line_loses_that_line_alone_and_says_so(delivered, folder):
    folder.mkdir()
    whole = hit(delivered[0]).line()
    (folder / "dead.hits").write_bytes(whole + hit(delivered[1]).line()[:-5])

    ingested = read(folder)

    assert (ingested.events, ingested.drops) == (1, Counter(cut=1))
    assert Drop.objects.get().reason == "cut"
    assert not list(folder.glob("*.hits"))


DAMAGE = [b"\0" * 40, b"nonsense", b"", b"00000000 h 1 1 1 1 1 -", b"\xff\xfe"]


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: repr(damage)[:12])
def test_a_damaged_line_is_counted_and_the_lines_around_it_are_not_lost(delivered, folder, damage):
    folder.mkdir()
    lines = [hit(delivered[0]).line(), damage + b"\n", hit(delivered[1]).line()]
    (folder / "dead.hits").write_bytes(b"".join(lines))

    ingested = read(folder)

    assert (ingested.events, ingested.drops) == (2, Counter(damaged=1))


def test_a_block_without_any_line_is_passed_over(delivered, folder):
    folder.mkdir()
    (folder / "dead.hits").write_bytes(b"\0" * 20_000 + b"\n" + hit(delivered[0]).line())

    assert read(folder).events == 1


def test_an_empty_journal_is_removed(folder):
    folder.mkdir()
    (folder / "dead.hits").touch()

    assert read(folder).drops == Counter()
    assert not list(folder.glob("*.hits"))


def test_a_journal_is_read_in_parts(delivered, folder, journal, monkeypatch):
    monkeypatch.setattr(ingestion, "CHUNK_BYTES", 150)
    for minute in range(20):
        journal.write(hit(delivered[0], minutes=minute + 1).line())

    assert read(folder).events == 20


def test_nothing_is_written_twice_when_the_database_fails_between(delivered, folder, journal):
    journal.write(hit(delivered[0]).line())

    def away(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and "journalcursor" in sql:
            raise OperationalError
        return execute(sql, params, many, context)

    with connection.execute_wrapper(away), pytest.raises(OperationalError):
        read(folder)
    assert not TrackingEvent.objects.exists()

    assert read(folder).events == 1


def test_a_worker_that_died_before_removing_a_journal_leaves_nothing_to_count(delivered, folder):
    folder.mkdir()
    content = hit(delivered[0]).line() + b"half"
    (folder / "dead.hits").write_bytes(content)
    JournalCursor.objects.create(name="dead.hits", offset=len(content) - 4, is_ended=True)

    ingested = read(folder)

    assert (ingested.events, ingested.drops) == (0, Counter())
    assert not list(folder.glob("*.hits"))


def test_a_journal_that_lost_its_end_with_the_power_is_not_read_again(delivered, folder):
    folder.mkdir()
    (folder / "dead.hits").write_bytes(hit(delivered[0]).line())
    JournalCursor.objects.create(name="dead.hits", offset=10_000)

    assert (read(folder).events, read(folder).drops) == (0, Counter())


def test_only_one_process_of_a_machine_reads_at_a_time(delivered, folder, journal):
    journal.write(hit(delivered[0]).line())
    file = os.open(folder / "reader.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(file, fcntl.LOCK_EX)
    assert read(folder).lines == 0
    os.close(file)
    assert read(folder).events == 1


def test_there_is_nothing_to_read_where_no_web_server_ran(folder):
    assert read(folder).lines == 0


@pytest.mark.parametrize(
    ("minutes", "counted_at"),
    [(30, START + timedelta(minutes=30)), (-600, START), (-0.5, START - timedelta(seconds=30)), (500, NOW)],
    ids=["right", "a clock that went back", "clocks that differ a little", "a clock that is ahead"],
)
def test_an_impossible_time_is_corrected_and_counted(delivered, folder, journal, minutes, counted_at):
    journal.write(hit(delivered[0], minutes=minutes).line())

    ingested = read(folder)

    assert TrackingEvent.objects.get().occurred_at == counted_at
    assert ingested.drops["clock"] == (minutes in (-600, 500))


def test_what_names_something_else_than_it_belongs_to_is_dropped_by_name(delivered, folder, journal):
    good = hit(delivered[0])
    journal.write(good._replace(message=good.message + 999).line())
    journal.write(good._replace(number=good.number + 999).line())
    journal.write(good._replace(use=Use.COHORT_CLICK, number=2**62).line())

    assert (read(folder).events, Drop.objects.get(reason="gone").count) == (0, 3)


def test_an_unknown_reason_of_a_refusal_is_not_written(folder, journal):
    journal.refuse("invented")
    journal.keep_up()

    read(folder)
    assert not Drop.objects.exists()


def test_the_command_says_what_came(delivered, folder, journal, settings, tmp_path, capsys):
    settings.LOCAL_DIR = tmp_path
    journal.write(hit(delivered[0], minutes=5).line())
    journal.refuse("token")
    journal.close()

    call_command("read_journals")

    assert capsys.readouterr().out == "2 lines: 1 events, 0 page views and beacons, 1 token\n"


class Machine(RuleBasedStateMachine):
    """Web processes that write, are killed and begin anew, and workers that read, and die before they are done."""

    deliveries: list[int] = []
    message = 0

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory()
        self.folder = Path(self.directory.name)
        self.journals = [self._new(), self._new()]
        self.written: Counter[tuple[int, int]] = Counter()
        self.cuts = self.counted_cuts = 0
        TrackingEvent.objects.all().delete()
        JournalCursor.objects.all().delete()
        self.number = 0

    def _new(self) -> HitJournal:
        return HitJournal(self.folder, clock=NOW.timestamp, threaded=False, roll_bytes=300)

    @rule(process=st.integers(0, 1), delivery=st.integers(0, 5), times=st.integers(1, 9))
    def click(self, process, delivery, times):
        for _time in range(times):
            self.number += 1
            number = self.deliveries[delivery]
            # A moment of its own for each, far enough apart to be nobody's burst.
            at = int(START.timestamp() * 1000) + 10_000 + self.number * 10_000
            assert self.journals[process].write(Hit(at, Use.PERSONAL_CLICK, self.message, number, 1).line())
            self.written[number, at] += 1
        self.journals[process].keep_up()

    @rule(process=st.integers(0, 1))
    def end(self, process):
        self.journals[process].close()
        self.journals[process] = self._new()

    @rule(process=st.integers(0, 1), length=st.integers(1, 30))
    def kill_in_a_line(self, process, length):
        # What a kill leaves, and a loss of power may: whole lines, then a part of one.
        line = Hit(1, Use.PERSONAL_CLICK, self.message, self.deliveries[0], 1).line()
        self.journals[process].write(line[: min(length, len(line) - 1)])
        self.end(process)
        self.cuts += 1

    @rule()
    def read(self):
        self.counted_cuts += read(self.folder, NOW + timedelta(days=30)).drops["cut"]

    @rule(statement=st.integers(0, 25))
    def read_and_die(self, statement):
        left = statement

        def dies(execute, sql, params, many, context):
            nonlocal left
            left -= 1
            if left < 0 and not sql.startswith(("ROLLBACK", "RELEASE", "SAVEPOINT")):
                raise OperationalError
            return execute(sql, params, many, context)

        before = Drop.objects.filter(reason="cut").values_list("count", flat=True).first() or 0
        with connection.execute_wrapper(dies), suppress(OperationalError):
            read(self.folder, NOW + timedelta(days=30))
        # The error was ours, so the transaction around the test is whole.
        connection.set_rollback(False)
        self.counted_cuts += (Drop.objects.filter(reason="cut").values_list("count", flat=True).first() or 0) - before

    @invariant()
    def nothing_is_there_twice(self):
        assert all(number == 1 for number in self._events().values())

    def _events(self) -> Counter[tuple[int, int]]:
        rows = TrackingEvent.objects.values_list("delivery", "occurred_at")
        return Counter((delivery, round(at.timestamp() * 1000)) for delivery, at in rows)

    @precondition(lambda self: self.number)
    @rule()
    def everything_is_there_after_reading(self):
        self.read()
        assert self._events() == self.written

    def teardown(self):
        for journal in self.journals:
            journal.close()
        self.read()
        assert self._events() == self.written
        assert self.counted_cuts == self.cuts
        assert not list(self.folder.glob("*.hits"))
        self.directory.cleanup()


def test_every_hit_is_written_exactly_once_whatever_happens(delivered):
    Machine.deliveries, Machine.message = [each.pk for each in delivered], delivered[0].message_id
    run_state_machine_as_test(
        Machine,
        settings=example_settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_only_who_followed_a_link_of_their_own_was_active(delivered):
    long_ago = NOW - timedelta(days=300)
    Subscriber.objects.update(active_at=long_ago)
    Subscription.objects.filter(pk=delivered[1].subscription_id).update(allows_click_tracking=False)
    hits = [
        hit(delivered[0]),
        hit(delivered[1]),
        hit(delivered[2], reason="bot"),
        hit(delivered[3], link=0, use=Use.OPEN),
    ]

    write_hits(hits, now=NOW, drops=Counter())

    assert list(Subscriber.objects.filter(active_at=NOW).values_list("pk", flat=True)) == [delivered[0].subscriber_id]
    assert Subscriber.objects.filter(active_at=long_ago).count() == 5
