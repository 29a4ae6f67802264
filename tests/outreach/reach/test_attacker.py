"""The attacker's test: all tables, versions and public figures together don't give away a single sensitive cell.

Sensitive is what may not be read for its own sake (:func:`.sensitive.sensitive`). Each such cell, of every snapshot, is
hidden, and whoever knows all that is shown finds an interval for it that is at least k wide: k + 1 values; of a part as
many as its whole allows, if that is fewer. Cells that are hidden only to protect these need no interval of their own.
Of what changed by few from one version to the next, of a broadcast or of a period, the difference has to be as wide. A
sum of a period is no secret where all its broadcasts show their parts of it.
"""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Cohort, Delivery, Exclusion
from outreach.reach.periods import parse
from outreach.reach.rollups import rebuild
from outreach.reach.snapshots import payload
from outreach.reach.snapshots.closing import close_due
from outreach.reach.snapshots.correcting import NothingChanged, correct
from outreach.reach.snapshots.freezing import freeze_period
from outreach.reach.snapshots.models import Snapshot
from outreach.reach.snapshots.reading import content_of
from outreach.reach.snapshots.sealed import Sealed
from outreach.tracking.models import TrackingEvent

from .attacker import PEOPLE, Reader
from .sensitive import OF_NOBODY, changed, left, sensitive
from .unknowns import NEARLY

pytestmark = pytest.mark.django_db

AFTER = datetime(2027, 3, 1, 12, tzinfo=UTC)
GENDERS = {"woman": 40, "man": 30, "another": 2, "undisclosed": 4, "": 12}


def send(ledger, chance, day):
    """A broadcast to people of a small circle, so that many get several; events as they may come."""
    broadcast = ledger.broadcast(f"{day:%d %B}")
    ended = datetime(day.year, day.month, day.day, 15, tzinfo=UTC)
    Broadcast.objects.filter(pk=broadcast.pk).update(started_at=ended - timedelta(hours=20), finished_at=ended)
    later = ended + timedelta(hours=2)
    messages = {message.channel: message for message in broadcast.messages.all()}
    rows = []
    for person in chance.sample(range(1, 400), k=chance.choice([3, 40, 90, 160])):
        own = random.Random(person)  # what a person said stays the same
        channel = "email" if own.random() < 0.8 else "telegram"
        rows.append(
            Delivery(
                broadcast=broadcast,
                message=messages[channel],
                subscriber_id=person,
                subscription_id=person,
                channel=channel,
                segment=own.choices(["workers", "media", "officials"], [8, 3, 1])[0],
                group=own.choices(["worker", "media", ""], [5, 2, 3])[0],
                gender=own.choices(list(GENDERS), list(GENDERS.values()))[0],
                language=own.choices(["en", "fr", "ht"], [12, 4, 1])[0],
                status=chance.choices(["accepted", "bounced", "blocked", "expired"], [20, 1, 1, 1])[0],
                tracks_clicks=own.random() < 0.7,
                tracks_opens=own.random() < 0.5,
                due_at=ended - timedelta(hours=20),
                settled_at=ended - timedelta(hours=chance.choice([1, 1, 1, 15])),
            )
        )
    Delivery.objects.bulk_create(rows)
    cohort = Cohort.objects.create(broadcast=broadcast, segment="workers", channel="email", language="en", size=30)
    open_cohort = Cohort.objects.create(broadcast=broadcast, size=9)
    back = []
    for delivery in Delivery.objects.filter(broadcast=broadcast, status="accepted").order_by("pk"):
        machine = chance.choice(["head", "proxy", "bot"])
        kinds = [("click", 0.2, ""), ("open", 0.5, ""), ("open", 0.1, "proxy"), ("open", 0.2, machine)]
        kinds += [("click", 0.1, machine), ("unsubscribe", 0.05, ""), ("complaint", 0.03, "")]
        back += [(delivery, None, kind, reason) for kind, rate, reason in kinds if chance.random() < rate]
    back += [(None, cohort, "click", "")] * chance.randint(0, 12)
    back += [(None, open_cohort, "click", "")] * chance.randint(0, 4)
    TrackingEvent.objects.bulk_create(
        TrackingEvent(
            broadcast=broadcast, delivery=delivery, cohort=shared, kind=kind, machine_reason=reason, occurred_at=later
        )
        for delivery, shared, kind, reason in back
    )
    Exclusion.objects.bulk_create(
        Exclusion(broadcast=broadcast, channel=channel, reason=reason, count=chance.choice([2, 7, 30]))
        for channel in messages
        for reason in ("no_consent", "suppressed", "too_soon")
        if chance.random() < 0.6
    )
    broadcast.refresh_from_db()
    rebuild(broadcast=broadcast, now=AFTER)
    return broadcast


def history(ledger, seed):
    """Months, a quarter and a year frozen in any order, with corrections in between."""
    chance = random.Random(seed)
    days = [date(2026, month, day) for month, day in ((10, 5), (10, 20), (11, 3), (11, 12), (11, 25), (12, 7))]
    broadcasts = [send(ledger, chance, day) for day in days]
    close_due(now=AFTER)
    codes = ["2026-10", "2026-11", "2026-12", "2026-Q4"]
    chance.shuffle(codes)
    for code in codes[:2]:
        freeze_period(period=parse(code), user=None, now=AFTER)
    late = chance.choice(broadcasts)
    Delivery.objects.filter(
        pk__in=list(Delivery.objects.filter(broadcast=late).values_list("pk", flat=True)[: chance.randint(2, 9)])
    ).update(status="bounced")
    correct(snapshot=late.snapshots.get(), reason="Bounces came late", user=None, now=AFTER)
    for code in codes[2:]:
        freeze_period(period=parse(code), user=None, now=AFTER)
    for snapshot in Snapshot.objects.filter(broadcast=None).order_by("number"):
        try:
            correct(snapshot=snapshot, reason="Bounces came late", user=None, now=AFTER)
        except NothingChanged:
            continue
    return Snapshot.objects.select_related("sealed").order_by("number")


def beside_campaigns(ledger, seed):
    """Months and a quarter of two campaigns, and of all, frozen in any order."""
    chance = random.Random(seed)
    days = {"starts_on": date(2026, 10, 1), "ends_on": date(2026, 12, 31)}
    one, other = (Campaign.objects.create(name=name, slug=name, **days) for name in ("one", "other"))
    for day, campaign in (
        (date(2026, 10, 5), one),
        (date(2026, 10, 20), other),
        (date(2026, 11, 3), one),
        (date(2026, 11, 25), other),
    ):
        Broadcast.objects.filter(pk=send(ledger, chance, day).pk).update(campaign=campaign)
    close_due(now=AFTER)
    months = [("2026-10", None), ("2026-11", None), ("2026-10", one), ("2026-11", one)]
    scopes = [*months, ("2026-Q4", None), ("2026-Q4", one), ("2026-Q4", other)]
    chance.shuffle(scopes)
    for code, campaign in scopes:
        freeze_period(period=parse(code), campaign=campaign, user=None, now=AFTER)
    return Snapshot.objects.select_related("sealed").order_by("number")


def narrow(snapshots, k, contents=None):
    """The sensitive cells that are shown, or of which the attacker finds too much."""
    contents = contents or {each.pk: content_of(each) for each in snapshots}
    counts = {each.pk: counts_of(each) for each in snapshots}
    cells = {
        (each.pk, count, cell): wanted
        for each in snapshots
        for (count, cell), wanted in sensitive(counts[each.pk], k).items()
        if not is_told(contents, k, each.pk, count, cell)
    }
    pairs = {
        ((each.pk, count, cell), (other.pk, count, cell)): wanted
        for each in snapshots
        for other in snapshots
        if other.place == each.place and other.version < each.version
        for (count, cell), wanted in changed(counts[each.pk], counts[other.pk], k).items()
        if not is_told(contents, k, each.pk, count, cell)
    } | {
        ((each.pk, count, cell), (each.pk, part, cell)): wanted
        for each in snapshots
        for (count, part, cell), wanted in left(counts[each.pk], k).items()
    }
    reader = Reader(contents, k, pairs)
    shown = [each for each in cells if not reader.term(*each)[0]]
    names = {each.pk: (each.place, each.version) for each in snapshots}
    hidden = {each: wanted for each, wanted in cells.items() if each not in shown}
    return [
        *((names[number], count, cell, "shown") for number, count, cell in shown),
        *((names[each[0]], *each[1:], width) for each, width in reader.widths(hidden).items()
          if width < hidden[each] - NEARLY),
        *((names[one[0]], *one[1:], names[other[0]], *other[1:], width)
          for (one, other), width in reader.differences(pairs).items() if width < pairs[one, other] - NEARLY),
    ]  # fmt: skip


def few_over_time(content, k):
    """What the totals over time tell of 1 to k − 1 people who are new in a month or quarter, or came back in it.

    The first total is the people of the first part, the last that of the period; both stand elsewhere too.
    """
    found = []
    for unit, parts in content["over_time"][str(k)].items():
        own = [None if each["least"] else each["people"] for each in parts]
        totals = [each["total"] for each in parts[:-1]] + [content["figures"][str(k)]["people"].get("", 0)]
        told = [at for at, total in enumerate(totals) if total is not None]
        for since, until in pairwise(told):
            new = totals[until] - totals[since]
            back = own[until] - new if until == since + 1 and own[until] is not None else 0
            found += [(content["place"], unit, until, few) for few in (new, back) if 0 < few < k]
    return found


def counts_of(snapshot):
    """The true counts of a snapshot, of what is read by cell."""
    return payload.named(Sealed(payload.read(snapshot.sealed.counts)).to_protect())


def is_told(contents, k, number, count, cell):
    """Whether everybody reads all parts of a period's sum."""
    parts = contents[number]["members"]
    return (
        bool(parts)
        and count not in (*PEOPLE, "times")
        and all(contents[each]["figures"][str(k)].get(count, {}).get(cell, 0) is not None for each in parts)
    )


@pytest.mark.parametrize(("told", "seed"), [(history, 1), (beside_campaigns, 1), (beside_campaigns, 4)])
def test_nothing_that_is_hidden_can_be_computed_from_everything_that_is_shown(ledger, told, seed):
    snapshots = list(told(ledger, seed))
    for k in payload.THRESHOLDS:
        assert narrow(snapshots, k) == []
        assert [few for each in snapshots for few in few_over_time(content_of(each), k)] == []
        for each in snapshots:
            shown = content_of(each)["figures"][str(k)]
            assert not [
                (name, cell)
                for name, cells in shown.items()
                if name not in OF_NOBODY
                for cell, value in cells.items()
                if isinstance(value, int) and 0 < value < k
            ]


def test_public_figures_hide_whatever_evaluators_may_not_read(ledger):
    day = date(2026, 10, 5)
    send(ledger, random.Random(4), day)
    close_due(now=AFTER)
    snapshot = freeze_period(period=parse("2026-10"), user=None, now=AFTER)
    figures = content_of(snapshot)["figures"]
    hidden = {k: {(n, c) for n, cells in figures[k].items() for c, v in cells.items() if v is None} for k in figures}
    assert hidden["5"]
    assert hidden["5"] <= hidden["10"]


def test_attacker_succeeds_once_a_protecting_cell_is_shown(ledger, october):
    ledger.deliver(october, 3, gender="another", segment="officials")
    ledger.deliver(october, 40, segment="officials")
    ledger.deliver(october, 30, segment="officials", gender="man")
    ledger.close(october)
    snapshot = Snapshot.objects.select_related("sealed").get()
    assert narrow([snapshot], 5) == []
    true = snapshot.sealed.counts["accepted"]
    protecting = [
        cell
        for cell, value in content_of(snapshot)["figures"]["5"]["accepted"].items()
        if value is None and true.get(cell, 0) > 4
    ]
    assert any(succeeds(snapshot, cell, true[cell]) for cell in protecting)


def succeeds(snapshot, cell, value):
    """Whether the attacker finds something once this cell is shown as well."""
    content = content_of(snapshot)
    content["figures"]["5"]["accepted"][cell] = content["figures"]["5"]["people"][cell] = value
    return bool(narrow([snapshot], 5, {snapshot.pk: content}))
