"""A framework from a file: all of it, or nothing and what is wrong with which line."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.reach.indicators.framework import Indicator, Result, Target
from outreach.reach.indicators.importing import Unreadable, load
from outreach.reach.indicators.records import Entry

from .conftest import NOW

pytestmark = pytest.mark.django_db

RESTS_ON = "The value of an outcome says how many were asked or looked at, how, and the source."
HEADINGS = (
    "level,result,indicator_code,indicator,baseline,baseline_date,target,actual,actual_date,female_share_actual,"
    "source_of_verification,assumption,n,method\n"
)
LINES = (
    "Objective,Integration improves,O4,Institutions using evidence,0,2022-06,3,2,2024-06,,Documents,A contact stays,"
    "9,Interviews\n"
    "Outcome,The public knows more,O2,Respondents answering correctly (%),31,2022-09,50,46,2024-05,49,"
    '"Survey, two rounds",Same sampling,372,Drawn at random\n'
    "Output 3,Campaign delivered,P1,Items published,0,2022-09,40,44,2024-05,,CMS log,,,\n"
    "Output 3,,P4,Women among people quoted (%),,2022-09,50,52,2024-05,52,Editor entries,,90,Counted\n"
    "Output 2,Officials trained,,Officials completing training,0,2022-09,30,28,2023-11,57,Attendance sheets,,,\n"
)


@pytest.fixture
def read(campaign, editor):
    def read(text: str | bytes, **given):
        data = text if isinstance(text, bytes) else text.encode()
        return load(campaign=campaign, data=data, user=editor, now=NOW, **given)

    return read


def nothing_is_there() -> bool:
    return not any(model.objects.exists() for model in (Result, Indicator, Target, Entry))


def test_a_framework_is_loaded_whole(read):
    loaded = read("\ufeff" + HEADINGS + LINES)

    assert (loaded.results, loaded.indicators, loaded.targets, loaded.entries) == (4, 5, 5, 5)
    assert loaded.problems == []
    assert set(Result.objects.values_list("level", "code")) == {
        ("impact", ""),
        ("outcome", ""),
        ("output", "3"),
        ("output", "2"),
    }
    women = Indicator.objects.get(code="P4")
    assert (women.name, women.unit, women.result.statement) == (
        "Women among people quoted",
        "share",
        "Campaign delivered",
    )
    assert not women.has_baseline
    assert Indicator.objects.get(code="P1").baseline == 0
    assert (women.targets.get().when.year, women.targets.get().value) == (2027, 50)
    assert (women.entries.get().last_day, women.entries.get().female_percent) == (date(2024, 5, 31), 52)
    assert Result.objects.get(level="outcome").assumptions == "Same sampling"


def test_a_dry_run_says_what_would_be_made_and_saves_nothing(read):
    assert read(HEADINGS + LINES, dry_run=True).indicators == 5
    assert nothing_is_there()


def test_a_file_that_is_loaded_twice_adds_nothing_the_second_time(read):
    read(HEADINGS + LINES)
    again = read(HEADINGS + LINES)

    assert {problem.line for problem in again.problems} == {2, 3, 4, 5, 6}
    assert Indicator.objects.count() == 5


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        (",40,44,", ",forty,44,", 4, "target: Write a number like 1500 or 12.4, not “forty”."),
        (",40,44,", ",40,-44,", 4, "value: This can't be less than 0."),
        (",40,44,", ",40,44.5,", 4, "value: A count is a whole number."),
        (",50,52,", ',50,"52,4",', 5, "actual: Write a number like 1500 or 12.4, not “52,4”."),
        (",50,52,", ",50,152,", 5, "value: A share is at most 100 per cent."),
        ("Output 3,Camp", "Result 3,Camp", 4, "level: Write Impact, Outcome or Output, with its number if it has one."),
        (",46,2024-05,", ",46,,", 3, "actual_date: Say on which day the actual was measured."),
        ("2023-11", "2023-13", 6, "actual_date: Write a day like 2026-10-31, or a month like 2026-10."),
        ("31,2022-09", "31,", 3, "baseline_date: Say on which day the baseline was measured."),
        (",372,", ",,", 3, f"n: {RESTS_ON}"),
        (",9,Interviews", ",9,", 2, f"method: {RESTS_ON}"),
        (",P4,", ",P1,", 5, "code: Another indicator of this campaign has this code."),
        ("Items published", "", 4, "name: This field cannot be blank."),
    ],
)
def test_a_faulty_line_is_named_and_nothing_is_saved(read, old, new, line, said):
    assert old in LINES
    loaded = read(HEADINGS + LINES.replace(old, new, 1))

    assert (line, said) in {(problem.line, problem.sentence) for problem in loaded.problems}
    assert {problem.line for problem in loaded.problems} == {line}
    assert nothing_is_there()


def test_every_faulty_line_is_named_at_once(read):
    loaded = read(HEADINGS + LINES.replace(",40,44,", ",x,44,").replace(",30,28,", ",y,28,"))
    assert [problem.line for problem in loaded.problems] == [4, 6]


def test_lines_below_a_faulty_result_are_still_checked(read):
    loaded = read(
        HEADINGS + LINES.replace("Output 3,Campaign delivered,P1,Items published", "Output 3,Campaign delivered,P1,")
    )
    assert [problem.line for problem in loaded.problems] == [4]


def test_what_the_system_counts_has_no_actual_in_the_file(read):
    headings = "level,result,indicator_code,indicator,metric,target,target_quarter,actual,actual_date\n"

    assert read(headings + "Output,Done,R1,People reached,R1,1500,2026-Q4,12,2026-11\n").problems
    assert nothing_is_there()
    assert read(headings + "Output,Done,R1,People reached,R1,1500,2026-Q4,,\n").problems == []
    assert str(Target.objects.get().when) == "2026-Q4"


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\n\n", b"level,result\n", HEADINGS.encode(), b"level,result,indicator,password\nOutput,A,B,C\n",
        b"level,result,indicator,indicator\nOutput,A,B,C\n", b"level,result,indicator\nOutput,A\n",
        b"level,result,indicator\nOutput,\xff,B\n", b"level,result,indicator\nOutput,A,\x00\n", b"PK\x03\x04zip",
        b'level,result,indicator\n"Output,A,B\n', b"level,result,indicator\n" + b"Output,A,B\n" * 501, b"x" * 1_000_001,
    ],
    ids=range(13),
)  # fmt: skip
def test_what_is_no_such_table_is_refused(read, data):
    with pytest.raises(Unreadable):
        read(data)
    assert nothing_is_there()


cells = st.text(st.characters(codec="utf-8", exclude_characters='",\n\r\0'), max_size=12)


@given(st.lists(st.tuples(cells, cells, cells, cells, cells), min_size=1, max_size=3))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_it_the_file_is_loaded_whole_or_not_at_all(read, rows):
    text = "level,result,indicator,target,baseline\n" + "".join(f"Output{','.join(row)}\n" for row in rows)
    before = Indicator.objects.count()
    try:
        loaded = read(text)
    except Unreadable:
        loaded = None

    made = loaded.indicators if loaded and not loaded.problems else 0
    assert Indicator.objects.count() == before + made
