"""The history is loaded once for the whole module: its tests only read."""

from collections import Counter
from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import transaction
from django.db.models import Count

from outreach.audience.choices import ChannelName, Gender
from outreach.audience.links.table import sign_ups
from outreach.audience.models import (
    Consent,
    JoinLink,
    JoinRequest,
    SignUpCount,
    Subscriber,
    Subscription,
    Suppression,
)
from outreach.audience.retention import forget_unconfirmed
from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.delivery.balance import all_balances
from outreach.delivery.models import Delivery
from outreach.demo.history.campaign import plan
from outreach.reach.disclosure import Shown
from outreach.reach.indicators.framework import Indicator
from outreach.reach.indicators.logframe import logframe
from outreach.reach.metrics import POPULATION_COVERAGE
from outreach.reach.models import Rollup
from outreach.reach.snapshots.models import Snapshot
from outreach.reach.tables import report
from outreach.reach.visits.report import web_reading
from outreach.tracking.models import PageDay, TrackingEvent
from outreach.tracking.web.sources import Source

from .conftest import NOW

State = Subscription.State

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("history")]


def share(part: int, whole: int) -> float:
    return round(part / whole, 2)


def test_two_thousand_fictional_people_are_marked_as_demo() -> None:
    assert Subscriber.objects.filter(is_demo=True).count() == Subscriber.objects.count() == 2000
    assert Broadcast.objects.filter(is_demo=True).count() == Broadcast.objects.count() == 3


def test_addresses_are_numbers_that_belong_to_nobody() -> None:
    for subscription in Subscription.objects.all()[::50]:
        if subscription.channel == ChannelName.EMAIL:
            assert subscription.address.startswith("person")
            assert subscription.address.endswith("@example.org")
        else:
            assert int(subscription.address) > 999_000_000_000


def test_about_seven_in_ten_have_an_address_and_nearly_half_a_chat() -> None:
    channels = Counter(Subscription.objects.values_list("channel", flat=True))
    both = Subscriber.objects.annotate(number=Count("subscriptions")).filter(number=2).count()

    assert share(channels["email"], 2000) == pytest.approx(0.70, abs=0.03)
    assert share(channels["telegram"], 2000) == pytest.approx(0.45, abs=0.03)
    assert share(both, 2000) == pytest.approx(0.15, abs=0.03)


def test_every_answer_about_gender_occurs_and_so_does_none() -> None:
    genders = Counter(Subscriber.objects.values_list("gender", flat=True))

    assert set(genders) == set(Gender.values)
    assert all(count >= 20 for count in genders.values())


def test_a_gender_is_counted_only_with_consent() -> None:
    counted = Delivery.objects.exclude(gender="").values("subscription")

    assert not Subscription.objects.filter(pk__in=counted, state=State.ACTIVE, allows_gender_statistics=False).exists()


def test_the_consent_ledger_says_what_the_flags_say() -> None:
    latest: dict[tuple[int, str, str], bool] = {}
    for consent in Consent.objects.order_by("id"):
        latest[consent.subscriber_id, consent.channel, consent.purpose] = consent.granted

    for subscription in Subscription.objects.all():
        for purpose in ("messages", "gender_statistics", "open_tracking", "click_tracking"):
            said = latest.get((subscription.subscriber_id, subscription.channel, purpose), False)
            assert subscription.allows(purpose) == said


def test_some_wait_some_left_and_some_are_suppressed() -> None:
    states = Counter(Subscription.objects.values_list("state", flat=True))

    assert min(states[State.PENDING], states[State.LEFT], states[State.STOPPED]) > 20
    assert Suppression.objects.count() > 20


def test_nobody_is_forgotten_while_the_demo_stands() -> None:
    with transaction.atomic():
        forget_unconfirmed(now=NOW + timedelta(days=400))

        assert Subscriber.objects.count() == 2000
        transaction.set_rollback(True)


def test_no_mail_of_the_past_is_sent_again() -> None:
    assert not JoinRequest.objects.filter(due_at__isnull=False).exists()


def test_every_past_broadcast_is_finished_and_balances() -> None:
    balances = list(all_balances())

    assert [balance.broadcast.state for balance in balances] == ["finished"] * 3
    assert [balance.faults for balance in balances] == [()] * 3
    assert all(balance.statuses["accepted"] > 0.94 * balance.deliveries for balance in balances)
    assert all(balance.statuses["bounced"] and balance.statuses["blocked"] for balance in balances)


def test_nobody_was_written_to_after_leaving() -> None:
    for subscription in Subscription.objects.filter(state__in=[State.LEFT, State.STOPPED]):
        late = Delivery.objects.filter(subscription_id=subscription.pk, attempted_at__gt=subscription.ended_at)
        assert not late.exists()


def test_an_editor_wrote_and_another_person_approved() -> None:
    for broadcast in Broadcast.objects.all():
        approval = broadcast.approvals.get()
        assert (approval.submitted_by.username, approval.approved_by.username) == ("editor", "approver")


def test_clicks_come_from_people_and_machines_over_personal_and_shared_links() -> None:
    clicks = TrackingEvent.objects.filter(kind="click")

    assert clicks.filter(machine_reason="", delivery__isnull=False).exists()
    assert clicks.filter(machine_reason="", cohort__isnull=False).exists()
    assert clicks.exclude(machine_reason="").exists()
    assert not clicks.filter(delivery__tracks_clicks=False).exists()
    assert not TrackingEvent.objects.filter(kind="open", delivery__tracks_opens=False).exists()


def test_everything_lies_in_the_past() -> None:
    assert not TrackingEvent.objects.filter(occurred_at__gt=NOW).exists()
    assert not Delivery.objects.filter(settled_at__gt=NOW - timedelta(days=14)).exists()
    assert not Subscriber.objects.filter(joined_at__gt=NOW - timedelta(days=100)).exists()


def test_the_rollups_are_ready() -> None:
    assert set(Rollup.objects.values_list("broadcast", flat=True)) == set(
        Broadcast.objects.values_list("pk", flat=True)
    )


def test_the_same_figures_come_out_on_every_machine_and_day() -> None:
    assert [balance.deliveries for balance in all_balances()] == [1382, 1076, 1808]


def test_the_broadcasts_lie_in_the_period_of_one_campaign_that_is_marked_as_demo() -> None:
    campaign = Campaign.objects.get()

    assert campaign.is_demo
    assert campaign.broadcasts.count() == 3
    for broadcast in campaign.broadcasts.all():
        assert broadcast.finished_at is not None
        assert campaign.starts_on <= broadcast.finished_at.date() <= campaign.ends_on


def test_the_campaign_has_a_framework_with_targets_values_and_estimates() -> None:
    frame = logframe(campaign=Campaign.objects.get(), today=NOW.date())
    actuals = {row.indicator.code: row.actual for row in frame.rows}

    assert {group.result.level for group in frame.groups} == {"impact", "outcome", "output"}
    assert all(row.target_quarter for row in frame.rows)
    assert all(actuals[code].n and actuals[code].interval for code in ("O1", "O2", "O3"))
    assert (actuals["R1"].how, actuals["R1"].provisional) == ("counted", True)
    assert [estimate.grade for estimate in frame.estimates] == ["C", "A"]
    assert frame.cost.amount


def test_what_was_invented_says_so() -> None:
    frame = logframe(campaign=Campaign.objects.get(), today=NOW.date())

    assert all("Invented for the demo." in row.indicator.limits for row in frame.rows)
    assert all("Invented for the demo." in row.source for row in (*frame.estimates, *frame.spends))


def test_the_size_of_the_group_is_real_and_stands_in_what_is_frozen_with_its_source() -> None:
    (found,) = logframe(campaign=Campaign.objects.get(), today=NOW.date()).populations
    period = Snapshot.objects.exclude(kind=Snapshot.Kind.BROADCAST).latest("number")
    shown = report(snapshot=period.pk)
    table = next(each for each in shown.tables if each.slug == "indicators")
    (row,) = [each for each in table.rows if each.metric is POPULATION_COVERAGE]

    assert found.population.people == 66_205
    assert "in 2024, source: World Bank" in row.label
    assert row.cells == (Shown(Fraction(shown.figures[0].cell.value, 66_205)),)  # type: ignore[union-attr]


def test_writing_the_framework_again_adds_nothing() -> None:
    before = Indicator.objects.count()
    plan(Campaign.objects.get(), now=NOW)
    assert Indicator.objects.count() == before


def test_the_site_was_read_before_today_and_most_of_a_story_after_its_broadcast() -> None:
    days = PageDay.objects.all()
    last = days.latest("day").day
    newest = Broadcast.objects.filter(is_demo=True).latest("started_at")
    led = days.filter(broadcast=newest)

    assert last < NOW.date()
    assert {"mobile", "desk", "unknown"} == set(days.values_list("device", flat=True))
    assert set(Source.values) == set(days.values_list("source", flat=True))
    assert {row.day >= newest.started_at.date() for row in led if newest.started_at} == {True}
    assert all(row.views >= row.visits >= row.beacons >= row.completed for row in days)
    assert days.filter(machine_views__gt=0, visits=0).exists()
    assert web_reading(period=None, now=NOW).has_demo


def test_three_places_of_the_campaign_brought_people_and_all_sign_ups_are_counted_by_source() -> None:
    table = sign_ups(month=None, now=NOW)
    links = {row.source: row for row in table.rows if row.link}
    brought = Counter(Subscriber.objects.values_list("source", flat=True))

    assert {(link.link.kind, link.link.campaign, link.link.is_demo) for link in links.values() if link.link} == {
        (kind, Campaign.objects.get(), True) for kind in ("poster", "radio", "event")
    }
    assert table.has_demo
    assert all(row.joined.least >= 30 and row.email_asked.least > row.email_joined.least for row in links.values())
    assert {row.source for row in table.rows} - set(links) == {"site", "bot", "event"}
    for source, counts in Counter(Subscription.objects.values_list("subscriber__source", flat=True)).items():
        assert counts <= sum(SignUpCount.objects.filter(source=source).values_list("asked", flat=True))
        assert brought[source] <= counts
    confirmed = Subscription.objects.exclude(confirmed_at=None).count()
    assert sum(SignUpCount.objects.values_list("joined", flat=True)) == confirmed


def test_nobody_came_by_a_link_before_it_was_made_nor_is_anybody_counted_later_than_today() -> None:
    for link in JoinLink.objects.all():
        assert link.made_at < NOW - timedelta(days=100)
        assert not Subscriber.objects.filter(source=link.code, joined_at__lt=link.made_at).exists()
    assert not SignUpCount.objects.filter(day__gt=NOW.date()).exists()
