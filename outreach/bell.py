"""Wakes workers. The ledger says what is to do; a ring only says "look now", so losing one loses nothing.

Without ``BROKER_URL`` a worker looks at the ledger every second. With it, a ring reaches every worker on every
machine at once through a fanout exchange of the broker.
"""

import logging
import threading
from typing import Protocol

from django.conf import settings
from django.db import transaction

logger = logging.getLogger(__name__)

EXCHANGE = "outreach.bell"
RING_SECONDS = 2
"""How long the broker may take for each step of a ring."""


class Bell(Protocol):
    """What a worker waits for when there is nothing to do."""

    def wait(self, seconds: float) -> bool:
        """Return when it rings, or after ``seconds``; whether it rang."""

    def close(self) -> None:
        """Stop listening."""


class PollingBell:
    """Never rings by itself: the worker looks again when the time is over, or ends when ``stopping`` is set."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping

    def wait(self, seconds: float) -> bool:
        """Wait for the whole time, or until the worker is to stop."""
        return self._stopping.wait(seconds)

    def close(self) -> None:
        """Nothing to let go."""


class BrokerBell:
    """Rings when any process of the site rings, over the broker. A broker that is away only makes workers poll."""

    def __init__(self, url: str, stopping: threading.Event) -> None:
        self._url = url
        self._stopping = stopping
        self._rang = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="bell", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait for a ring; several rings at once count as one."""
        rang = self._rang.wait(seconds)
        self._rang.clear()
        return rang

    def close(self) -> None:
        """Stop listening and let a waiting worker go on."""
        self._stopping.set()
        self._rang.set()
        self._thread.join(timeout=3)

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen_once()
            except Exception as failure:
                logger.warning("the broker is away (%s); looking at the ledger every second", type(failure).__name__)
                self._stopping.wait(2)

    def _listen_once(self) -> None:
        from kombu import Connection, Consumer, Queue

        with Connection(self._url, connect_timeout=5, heartbeat=30) as broker:
            queue = Queue("", _exchange(), exclusive=True, auto_delete=True)
            with Consumer(broker, [queue], callbacks=[self._ring], accept=["json"], no_ack=True):
                self._rang.set()
                while not self._stopping.is_set():
                    try:
                        broker.drain_events(timeout=1)
                    except TimeoutError:
                        broker.heartbeat_check()

    def _ring(self, _body: object, _message: object) -> None:
        self._rang.set()


def _exchange() -> "object":
    from kombu import Exchange

    return Exchange(EXCHANGE, type="fanout", durable=False, auto_delete=False)


def listen(*, stopping: threading.Event) -> Bell:
    """The bell that the settings name."""
    return BrokerBell(settings.BROKER_URL, stopping) if settings.BROKER_URL else PollingBell(stopping)


def ring() -> None:
    """Wake every worker once the transaction is committed. Never raises: a broker that is away costs some seconds."""
    if settings.BROKER_URL:
        transaction.on_commit(_ring_now)


def _ring_now() -> None:
    from kombu import Connection

    # A broker that is short of memory or disk reads nothing more, and would be waited for until it has some again.
    patience = {"max_retries": 1, "read_timeout": RING_SECONDS, "write_timeout": RING_SECONDS}
    try:
        with Connection(settings.BROKER_URL, connect_timeout=RING_SECONDS, transport_options=patience) as broker:
            broker.Producer(exchange=_exchange()).publish({}, retry=False, delivery_mode=1, declare=[_exchange()])
    except Exception as failure:
        logger.warning("the bell could not ring: %s", type(failure).__name__)
