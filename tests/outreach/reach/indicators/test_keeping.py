"""What can be written, what can't, and what the history says of it."""

import threading
import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from outreach.broadcasts.refusals import Overtaken
from outreach.reach.indicators import keeping
from outreach.reach.indicators.framework import Indicator, Result, Target
from outreach.reach.indicators.keeping import CountedByTheSystem, NeedsReason
from outreach.reach.indicators.quarters import Quarter
from outreach.reach.indicators.records import Entry, Estimate, Spend
from outreach.reach.indicators.telling import seen
from outreach.reach.indicators.trail import Change
from outreach.written_once import Frozen

from .conftest import NOW

pytestmark = pytest.mark.django_db

Q4 = Quarter(2026, 4)


@pytest.fixture
def aim(editor):
    def aim(indicator, value, **given):
        return keeping.set_target(
            indicator=indicator,
            quarter=Q4,
            value=None if value is None else Decimal(str(value)),
            user=editor,
            now=NOW,
            **given,
        )

    return aim


def refused(error: pytest.ExceptionInfo[ValidationError]) -> set[str]:
    return set(error.value.message_dict)


def test_a_first_target_needs_no_reason_and_a_change_of_it_does(make, aim):
    indicator = make()
    target = aim(indicator, 40)

    with pytest.raises(NeedsReason):
        aim(indicator, 50, read=seen(target))
    assert Target.objects.get().value == 40

    aim(indicator, 50, read=seen(target), reason="More stories came in.")
    change = Change.objects.first()
    assert (change.subject, change.before, change.after) == ("Target 2026-Q4", "Target: 40", "Target: 50")
    assert (change.reason, change.by_name, change.at) == ("More stories came in.", "editor", NOW)


def test_taking_a_target_away_needs_a_reason_and_stays_in_the_history(make, aim):
    indicator = make()
    target = aim(indicator, 40)

    with pytest.raises(NeedsReason):
        aim(indicator, None, read=seen(target))
    aim(indicator, None, read=seen(target), reason="No longer planned.")

    assert not Target.objects.exists()
    assert (Change.objects.first().before, Change.objects.first().after) == ("Target: 40", "")


@pytest.mark.parametrize("given", [{"metric": "E2"}, {"code": "E2"}, {"code": "e2.1"}])
def test_opens_are_never_a_target(make, aim, given):
    with pytest.raises(ValidationError) as error:
        aim(make(unit="share", **given), 40)

    assert refused(error) == {"value"}
    assert not Target.objects.exists()


def test_what_has_a_target_does_not_become_a_count_of_opens(make, aim, editor):
    indicator = make(unit="share")
    aim(indicator, 40)
    read = seen(indicator)

    indicator.metric = "E2"
    with pytest.raises(ValidationError) as error:
        keeping.keep_indicator(indicator=indicator, user=editor, now=NOW, read=read)

    assert refused(error) == {"metric"}


def test_a_change_of_the_baseline_needs_a_reason(make, editor):
    indicator = make(unit="share")
    read = seen(indicator)
    indicator.baseline, indicator.baseline_date = Decimal(31), date(2026, 9, 1)

    with pytest.raises(NeedsReason):
        keeping.keep_indicator(indicator=indicator, user=editor, now=NOW, read=read)
    keeping.keep_indicator(indicator=indicator, user=editor, now=NOW, read=read, reason="The report came.")

    change = Change.objects.first()
    assert (change.indicator, change.before) == (indicator, "")
    assert change.after.splitlines() == ["Baseline: 31 %", "Day of the baseline: 2026-09-01"]


def test_the_version_goes_up_only_when_what_is_measured_changes(make, editor):
    indicator = make()
    read = seen(indicator)
    indicator.owner = "Communications office"
    keeping.keep_indicator(indicator=indicator, user=editor, now=NOW, read=read)
    assert Indicator.objects.get().version == 1

    read = seen(indicator)
    indicator.definition = "Stories alone."
    keeping.keep_indicator(indicator=indicator, user=editor, now=NOW, read=read)
    assert Indicator.objects.get().version == 2


def test_an_empty_baseline_is_not_measured_and_zero_is_a_baseline(make):
    assert not make().has_baseline
    assert make("Items", baseline=Decimal(0), baseline_date=date(2026, 9, 1)).has_baseline


def test_a_baseline_has_its_day(make):
    with pytest.raises(ValidationError) as error:
        make(baseline=Decimal(3))
    assert refused(error) == {"baseline_date"}


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [("count", -1, ""), ("count", 2.5, ""), ("share", 100.1, ""), ("share", -0.1, ""), ("text", 3, ""),
     ("count", None, "many"), ("mean", None, "three"), ("share", None, "half")],
)  # fmt: skip
def test_a_value_that_does_not_fit_the_unit_is_refused_everywhere(make, aim, enter, unit, value, text):
    indicator = make(unit=unit)

    for write in (
        lambda: aim(indicator, value, text=text),
        lambda: enter(indicator, value, text=text),
        lambda: make("B", unit=unit, baseline=value and Decimal(str(value)), baseline_text=text),
    ):
        with pytest.raises(ValidationError):
            write()

    assert not Target.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"first_day": date(2026, 12, 1), "last_day": date(2026, 11, 1)}, "last_day"),
        ({"numerator": 11, "n": 10}, "numerator"),
        ({"numerator": 1, "n": 0}, "n"),
        ({"numerator": 1}, "n"),
        ({"numerator": -1, "n": 10}, "numerator"),
        ({"numerator": 5, "n": 10, "value": Decimal(60)}, "value"),
        ({"value": Decimal(50), "women": 3}, "n"),
        ({"value": Decimal(50), "n": 10, "women": 11}, "women"),
        ({"value": Decimal(50), "female_percent": Decimal(101)}, "female_percent"),
        ({"value": Decimal(50), "verification": ""}, "verification"),
        ({}, "value"),
    ],
)
def test_an_entry_that_can_not_be_is_refused_at_its_field(make, enter, fields, field):
    indicator = make(unit="share")

    with pytest.raises(ValidationError) as error:
        enter(indicator, **fields)

    assert field in refused(error)
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "fields", [{"last_day": date(2026, 1, 1)}, {"numerator": 11, "n": 10}], ids=["period", "share"]
)
def test_the_database_takes_no_impossible_entry_either(make, fields):
    given = {"first_day": date(2026, 10, 1), "last_day": date(2026, 10, 2), "value": 1, "verification": "x", **fields}
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(indicator=make(unit="share"), **given)


def test_a_share_is_computed_from_its_parts(make, enter):
    assert enter(make(unit="share"), numerator=2, n=3).value == Decimal("66.6667")


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [("share", 46, ""), ("mean", 2.5, ""), ("count", 3, ""), ("text", None, "A law was read")],
)
@pytest.mark.parametrize(
    ("code", "level"), [("O1", "output"), ("o2", "impact"), ("O1.1", "output"), ("K7", "outcome"), ("", "outcome")]
)
def test_the_value_of_an_outcome_says_n_method_and_source(make, enter, result, code, level, unit, value, text):
    result.level = level
    indicator = make(code=code, unit=unit)

    with pytest.raises(ValidationError) as error:
        enter(indicator, value, text=text, method=" ", verification=" ")
    assert refused(error) == {"n", "method", "verification"}

    assert enter(indicator, value, text=text, n=372, method="Households drawn at random").n == 372


def test_the_value_of_an_output_need_not_rest_on_a_survey(make, enter):
    assert enter(make(code="P1"), 46).n is None


def test_nothing_is_entered_for_what_the_system_counts(make, enter):
    with pytest.raises(CountedByTheSystem):
        enter(make(code="R1", metric="R1"), 5)


@pytest.mark.parametrize(
    ("metric", "unit", "field"),
    [("R1", "share", "unit"), ("D2", "count", "unit"), ("R6", "count", "metric"), ("x", "count", "metric")],
)
def test_only_what_is_counted_can_be_counted_and_in_its_unit(make, metric, unit, field):
    with pytest.raises(ValidationError) as error:
        make(metric=metric, unit=unit)
    assert refused(error) == {field}


def test_an_indicator_with_entered_values_does_not_become_a_counted_one(make, enter, editor):
    indicator = make(code="R1")
    enter(indicator, 5)
    read, indicator.metric = seen(indicator), "R1"

    with pytest.raises(ValidationError):
        keeping.keep_indicator(indicator=indicator, user=editor, now=NOW, read=read)


def test_the_unit_stays_while_there_are_values_in_it(make, aim, editor):
    indicator = make()
    aim(indicator, 40)
    read, indicator.unit = seen(indicator), "share"

    with pytest.raises(ValidationError) as error:
        keeping.keep_indicator(indicator=indicator, user=editor, now=NOW, read=read)
    assert refused(error) == {"unit"}


def test_a_code_stands_once_in_a_campaign(make):
    make(code="R1")
    with pytest.raises(ValidationError) as error:
        make("Other", code="r1")
    assert refused(error) == {"code"}


def test_a_result_contributes_to_a_higher_one_of_its_campaign(result, campaign, editor):
    other = Result(campaign=campaign, level="output", statement="Another", parent=result)
    with pytest.raises(ValidationError) as error:
        keeping.keep_result(result=other, user=editor, now=NOW)
    assert refused(error) == {"parent"}


def test_of_two_who_change_the_same_row_the_second_is_told(make, aim):
    indicator = make()
    read = seen(aim(indicator, 40))
    aim(indicator, 50, read=read, reason="First")

    with pytest.raises(Overtaken):
        aim(indicator, 60, read=read, reason="Second")
    with pytest.raises(Overtaken):
        aim(indicator, None, read=read, reason="Second")

    assert Target.objects.get().value == 50


def test_who_sets_a_target_that_somebody_else_has_just_set_is_told(make, aim):
    indicator = make()
    aim(indicator, 40)

    with pytest.raises(Overtaken):
        aim(indicator, 60)
    aim(indicator, 40)

    assert Change.objects.filter(subject__startswith="Target").count() == 1


def test_an_entry_is_changed_with_a_reason_and_not_over_somebody_elses_change(make, enter, editor):
    entry = enter(make(), 5)
    read = seen(entry)
    entry.value = Decimal(6)
    with pytest.raises(NeedsReason):
        keeping.keep_entry(entry=entry, user=editor, now=NOW, read=read)
    keeping.keep_entry(entry=entry, user=editor, now=NOW, read=read, reason="A typing error.")

    entry.value = Decimal(7)
    with pytest.raises(Overtaken):
        keeping.keep_entry(entry=entry, user=editor, now=NOW, read=read, reason="Again")
    assert Entry.objects.get().value == 6


def test_a_form_that_is_sent_twice_is_saved_once(make, campaign, editor, enter):
    token, indicator = uuid.uuid4(), make()
    first, second = (enter(indicator, 5, token=token) for _twice in range(2))
    assert first == second

    for _twice in range(2):
        keeping.keep_spend(
            spend=Spend(
                campaign=campaign,
                amount=5,
                currency="XCD",
                source="Ledger",
                first_day=date(2026, 10, 1),
                last_day=date(2026, 10, 2),
                token=token,
            ),
            user=editor,
            now=NOW,
        )

    assert (Entry.objects.count(), Spend.objects.count()) == (1, 1)
    assert Change.objects.filter(subject__startswith="Value").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_time_save_one_entry(make, editor):
    indicator, token, start = make(), uuid.uuid4(), threading.Barrier(2)
    found = []

    def click():
        entry = Entry(
            indicator=indicator,
            first_day=date(2026, 10, 1),
            last_day=date(2026, 10, 2),
            value=Decimal(5),
            verification="x",
            token=token,
        )
        start.wait()
        found.append(keeping.keep_entry(entry=entry, user=None, now=NOW).pk)
        connection.close()

    threads = [threading.Thread(target=click) for _two in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [Entry.objects.get().pk] * 2


def test_the_history_only_grows(make):
    make()
    change = Change.objects.first()

    for forbidden in (change.save, change.delete, Change.objects.all().delete, lambda: Change.objects.update(after="")):
        with pytest.raises(Frozen):
            forbidden()


def test_the_history_keeps_a_name_when_the_account_goes(make, editor):
    make()
    editor.delete()

    assert {(change.by, change.by_name) for change in Change.objects.all()} == {(None, "editor")}


def test_the_history_tells_of_no_small_number_of_women(make, enter):
    enter(make(), 90, women=3)
    assert "Women among them: hidden" in Change.objects.first().after


def test_the_history_tells_of_no_small_number_of_people(make, enter, campaign, editor):
    enter(make("Trained", unit="share"), numerator=1, n=20, female_percent=Decimal(10))
    entered = Change.objects.filter(indicator__name="Trained").first().after
    assert {"Value: hidden", "Numerator: hidden", "N: 20", "Female share in per cent: hidden"} <= {*entered.split("\n")}
    days = {"first_day": date(2026, 11, 3), "last_day": date(2026, 11, 3)}
    talk = Estimate(
        campaign=campaign, medium="event", title="Talk", number=3, method="signed", grade="A", source="Sheet", **days
    )
    keeping.keep_estimate(estimate=talk, user=editor, now=NOW)
    assert Change.objects.filter(subject__contains="Talk", after__contains="Reported number: hidden").exists()


def test_a_dropped_indicator_keeps_its_record_and_frees_its_name(make, enter, editor):
    indicator = make(code="P1")
    enter(indicator, 5)
    with pytest.raises(NeedsReason):
        keeping.drop_indicator(indicator=indicator, user=editor, now=NOW, reason=" ")
    for _twice in range(2):
        keeping.drop_indicator(indicator=indicator, user=editor, now=NOW, reason="Replaced")

    assert Change.objects.filter(subject="Dropped").count() == 1
    assert Entry.objects.count() == 1
    assert make(code="P1").pk != indicator.pk


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"number": -1}, "number"),
        ({"women": 401, "method": "counted"}, "women"),
        ({"women": 5, "method": "letter"}, "women"),
        ({"last_day": date(2026, 9, 1)}, "last_day"),
        ({"grade": "E"}, "grade"),
        ({"source": ""}, "source"),
    ],
)
def test_an_estimate_that_can_not_be_is_refused_at_its_field(campaign, editor, fields, field):
    given = {
        "medium": "radio",
        "title": "Morning talk",
        "number": 400,
        "method": "letter",
        "grade": "C",
        "source": "Letter",
        "first_day": date(2026, 10, 1),
        "last_day": date(2026, 10, 1),
        **fields,
    }
    with pytest.raises(ValidationError) as error:
        keeping.keep_estimate(estimate=Estimate(campaign=campaign, **given), user=editor, now=NOW)
    assert field in refused(error)
    assert not Estimate.objects.exists()


@pytest.mark.parametrize(
    ("amount", "currency", "field"), [("-1", "XCD", "amount"), ("1", "ZZZ", "currency"), ("0.001", "XCD", "amount")]
)
def test_spending_that_can_not_be_is_refused_at_its_field(campaign, editor, amount, currency, field):
    spend = Spend(
        campaign=campaign,
        amount=Decimal(amount),
        currency=currency,
        source="Ledger",
        first_day=date(2026, 10, 1),
        last_day=date(2026, 10, 2),
    )
    with pytest.raises(ValidationError) as error:
        keeping.keep_spend(spend=spend, user=editor, now=NOW)
    assert refused(error) == {field}


def test_the_history_tells_of_no_few_who_were_asked_and_of_few_items_everything(make, enter):
    said = {}
    for code, fields in {
        "O2": {"unit": "mean", "baseline": Decimal(2), "baseline_n": 4},
        "O1": {"unit": "count", "baseline": Decimal(3), "baseline_n": 20},
        "P2": {"unit": "mean", "baseline": Decimal(2), "baseline_n": 4},
    }.items():
        indicator = make(code=code, name=code, baseline_date=date(2026, 9, 1), **fields)
        enter(indicator, 3, n=4 if fields["unit"] == "mean" else 20, method="All who came")
        told = [*indicator.changes.values_list("after", flat=True)]
        said[code] = {line for text in told for line in text.split("\n")}

    assert {"Baseline: hidden", "How many were asked for the baseline: hidden", "Value: hidden"} <= said["O2"]
    assert {"Baseline: hidden", "How many were asked for the baseline: 20", "Value: hidden", "N: 20"} <= said["O1"]
    assert {"Baseline: 2", "How many were asked for the baseline: 4", "Value: 3", "N: 4"} <= said["P2"]
