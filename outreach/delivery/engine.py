"""Works through the ledger: claims chunks, hands each message to its channel at its moment, records what came of it.

One thread sends. A desk of one more thread claims ahead of it and writes outcomes behind it, so that lines never wait
for the database; a desk can as well do everything at once in the same thread. Between the two stands the journal:
killed at any moment, a worker leaves uncertain only what was under way on its open connections.
"""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction

from outreach.audience import subscriptions
from outreach.audience.models import Subscription
from outreach.broadcasts import services as broadcasts
from outreach.broadcasts.models import Broadcast
from outreach.channels.failures import AddressMoved, ChannelError, ChannelRefused, MessageRejected, TryLater
from outreach.channels.protocol import Carrier, Channel, Outgoing, Receipt

from . import ledger, throttle
from .answers import Trouble, outcome_of
from .composing import Composer
from .journal import Journal
from .ledger import Claimed, Outcome
from .links import Links
from .models import Delivery
from .watch import Watch

logger = logging.getLogger(__name__)

MOST_IN_CHUNK = 500
CHUNK_SECONDS = 2
HOLD_EVERY = ledger.LEASE / 9
MOST_UNWRITTEN = 250
LONGEST_UNWRITTEN = timedelta(milliseconds=500)
"""How many outcomes stand in the journal alone, and for how long."""
MOST_BEHIND = 5000
"""With so many the database has to catch up first."""
ASK_AGAIN_SECONDS = 0.003
"""While the desk is claiming."""
DATABASE_TRIES = 6

Status = Delivery.Status
Clock = Callable[[], datetime]
Source = Callable[[], Sequence[int]]


class Courier:
    """One worker's sending on one channel; it is the :class:`~outreach.channels.protocol.Work` of its carrier.

    ``source`` gives the numbers of the broadcasts that may be sent on this channel now. ``clock`` gives the time (UTC),
    ``stopping`` whether the worker is to end, ``pause`` waits for some seconds. ``owner`` names the worker in the
    ledger, different for every process and channel. ``desk`` runs what touches the ledger, one thing after the other.
    """

    def __init__(
        self,
        *,
        channel: Channel,
        links: Links,
        owner: str,
        source: Source,
        journal: Journal,
        watch: Watch,
        desk: Executor,
        clock: Clock,
        stopping: Callable[[], bool],
        pause: Callable[[float], object],
    ) -> None:
        self.channel = channel
        self.owner = owner
        self._composer = Composer(links)
        self._source = source
        self._journal = journal
        self._watch = watch
        self._desk = desk
        self._clock = clock
        self._stopping = stopping
        self._pause = pause
        self._carrier: Carrier | None = None
        self._trouble = Trouble()
        self._ready: deque[Claimed] = deque()
        self._taken: dict[int, Claimed] = {}
        self._begun: dict[int, datetime] = {}
        self._moments: deque[datetime] = deque()
        self._moment_of: dict[int, datetime] = {}
        self._unwritten: list[Outcome] = []
        self._written_at = clock()
        self._claiming: Future[list[Claimed]] | None = None
        self._writing: tuple[Future[Any], list[Outcome]] | None = None
        self._jobs: deque[Future[Any]] = deque()
        self._turn = 0
        self._after: dict[int, int] = {}
        self._held_at: datetime | None = None
        self._unsure = self._exhausted = self._broken = False
        self._look = self._looked_too_early = False
        self._failure: Exception | None = None
        self._rests_until: datetime | None = None
        self._stopped: set[int] = set()
        self._settled = 0

    # --- one round --------------------------------------------------------------------------------------------------

    def work(self) -> int:
        """Send what is due on this channel, of all its broadcasts in turn; how many deliveries came to an outcome.

        Returns when nothing more is due, the channel has to rest, or the worker is to stop. Raises what the database
        raises when it does not come back; nothing is lost by that.
        """
        self._settled, self._exhausted, self._stopped = 0, False, set()
        if self._unwritten or self._writing or self._jobs or self._claiming or self._unsure:
            # Left from a round that broke off. What is known has to be written before anybody decides about it.
            self._tidy_up()
        paused = throttle.paused_until(channel=self.channel.name)
        if (paused and paused > self._clock()) or not self._source():
            return 0
        self._rests_until, self._broken, self._failure = None, False, None
        self._carrier = self._carrier or self.channel.open()
        try:
            self._carrier.carry(self)
        except Exception:
            # A fault of ours: what was under way may have arrived, and the lines are of no use any more.
            logger.exception("%s broke off", self.channel.name)
            self._abandon()
        finally:
            self._tidy_up()
        if self._failure:
            raise self._failure
        return self._settled

    def close(self) -> None:
        """Close the connections and give the lease back.

        Where the ledger can't be written, lease and journal stay, and the next worker on this machine reads them.
        """
        if self._carrier:
            self._carrier.close()
        is_written = False
        try:
            self._tidy_up()
            self._submit(ledger.end_lease, owner=self.owner).result()
            is_written = True
        finally:
            self._watch.close()
            self._journal.close(keep=not is_written)

    def _abandon(self) -> None:
        carrier, self._carrier = self._carrier, None
        for number, begun_at in list(self._begun.items()):
            claimed = self._taken.pop(number)
            detail = "the channel broke while sending"
            self._note(claimed, Outcome(number, Status.UNCERTAIN, self._clock(), begun_at, detail=detail))
        self._begun.clear()
        assert carrier
        carrier.close()

    def _tidy_up(self) -> None:
        """Write what is known and give back what was not begun."""
        if self._claiming:
            self._collect_claim(wait=True)
        self._give_up_ready()
        self._collect_written(wait=True)
        self._write_outcomes()
        self._collect_written(wait=True)
        self._collect_jobs(wait=True)
        if self._unsure:
            # A claim may have been carried out although its answer was lost.
            ledger.release_others(owner=self.owner, known=self._taken.keys())
            self._unsure = False

    # --- what the carrier asks --------------------------------------------------------------------------------------

    def take(self) -> Outgoing | float | None:
        """See :class:`~outreach.channels.protocol.Work`."""
        try:
            return self._next()
        except Exception as error:
            # What is under way comes to its end first.
            self._failure = error
            return None

    def _next(self) -> Outgoing | float | None:
        while True:
            now = self._clock()
            if self._stopping() or self._failure or self._must_rest(now):
                return None
            self._keep_books(now)
            if len(self._unwritten) >= MOST_BEHIND:
                return ASK_AGAIN_SECONDS
            # `begin` looks just before a message may arrive; here it only saves a line from being broken for it.
            if self._look or (self.channel.per_second and self._watch.changed()):
                self._look_again(now)
            if not self._ready:
                if self._claiming:
                    return ASK_AGAIN_SECONDS
                if self._exhausted:
                    return None
                continue
            if (wait := self._until_moment(now)) > 0:
                return wait
            if outgoing := self._composed(self._ready.popleft(), now):
                return outgoing

    def _composed(self, claimed: Claimed, now: datetime) -> Outgoing | None:
        try:
            outgoing = self._composer.compose(claimed)
        except (OperationalError, InterfaceError):
            self._ready.appendleft(claimed)
            raise
        except Exception:
            logger.exception("delivery %s can't be composed", claimed.number)
            self._moment_of.pop(claimed.number, None)
            self._note(claimed, Outcome(claimed.number, Status.FAILED, now, now, detail="It can't be composed."))
            return None
        self._taken[claimed.number] = claimed
        return outgoing

    def _must_rest(self, now: datetime) -> bool:
        return self._broken or bool(self._rests_until and self._rests_until > now)

    def begin(self, outgoing: Outgoing) -> bool:
        """See :class:`~outreach.channels.protocol.Work`."""
        now = self._clock()
        try:
            if self._watch.changed():
                self._look_again(now)
        except Exception as error:
            self._failure = error
        self._renew(now)
        if outgoing.number not in self._taken:
            return False
        moment = self._moment_of.get(outgoing.number)
        is_late = self.channel.strict and moment is not None and now - moment > throttle.TOLERANCE
        if self._failure or is_late or self._must_rest(now):
            self.give_back(outgoing)
            return False
        try:
            self._journal.begin(outgoing.number)
        except OSError as error:
            # What can't be noted is not sent: after a crash nobody would know.
            logger.error("nothing is sent while the journal can't be written: %s", error)
            self._broken = True
            self.give_back(outgoing)
            return False
        self._begun[outgoing.number] = now
        return True

    def settle(self, outgoing: Outgoing, outcome: Receipt | ChannelError) -> None:
        """See :class:`~outreach.channels.protocol.Work`."""
        claimed = self._taken.pop(outgoing.number, None)
        self._moment_of.pop(outgoing.number, None)
        now = self._clock()
        self._renew(now)
        if claimed is None:
            # It was taken away before it began, so nothing came of it.
            return
        begun_at = self._begun.pop(outgoing.number, now)
        if isinstance(outcome, Receipt):
            self._note(
                claimed, Outcome(claimed.number, Status.ACCEPTED, now, begun_at, provider_id=outcome.provider_id)
            )
            return
        self._note(claimed, outcome_of(outcome, claimed, begun_at=begun_at, now=now))
        self._follow(outcome, claimed, now)

    def give_back(self, outgoing: Outgoing) -> None:
        """See :class:`~outreach.channels.protocol.Work`."""
        claimed = self._taken.pop(outgoing.number, None)
        self._moment_of.pop(outgoing.number, None)
        if claimed:
            self._ready.appendleft(claimed)

    # --- outcomes ---------------------------------------------------------------------------------------------------

    def _note(self, claimed: Claimed, outcome: Outcome) -> None:
        try:
            self._journal.end(outcome)
        except OSError as error:
            logger.error("an outcome stands in memory alone until it is in the ledger: %s", error)
            self._broken = True
        self._unwritten.append(outcome)
        self._settled += 1
        if reason := self._trouble.remember(claimed.broadcast, outcome):
            self._stop_broadcast(claimed.broadcast, reason)

    def _follow(self, failure: ChannelError, claimed: Claimed, now: datetime) -> None:
        """What a failure means for others than its receiver."""
        match failure:
            case AddressMoved():
                self._do(_move, claimed.subscription, failure.address, now)
            case TryLater(everyone=True):
                until = outcome_of(failure, claimed, begun_at=now, now=now).due_at
                assert until
                self._rests_until = max(until, self._rests_until or until)
                self._do(throttle.wait_everyone, channel=self.channel.name, until=until)
            case MessageRejected():
                self._stop_broadcast(claimed.broadcast, f"The provider refused the content: {failure}")
            case ChannelRefused():
                self._stop_broadcast(claimed.broadcast, f"The provider refused us: {failure}")

    def _stop_broadcast(self, number: int, reason: str) -> None:
        self._stopped.add(number)
        self._do(_pause_broadcast, number, reason, self._clock())
        self._keep(lambda claimed: claimed.broadcast != number)

    def _write_outcomes(self) -> None:
        if self._unwritten:
            outcomes, self._unwritten = self._unwritten, []
            self._writing = self._submit(_settle, outcomes, self.owner), outcomes
        self._written_at = self._clock()

    def _collect_written(self, *, wait: bool) -> None:
        if self._writing and (wait or self._writing[0].done()):
            (writing, outcomes), self._writing = self._writing, None
            try:
                writing.result()
            except Exception:
                self._unwritten = outcomes + self._unwritten
                raise
            self._journal.forget([each.number for each in outcomes])

    # --- claiming ---------------------------------------------------------------------------------------------------

    def _keep_books(self, now: datetime) -> None:
        """Keep the desk busy: with a claim ahead of us, and with what has to be written."""
        self._renew(now)
        self._collect_jobs(wait=False)
        self._collect_written(wait=False)
        if not self._writing and (
            len(self._unwritten) >= MOST_UNWRITTEN or (self._unwritten and now - self._written_at >= LONGEST_UNWRITTEN)
        ):
            self._write_outcomes()
        if self._claiming:
            self._collect_claim(wait=False)
        if not self._claiming and not self._exhausted and len(self._ready) <= self._chunk // 2:
            self._claiming = self._submit(self._claim)
            self._collect_claim(wait=False)

    @property
    def _chunk(self) -> int:
        if not self.channel.per_second:
            return MOST_IN_CHUNK
        return max(1, min(MOST_IN_CHUNK, int(self.channel.per_second * CHUNK_SECONDS)))

    def _collect_claim(self, *, wait: bool) -> None:
        assert self._claiming
        if wait or self._claiming.done():
            claiming, self._claiming = self._claiming, None
            claimed = claiming.result()
            self._exhausted = not claimed
            self._ready.extend(claimed)
            if self._looked_too_early or self._stopped:
                # Something changed after these were read and before they were here.
                self._looked_too_early, self._look = False, True

    def _claim(self) -> list[Claimed]:
        """On the desk: the next chunk of the next broadcast that has one."""
        now = self._clock()
        self._hold(now)
        found = list(self._source())
        for place in range(len(found)):
            number = found[(self._turn + place) % len(found)]
            if number not in self._stopped and (claimed := self._claim_of(number, now)):
                self._turn += place + 1
                return claimed
        return []

    def _renew(self, now: datetime) -> None:
        """Keep the lease, however long the lines take and whatever is claimed meanwhile."""
        if self._held_at and not self._is_held(now):
            self._held_at = now
            self._do(self._hold, now, anew=True)

    def _is_held(self, now: datetime) -> bool:
        return self._held_at is not None and timedelta(0) <= now - self._held_at < HOLD_EVERY

    def _hold(self, now: datetime, *, anew: bool = False) -> None:
        """On the desk: renew the lease where that is due."""
        if anew or not self._is_held(now):
            known = ledger.hold(owner=self.owner, channel=self.channel.name, now=now)
            if not known and (self._ready or self._taken):
                logger.warning("the lease of %s was lost: others may have decided about what it held", self.owner)
                self._look = True
            self._held_at = now

    def _claim_of(self, broadcast: int, now: datetime) -> list[Claimed]:
        while True:
            after = self._after.get(broadcast, 0)
            numbers = ledger.claim(
                broadcast=broadcast,
                channel=self.channel.name,
                owner=self.owner,
                limit=self._chunk,
                after=after,
                now=now,
            )
            # Behind the last one claimed come those never tried; what was deferred lies before it.
            self._after[broadcast] = numbers[-1] if len(numbers) == self._chunk else 0
            wanted = ledger.read(numbers, owner=self.owner)
            if len(wanted) < len(numbers):
                unwanted = set(numbers).difference(claimed.number for claimed in wanted)
                ledger.turn_away(numbers=unwanted, owner=self.owner, now=now)
            if wanted or not (numbers or after):
                return wanted

    # --- what could stop a message ----------------------------------------------------------------------------------

    def _look_again(self, now: datetime) -> None:
        """Something changed: read again what is ready or taken, and part with what may not be sent any more."""
        self._look, self._looked_too_early = False, self._claiming is not None
        paused = throttle.paused_until(channel=self.channel.name)
        if paused and paused > now:
            self._rests_until = paused
        held = {claimed.number: claimed for claimed in self._ready}
        held |= {number: claimed for number, claimed in self._taken.items() if number not in self._begun}
        if not held:
            return
        fresh = {claimed.number: claimed for claimed in ledger.read(held, owner=self.owner)}
        sending = ledger.sending(claimed.broadcast for claimed in held.values()) - self._stopped
        if unwanted := held.keys() - fresh.keys():
            self._do(ledger.turn_away, numbers=unwanted, owner=self.owner, now=now)
        self._keep(
            lambda claimed: claimed.number in fresh and fresh[claimed.number].is_held and claimed.broadcast in sending
        )
        self._ready = deque(fresh[claimed.number] for claimed in self._ready)

    def _keep(self, may_go: Callable[[Claimed], bool]) -> None:
        """Give back what is ready or taken and may not go."""
        apart = [claimed for claimed in self._ready if not may_go(claimed)]
        apart += [
            self._taken[number]
            for number in list(self._taken)
            if number not in self._begun and not may_go(self._taken[number])
        ]
        if apart:
            numbers = {claimed.number for claimed in apart}
            self._ready = deque(claimed for claimed in self._ready if claimed.number not in numbers)
            for number in numbers & self._taken.keys():
                del self._taken[number]
                self._moment_of.pop(number, None)
            self._do(ledger.release, numbers=numbers, owner=self.owner)
            self._after.clear()

    def _give_up_ready(self) -> None:
        self._moments.clear()
        self._keep(lambda _claimed: False)

    def _until_moment(self, now: datetime) -> float:
        """Seconds until the next message may go; 0 uses up a moment."""
        if not self.channel.per_second:
            return 0.0
        if self.channel.strict:
            while self._moments and now - self._moments[0] > throttle.TOLERANCE:
                self._moments.popleft()
        if not self._moments or self._moments[0] - now > throttle.LONGEST_QUEUE:
            count = len(self._ready)
            start, gap = throttle.reserve(channel=self.channel, count=count, now=now), throttle.gap(self.channel)
            self._moments = deque(start + place * gap for place in range(count))
        wait = (self._moments[0] - now).total_seconds()
        if wait <= 0:
            self._moment_of[self._ready[0].number] = self._moments.popleft()
        return wait

    # --- the desk ---------------------------------------------------------------------------------------------------

    def _do(self, job: Callable[..., Any], *arguments: Any, **named: Any) -> None:
        self._jobs.append(self._submit(job, *arguments, **named))

    def _collect_jobs(self, *, wait: bool) -> None:
        while self._jobs and (wait or self._jobs[0].done()):
            self._jobs.popleft().result()

    def _submit(self, job: Callable[..., Any], *arguments: Any, **named: Any) -> "Future[Any]":
        return self._desk.submit(self._steadily, job, *arguments, **named)

    def _steadily(self, job: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Do something with the database, over a new connection where the old one was cut."""
        for tries_left in reversed(range(DATABASE_TRIES)):
            try:
                return job(*arguments, **named)
            except (OperationalError, InterfaceError):
                self._unsure = True
                if not tries_left or connection.in_atomic_block:
                    raise
                logger.warning("the database connection broke; trying again")
                connection.close()
                self._pause(0.3 * (DATABASE_TRIES - tries_left))
        raise AssertionError


def _settle(outcomes: list[Outcome], owner: str) -> None:
    """Write outcomes together, or where one of them can't be written, each for itself."""
    try:
        ledger.settle(outcomes=outcomes, owner=owner)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("outcomes can't be written together")
        for outcome in outcomes:
            _settle_one(outcome, owner)


def _settle_one(outcome: Outcome, owner: str) -> None:
    try:
        ledger.settle(outcomes=[outcome], owner=owner)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("the outcome of delivery %s can't be written", outcome.number)
        ledger.doubt(owner=owner, numbers=[outcome.number])


def _move(subscription: int, address: str, now: datetime) -> None:
    found = Subscription.objects.filter(pk=subscription).first()
    if found:
        subscriptions.move(subscription=found, address=address, now=now)


def _pause_broadcast(number: int, reason: str, now: datetime) -> None:
    with transaction.atomic():
        broadcasts.pause(broadcast=Broadcast.objects.get(pk=number), reason=reason, now=now)
