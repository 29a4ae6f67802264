"""The journal: what a worker noted is there after its death, and nothing that was half written is believed."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.delivery import journal as journals
from outreach.delivery.journal import Journal, Remains, abandoned, remains
from outreach.delivery.ledger import Outcome

NOW = datetime(2026, 10, 1, 14, 0, tzinfo=UTC)


def accepted(number: int) -> Outcome:
    return Outcome(number, "accepted", NOW, NOW)


def die(journal: Journal) -> None:
    """The system takes everything from a killed process but its files."""
    os.close(journal._file)


def left_behind(directory: Path) -> list[Remains]:
    found = []
    for path in abandoned(directory):
        with remains(path) as left:
            found += [left] if left else []
    return found


def test_a_dead_worker_leaves_what_it_had_begun_and_what_came_of_it(tmp_path):
    journal = Journal(tmp_path, "host:1:aa:email")
    deferred = Outcome(3, "deferred", NOW, NOW, detail="450 “later”\nand later", due_at=NOW, counts=False)
    for number in (1, 2, 3):
        journal.begin(number)
    journal.end(accepted(1))
    journal.end(deferred)
    die(journal)

    [left] = left_behind(tmp_path)

    assert left.owner == "host:1:aa:email"
    assert left.begun == {2}
    assert [outcome.number for outcome in left.outcomes] == [1, 3]
    assert left.outcomes[1] == deferred
    assert left.is_complete


def test_a_living_workers_journal_is_left_alone(tmp_path):
    journal = Journal(tmp_path, "alive")
    journal.begin(1)

    assert left_behind(tmp_path) == []
    outcome = accepted(1)
    journal.end(outcome)
    journal.forget([outcome])
    journal.close()
    assert list(tmp_path.iterdir()) == []


def test_an_outcome_that_is_to_be_noted_soon_is_noted_with_the_next_beginning_or_when_asked(tmp_path):
    journal = Journal(tmp_path, "dead")
    journal.begin(1)
    journal.begin(2)
    journal.end(Outcome(1, "accepted", NOW, NOW), soon=True)
    assert parsed(tmp_path).begun == {1, 2}

    journal.begin(3)
    assert parsed(tmp_path).begun == {2, 3}

    journal.end(Outcome(2, "accepted", NOW, NOW), soon=True)
    journal.flush()
    die(journal)
    [left] = left_behind(tmp_path)
    assert left.begun == {3}
    assert {outcome.number for outcome in left.outcomes} == {1, 2}


def test_what_was_to_be_noted_soon_is_there_when_the_journal_is_left_to_another_worker(tmp_path):
    journal = Journal(tmp_path, "dead")
    journal.begin(1)
    journal.end(Outcome(1, "accepted", NOW, NOW), soon=True)
    journal.close(keep=True)

    [left] = left_behind(tmp_path)

    assert left.begun == frozenset()
    assert [outcome.number for outcome in left.outcomes] == [1]


def parsed(folder):
    """What a journal says while its worker lives."""
    [path] = abandoned(folder)
    return journals._parsed("dead", path)


def test_what_was_read_is_gone_unless_reading_failed(tmp_path):
    journal = Journal(tmp_path, "dead")
    journal.begin(1)
    die(journal)

    [path] = abandoned(tmp_path)
    with pytest.raises(RuntimeError), remains(path):
        raise RuntimeError("the database is away")
    assert len(left_behind(tmp_path)) == 1
    assert left_behind(tmp_path) == []


def test_a_second_attempt_counts_more_than_the_outcome_of_the_first(tmp_path):
    journal = Journal(tmp_path, "dead")
    journal.begin(1)
    journal.end(Outcome(1, "deferred", NOW, NOW, due_at=NOW))
    journal.begin(1)
    die(journal)

    [left] = left_behind(tmp_path)

    assert left.begun == {1}
    assert left.outcomes == ()


def test_what_is_in_the_ledger_is_not_told_again(tmp_path):
    journal = Journal(tmp_path, "dead")
    outcomes = [Outcome(number, "blocked", NOW, NOW) for number in (1, 2, 3)]
    for each in outcomes:
        journal.begin(each.number)
        journal.end(each, soon=True)
    journal.begin(4)
    journal.forget(outcomes[:2])
    die(journal)

    [left] = left_behind(tmp_path)

    assert left.outcomes == (outcomes[2],)
    assert left.begun == {4}
    assert left.is_complete


def test_what_came_of_a_second_attempt_is_kept_until_it_is_in_the_ledger_itself(tmp_path):
    journal = Journal(tmp_path, "dead")
    first = Outcome(1, "deferred", NOW, NOW, due_at=NOW)
    second = Outcome(1, "bounced", NOW, NOW)
    for each in (first, second):
        journal.begin(1)
        journal.end(each)
    journal.forget([first])
    die(journal)

    [left] = left_behind(tmp_path)

    assert left.outcomes == (second,)


def test_after_a_start_of_the_machine_nothing_is_taken_for_complete(tmp_path, monkeypatch):
    journal = Journal(tmp_path, "dead")
    journal.begin(1)
    die(journal)
    boot = tmp_path / "boot"
    boot.write_text("another\n")
    monkeypatch.setattr(journals, "BOOT", boot)

    [left] = left_behind(tmp_path)

    assert not left.is_complete


def test_a_line_that_was_being_written_is_not_believed(tmp_path):
    journal = Journal(tmp_path, "dead")
    journal.begin(1)
    os.write(journal._file, b"b 23")
    die(journal)

    [left] = left_behind(tmp_path)

    assert left.begun == {1}
    assert left.is_complete


def test_a_line_that_is_none_makes_the_rest_doubtful(tmp_path):
    journal = Journal(tmp_path, "dead")
    journal.begin(1)
    os.write(journal._file, b"\x00\x00\x00\no {\nb seven\n")
    journal.begin(2)
    die(journal)

    [left] = left_behind(tmp_path)

    assert left.begun == {1, 2}
    assert not left.is_complete


def test_a_long_journal_is_written_anew_and_keeps_what_is_open(tmp_path, monkeypatch):
    monkeypatch.setattr(journals, "REWRITE_BYTES", 2000)
    journal = Journal(tmp_path, "busy")
    for number in range(1000):
        journal.begin(number)
        outcome = accepted(number)
        journal.end(outcome)
        journal.forget([outcome])
    journal.begin(5000)
    journal.begin(5001)
    journal.end(accepted(5001))
    [path] = tmp_path.iterdir()
    assert path.stat().st_size < 3000
    die(journal)

    [left] = left_behind(tmp_path)

    assert left.begun == {5000}
    assert [outcome.number for outcome in left.outcomes][-1] == 5001
    assert left.is_complete


def test_a_disk_that_is_full_leaves_the_old_journal_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(journals, "REWRITE_BYTES", 0)
    journal = Journal(tmp_path, "busy")
    journal.begin(1)
    write = os.write

    def full(file, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    journal.forget([])
    with pytest.raises(OSError, match="No space"):
        journal.begin(2)
    monkeypatch.setattr(os, "write", write)
    journal.begin(3)
    die(journal)

    [left] = left_behind(tmp_path)

    assert left.begun == {1, 3}
    assert left.is_complete
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_keeps_nobody_from_writing_the_ledger(tmp_path, monkeypatch):
    journal = Journal(tmp_path, "busy")
    outcome = accepted(1)
    journal.begin(1)
    journal.end(outcome)
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:2]))

    journal.forget([outcome])

    monkeypatch.setattr(os, "write", write)
    journal.begin(2)
    die(journal)
    [left] = left_behind(tmp_path)
    assert (left.begun, left.outcomes, left.is_complete) == ({2}, (), True)


def test_a_line_of_which_only_a_part_was_written_does_not_run_into_the_next(tmp_path, monkeypatch):
    journal = Journal(tmp_path, "busy")
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:-2]))
    with pytest.raises(OSError, match="part"):
        journal.begin(17)
    monkeypatch.setattr(os, "write", write)
    journal.begin(5)
    die(journal)

    [left] = left_behind(tmp_path)

    assert left.begun == {5}
    assert left.is_complete


@given(st.lists(st.tuples(st.sampled_from("badf"), st.integers(1, 6)), max_size=40), st.integers(0, 60))
def test_cut_anywhere_it_tells_the_truth_about_what_stands_before_the_cut(tmp_path_factory, steps, cut):
    """Begun, accepted, deferred, in the ledger, in any order that a worker can produce; then the file is cut short."""
    directory = tmp_path_factory.mktemp("journal")
    journal = Journal(directory, "dead")
    [path] = directory.iterdir()
    header = path.stat().st_size
    states = [({}, 0)]
    known: dict[int, str] = {}
    outcomes: dict[int, Outcome] = {}
    for step, number in steps:
        if step == "b":
            journal.begin(number)
        elif step != "f" and known.get(number) == "b":
            outcomes[number] = Outcome(number, "accepted" if step == "a" else "deferred", NOW, NOW)
            journal.end(outcomes[number])
        elif step == "f" and known.get(number) in {"a", "d"}:
            journal.forget([outcomes[number]])
        else:
            continue
        known = {**known, number: step}
        states.append((known, path.stat().st_size - header))
    die(journal)
    keep = min(cut, states[-1][1])
    os.truncate(path, header + keep)

    [left] = left_behind(directory)

    truth = next(state for state, size in reversed(states) if size <= keep)
    assert left.begun == {number for number, step in truth.items() if step == "b"}
    assert {outcome.number for outcome in left.outcomes} == {number for number, step in truth.items() if step in "ad"}


def test_after_a_line_that_was_cut_off_the_journal_is_whole_again(tmp_path, monkeypatch):
    journal = Journal(tmp_path, "torn")
    journal.begin(1)
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:2]))
    with pytest.raises(OSError, match="part"):
        journal.end(accepted(1))
    monkeypatch.setattr(os, "write", write)

    journal.begin(2)
    die(journal)

    [left] = left_behind(tmp_path)
    assert left.is_complete
    assert left.begun == {2}
    assert [outcome.number for outcome in left.outcomes] == [1]
