"""One inbox behind many addresses: counted together, and never kept in the clear."""

import threading

import pytest
from django.db import connection

from outreach.audience.inbox import inbox_of, place
from outreach.audience.models import JoinAttempts


@pytest.mark.parametrize(
    ("address", "inbox"),
    [
        ("ana@example.org", "ana@example.org"),
        ("ana+news@example.org", "ana@example.org"),
        ("ana+a+b@example.org", "ana@example.org"),
        ("a.na@example.org", "a.na@example.org"),
        ("a.n.a+x@gmail.com", "ana@gmail.com"),
        ("ana@googlemail.com", "ana@gmail.com"),
        ("ana@gmail.com.example.org", "ana@gmail.com.example.org"),
        ("+x@example.org", "+x@example.org"),
    ],
)
def test_every_address_of_an_inbox_is_written_one_way(address, inbox):
    assert inbox_of(address) == inbox


def test_the_address_stays_as_typed_and_the_count_holds_none(joins, now):
    subscription = joins(address="a.n.a+x@gmail.com")
    with place(subscription=subscription, now=now) as free:
        assert free == now

    counted = JoinAttempts.objects.get()
    assert subscription.address == "a.n.a+x@gmail.com"
    assert counted.bucket.startswith("inbox:")
    assert len(counted.bucket) == len("inbox:") + 43, "no longer than a hash, whatever the address"


@pytest.mark.django_db(transaction=True)
def test_of_those_who_mail_one_inbox_at_the_same_time_one_may(joins, now):
    waiting = [joins(address=f"victim+{number}@gmail.com") for number in range(4)]
    start, free = threading.Barrier(4), []

    def mail(subscription):
        start.wait()
        with place(subscription=subscription, now=now) as moment:
            free.append(moment)
        connection.close()

    threads = [threading.Thread(target=mail, args=[each]) for each in waiting]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(free)[0] == now
    assert sorted(free)[1] > now
    assert JoinAttempts.objects.count() == 1
