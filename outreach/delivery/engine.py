"""Works through the ledger: claims a chunk, sends each message at its moment, and records what came of it at once.

The database is the only thing that workers share. Killed at any moment, a worker leaves at most one ``attempting``
row per open session; everything else is still waiting or already settled.
"""

import logging
import queue
import threading
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection

from outreach.audience import subscriptions, suppressions
from outreach.audience.choices import SuppressionReason
from outreach.broadcasts import services as broadcasts
from outreach.broadcasts.models import Broadcast
from outreach.channels.failures import (
    AddressDead,
    AddressMoved,
    ChannelError,
    ChannelRefused,
    MessageRejected,
    OutcomeUnknown,
    ReceiverBlocked,
    TryLater,
)
from outreach.channels.protocol import Channel, Session

from . import ledger, throttle
from .composing import Composer
from .links import Links
from .models import Delivery

logger = logging.getLogger(__name__)

CHUNK_SECONDS = 5
MOST_IN_CHUNK = 500
MOST_ATTEMPTS = 8
LONGEST_BACKOFF = timedelta(hours=4)
PAUSE_WITHOUT_ADVICE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(days=1)
"""A provider that asks for more is asked again after this."""
WINDOW, TOO_MANY = 100, 40
"""A broadcast pauses itself when this many of the last ``WINDOW`` outcomes of one worker are of one bad kind."""

Status = Delivery.Status
BAD = {Status.BOUNCED, Status.BLOCKED, Status.FAILED, Status.DEFERRED, Status.UNCERTAIN}
Clock = Callable[[], datetime]
Wait = Callable[[float], bool]


class Courier:
    """One worker's open sessions on one channel.

    ``clock`` gives the time (UTC). ``wait`` sleeps for some seconds and says whether the worker is to stop. ``owner``
    names the worker in the ledger, different for every process. One session sends in the calling thread; several have
    a thread each.
    """

    def __init__(self, *, channel: Channel, links: Links, owner: str, clock: Clock, wait: Wait) -> None:
        self.channel = channel
        self.owner = owner
        self._composer = Composer(links)
        self._clock = clock
        self._wait = wait
        self._sessions: list[Session] = []
        self._recent: dict[int, deque[str]] = {}

    def work(self, broadcast: Broadcast) -> int:
        """Send one chunk of ``broadcast`` on this channel; how many deliveries were claimed."""
        now = self._clock()
        paused = throttle.paused_until(channel=self.channel.name)
        if paused and paused > now:
            return 0
        limit = max(1, min(MOST_IN_CHUNK, int(self.channel.per_second * CHUNK_SECONDS)))
        claimed = ledger.claim(broadcast=broadcast, channel=self.channel.name, owner=self.owner, limit=limit, now=now)
        if claimed:
            start = throttle.reserve(channel=self.channel, count=len(claimed), now=now)
            gap = 1 / self.channel.per_second
            self._send_all([(each, start + timedelta(seconds=place * gap)) for place, each in enumerate(claimed)])
            self._pause_if_failing(broadcast)
        return len(claimed)

    def close(self) -> None:
        """Close every session."""
        for session in self._sessions:
            session.close()
        self._sessions.clear()

    def _send_all(self, planned: list[tuple[Delivery, datetime]]) -> None:
        todo: queue.SimpleQueue[tuple[Delivery, datetime]] = queue.SimpleQueue()
        for each in planned:
            todo.put(each)
        wanted = min(self.channel.connections, len(planned))
        while len(self._sessions) < wanted:
            self._sessions.append(self.channel.open())
        if wanted == 1:
            self._send_from(todo, self._sessions[0])
        else:
            threads = [
                threading.Thread(
                    target=self._send_in_thread, args=(todo, session), name=f"{self.channel.name}-{number}"
                )
                for number, session in enumerate(self._sessions[:wanted])
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    def _send_in_thread(self, todo: "queue.SimpleQueue[tuple[Delivery, datetime]]", session: Session) -> None:
        try:
            self._send_from(todo, session)
        except Exception:
            logger.exception(
                "a session of %s stopped; what it had claimed is free when its lease ends", self.channel.name
            )
        finally:
            connection.close()

    def _send_from(self, todo: "queue.SimpleQueue[tuple[Delivery, datetime]]", session: Session) -> None:
        while True:
            try:
                delivery, moment = todo.get_nowait()
            except queue.Empty:
                return
            # Also where its moment has passed: the wait says whether the worker is to stop.
            if self._wait(max(0.0, (moment - self._clock()).total_seconds())):
                self._safely(ledger.release, deliveries=[delivery], owner=self.owner)
            else:
                self._send_one(delivery, session)

    def _send_one(self, delivery: Delivery, session: Session) -> None:
        if not ledger.attempt(delivery=delivery, owner=self.owner, now=self._clock()):
            ledger.turn_away(delivery=delivery, owner=self.owner, now=self._clock())
            return
        delivery.attempts += 1
        try:
            outgoing = self._composer.compose(delivery)
        except Exception:
            logger.exception("delivery %s can't be composed", delivery.pk)
            self._settle(delivery, Status.FAILED, detail="the message could not be composed")
            return
        try:
            receipt = session.send(outgoing)
        except ChannelError as failure:
            self._answer(delivery, failure)
        except Exception:
            logger.exception("delivery %s: the channel broke", delivery.pk)
            self._settle(delivery, Status.UNCERTAIN, detail="the channel broke while sending")
        else:
            self._settle(delivery, Status.ACCEPTED, provider_id=receipt.provider_id)

    def _answer(self, delivery: Delivery, failure: ChannelError) -> None:
        """Give each kind of failure its outcome in the ledger."""
        now, detail = self._clock(), str(failure)
        match failure:
            case ReceiverBlocked():
                self._settle(delivery, Status.BLOCKED, detail=detail)
                self._safely(subscriptions.stop, subscription=delivery.subscription, now=now)
            case AddressDead():
                self._settle(delivery, Status.BOUNCED, detail=detail)
                self._safely(self._suppress, delivery=delivery, now=now)
            case AddressMoved():
                self._safely(subscriptions.move, subscription=delivery.subscription, address=failure.address, now=now)
                self._defer(delivery, now, detail, counts=False)
            case TryLater():
                self._try_later(delivery, failure, now)
            case MessageRejected():
                self._settle(delivery, Status.REJECTED, detail=detail)
                self._pause(delivery.broadcast, f"The provider refused the content: {detail}")
            case ChannelRefused():
                self._defer(delivery, now, detail, counts=False)
                self._pause(delivery.broadcast, f"The provider refused us: {detail}")
            case OutcomeUnknown():
                self._settle(delivery, Status.UNCERTAIN, detail=detail)
            case _:
                self._settle(delivery, Status.FAILED, detail=detail)

    def _try_later(self, delivery: Delivery, failure: TryLater, now: datetime) -> None:
        asked = None
        if failure.retry_after is not None:
            asked = timedelta(seconds=min(failure.retry_after, LONGEST_PAUSE.total_seconds()))
        if failure.everyone:
            until = now + (asked or PAUSE_WITHOUT_ADVICE)
            self._safely(throttle.wait_everyone, channel=self.channel.name, until=until)
            self._defer(delivery, until, str(failure), counts=False)
        elif delivery.attempts >= MOST_ATTEMPTS:
            self._settle(delivery, Status.FAILED, detail=f"gave up after {MOST_ATTEMPTS} attempts: {failure}")
        else:
            self._defer(delivery, now + max(asked or timedelta(0), backoff(delivery.attempts)), str(failure))

    def _suppress(self, *, delivery: Delivery, now: datetime) -> None:
        subscription = delivery.subscription
        subscriptions.stop(subscription=subscription, now=now)
        suppressions.suppress(
            channel=subscription.channel,
            address_hash=subscription.address_hash,
            reason=SuppressionReason.HARD_BOUNCE,
            now=now,
        )

    def _settle(self, delivery: Delivery, status: str, *, provider_id: str = "", detail: str = "") -> None:
        self._safely(
            ledger.settle,
            delivery=delivery,
            owner=self.owner,
            status=status,
            now=self._clock(),
            provider_id=provider_id,
            detail=detail,
        )
        self._remember(delivery, status)

    def _defer(self, delivery: Delivery, due_at: datetime, detail: str, *, counts: bool = True) -> None:
        self._safely(ledger.defer, delivery=delivery, owner=self.owner, due_at=due_at, detail=detail, counts=counts)
        if counts:
            self._remember(delivery, Status.DEFERRED)

    def _remember(self, delivery: Delivery, status: str) -> None:
        self._recent.setdefault(delivery.broadcast_id, deque(maxlen=WINDOW)).append(status)

    def _pause_if_failing(self, broadcast: Broadcast) -> None:
        recent = self._recent.get(broadcast.pk, deque())
        for status, count in Counter(recent).items():
            if status in BAD and count >= TOO_MANY:
                recent.clear()
                self._pause(broadcast, f"{count} of the last {WINDOW} messages: {Status(status).label}")
                return

    def _pause(self, broadcast: Broadcast, reason: str) -> None:
        self._safely(broadcasts.pause, broadcast=broadcast, reason=reason, now=self._clock())

    def _safely(self, write: Callable[..., Any], **arguments: Any) -> None:
        """Write to the ledger, over a new connection where the old one was cut: that must not lose an outcome."""
        for tries_left in (4, 3, 2, 1, 0):
            try:
                write(**arguments)
                return
            except (OperationalError, InterfaceError):
                if not tries_left or connection.in_atomic_block:
                    raise
                logger.warning("the database connection broke; writing again")
                connection.close()
                self._wait(0.2)


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts: a minute, doubled each time, four hours at most."""
    return min(timedelta(minutes=2 ** max(0, attempts - 1)), LONGEST_BACKOFF)
