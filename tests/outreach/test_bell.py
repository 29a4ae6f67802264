"""The bell: a ring reaches every worker, and a broker that is away costs nobody more than a second."""

import os
import threading

import pytest

from outreach import bell


@pytest.fixture
def stopping():
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture(autouse=True)
def _unheard_by_others(monkeypatch):
    """Another site on the same broker, such as the demo of other tests, rings when it likes."""
    monkeypatch.setattr(bell, "EXCHANGE", f"outreach.bell.tests.{os.getpid()}")


@pytest.mark.broker
def test_one_ring_wakes_every_worker(settings, broker, stopping, transactional_db):
    settings.BROKER_URL = broker
    bells = [bell.listen(stopping=stopping) for _worker in range(2)]
    for each in bells:
        assert each.wait(10), "a bell rings once when it begins to listen"

    bell.ring()

    assert [each.wait(10) for each in bells] == [True, True]
    for each in bells:
        each.close()


@pytest.mark.broker
def test_a_ring_inside_a_transaction_is_heard_after_it(settings, broker, stopping, transactional_db):
    from django.db import transaction

    settings.BROKER_URL = broker
    listener = bell.listen(stopping=stopping)
    assert listener.wait(10)

    with transaction.atomic():
        bell.ring()
        assert not listener.wait(0.3)
    assert listener.wait(10)
    listener.close()


def test_a_broker_that_is_away_raises_nothing(settings, stopping, transactional_db, caplog):
    settings.BROKER_URL = "amqp://guest:guest@127.0.0.1:9/"

    bell.ring()

    assert "could not ring" in caplog.text


def test_without_a_broker_nothing_rings_and_a_stop_ends_the_wait(settings, stopping):
    settings.BROKER_URL = ""
    listener = bell.listen(stopping=stopping)
    stopping.set()

    assert isinstance(listener, bell.PollingBell)
    listener.wait(60)
