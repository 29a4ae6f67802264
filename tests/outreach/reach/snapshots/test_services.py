import hashlib
import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.db.models import F

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Cohort, Delivery
from outreach.reach.api.answers import ApartAnswer, ReportAnswer
from outreach.reach.disclosure import AtLeast, FewerThan, Hidden, Shown
from outreach.reach.downloads import as_csv
from outreach.reach.indicators.records import Estimate
from outreach.reach.periods import parse
from outreach.reach.printing import value_as_text
from outreach.reach.rollups import LATEST_RECORD, rebuild
from outreach.reach.snapshots import closing, taking
from outreach.reach.snapshots.closing import close_due
from outreach.reach.snapshots.correcting import EventsRemoved, NoReason, NothingChanged, NotTheNewest, correct
from outreach.reach.snapshots.freezing import (
    AlreadyFrozen,
    NotAllClosed,
    NothingToFreeze,
    PeriodNotOver,
    freeze_period,
)
from outreach.reach.snapshots.models import Publication, Snapshot, SnapshotCells
from outreach.reach.snapshots.publishing import NotPublishable, publish, published, withdraw
from outreach.reach.snapshots.scopes import EndsBeforeItStarts, PeriodScope
from outreach.reach.tables import PUBLIC_K, report
from outreach.tracking.models import Forgotten
from outreach.written_once import Frozen
from tests.outreach.reach.conftest import CLOSED, NOW

pytestmark = pytest.mark.django_db

NOVEMBER = parse("2026-11")


def freeze(**fields):
    return freeze_period(**{"period": NOVEMBER, "user": None, "now": CLOSED, **fields})


def test_broadcast_closes_once_its_window_is_over_and_only_once(october):
    ended = october.finished_at
    assert close_due(now=ended + timedelta(days=7) + LATEST_RECORD - timedelta(seconds=1)) == []
    (snapshot,) = close_due(now=ended + timedelta(days=7) + LATEST_RECORD)
    assert (snapshot.version, snapshot.broadcast, snapshot.taken_by) == (1, october, None)
    assert close_due(now=CLOSED) == []


def test_what_was_written_after_the_last_count_is_in_the_first_snapshot(ledger, october):
    ledger.count(october)
    ledger.count(october)
    for delivery in october.deliveries.filter(tracks_clicks=True).exclude(events__kind="click")[:6]:
        ledger.event(delivery)
    (snapshot,) = close_due(now=CLOSED)
    assert snapshot.sealed.counts["clicked"][""] == 14
    call_command("check_snapshots")


def test_a_scanner_on_shared_links_that_was_not_known_yet_is_in_no_snapshot(ledger, october):
    october.messages.update(links=["https://example.org/"])
    cohort = Cohort.objects.create(broadcast=october, channel="email", size=40)
    for minutes in range(20):
        ledger.event(cohort, link=1, at=NOW + timedelta(minutes=minutes))
    ledger.event(cohort, link=0, machine="honeypot", at=NOW + timedelta(minutes=7, seconds=2))
    (snapshot,) = close_due(now=CLOSED)
    assert snapshot.sealed.counts["cohort_clicks"][""] == 19


def test_one_broadcast_that_cannot_be_closed_does_not_keep_others_waiting(ledger, october, monkeypatch):
    other = ledger.broadcast("Another")
    ledger.deliver(other, 20)
    monkeypatch.setattr(closing, "count_broadcast", _fails_for(october.pk, closing.count_broadcast))
    assert [each.broadcast for each in close_due(now=CLOSED)] == [other]


def _fails_for(broadcast, count):
    def counted(number):
        if number == broadcast:
            raise ValueError("damaged")
        return count(number)

    return counted


def test_a_broadcast_whose_events_were_removed_is_closed_as_counted_and_never_corrected(october):
    rebuild(broadcast=october, now=NOW)
    Forgotten.objects.create(broadcast=october, before=NOW)
    (snapshot,) = close_due(now=CLOSED)
    assert report(snapshot=snapshot.pk).figures[0].cell == Shown(82)
    with pytest.raises(EventsRemoved):
        correct(snapshot=snapshot, reason="Late bounces", user=None, now=CLOSED)


@pytest.mark.parametrize("k", [5, 10])
def test_what_one_version_hides_the_next_does_not_give_away(ledger, k):
    broadcast = ledger.broadcast("Two channels")
    ledger.deliver(broadcast, 30)
    ledger.deliver(broadcast, 3, channel="telegram")
    (first,) = close_due(now=CLOSED)
    ledger.deliver(broadcast, 17, channel="telegram")
    second = correct(snapshot=first, reason="Late receipts of Telegram", user=None, now=CLOSED)
    for snapshot in (first, second):
        table = next(each for each in report(snapshot=snapshot.pk, k=k).tables if each.slug == "channel")
        assert [row.cells[0] for row in table.rows if not row.is_total] == [Hidden(), Hidden()]


def test_a_campaign_that_was_made_longer_is_frozen_as_it_is_then(october):
    campaign = Campaign.objects.create(name="Rights", slug="rights", starts_on="2026-11-01", ends_on="2026-11-30")
    Broadcast.objects.update(campaign=campaign)
    close_due(now=CLOSED)
    campaign.refresh_from_db()
    short = freeze(period=None, campaign=campaign)
    with pytest.raises(AlreadyFrozen):
        freeze(period=None, campaign=campaign)

    campaign.ends_on = date(2026, 12, 10)
    longer = freeze(period=None, campaign=campaign)

    assert (longer.version, longer.last_day, short.last_day) == (1, date(2026, 12, 10), date(2026, 11, 30))
    assert report(campaign=campaign).snapshot.number == longer.pk


def test_an_estimate_that_was_entered_late_can_be_brought_into_a_frozen_period(october):
    close_due(now=CLOSED)
    campaign = Campaign.objects.create(name="Rights", slug="rights", starts_on="2026-01-01", ends_on="2026-12-31")
    snapshot = freeze()
    Estimate.objects.create(
        campaign=campaign, medium="radio", title="Morning talk", number=9000, method="letter", grade="C",
        source="Station", first_day="2026-11-05", last_day="2026-11-06",
    )  # fmt: skip
    assert report(snapshot=snapshot.pk).apart == ()
    later = correct(snapshot=snapshot, reason="The station wrote late", user=None, now=CLOSED)
    assert [(row.metric.code, row.value) for row in report(snapshot=later.pk).apart] == [("R6", 9000)]
    assert report(snapshot=later.pk).figures[0].cell == report(snapshot=snapshot.pk).figures[0].cell


def test_few_who_signed_in_are_told_the_same_way_on_a_page_in_a_file_and_in_an_answer(october):
    close_due(now=CLOSED)
    campaign = Campaign.objects.create(name="Rights", slug="rights", starts_on="2026-01-01", ends_on="2026-12-31")
    told = {"campaign": campaign, "grade": "A", "source": "Sheet", "first_day": "2026-11-05", "last_day": "2026-11-05"}
    Estimate.objects.create(**told, medium="event", title="Talk", number=7, method="signed")
    Estimate.objects.create(**told, medium="poster", title="Poster", number=7, method="estimate")
    snapshot = freeze()
    staff, public = report(snapshot=snapshot.pk).apart, report(snapshot=snapshot.pk, k=PUBLIC_K)
    assert [row.value for row in staff] == [Shown(7), 7]
    assert [row.value for row in public.apart] == [FewerThan(10), 7]
    assert value_as_text(public.apart[0].value) == "fewer than 10"
    assert "Event: Talk,,10,fewer than" in as_csv(public).decode()
    answers = [(row.value, row.status) for row in ReportAnswer.of(public).apart]
    assert answers == [(10, "fewer than"), (7, "shown")]
    assert [(row.value, row.status) for row in map(ApartAnswer.of, staff)] == [(7, "shown"), (7, "shown")]


def test_payload_is_canonical_and_its_digest_is_that_of_its_bytes(october):
    (snapshot,) = close_due(now=CLOSED)
    content = json.loads(snapshot.payload)
    assert snapshot.payload == json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert snapshot.digest == hashlib.sha256(snapshot.payload.encode()).hexdigest()
    assert content["figures"]["5"]["people"]["segment=workers&gender=woman"] == 20


def test_what_is_hidden_is_in_no_payload(ledger, october):
    ledger.deliver(october, 3, gender="another", segment="officials")
    ledger.deliver(october, 37, segment="officials")
    ledger.close(october)
    content = json.loads(Snapshot.objects.get().payload)
    for k in ("5", "10"):
        assert content["figures"][k]["accepted"]["segment=officials&gender=another"] is None
        assert content["figures"][k]["people"]["segment=officials&gender=another"] is None


def test_nothing_that_happens_later_changes_a_snapshot(ledger, october):
    (snapshot,) = close_due(now=CLOSED)
    before = snapshot.payload
    Delivery.objects.filter(broadcast=october).update(subscriber_id=F("id") + 9000)
    ledger.event(october.deliveries.first())
    Broadcast.objects.filter(pk=october.pk).update(title="Renamed")
    rebuild(broadcast=october, now=CLOSED)
    close_due(now=CLOSED + timedelta(days=1))
    snapshot.refresh_from_db()
    assert snapshot.payload == before
    assert report(broadcast=october.pk).title == "October"


@pytest.mark.parametrize("model", [Snapshot, SnapshotCells])
def test_stored_rows_can_be_neither_changed_nor_removed(october, model):
    close_due(now=CLOSED)
    row = model.objects.get()
    for attempt in (
        row.save,
        row.delete,
        model.objects.all().delete,
        lambda: model.objects.update(pk=9),
        lambda: model.objects.bulk_update([row], ["id"]),
    ):
        with pytest.raises(Frozen):
            attempt()


def test_snapshot_outlives_the_account_of_who_took_it(october, member):
    close_due(now=CLOSED)
    user = member("evaluator")
    snapshot = freeze(user=user)
    user.delete()
    snapshot.refresh_from_db()
    assert snapshot.taken_by is None


def test_period_is_the_sum_of_its_broadcasts_and_counts_its_people_once(ledger):
    first, second = ledger.broadcast("First"), ledger.broadcast("Second")
    for broadcast in (first, second):
        ledger.deliver(broadcast, people=range(1, 31))
        ledger.deliver(broadcast, people=range(31, 61), gender="man")
    ledger.close(first, second)
    freeze()
    found = report(period=NOVEMBER)
    assert (found.status, found.snapshot.version) == ("frozen", 1)
    figures = {figure.metric.slug: figure for figure in found.figures}
    assert figures["people"].cell == Shown(60)
    assert {metric.slug: cell for metric, cell in figures["delivery_rate"].beside}["accepted"] == Shown(120)
    times = next(table for table in found.tables if table.slug == "times")
    assert [row.cells[0] for row in times.rows] == [Shown(0), Shown(60), Shown(0), Shown(0), Shown(0), Shown(60)]
    planned = next(table for table in found.tables if table.slug == "broadcast")
    assert [(row.label, row.cells[0]) for row in planned.rows] == [
        ("First", Shown(60)), ("Second", Shown(60)), ("All", Shown(120)),
    ]  # fmt: skip


def test_period_is_frozen_only_when_it_is_over_and_everything_in_it_is_closed(october):
    with pytest.raises(PeriodNotOver):
        freeze(now=NOW)
    with pytest.raises(NotAllClosed) as refused:
        freeze()
    assert [each.broadcast for each in refused.value.missing] == [october]
    assert refused.value.missing[0].closes_at == october.finished_at + timedelta(days=7)
    with pytest.raises(NothingToFreeze):
        freeze(period=parse("2026-09"))
    close_due(now=CLOSED)
    freeze()
    with pytest.raises(AlreadyFrozen):
        freeze()


def test_period_that_ends_before_it_starts_is_refused():
    with pytest.raises(EndsBeforeItStarts):
        PeriodScope(date(2026, 11, 2), date(2026, 11, 1), "month", "2026-11")


def test_period_of_a_campaign_has_its_broadcasts_only(ledger, october):
    campaign = Campaign.objects.create(
        name="Rights", slug="rights", starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 30)
    )
    other = ledger.broadcast("Other")
    ledger.deliver(other, 30)
    Broadcast.objects.filter(pk=october.pk).update(campaign=campaign)
    ledger.close(other)
    snapshot = freeze(campaign=campaign)
    assert [each["number"] for each in json.loads(snapshot.payload)["broadcasts"]] == [october.pk]
    whole = freeze(period=None, campaign=campaign)
    assert (whole.kind, whole.place) == ("campaign", f"whole/2026-11-01/2026-11-30/campaign/{campaign.pk}")


def test_second_of_two_who_freeze_at_once_is_told(october, monkeypatch):
    close_due(now=CLOSED)
    stored = taking.stored_cells

    def somebody_else_first(*args):
        found = stored(*args)
        monkeypatch.setattr(taking, "stored_cells", stored)
        freeze()
        return found

    monkeypatch.setattr(taking, "stored_cells", somebody_else_first)
    with pytest.raises(AlreadyFrozen):
        freeze()
    assert Snapshot.objects.filter(kind="month").count() == 1


def test_snapshot_taken_at_the_same_time_is_known_to_the_next(ledger, october, monkeypatch):
    close_due(now=CLOSED)
    stored = taking.stored_cells

    def somebody_else_first(*args):
        found = stored(*args)
        monkeypatch.setattr(taking, "stored_cells", stored)
        freeze(period=parse("2026-Q4"), now=CLOSED + timedelta(days=60))
        return found

    monkeypatch.setattr(taking, "stored_cells", somebody_else_first)
    assert freeze().number == 3


def test_correction_is_a_new_version_with_a_reason(october, member):
    (snapshot,) = close_due(now=CLOSED)
    with pytest.raises(NoReason):
        correct(snapshot=snapshot, reason=" ", user=None, now=CLOSED)
    with pytest.raises(NothingChanged):
        correct(snapshot=snapshot, reason="Late bounces", user=None, now=CLOSED)
    numbers = october.deliveries.filter(segment="workers", gender="woman").values_list("pk", flat=True)[:10]
    Delivery.objects.filter(pk__in=list(numbers)).update(status="bounced")
    later = correct(snapshot=snapshot, reason="Late bounces", user=member("evaluator"), now=CLOSED)
    assert (later.version, later.reason) == (2, "Late bounces")
    with pytest.raises(NotTheNewest):
        correct(snapshot=snapshot, reason="Again", user=None, now=CLOSED)
    found = report(broadcast=october.pk)
    assert found.figures[0].cell == Shown(72)
    old = report(snapshot=snapshot.pk)
    assert old.figures[0].cell == Shown(82)
    assert (old.snapshot.newest, old.snapshot.is_newest) == (later.pk, False)


def test_change_of_a_few_cannot_be_read_from_two_versions(october):
    (snapshot,) = close_due(now=CLOSED)
    numbers = october.deliveries.filter(segment="workers", gender="woman").values_list("pk", flat=True)[:2]
    Delivery.objects.filter(pk__in=list(numbers)).update(status="bounced")
    later = correct(snapshot=snapshot, reason="Late bounces", user=None, now=CLOSED)
    for name in ("accepted", "bounced"):
        before, after = (json.loads(each.payload)["figures"]["5"][name] for each in (snapshot, later))
        changes = {cell: after[cell] - before[cell] for cell in after if None not in (after[cell], before.get(cell, 0))
                   and cell in before}  # fmt: skip
        assert not [change for change in changes.values() if 0 < abs(change) < 5]


def test_only_periods_of_a_campaign_are_published_one_version_at_a_time_and_it_is_kept_who_did_it(october, member):
    campaign = Campaign.objects.create(name="Rights", slug="rights", starts_on="2026-11-01", ends_on="2026-11-30")
    Broadcast.objects.update(campaign=campaign)
    (closed,) = close_due(now=CLOSED)
    snapshot, user = freeze(campaign=campaign), member("evaluator")
    for each in (closed, freeze()):
        with pytest.raises(NotPublishable):
            publish(snapshot=each, user=user, now=CLOSED)
    publish(snapshot=snapshot, user=user, now=CLOSED)
    publish(snapshot=snapshot, user=user, now=CLOSED)
    assert list(published()) == [snapshot]
    assert withdraw(snapshot=snapshot, user=user, now=CLOSED)
    assert not withdraw(snapshot=snapshot, user=user, now=CLOSED)
    row = Publication.objects.get()
    assert (row.published_by, row.withdrawn_by, row.withdrawn_at) == (user, user, CLOSED)
    assert not published()


def test_of_a_campaign_that_was_made_longer_the_public_reads_the_whole_that_was_published_last(october):
    campaign = Campaign.objects.create(name="Rights", slug="rights", starts_on="2026-11-01", ends_on=date(2026, 12, 10))
    Broadcast.objects.update(campaign=campaign)
    close_due(now=CLOSED)
    campaign.refresh_from_db()
    month, longer = freeze(campaign=campaign), freeze(period=None, campaign=campaign)
    campaign.ends_on = date(2026, 11, 30)
    shorter = freeze(period=None, campaign=campaign)

    for snapshot in (month, longer, shorter):
        publish(snapshot=snapshot, user=None, now=CLOSED)

    assert set(published()) == {month, shorter}


def test_broadcast_that_ended_has_headline_totals_only_rounded_down(ledger):
    ended = ledger.broadcast("Now")
    ledger.deliver(ended, 57, tracks_clicks=True)
    ledger.count(ended)
    found = report(broadcast=ended.pk)
    cells = {figure.metric.slug: figure.cell for figure in found.figures}
    assert (found.status, found.tables) == ("provisional", ())
    assert cells["people"] == cells["accepted"] == AtLeast(50)
    assert cells["clicked"] == FewerThan(10)


def test_nothing_is_told_of_a_broadcast_that_still_sends(ledger):
    """What was accepted until yesterday would tell how few are accepted on the last day."""
    sending = ledger.broadcast("Now", state="sending")
    ledger.deliver(sending, 57, tracks_clicks=True)
    ledger.count(sending)
    assert {figure.cell for figure in report(broadcast=sending.pk).figures} == {Hidden()}


def test_period_that_is_not_frozen_adds_up_what_is_shown_of_its_broadcasts(ledger, october):
    small = ledger.broadcast("Few")
    ledger.deliver(small, 3)
    ledger.close(small)
    assert report(broadcast=small.pk).figures[0].cell == Hidden()
    cells = {figure.metric.slug: figure.cell for figure in report(period=NOVEMBER).figures}
    assert cells["accepted"] == AtLeast(80)


def test_check_finds_intact_snapshots_and_explains_corrections(october, capsys):
    (snapshot,) = close_due(now=CLOSED)
    call_command("check_snapshots")
    numbers = list(october.deliveries.filter(gender="woman").values_list("pk", flat=True)[:10])
    Delivery.objects.filter(pk__in=numbers).update(status="bounced")
    rebuild(broadcast=october, now=CLOSED)
    with pytest.raises(CommandError):
        call_command("check_snapshots")
    assert "no correction says why" in capsys.readouterr().out
    correct(snapshot=snapshot, reason="Late bounces", user=None, now=CLOSED)
    call_command("check_snapshots")
    assert "Late bounces" in capsys.readouterr().out


def test_check_finds_a_payload_that_was_tampered_with(october, capsys):
    (snapshot,) = close_due(now=CLOSED)
    Snapshot._base_manager.filter(pk=snapshot.pk).update(payload=snapshot.payload.replace("82", "92"))
    with pytest.raises(CommandError):
        call_command("check_snapshots")
    assert "digest" in capsys.readouterr().out


def test_version_is_stored_once(october):
    (snapshot,) = close_due(now=CLOSED)
    fields = {field.name: getattr(snapshot, field.name) for field in Snapshot._meta.fields if field.name != "id"}
    with pytest.raises(IntegrityError):
        Snapshot(**{**fields, "number": 99}).save()
