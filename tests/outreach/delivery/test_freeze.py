"""Fixing an audience: everybody considered is counted once, as a delivery or for one reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.audience.models import Suppression
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
