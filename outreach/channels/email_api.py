"""E-mail through a provider's web API, by Anymail, over connections that are kept.

Where the provider fills mails in itself, one request carries many (:mod:`.email_api_batch`), else one. Requests are
made in threads; all that concerns the work happens in the carrier's own.
"""

import logging
import time
from collections import deque
from collections.abc import Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import Any

from anymail.exceptions import AnymailConfigurationError, AnymailError, AnymailInvalidAddress
from django.conf import settings
from django.core.mail import get_connection

from . import email_api_answers as answers
from .built import Built
from .email_api_batch import PROVIDERS, Provider, fits, merged, metadata, together
from .email_message import mail
from .failures import ChannelError, MessageRejected, OutcomeUnknown, TryLater
from .protocol import Outgoing, Receipt, Work
from .sentences import BROKE_OFF

logger = logging.getLogger(__name__)

LONGEST_WAIT = 0.5
"""In seconds; after it a carrier asks for work again, so that it sees a pause and the end of its worker."""

GATHERING_SECONDS = 1.0
"""How long the first mail of a request waits for others."""

WITHOUT_METADATA = {"MailerSend"}
"""Providers to which Anymail can't hand metadata; it would refuse the mail for it."""

MOST_TAKEN = 64
"""Of so many contents it is remembered that the provider took them."""

Outcome = Receipt | ChannelError


class ApiCarrier:
    """Up to ``connections`` requests at a time to the provider that the settings name."""

    def __init__(self, *, connections: int) -> None:
        self.connections = connections
        self.provider = PROVIDERS.get(settings.EMAIL_BACKEND.split(".")[2])
        self.threads = ThreadPoolExecutor(max_workers=connections, thread_name_prefix="email-api")
        self.taken: deque[Built] = deque(maxlen=MOST_TAKEN)
        self._free: deque[Any] = deque()

    def carry(self, work: Work) -> None:
        """See :class:`~.protocol.Carrier`. A provider makes its own Message-ID; ours goes along as metadata."""
        _Round(self, work).run()

    def close(self) -> None:
        """See :class:`~.protocol.Carrier`."""
        self.threads.shutdown()
        while self._free:
            with suppress(Exception):
                self._free.pop().close()

    def post(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        """Make one request; what came of each mail. Called in threads, with a connection each."""
        try:
            message = self._message(batch)
        except ChannelError as error:
            return _all(batch, error)
        except Exception as error:
            logger.exception("a mail can't be made")
            return _all(batch, ChannelError(f"Not sent ({type(error).__name__})."))
        try:
            return self._send(message, batch)
        except AnymailInvalidAddress as error:
            return _all(batch, MessageRejected(str(error)) if len(batch) > 1 else answers.failure(error))
        except (AnymailError, AnymailConfigurationError) as error:
            return _all(batch, answers.failure(error))
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            return _all(batch, OutcomeUnknown(f"The provider's answer can't be read ({type(error).__name__})."))
        except Exception as error:
            logger.exception("a request to the mail provider broke off")
            return _all(batch, OutcomeUnknown(BROKE_OFF % type(error).__name__))

    def _message(self, batch: Sequence[Outgoing]) -> Any:
        return merged(batch, self.provider) if self.provider and len(batch) > 1 else mail(batch[0])

    def _send(self, message: Any, batch: Sequence[Outgoing]) -> list[Outcome]:
        try:
            backend = self._free.pop()
        except IndexError:
            backend = get_connection(fail_silently=False)
        try:
            backend.open()
            if len(batch) == 1 and getattr(backend, "esp_name", "") not in WITHOUT_METADATA:
                message.metadata = metadata(batch[0])
            backend.send_messages([message])
        finally:
            self._free.append(backend)
        told = message.anymail_status.recipients
        if len(batch) == 1:
            return [answers.outcome(next(iter(told.values()), None))]
        return [answers.outcome(told.get(outgoing.address)) for outgoing in batch]


def _all(batch: Sequence[Outgoing], outcome: Outcome) -> list[Outcome]:
    return [outcome] * len(batch)


class _Round:
    """One call of :meth:`ApiCarrier.carry`."""

    def __init__(self, carrier: ApiCarrier, work: Work) -> None:
        self._carrier = carrier
        self._work = work
        self._over = False
        self._held: Outgoing | None = None
        self._gathered: list[Outgoing] = []
        self._gathered_since = 0.0
        self._again: list[list[Outgoing]] = []
        self._refused: list[Built] = []
        self._suspects: list[tuple[Outgoing, MessageRejected]] = []
        self._running: dict[Future[list[Outcome]], list[Outgoing]] = {}

    def run(self) -> None:
        """Take and send until there is no more and every request is answered."""
        while True:
            seconds = self._start()
            if self._running:
                done, _running = wait(self._running, timeout=seconds, return_when=FIRST_COMPLETED)
                for future in done:
                    self._settle(self._running.pop(future), future.result())
            elif seconds is None:
                self._condemn([suspect.built for suspect, _refusal in self._suspects])
                return
            else:
                time.sleep(seconds)

    def _start(self) -> float | None:
        """Start the requests that may go now; in how many seconds to ask again, or ``None``: never."""
        while len(self._running) < self._carrier.connections:
            found = self._again.pop() if self._again else self._next()
            if not isinstance(found, list):
                return found
            begun = [outgoing for outgoing in found if self._work.begin(outgoing)]
            if begun:
                self._submit(begun)
        return LONGEST_WAIT

    def _submit(self, batch: list[Outgoing]) -> None:
        self._running[self._carrier.threads.submit(self._carrier.post, batch)] = batch

    def _next(self) -> list[Outgoing] | float | None:
        """The mails of the next request, or in how many seconds to ask again, or ``None``: never."""
        while True:
            given = self._take()
            if isinstance(given, Outgoing):
                if self._gathered and not self._joins(given):
                    self._held = given
                    return self._gather_no_more()
                self._gathered_since = self._gathered_since if self._gathered else time.monotonic()
                self._gathered.append(given)
                if len(self._gathered) == self._most(given):
                    return self._gather_no_more()
            elif self._gathered and (given is None or given > self._gathering_left()):
                return self._gather_no_more()
            else:
                return given if given is None else min(given, LONGEST_WAIT)

    def _take(self) -> Outgoing | float | None:
        held, self._held = self._held, None
        if held or self._over:
            return held
        given = self._work.take()
        self._over = given is None
        return given

    def _joins(self, outgoing: Outgoing) -> bool:
        return self._most(outgoing) > 1 and together(outgoing, self._gathered)

    def _most(self, outgoing: Outgoing) -> int:
        """How many mails a request may hold that holds this one."""
        provider: Provider | None = self._carrier.provider
        return provider.most if provider and fits(outgoing, provider) else 1

    def _gathering_left(self) -> float:
        return self._gathered_since + GATHERING_SECONDS - time.monotonic()

    def _gather_no_more(self) -> list[Outgoing]:
        gathered, self._gathered = self._gathered, []
        return gathered

    def _settle(self, batch: list[Outgoing], outcomes: list[Outcome]) -> None:
        if len(batch) > 1 and isinstance(outcomes[0], MessageRejected):
            self._send_in_parts(batch, outcomes[0])
            return
        for outgoing, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, MessageRejected):
                self._judge(outgoing, outcome)
                continue
            if isinstance(outcome, Receipt) and outgoing.built not in self._carrier.taken:
                self._carrier.taken.append(outgoing.built)
            self._work.settle(outgoing, outcome)
        self._acquit()

    def _judge(self, outgoing: Outgoing, refusal: MessageRejected) -> None:
        """A provider refuses an address that it can't read with the same words as a content that it does not want.

        It is the address where another mail of the same content is taken, or was in an earlier round, and the content
        where a second one is not. Until then nothing is settled.
        """
        suspects = [suspect.built for suspect, _refusal in self._suspects]
        self._suspects.append((outgoing, refusal))
        if outgoing.built not in self._carrier.taken and outgoing.built in (*suspects, *self._refused):
            self._condemn([outgoing.built])

    def _acquit(self) -> None:
        """The content of these is taken from others."""
        for suspect, refusal in [each for each in self._suspects if each[0].built in self._carrier.taken]:
            self._suspects.remove((suspect, refusal))
            self._work.settle(suspect, ChannelError(str(refusal)))

    def _condemn(self, contents: Collection[Built]) -> None:
        for suspect, refusal in [each for each in self._suspects if each[0].built in contents]:
            self._suspects.remove((suspect, refusal))
            self._refused.append(suspect.built)
            self._work.settle(suspect, refusal)

    def _send_in_parts(self, batch: list[Outgoing], refusal: MessageRejected) -> None:
        """Find whom the provider meant who refused the whole request; none of it was taken.

        Each part is begun anew, for somebody may have left meanwhile. Once it is the content, the others are not tried,
        for nobody is at fault.
        """
        if batch[0].built in self._refused:
            for outgoing in batch:
                self._work.settle(outgoing, TryLater(f"The provider refused the content: {refusal}"))
        else:
            for outgoing in batch:
                self._work.call_off(outgoing)
            half = len(batch) // 2
            self._again += [batch[half:], batch[:half]]
