"""Works through the ledger: claims chunks, hands each message to its channel at its moment, records what came of it.

One thread sends. A desk of one more thread claims ahead of it and writes outcomes behind it, so that lines never wait
for the database; a desk can as well do everything at once in the same thread. Between the two stands the journal:
killed at any moment, a worker leaves uncertain only what was under way on its open connections.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction

from outreach.audience import subscriptions
from outreach.audience.models import Subscription
from outreach.broadcasts import services as broadcasts
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.reasons import CONTENT_REFUSED, SENDER_REFUSED
from outreach.channels.failures import AddressMoved, ChannelError, ChannelRefused, MessageRejected, TryLater
from outreach.channels.protocol import Carrier, Channel, Outgoing, Receipt

from . import ledger, throttle
from .answers import Trouble, outcome_of, pause_of
from .claims import Claims, Source
from .composing import Composer
from .desk import Desk
from .going import Going
from .hand import Hand
from .journal import Journal
from .ledger import Claimed, Outcome
from .links import Links
from .meanings import CANT_BE_COMPOSED
from .models import Delivery
from .moments import Moments
from .record import Record
from .watch import Watch

logger = logging.getLogger(__name__)

ASK_AGAIN_SECONDS = 0.003
"""While the desk is claiming."""

Status = Delivery.Status
ACCEPTED = Status.ACCEPTED
Clock = Callable[[], datetime]


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
        self._watch = watch
        self._clock = clock
        self._stopping = stopping
        self._desk = Desk(desk, pause=pause)
        self._going = Going(source=source, desk=self._desk, now=clock())
        self._claims = Claims(channel=channel, owner=owner, source=source, desk=self._desk, clock=clock)
        self._record = Record(journal=journal, desk=self._desk, owner=owner, now=clock())
        self._moments = Moments(channel)
        self._trouble = Trouble()
        self._carrier: Carrier | None = None
        self._hand = Hand()
        self._look = self._looked_too_early = self._broken = False
        self._rests_until: datetime | None = None
        self._failure: Exception | None = None
        self._settled = 0

    # --- one round --------------------------------------------------------------------------------------------------

    def work(self) -> int:
        """Send what is due on this channel, of all its broadcasts in turn; how many deliveries came to an outcome.

        Returns when nothing more is due, the channel has to rest, or the worker is to stop. Raises what the database
        raises when it does not come back; nothing is lost by that.
        """
        self._settled, self._claims.is_exhausted = 0, False
        self._going.start_over()
        if self._claims.is_coming or self._desk.is_unsure or not (self._record.is_empty and self._desk.is_empty):
            # Left from a round that broke off. What is known has to be written before anybody decides about it.
            self._tidy_up()
        if not self._claims.has_source():
            return 0
        paused = throttle.paused_until(channel=self.channel.name, now=self._clock())
        if paused and paused > self._clock():
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
            self._claims.end()
            is_written = True
        finally:
            self._watch.close()
            self._record.close(keep=not is_written)

    def _abandon(self) -> None:
        carrier, self._carrier = self._carrier, None
        now, detail = self._clock(), "the channel broke while sending"
        for number in self._hand.begun:
            claimed, begun_at = self._take_back(number)
            self._note(claimed, Outcome(number, Status.UNCERTAIN, now, begun_at or now, detail=detail))
        assert carrier
        carrier.close()

    def _tidy_up(self) -> None:
        """Write what is known and give back what was not begun."""
        self._hand.ready.extend(self._claims.collect(wait=True) or ())
        self._moments.clear()
        self._keep(lambda _claimed: False)
        self._record.finish(self._clock())
        self._desk.collect(wait=True)
        if self._desk.is_unsure:
            # A claim may have been carried out although its answer was lost.
            ledger.release_others(owner=self.owner, known=self._hand.out)
            self._desk.is_unsure = False

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
            if self._record.is_behind:
                return ASK_AGAIN_SECONDS
            # `begin` looks just before a message may arrive; here it only saves a line from being broken for it.
            self._look |= self._is_time_over(now)
            if self._look or self._claims.lease_was_lost or (self.channel.per_second and self._watch.changed()):
                self._look_again(now)
            ready = self._hand.ready
            if not ready:
                if self._claims.is_coming:
                    return ASK_AGAIN_SECONDS
                if self._claims.is_exhausted:
                    return None
                continue
            wait = self._moments.wait(number=ready[0].number, count=len(ready), now=now)
            if wait > 0:
                return wait
            if outgoing := self._composed(ready.popleft(), now):
                return outgoing

    def _composed(self, claimed: Claimed, now: datetime) -> Outgoing | None:
        try:
            outgoing = self._composer.compose(claimed)
        except (OperationalError, InterfaceError):
            self._hand.ready.appendleft(claimed)
            raise
        except Exception:
            logger.exception("delivery %s can't be composed", claimed.number)
            self._moments.forget(claimed.number)
            self._note(claimed, Outcome(claimed.number, Status.FAILED, now, now, detail=CANT_BE_COMPOSED))
            return None
        self._hand.give_out(claimed, outgoing)
        return outgoing

    def _must_rest(self, now: datetime) -> bool:
        return self._broken or bool(self._rests_until and self._rests_until > now)

    def may_go(self, outgoing: Outgoing) -> bool:
        """See :class:`~outreach.channels.protocol.Work`."""
        is_over = self._stopping() or self._failure or self._must_rest(self._clock())
        return not is_over and self._hand.is_out(outgoing)

    def begin(self, outgoing: Outgoing) -> bool:
        """See :class:`~outreach.channels.protocol.Work`."""
        now = self._clock()
        try:
            if self._look or self._watch.changed() or self._is_time_over(now):
                self._look_again(now)
        except Exception as error:
            self._failure = error
        self._claims.renew(now)
        if not self._hand.is_out(outgoing):
            return False
        is_late = self._moments.is_late(number=outgoing.number, now=now)
        if self._failure or is_late or self._must_rest(now):
            self.give_back(outgoing)
            return False
        try:
            self._record.begin(outgoing.number)
        except OSError as error:
            # What can't be noted is not sent: after a crash nobody would know.
            logger.error("nothing is sent while the journal can't be written: %s", error)
            self._broken = True
            self.give_back(outgoing)
            return False
        self._hand.begin(outgoing.number, now)
        return True

    def call_off(self, outgoing: Outgoing) -> None:
        """See :class:`~outreach.channels.protocol.Work`."""
        if self._hand.is_out(outgoing):
            self._hand.call_off(outgoing.number)
            self._record.call_off(outgoing.number)
            # What changed while it was under way could not stop it; now it can.
            self._look = True

    def settle(self, outgoing: Outgoing, outcome: Receipt | ChannelError, *, soon: bool = False) -> None:
        """See :class:`~outreach.channels.protocol.Work`."""
        now = self._clock()
        self._claims.renew(now)
        if not self._hand.is_out(outgoing):
            # It was taken away before it began, so nothing came of it.
            return
        claimed, begun_at = self._take_back(outgoing.number)
        begun_at = begun_at or now
        if isinstance(outcome, Receipt):
            self._note(claimed, Outcome(claimed.number, ACCEPTED, now, begun_at, outcome.provider_id), soon=soon)
            return
        is_general = isinstance(outcome, TryLater) and outcome.everyone
        self._note(claimed, outcome_of(outcome, claimed, begun_at=begun_at, now=now), is_general=is_general)
        self._follow(outcome, claimed, now)

    def rest(self) -> None:
        """See :class:`~outreach.channels.protocol.Work`."""
        try:
            self._record.flush()
        except OSError as error:
            self._cannot_note(error)

    def give_back(self, outgoing: Outgoing) -> None:
        """See :class:`~outreach.channels.protocol.Work`."""
        if self._hand.is_out(outgoing):
            claimed, _begun_at = self._take_back(outgoing.number)
            self._hand.ready.appendleft(claimed)

    def _take_back(self, number: int) -> tuple[Claimed, datetime | None]:
        self._moments.forget(number)
        return self._hand.take_back(number)

    # --- outcomes ---------------------------------------------------------------------------------------------------

    def _note(self, claimed: Claimed, outcome: Outcome, *, soon: bool = False, is_general: bool = False) -> None:
        """Record an outcome; one that is ``is_general`` says nothing about the broadcast."""
        try:
            self._record.end(outcome, soon=soon)
        except OSError as error:
            self._cannot_note(error)
        self._settled += 1
        if not is_general and (reason := self._trouble.remember(claimed.broadcast, outcome)):
            self._stop_broadcast(claimed.broadcast, reason)

    def _cannot_note(self, error: OSError) -> None:
        logger.error("an outcome stands in memory alone until it is in the ledger: %s", error)
        self._broken = True

    def _follow(self, failure: ChannelError, claimed: Claimed, now: datetime) -> None:
        """What a failure means for others than its receiver."""
        match failure:
            case AddressMoved():
                self._desk.do(_move, claimed.subscription, failure.address, now)
            case TryLater(everyone=True):
                until = now + pause_of(failure)
                self._rests_until = max(until, self._rests_until or until)
                self._desk.do(throttle.wait_everyone, channel=self.channel.name, until=until, now=now)
            case MessageRejected():
                self._stop_broadcast(claimed.broadcast, f"{CONTENT_REFUSED} {failure}")
            case ChannelRefused():
                self._stop_broadcast(claimed.broadcast, f"{SENDER_REFUSED} {failure}")

    def _stop_broadcast(self, number: int, reason: str) -> None:
        self._going.stop(number, self._desk.do(_pause_broadcast, number, reason, self._clock()))
        self._keep(lambda claimed: claimed.broadcast != number)

    def _keep_books(self, now: datetime) -> None:
        """Keep the desk busy: with a claim ahead of us, and with what has to be written."""
        self._claims.renew(now)
        self._desk.collect(wait=False)
        self._record.keep_up(now)
        self._collect_claim()
        is_low = len(self._hand.ready) <= self._claims.chunk // 2
        if is_low and not self._claims.is_coming and not self._claims.is_exhausted:
            self._claims.ask(without=frozenset(self._going.stopped))
            self._collect_claim()

    def _collect_claim(self) -> None:
        claimed = self._claims.collect(wait=False)
        if claimed is None:
            return
        self._hand.ready.extend(claimed)
        if self._looked_too_early or self._going.stopped:
            # Something changed after these were read and before they were here.
            self._looked_too_early, self._look = False, True

    # --- what could stop a message ----------------------------------------------------------------------------------

    def _look_again(self, now: datetime) -> None:
        """Something changed: read again what is ready or taken, and part with what may not be sent any more."""
        self._look = self._claims.lease_was_lost = False
        self._looked_too_early = self._claims.is_coming
        paused = throttle.paused_until(channel=self.channel.name, now=now)
        if paused and paused > now:
            self._rests_until = paused
        going = self._going.ask()
        held = self._hand.waiting
        if not held:
            return
        fresh = {claimed.number: claimed for claimed in ledger.read(held, owner=self.owner)}
        if unwanted := held.keys() - fresh.keys():
            self._desk.do(ledger.turn_away, numbers=unwanted, owner=self.owner, now=now)
        # Who changed a consent or an address gets a copy that is made anew.
        self._keep(
            lambda claimed: fresh.get(claimed.number) == claimed and claimed.is_held and claimed.broadcast in going
        )

    def _is_time_over(self, now: datetime) -> bool:
        """Whether something that is ready or taken may not be sent any more, as far as the clock alone can tell.

        After a machine's sleep that may be anything: another worker may have been given it, and what tells of that may
        still be on its way.
        """
        has_slept = self._going.has_slept(now)
        going = self._going.look(now)
        if going is None:
            return False
        return has_slept or not going.issuperset(claimed.broadcast for claimed in self._hand.waiting.values())

    def _keep(self, may_go: Callable[[Claimed], bool]) -> None:
        """Give back what is ready or taken and may not go."""
        if apart := self._hand.drop(may_go):
            for number in apart:
                self._moments.forget(number)
            self._desk.do(ledger.release, numbers=apart, owner=self.owner)
            self._claims.start_over()


def _move(subscription: int, address: str, now: datetime) -> None:
    # Who had themselves erased meanwhile is followed nowhere.
    with suppress(Subscription.DoesNotExist):
        subscriptions.move(subscription=Subscription.objects.get(pk=subscription), address=address, now=now)


def _pause_broadcast(number: int, reason: str, now: datetime) -> None:
    with transaction.atomic():
        broadcasts.pause(broadcast=Broadcast.objects.get(pk=number), reason=reason, now=now)
