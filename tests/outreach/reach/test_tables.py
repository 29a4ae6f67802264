from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Cohort
from outreach.reach.about import about
from outreach.reach.charts import panels
from outreach.reach.disclosure import AtLeast, Hidden, Shown, Unknown
from outreach.reach.models import Rebuild
from outreach.reach.periods import parse
from outreach.reach.printing import as_text
from outreach.reach.rollups import rebuild
from outreach.reach.snapshots.closing import close_due
from outreach.reach.snapshots.freezing import freeze_period
from outreach.reach.tables import UnknownBroadcast, report

from .conftest import CLOSED, NOW

pytestmark = pytest.mark.django_db

NOVEMBER = parse("2026-11")
LATER = datetime(2027, 3, 1, 12, tzinfo=UTC)


def table(found, slug):
    return next(table for table in found.tables if table.slug == slug)


def shown(broadcast):
    """The report of a broadcast whose window is over."""
    close_due(now=CLOSED)
    return report(broadcast=broadcast.pk)


def cells(found, slug):
    """The table as texts: row label → texts in the order of the columns."""
    return {row.label: [as_text(cell) for cell in row.cells] for row in table(found, slug).rows}


def headlines(found):
    return {figure.metric.slug: figure for figure in found.figures}


def test_people_by_segment_and_gender_are_those_counted_by_hand(october):
    assert [column.label for column in table(shown(october), "people").columns] == [
        "Woman", "Man", "Another gender", "Prefer not to say", "Not asked or not answered", "All",
        "Gender completeness", "Female share",
    ]  # fmt: skip
    assert cells(shown(october), "people") == {
        # 26 + 10 of 49 stated a gender, 20 of these are women.
        "Media": ["12", "9", "5", "7", "0", "33", "78.8%", "46.2%"],
        "Workers": ["20", "10", "6", "5", "8", "49", "73.5%", "55.6%"],
        "All segments": ["32", "19", "11", "12", "8", "82", "75.6%", "51.6%"],
    }


def test_channels_and_languages_are_those_counted_by_hand(october):
    found = shown(october)
    # People reached, accepted, not accepted, bounced, left or complained, clicks over personal and over shared links;
    # the rates of delivery, of clicks among 20 who allow personal links, and of leaving.
    assert cells(found, "channel") == {
        "E-mail": ["72", "72", "13", "6", "0", "8", "–", "84.7%", "40.0%", "0.0%"],
        "Telegram": ["10", "10", "0", "0", "0", "–", "–", "100.0%", "–", "0.0%"],
        "All": ["82", "82", "13", "6", "0", "8", "–", "86.3%", "40.0%", "0.0%"],
    }
    assert cells(found, "language") == {
        "English": ["74", "74", "13", "6", "0", "8", "–", "85.1%", "40.0%", "0.0%"],
        "Français": ["8", "8", "0", "0", "0", "–", "–", "100.0%", "–", "0.0%"],
        "All": ["82", "82", "13", "6", "0", "8", "–", "86.3%", "40.0%", "0.0%"],
    }


def test_headlines_stand_beside_their_completeness(october):
    found = headlines(shown(october))
    beside = {slug: {metric.slug: cell for metric, cell in figure.beside} for slug, figure in found.items()}
    assert list(found) == ["people", "clicked", "female_share", "delivery_rate"]
    assert found["people"].cell == Shown(82)
    assert beside["people"] == beside["female_share"] == {"completeness": Shown(Fraction(62, 82))}
    assert found["female_share"].cell == Shown(Fraction(32, 62))
    assert found["clicked"].cell == Shown(8)
    assert beside["clicked"] == {
        "trackable_share": Shown(Fraction(20, 82)), "cohort_clicks": Unknown(), "machine_clicks": Shown(6),
        "open_rate": Unknown(), "machine_opened": Unknown(),
    }  # fmt: skip
    assert found["delivery_rate"].cell == Shown(Fraction(82, 95))


def test_below_sixty_per_cent_completeness_there_is_no_headline_female_share(ledger):
    broadcast = ledger.broadcast()
    ledger.deliver(broadcast, 30)
    ledger.deliver(broadcast, 29, gender="man")
    ledger.deliver(broadcast, 40, gender="")
    ledger.deliver(broadcast, 20, segment="media", gender="man")
    ledger.deliver(broadcast, 20, segment="media")
    ledger.deliver(broadcast, 40, segment="media", gender="")
    ledger.close(broadcast)
    figure = headlines(shown(broadcast))["female_share"]
    assert figure.beside[0][1] == Shown(Fraction(99, 179))
    assert figure.cell == Unknown()
    assert figure.remark


def test_small_cells_and_what_would_reveal_them_are_hidden_in_every_table(ledger, october):
    ledger.deliver(october, 2, gender="man", segment="media", language="fr", channel="telegram")
    ledger.deliver(october, 3, gender="another", segment="officials")
    ledger.deliver(october, 30, segment="officials")
    ledger.deliver(october, 30, segment="officials", gender="man")
    ledger.close(october)
    found = shown(october)
    assert cells(found, "language")["Français"][0] == "10"
    assert cells(found, "people")["Media"][1] == "11"  # 9 by e-mail and 2 by Telegram: large enough together
    for slug in ("people", "accepted", "withdrawn", "clicked"):
        assert cells(found, slug)["officials"][2] == "hidden"
    officials = cells(found, "people")["officials"]
    assert officials.count("hidden") >= 2
    assert cells(found, "people")["All segments"][5] == "147"


def test_completeness_of_a_row_with_a_hidden_gender_is_a_lower_bound(ledger):
    broadcast = ledger.broadcast()
    ledger.deliver(broadcast, 30)
    ledger.deliver(broadcast, 30, gender="man")
    ledger.deliver(broadcast, 3, gender="another")
    ledger.deliver(broadcast, 10, gender="")
    ledger.deliver(broadcast, 30, segment="media")
    ledger.deliver(broadcast, 30, segment="media", gender="man")
    ledger.deliver(broadcast, 8, segment="media", gender="another")
    ledger.deliver(broadcast, 10, segment="media", gender="")
    ledger.close(broadcast)
    workers = next(row for row in table(shown(broadcast), "people").rows if row.label == "Workers")
    assert workers.cells[2:5] == (Hidden(), Shown(0), Hidden())
    assert workers.cells[6] == AtLeast(Fraction(60, 73))
    assert as_text(workers.cells[6]) == "at least 82.1%"
    assert workers.cells[7] == Hidden()


def test_sum_of_all_broadcasts_does_not_give_away_a_cell_of_one(ledger, october):
    november = ledger.broadcast("November")
    for segment in ("workers", "media"):
        for gender, number in (("woman", 30), ("man", 25), ("another", 9), ("undisclosed", 8), ("", 20)):
            ledger.deliver(
                november, 3 if (segment, gender) == ("media", "another") else number, segment=segment, gender=gender
            )
    ledger.close(november)
    freeze_period(period=NOVEMBER, user=None, now=CLOSED)
    everything = [(number, report(broadcast=number)) for number in (october.pk, november.pk)]
    everything.append((None, report(period=NOVEMBER)))
    shown = {
        (number, row.label, place): cell
        for number, found in everything
        for row in table(found, "accepted").rows
        for place, cell in enumerate(row.cells[:6])
    }
    assert shown[november.pk, "Media", 2] == Hidden()
    together = [shown[number, "Media", 2] for number in (october.pk, november.pk, None)]
    assert together.count(Hidden()) >= 2
    for label in ("Workers", "Media", "All segments"):
        for place in range(6):
            line = [shown[number, label, place] for number in (october.pk, november.pk, None)]
            assert line.count(Hidden()) != 1


def test_person_who_got_two_broadcasts_counts_once_in_all(ledger):
    first, second = ledger.broadcast("First"), ledger.broadcast("Second")
    for broadcast in (first, second):
        ledger.deliver(broadcast, people=range(1, 31))
        ledger.deliver(broadcast, people=range(31, 61), gender="man")
    ledger.close(first, second)
    freeze_period(period=NOVEMBER, user=None, now=CLOSED)
    total = cells(report(period=NOVEMBER), "people")["All segments"]
    assert total[0] == "30"
    assert total[5] == "60"
    assert cells(report(period=NOVEMBER), "accepted")["All segments"][5] == "120"


def test_broadcast_that_still_sends_is_not_in_the_sum_and_says_that_it_is_open(ledger, october):
    sending = ledger.broadcast("Now", state="sending")
    ledger.deliver(sending, 50)
    ledger.deliver(sending, 50, status="queued")
    ledger.close(sending)
    assert headlines(report())["people"].cell == AtLeast(80)
    assert not report().is_open
    found = report(broadcast=sending.pk)
    assert found.is_open
    assert found.ends is None


def test_delivery_rate_is_hidden_where_it_would_tell_how_few_failed(ledger):
    broadcast = ledger.broadcast()
    for gender in ("woman", "man"):
        ledger.deliver(broadcast, 100, gender=gender)
    ledger.deliver(broadcast, 2, status="rejected")
    ledger.close(broadcast)
    assert headlines(shown(broadcast))["delivery_rate"].cell == Hidden()


def test_clicks_over_shared_links_keep_apart_what_no_cohort_says(ledger, october):
    for segment, gender, clicks in (
        ("workers", "woman", 12),
        ("workers", "man", 9),
        ("media", "woman", 8),
        (None, None, 7),
    ):
        cohort = Cohort.objects.create(
            broadcast=october, segment=segment, gender=gender, language=None, channel="email", size=9
        )
        for _each in range(clicks):
            ledger.event(cohort)
    ledger.event(Cohort.objects.create(broadcast=october, segment="media", gender="man", size=9), machine="head")
    ledger.close(october)
    found = shown(october)
    assert table(found, "cohort_clicks").columns[5].label == "Not attributable"
    assert cells(found, "cohort_clicks")["Not attributable"][5:7] == ["7", "7"]
    assert cells(found, "cohort_clicks")["Workers"][:3] == ["12", "9", "–"]
    assert cells(found, "cohort_clicks")["Media"][:2] == ["8", "0"]
    assert cells(found, "cohort_clicks")["All segments"][6] == "36"
    assert cells(found, "language")["Not attributable"][6] == "36"


def test_nothing_sent_is_an_empty_report(db):
    found = report()
    assert found.figures == found.tables == ()
    assert found.begins is found.ends is found.counted_at is None
    assert found.demo == ""


def test_broadcast_that_reached_nobody_has_zeros_and_unknown_shares(ledger):
    broadcast = ledger.broadcast()
    ledger.close(broadcast)
    found = report(broadcast=broadcast.pk)
    figures = headlines(found)
    assert figures["people"].cell == Shown(0)
    assert figures["female_share"].cell == figures["delivery_rate"].cell == figures["clicked"].cell == Unknown()
    assert cells(found, "people")["Workers"] == ["0", "0", "0", "0", "0", "0", "–", "–"]
    assert panels(table(found, "people"))[0].bars[0].length == 0


@pytest.mark.parametrize("number", [0, 99])
def test_unknown_broadcast_is_named_as_such(db, number):
    with pytest.raises(UnknownBroadcast):
        report(broadcast=number)


def test_draft_has_nothing_to_report(db):
    draft = Broadcast.objects.create(title="Draft")
    with pytest.raises(UnknownBroadcast):
        report(broadcast=draft.pk)


@pytest.mark.parametrize(("demo", "said"), [((True, True), "all"), ((True, False), "some"), ((False, False), "")])
def test_report_says_whether_there_is_demo_data_in_it(ledger, demo, said):
    for each in demo:
        ledger.close(ledger.broadcast(is_demo=each))
    assert report().demo == said


def test_chart_has_bars_of_shown_cells_only_and_one_scale(october, ledger):
    ledger.deliver(october, 3, gender="another", segment="officials")
    ledger.deliver(october, 40, segment="officials")
    ledger.deliver(october, 30, segment="officials", gender="man")
    ledger.close(october)
    drawn = {panel.label: panel.bars for panel in panels(table(shown(october), "people"))}
    assert "All segments" not in drawn
    bars = {bar.label: bar for bar in drawn["officials"]}
    assert bars["Woman"].length == 1
    assert bars["Another gender"].length is None
    assert {bar.label: bar.length for bar in drawn["Workers"]}["Woman"] == 0.5


def test_counts_are_as_old_as_the_oldest_rebuild(october):
    assert report().counted_at == NOW


def test_counts_of_different_ages_are_told_from_the_first_to_the_last(ledger, october):
    assert dict(about(report()))["Counted"] == "2026-11-20 11:00 AST"

    other = ledger.broadcast()
    ledger.deliver(other, 5)
    ledger.close(other)
    Rebuild.objects.update(rebuilt_at=NOW)
    Rebuild.objects.filter(broadcast=other).update(rebuilt_at=NOW + timedelta(hours=3))

    told = "each broadcast by itself, the first at 2026-11-20 11:00 AST, the last at 2026-11-20 14:00 AST"
    assert dict(about(report()))["Counted"] == told


def test_rates_by_segment_and_gender_are_those_counted_by_hand(october):
    found = shown(october)
    # 82 of 95 that were handed over were accepted; 8 of 20 women who allow personal links clicked.
    rates = {label: texts[7:10] for label, texts in cells(found, "gender").items()}
    assert rates["Woman"] == ["100.0%", "40.0%", "0.0%"]
    assert rates["Man"] == ["59.4%", "–", "0.0%"]
    assert rates["All"] == ["86.3%", "40.0%", "0.0%"]
    by_segment = {label: texts[7:] for label, texts in cells(found, "segment").items()}
    assert by_segment["Workers"][0] == "79.0%"
    assert by_segment["Media"][0] == "100.0%"


def test_who_was_lined_up_and_not_reached_stands_by_segment_and_gender_with_the_reason(ledger, october):
    ledger.deliver(october, 9, segment="media", status="expired")
    ledger.close(october)
    found = shown(october)
    # Bounced, failed without a bounce, never handed over, all.
    assert cells(found, "missed_segment") == {
        "Media": ["0", "0", "9", "9"], "Workers": ["6", "7", "0", "13"], "All": ["6", "7", "9", "22"],
    }  # fmt: skip
    assert cells(found, "missed_gender")["Woman"] == ["0", "0", "9", "9"]
    assert cells(found, "missed_gender")["Man"] == ["6", "7", "0", "13"]
    assert cells(found, "missed")["Media"][0] == "9"


def test_what_did_not_arrive_is_hidden_where_one_of_its_parts_is(ledger):
    broadcast = ledger.broadcast()
    for gender in ("woman", "man"):
        ledger.deliver(broadcast, 50, gender=gender)
        ledger.deliver(broadcast, 20, gender=gender, status="bounced")
    ledger.deliver(broadcast, 3, status="blocked")
    ledger.close(broadcast)
    found = shown(broadcast)
    assert cells(found, "missed_gender")["Woman"] == ["20", "hidden", "0", "hidden"]
    assert cells(found, "gender")["Woman"][7] == "hidden"


def test_opens_by_segment_stand_among_those_who_let_them_be_seen(ledger):
    broadcast = ledger.broadcast()
    for segment in ("workers", "media"):
        ledger.deliver(broadcast, 30, segment=segment)
        for delivery in ledger.deliver(broadcast, 20, segment=segment, tracks_opens=True)[:8]:
            ledger.event(delivery, "open")
    ledger.close(broadcast)
    found = cells(shown(broadcast), "segment")
    assert [found[label][10] for label in ("Workers", "Media", "All")] == ["40.0%"] * 3


def test_machines_stand_apart_by_reason_beside_people(ledger, october):
    opened = ledger.deliver(october, 30, gender="", tracks_opens=True)
    for delivery in opened[:9]:
        ledger.event(delivery, "open")
    for delivery in opened[5:15]:
        ledger.event(delivery, "open", machine="proxy")
        ledger.event(delivery, "open", machine="soon")
    shared = Cohort.objects.create(broadcast=october, channel="email", size=9)
    for _each in range(7):
        ledger.event(shared, machine="burst")
    ledger.close(october)
    assert cells(shown(october), "machine") == {
        "People, over personal links": ["8", "9"], "People, over shared links": ["0", "–"],
        "Machines: asked for the headers only": ["6", "0"], "Machines: a mail provider's proxy": ["0", "10"],
        "Machines: followed most links at once": ["7", "0"], "All machines": ["13", "10"],
    }  # fmt: skip


def test_reach_over_time_counts_each_person_once_a_month_and_once_up_to_then(ledger):
    for month, people in ((10, range(1, 41)), (11, range(21, 81)), (12, range(71, 131))):
        broadcast = ledger.broadcast(str(month))
        ended = datetime(2026, month, 10, 15, tzinfo=UTC)
        Broadcast.objects.filter(pk=broadcast.pk).update(started_at=ended, finished_at=ended)
        ledger.deliver(broadcast, people=people)
        broadcast.refresh_from_db()
        rebuild(broadcast=broadcast, now=LATER)
    close_due(now=LATER)
    freeze_period(period=parse("2026-10"), user=None, now=LATER)
    freeze_period(period=parse("2026-Q4"), user=None, now=LATER)
    assert cells(report(period=parse("2026-Q4")), "month") == {
        "October 2026": ["40", "40"],
        # Not frozen: rounded down, as everywhere.
        "November 2026": ["at least 60", "80"],
        "December 2026": ["at least 60", "130"],
        "All": ["130", "130"],
    }
    assert not [table for table in report(period=parse("2026-Q4")).tables if table.slug == "quarter"]
