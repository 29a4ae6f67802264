"""The bell: a ring reaches every worker, and a broker that is away costs nobody more than a second."""

import os
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

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


@contextmanager
def deaf_after_a_ring(url: str) -> Iterator[str]:
    """The broker at ``url``, as it is while its memory is full: once something was published, it reads no more."""
    real = urlsplit(url)
    server = socket.create_server(("127.0.0.1", 0))
    publish = struct.pack(">HH", 60, 40)

    def pump(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
                if publish in data:
                    return

    def serve() -> None:
        with suppress(OSError):
            client, _address = server.accept()
            behind = socket.create_connection((real.hostname, real.port or 5672))
            for pair in ((client, behind), (behind, client)):
                threading.Thread(target=pump, args=pair, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    with server:
        yield url.replace(real.netloc.rpartition("@")[2], f"127.0.0.1:{server.getsockname()[1]}")


@pytest.mark.broker
def test_a_broker_that_reads_no_more_keeps_nobody_waiting(settings, broker, transactional_db, monkeypatch):
    monkeypatch.setattr(bell, "RING_SECONDS", 0.3)
    rang = threading.Event()
    with deaf_after_a_ring(broker) as settings.BROKER_URL:
        threading.Thread(target=lambda: (bell.ring(), rang.set()), daemon=True).start()

        assert rang.wait(10)


def test_without_a_broker_nothing_rings_and_a_stop_ends_the_wait(settings, stopping):
    settings.BROKER_URL = ""
    listener = bell.listen(stopping=stopping)
    stopping.set()

    assert isinstance(listener, bell.PollingBell)
    listener.wait(60)
