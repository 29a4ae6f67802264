"""How often a form may come: counted for a network that is never kept, and for the form as a whole."""

import hashlib
import threading
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from outreach.audience import limits
from outreach.audience.addresses import HASH_KEY_NAME, hash_key
from outreach.audience.limits import Limit, Verdict, attempt, forget
from outreach.audience.models import JoinAttempts, KeyedSecret
from outreach.audience.network import network_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def narrow(monkeypatch):
    """Limits that few forms reach."""
    monkeypatch.setattr(limits, "PER_NETWORK", Limit(ask=2, refuse=4))
    monkeypatch.setattr(limits, "PER_FORM", Limit(ask=6, refuse=8))


@pytest.fixture
def sent(db, narrow, now):
    """Send forms, one after the other, and tell what was said of each."""

    def sent(times=1, *, address="203.0.113.9", form="subscribe", at=now):
        return [attempt(form=form, address=address, now=at).value for _time in range(times)]

    return sent


def buckets():
    return set(JoinAttempts.objects.values_list("bucket", flat=True))


def test_a_network_is_asked_before_it_is_refused(sent):
    assert sent(6) == ["open", "open", "ask", "ask", "refuse", "refuse"]


def test_everybody_in_a_network_is_counted_together_and_others_are_not(sent):
    assert sent(2, address="203.0.113.9") == ["open", "open"]
    assert sent(1, address="203.0.113.200") == ["ask"]
    assert sent(2, address="203.0.112.9") == ["open", "open"]
    assert sent(1, address="2001:db8:7::1") == ["open"]


def test_a_form_is_counted_over_all_networks(sent):
    verdicts = [verdict for number in range(9) for verdict in sent(address=f"203.0.{number}.9")]

    assert verdicts == ["open"] * 6 + ["ask"] * 2 + ["refuse"]


def test_one_form_does_not_use_up_what_another_may(sent):
    sent(5)

    assert sent(1, form="another") == ["open"]


def test_whoever_has_no_address_is_counted_for_the_form_alone(sent):
    assert sent(7, address="") == ["open"] * 6 + ["ask"]
    assert JoinAttempts.objects.count() == 1


def test_counting_begins_anew_with_the_hour(sent, now):
    sent(5)

    assert limits.seconds_left(now + timedelta(minutes=59, seconds=30)) == 30
    assert sent(1, at=now + HOUR) == ["open"]


def test_the_limits_leave_room_for_a_whole_island_behind_a_few_addresses():
    assert limits.PER_NETWORK.ask >= 60
    assert limits.PER_NETWORK.refuse >= 10 * limits.PER_NETWORK.ask
    assert limits.PER_FORM.ask >= limits.PER_NETWORK.ask
    assert limits.PER_FORM.refuse >= limits.PER_NETWORK.refuse


# Nothing of the network is kept


def test_a_network_has_another_bucket_on_the_next_day_and_its_key_is_gone(sent, now):
    sent()
    today, key = buckets(), KeyedSecret.objects.get(name__startswith="attempts-")
    sent(at=now + DAY)

    assert len(today) == 2
    assert not today & (buckets() - today)
    assert len(buckets()) == 4
    assert KeyedSecret.objects.get(name__startswith="attempts-").pk != key.pk


@given(address=st.ip_addresses(), keys=st.tuples(st.binary(min_size=32), st.binary(min_size=32)))
def test_no_bucket_can_be_known_without_the_key_of_its_day(address, keys):
    network = network_of(str(address))
    today, tomorrow = (limits._bucket(key, network) for key in keys)

    assert (today == tomorrow) == (keys[0] == keys[1])
    assert today != hashlib.sha256(network.encode()).hexdigest()
    assert network not in today


def test_neither_the_database_nor_the_log_holds_the_address_or_its_network(sent, caplog):
    sent(5, address="203.0.113.9")

    rows = [*JoinAttempts.objects.values(), *KeyedSecret.objects.values()]
    assert "203.0.113" not in f"{rows}{caplog.text}"


def test_the_log_says_when_a_limit_was_passed_and_of_nobody(sent, caplog):
    sent(2)
    assert caplog.text == ""
    sent(3)

    assert [record.getMessage() for record in caplog.records] == [
        "form “subscribe” from one network: sent 3 times within the hour (ask)"
    ]


def test_what_is_over_is_forgotten_and_the_key_of_the_addresses_is_not(sent, now):
    hash_key()
    sent()
    sent(at=now + 2 * HOUR)

    assert forget(now=now + 2 * HOUR) == 2
    assert JoinAttempts.objects.count() == 2
    assert KeyedSecret.objects.count() == 2
    assert forget(now=now + DAY) == 2
    assert [secret.name for secret in KeyedSecret.objects.all()] == [HASH_KEY_NAME]


def test_counting_costs_a_fixed_number_of_statements(sent, django_assert_max_num_queries):
    sent()
    with django_assert_max_num_queries(5):
        sent()


@pytest.mark.django_db(transaction=True)
def test_those_who_send_at_the_same_time_are_all_counted(now):
    start, verdicts = threading.Barrier(4), []

    def send():
        start.wait()
        for _time in range(5):
            verdicts.append(attempt(form="subscribe", address="203.0.113.9", now=now))
        connection.close()

    threads = [threading.Thread(target=send) for _four in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert verdicts == [Verdict.OPEN] * 20
    assert set(JoinAttempts.objects.values_list("count", flat=True)) == {20}
    assert KeyedSecret.objects.filter(name__startswith="attempts-").count() == 1
