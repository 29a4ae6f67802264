from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.audience.erasure import erase
from outreach.audience.models import Subscriber
from outreach.broadcasts.models import Broadcast
from outreach.reach import people
from outreach.reach.counts import cells, key_of, totals
from outreach.reach.models import Axis, PeopleSet
from outreach.reach.people import count_people

from .conftest import NOW, Ledger

pytestmark = pytest.mark.django_db

FIRST_DAY, SECOND_DAY = date(2026, 11, 18), date(2026, 11, 19)


@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_different_people_of_any_broadcasts_and_days_are_those_of_a_set_of_numbers(db, data):
    ledger = Ledger()
    broadcasts = [ledger.broadcast(str(number)) for number in range(3)]
    sent: list[tuple[int, date, int]] = []
    for broadcast in broadcasts:
        for person in data.draw(st.sets(st.integers(1, 8))):
            day = data.draw(st.sampled_from([FIRST_DAY, SECOND_DAY]))
            ledger.deliver(broadcast, people=[person], settled_at=NOW.replace(day=day.day))
            sent.append((broadcast.pk, day, person))
    ledger.count(*broadcasts)

    some = data.draw(st.sets(st.sampled_from([broadcast.pk for broadcast in broadcasts])))
    since, until = data.draw(st.tuples(*[st.none() | st.sampled_from([FIRST_DAY, SECOND_DAY])] * 2))

    expected = {
        person
        for broadcast, day, person in sent
        if broadcast in some and (since is None or day >= since) and (until is None or day <= until)
    }
    assert people.unique(broadcasts=some, since=since, until=until) == len(expected)


def test_person_with_a_message_on_each_channel_is_one_person_and_got_two_messages(ledger):
    broadcast = ledger.broadcast()
    Broadcast.objects.filter(pk=broadcast.pk).update(every_channel=True)
    broadcast.refresh_from_db()
    ledger.deliver(broadcast, people=[1, 2])
    # They allow their gender to be counted on one channel only.
    ledger.deliver(broadcast, people=[2, 3], channel="telegram", gender="")
    ledger.count(broadcast)

    found = cells([broadcast.pk])["people"]
    assert found[key_of()] == found[key_of(segment="workers")] == 3
    assert (found[key_of(segment="workers", gender="woman")], found[key_of(segment="workers", gender="")]) == (2, 2)
    assert (found[key_of(channel="email")], found[key_of(channel="telegram")]) == (2, 2)
    assert people.times(broadcasts=[broadcast.pk]) == {None: {1: 2, 2: 1}, broadcast.pk: {1: 2, 2: 1}}


def test_who_got_five_messages_or_more_is_counted_together(ledger):
    broadcasts = [ledger.broadcast(str(number)) for number in range(7)]
    for number, broadcast in enumerate(broadcasts, start=1):
        # Person 1 gets one message, person 2 two, …, person 7 seven.
        ledger.deliver(broadcast, people=range(number, 8))
    ledger.count(*broadcasts)

    assert people.times(broadcasts=[each.pk for each in broadcasts])[None] == {1: 1, 2: 1, 3: 1, 4: 1, 5: 3}
    found = cells([each.pk for each in broadcasts])["times"]
    assert [found[key_of(times=times)] for times in ("1", "2", "3", "4", "5+")] == [1, 1, 1, 1, 3]
    assert found[key_of(broadcasts[0].pk, times="1")] == 7


def test_no_query_reads_the_sets_of_more_broadcasts_than_it_may(ledger, monkeypatch, django_assert_num_queries):
    broadcasts = [ledger.broadcast(str(number)) for number in range(5)]
    for number, broadcast in enumerate(broadcasts):
        ledger.deliver(broadcast, people=range(number, number + 3))
    ledger.count(*broadcasts)
    numbers = [each.pk for each in broadcasts]
    whole = people.by_place(broadcasts=numbers, axis=Axis.ALL), people.times(broadcasts=numbers)

    monkeypatch.setattr(people, "_ASKED_AT_ONCE", 2)
    with django_assert_num_queries(3):
        assert people.unique(broadcasts=numbers) == 7
    assert (people.by_place(broadcasts=numbers, axis=Axis.ALL), people.times(broadcasts=numbers)) == whole


def test_erasing_a_person_changes_no_count_and_nobody_gets_their_number(ledger):
    person, other = (Subscriber.objects.create(language="en") for _each in range(2))
    broadcast = ledger.broadcast()
    ledger.deliver(broadcast, people=[person.pk, other.pk])
    ledger.count(broadcast)
    before, number = totals([broadcast.pk]), other.pk

    erase(subscriber=other, now=NOW)
    assert totals([broadcast.pk]) == before
    newcomer = Subscriber.objects.create(language="en")
    assert newcomer.pk > number
    ledger.count(broadcast)
    assert totals([broadcast.pk]) == before


def test_dropping_the_sets_of_a_broadcast_leaves_those_of_others(ledger):
    old, new = ledger.broadcast("Old"), ledger.broadcast("New")
    ledger.deliver(old, people=[1, 2])
    ledger.deliver(new, people=[2, 3])
    ledger.count(old, new)

    assert people.drop(broadcast=old) == len(Axis.values)
    assert people.unique(broadcasts=[old.pk, new.pk]) == people.unique(broadcasts=[new.pk]) == 2
    assert totals([old.pk])["accepted"] == 2


def test_sets_hold_numbers_only_and_say_how_many(october):
    everybody = PeopleSet.objects.get(axis=Axis.ALL, kind=PeopleSet.Kind.REACHED)
    assert everybody.size == people.unique(broadcasts=[october.pk]) == 82
    women = people.unique(broadcasts=[october.pk], axis=Axis.SEGMENT_GENDER, place="workers/woman", kind="clicked")
    assert women == 8


def test_people_are_counted_once_over_broadcasts_and_channels(ledger):
    first, second = ledger.broadcast("First"), ledger.broadcast("Second")
    Broadcast.objects.filter(pk=second.pk).update(every_channel=True)
    second.refresh_from_db()
    ledger.deliver(first, people=[1, 2, 3])
    ledger.deliver(first, people=[4], status="bounced")
    ledger.deliver(second, people=[2, 3, 4, 5])
    ledger.deliver(second, people=[4, 5], channel="telegram")
    ledger.count(first, second)
    both = [first.pk, second.pk]

    assert count_people(broadcasts=both) == {(): 5}
    assert count_people(broadcasts=both, by=["broadcast"]) == {(first.pk,): 3, (second.pk,): 4}
    assert count_people(broadcasts=both, by=["channel"]) == {("email",): 5, ("telegram",): 2}
    assert count_people(broadcasts=both, by=["gender"]) == {("woman",): 5}
    assert count_people(broadcasts=[]) == {(): 0}
