"""Fixing an audience: everybody considered is counted once, as a delivery or for one reason."""

from collections import Counter, defaultdict
from itertools import product
from typing import NamedTuple

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from outreach.audience.models import Segment, Subscriber, Subscription, Suppression
from outreach.audience.rules import EVERYBODY, Person, matches
from outreach.broadcasts.audience import by_cell, by_reason, receivers, shares
from outreach.broadcasts.models import Broadcast
from outreach.delivery.balance import balance
from outreach.delivery.freeze import coarsened, cohort_index, cohort_of, freeze, ladder
from outreach.delivery.models import Cohort, Delivery, Exclusion

from .conftest import START, person, write

pytestmark = pytest.mark.django_db


def exclusions(broadcast):
    return {(row.channel, row.reason): row.count for row in Exclusion.objects.filter(broadcast=broadcast)}


def test_each_person_gets_one_delivery_and_each_other_one_reason(broadcast):
    broadcast.channels = ["email", "telegram"]
    broadcast.save()
    write(broadcast, channel="telegram", language="fr")
    person(1)
    person(2, language="fr")
    person(3, channels=("email", "telegram"))
    both = person(4, channels=("email", "telegram"), language="fr")
    person(5, state="pending")
    person(6, allowed=False)
    suppressed = person(7)
    address = suppressed.subscriptions.get()
    Suppression.objects.create(channel="email", address_hash=address.address_hash, reason="complaint")

    frozen = freeze(broadcast=broadcast, now=START)

    assert frozen.candidates == 9
    assert exclusions(broadcast) == {
        ("email", "no_consent"): 1,
        ("email", "no_language"): 2,
        ("email", "not_active"): 1,
        ("email", "suppressed"): 1,
        ("telegram", "no_language"): 1,
    }
    assert Delivery.objects.filter(subscriber=both).get().channel == "telegram"
    assert not balance(broadcast).faults


def test_a_person_on_two_channels_is_written_to_once(broadcast):
    broadcast.channels = ["telegram", "email"]
    broadcast.save()
    write(broadcast, channel="telegram")
    person(1, channels=("email", "telegram"))

    freeze(broadcast=broadcast, now=START)

    assert Delivery.objects.get().channel == "telegram"
    assert exclusions(broadcast) == {("email", "duplicate"): 1}


def test_a_broadcast_on_every_channel_writes_once_on_each(broadcast):
    broadcast.channels, broadcast.every_channel = ["email", "telegram"], True
    broadcast.save()
    write(broadcast, channel="telegram")
    person(1, channels=("email", "telegram"))

    freeze(broadcast=broadcast, now=START)

    assert sorted(Delivery.objects.values_list("channel", "slot")) == [("email", "email"), ("telegram", "telegram")]


def test_without_a_message_in_their_language_people_get_the_fallback(broadcast):
    broadcast.fallback_language = "en"
    broadcast.save()
    person(1, language="ht")

    freeze(broadcast=broadcast, now=START)

    delivery = Delivery.objects.get()
    assert (delivery.language, delivery.message.language) == ("ht", "en")


def test_a_gender_is_copied_only_with_consent_to_count_it(broadcast):
    said, silent = person(1, gender="woman"), person(2, gender="man")
    said.subscriptions.update(allows_gender_statistics=True)

    freeze(broadcast=broadcast, now=START)

    assert Delivery.objects.get(subscriber=said).gender == "woman"
    assert Delivery.objects.get(subscriber=silent).gender == ""


def test_an_audience_of_nobody_balances(broadcast):
    frozen = freeze(broadcast=broadcast, now=START)

    assert frozen.candidates == 0
    assert not balance(broadcast).faults


def test_freezing_costs_the_same_number_of_queries_for_any_audience(broadcast, django_assert_max_num_queries):
    for number in range(40):
        person(number)
    with django_assert_max_num_queries(25):
        freeze(broadcast=broadcast, now=START)
    assert Delivery.objects.count() == 40


def test_a_broadcast_is_frozen_once(broadcast):
    person(1)
    freeze(broadcast=broadcast, now=START)
    with pytest.raises(Exception, match=r"(?i)unique"):
        freeze(broadcast=broadcast, now=START)


def test_who_leaves_while_the_audience_is_fixed_is_what_they_were_when_it_was_read(broadcast):
    for number in range(3):
        person(number)

    def everybody_leaves(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if "outreach_subscription" in sql and not sql.startswith("UPDATE"):
            Subscription.objects.update(state="left")
        return result

    with connection.execute_wrapper(everybody_leaves):
        frozen = freeze(broadcast=broadcast, now=START)

    assert set(Subscription.objects.values_list("state", flat=True)) == {"left"}
    assert frozen.candidates == Delivery.objects.count() == 3
    assert exclusions(broadcast) == {}
    assert not balance(broadcast).faults


CHANNELS, LANGUAGES, GROUPS, GENDERS = ("email", "telegram"), ("en", "fr", "ht"), ("", "worker", "media"), ("", "woman")
CELLS = frozenset(product(CHANNELS, LANGUAGES))
RULES = (
    EVERYBODY,
    {"field": "group", "in": ["worker"]},
    {"field": "gender", "in": ["woman"]},
    {"not": {"field": "language", "in": ["fr"]}},
)


class Address(NamedTuple):
    """A subscription as it is made; its standing is what keeps a message from it."""

    channel: str
    standing: str
    counts_gender: bool
    tracks_opens: bool
    tracks_clicks: bool


# Mostly one that can be written to, so that a person often has several that could get it.
STANDING = st.sampled_from(["clear"] * 6 + ["pending", "left", "suppressed", "unwilling"])
ADDRESS = st.builds(
    Address,
    channel=st.sampled_from(CHANNELS),
    standing=STANDING,
    counts_gender=st.booleans(),
    tracks_opens=st.booleans(),
    tracks_clicks=st.booleans(),
)
PERSON = st.tuples(
    st.sampled_from(LANGUAGES),
    st.sampled_from(GROUPS),
    st.sampled_from(GENDERS),
    st.lists(ADDRESS, min_size=2, max_size=5),
)
PLAN = st.fixed_dictionaries(
    {
        "channels": st.sampled_from([["email", "telegram"], ["telegram", "email"], ["telegram"]]),
        "every_channel": st.booleans(),
        "fallback_language": st.sampled_from(["", "en"]),
    }
)


USUAL = {"channels": ["email", "telegram"], "every_channel": False, "fallback_language": ""}
ONE = ("en", "", "woman", [Address("email", "clear", counts_gender=True, tracks_opens=True, tracks_clicks=False)])


@given(
    people=st.lists(PERSON, min_size=2, max_size=7),
    plan=PLAN,
    rules=st.lists(st.sampled_from(RULES), min_size=1, max_size=3),
    untold=st.sets(st.sampled_from(sorted(CELLS)), max_size=3),
)
@example(people=[], plan=USUAL, rules=[EVERYBODY], untold=set())
@example(people=[ONE], plan={**USUAL, "channels": []}, rules=[EVERYBODY], untold=set())
@example(people=[ONE], plan=USUAL, rules=[], untold=set())
@example(people=[ONE], plan=USUAL, rules=[EVERYBODY], untold=CELLS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
def test_what_is_written_and_counted_is_what_a_plain_reading_finds(db, people, plan, rules, untold):
    with transaction.atomic():
        broadcast = Broadcast.objects.create(title="October", **plan)
        for number, rule in enumerate(rules):
            broadcast.segments.add(Segment.objects.create(code=f"s{number}", name=f"S{number}", rule=rule))
        cells = {
            (channel, language): write(broadcast, channel, language).pk for channel, language in sorted(CELLS - untold)
        }
        rows, reasons, nearest = plain_reading(broadcast, join(people), rules, cells)

        counted = shares(broadcast)
        frozen = freeze(broadcast=broadcast, now=START)

        written = Delivery.objects.values_list(*WRITTEN)
        left_out = {key: count for key, count in reasons.items() if key[1]}
        assert Counter(written) == Counter(rows)
        assert exclusions(broadcast) == left_out
        assert frozen.candidates == sum(reasons.values()) == len(rows) + sum(left_out.values())
        assert sum(cohort.size for cohort in Cohort.objects.all()) == len(rows)
        assert not balance(broadcast).faults
        assert_counted_alike(counted, rows, reasons, nearest)
        transaction.set_rollback(True)


WRITTEN = (
    *("subscription_id", "subscriber_id", "message_id", "channel", "slot", "segment"),
    *("group", "gender", "language", "tracks_opens", "tracks_clicks"),
)


def join(people):
    """Make the people; each subscription's number and what it is of, in the order of the numbers."""
    joined = []
    for language, group, gender, addresses in people:
        subscriber = Subscriber.objects.create(language=language, group=group, gender=gender)
        for place, address in enumerate(addresses):
            made = Subscription.objects.create(
                subscriber=subscriber,
                channel=address.channel,
                address_hash=f"{subscriber.pk}-{place}",
                state=address.standing if address.standing in {"pending", "left"} else "active",
                allows_messages=address.standing != "unwilling",
                allows_gender_statistics=address.counts_gender,
                allows_open_tracking=address.tracks_opens,
                allows_click_tracking=address.tracks_clicks,
            )
            if address.standing == "suppressed":
                Suppression.objects.create(channel=address.channel, address_hash=made.address_hash, reason="complaint")
            joined.append((made.pk, subscriber, address))
    return joined


REASONS = {"pending": "not_active", "left": "not_active", "suppressed": "suppressed", "unwilling": "no_consent"}


def plain_reading(broadcast, joined, rules, cells):
    """The rows to be written, how many are considered by channel and reason, and why people get none, in Python."""
    rows, reasons, served, found = [], Counter(), set(), defaultdict(set)
    considered = [entry for entry in joined if entry[2].channel in broadcast.channels]
    for number, subscriber, address in sorted(
        considered, key=lambda entry: (broadcast.channels.index(entry[2].channel), entry[0])
    ):
        said = Person(
            joined=subscriber.joined_at,
            active=subscriber.active_at,
            language=subscriber.language,
            group=subscriber.group,
            gender=subscriber.gender,
        )
        segments = [f"s{place}" for place, rule in enumerate(rules) if matches(rule, said, now=START)]
        if not segments:
            continue
        channel = address.channel
        message = cells.get((channel, subscriber.language)) or cells.get((channel, broadcast.fallback_language))
        slot = channel if broadcast.every_channel else ""
        reason = REASONS.get(address.standing, "")
        if not reason and message is None:
            reason = "no_language"
        if not reason and (subscriber.pk, slot) in served:
            reason = "duplicate"
        reasons[channel, reason] += 1
        found[subscriber.pk].add(reason)
        if not reason:
            served.add((subscriber.pk, slot))
            gender = subscriber.gender if address.counts_gender else ""
            person_then = (segments[0], subscriber.group, gender, subscriber.language)
            choices = (address.tracks_opens, address.tracks_clicks)
            rows.append((number, subscriber.pk, message, channel, slot, *person_then, *choices))
    order = ["", "no_language", "no_consent", "suppressed", "not_active", "duplicate"]
    return rows, reasons, Counter(min(of_person, key=order.index) for of_person in found.values())


def assert_counted_alike(counted, rows, reasons, people):
    """What the preflight reads is what was written and left out."""
    assert by_reason(counted) == reasons
    assert by_cell(counted) == Counter((row[3], row[2]) for row in rows)
    written = Counter()
    for share in counted:
        if not share.reason:
            written[share.segment, share.channel, share.language, share.message] += share.count
    assert written == Counter((row[5], row[3], row[8], row[2]) for row in rows)
    assert receivers(counted) == len({row[1] for row in rows})
    assert Counter(share.reason for share in counted if share.is_nearest for _each in range(share.count)) == people


def test_every_delivery_belongs_to_a_cohort_of_at_least_five(broadcast):
    for number in range(12):
        person(number, language="en" if number < 10 else "fr")
    broadcast.fallback_language = "en"
    broadcast.save()

    freeze(broadcast=broadcast, now=START)

    index = cohort_index(broadcast.pk)
    members = [cohort_of(delivery.dimensions, index) for delivery in Delivery.objects.all()]
    for cohort in Cohort.objects.all():
        assert cohort.size >= 5
        assert members.count(cohort.pk) == cohort.size


@given(
    st.dictionaries(
        st.tuples(
            st.sampled_from("ab"),
            st.sampled_from(["woman", "man", ""]),
            st.sampled_from(["en", "fr"]),
            st.just("email"),
        ),
        st.integers(1, 12),
        max_size=12,
    )
)
def test_coarsening_loses_nobody_and_leaves_no_small_cohort(buckets):
    kept = coarsened(buckets, 5)

    assert sum(kept.values()) == sum(buckets.values())
    if sum(buckets.values()) >= 5:
        assert all(size >= 5 for size in kept.values())
    found = dict.fromkeys(kept, 0)
    for exact, size in buckets.items():
        found[next(place for place in ladder(exact) if place in kept)] += size
    assert found == kept
