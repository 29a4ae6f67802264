from tests.benchmarks.telegram import calls_in_pause, most_in_a_second


def test_thirty_in_a_second_that_begins_between_two_seconds_are_seen() -> None:
    times = [0.0, *(0.8 + place / 100 for place in range(30)), 1.85, 5.0]

    assert most_in_a_second(times) == 30


def test_the_same_pace_never_puts_more_into_a_second_than_it_says() -> None:
    assert most_in_a_second([place / 32 for place in range(300)]) == 32


def test_a_call_in_the_middle_of_a_pause_is_seen_and_one_that_was_on_its_way_is_not() -> None:
    assert calls_in_pause([9.9, 10.0, 10.1, 11.5, 13.0], 10.0, 3) == 1
