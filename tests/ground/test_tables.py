from tests.ground.tables import Row, missed, printed


def test_a_row_that_misses_what_it_must_be_is_found_and_said() -> None:
    rows = [Row("lost", "1", "0", False), Row("twice", "0", "0", True), Row("people", "20")]

    assert [row.name for row in missed(rows)] == ["lost"]
    assert [line.rpartition(" ")[2] for line in printed("chaos", rows).splitlines()[3:6]] == ["MISSED", "ok", "20"]
