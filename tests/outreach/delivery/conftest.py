"""People, broadcasts and a clock for the ledger's tests; the channel here is a list that can be told to fail."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from outreach.audience.addresses import address_hash, encrypt
from outreach.audience.models import Segment, Subscriber, Subscription
from outreach.audience.rules import EVERYBODY
from outreach.broadcasts import services as broadcasts
from outreach.broadcasts.models import Broadcast, Message
from outreach.channels.protocol import Outgoing, Receipt, Work
from outreach.delivery import lifecycle
from outreach.delivery.desk import AtOnce
from outreach.delivery.engine import Courier
from outreach.delivery.journal import Journal
from outreach.delivery.watch import AlwaysChanged, Notices, Watch
from outreach.tracking.links import TrackedLinks

START = datetime(2026, 10, 1, 14, 0, tzinfo=UTC)


class Clock:
    """The time that a test sets."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> bool:
        """Let the time pass; nothing tells the worker to stop."""
        self.now += timedelta(seconds=seconds)
        return False


@pytest.fixture
def clock() -> Clock:
    return Clock()


@dataclass
class ListChannel:
    """A channel that keeps what it is given; ``answers`` holds a failure to answer with for the next messages.

    ``before`` is called with each message before it is begun, ``during`` while it is under way.
    """

    clock: Clock
    name: str = "email"
    per_second: float = 1000
    strict: bool = False
    connections: int = 1
    provider_ids: bool = True
    sent: list[Outgoing] = field(default_factory=list)
    answers: list[Exception | None] = field(default_factory=list)
    before: Callable[[Outgoing], None] = lambda outgoing: None
    during: Callable[[Outgoing], None] = lambda outgoing: None
    moments: list[datetime] = field(default_factory=list)

    def open(self) -> "ListChannel":
        return self

    def close(self) -> None:
        """Nothing is open."""

    def carry(self, work: Work) -> None:
        while (taken := work.take()) is not None:
            if not isinstance(taken, Outgoing):
                self.clock.wait(taken)
                continue
            self.before(taken)
            if not work.begin(taken):
                continue
            self.during(taken)
            self.moments.append(self.clock())
            answer = self.answers.pop(0) if self.answers else None
            if isinstance(answer, RuntimeError):
                raise answer
            if answer is None:
                self.sent.append(taken)
            work.settle(taken, answer or Receipt(f"provider-{len(self.sent)}" if self.provider_ids else ""))


@pytest.fixture
def channel(clock) -> ListChannel:
    return ListChannel(clock=clock)


class NothingNew:
    """A watch over a database in which nothing changes."""

    def changed(self) -> bool:
        return False

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class SendingNow:
    """What a courier asks for the broadcasts that it may send."""

    channel: str
    clock: Callable[[], datetime]

    def __call__(self) -> list[int]:
        return lifecycle.sending_on(self.channel, now=self.clock())


@pytest.fixture
def hire(clock, tmp_path) -> Callable[..., Courier]:
    """Hire a courier for a channel, who takes one step at a time; each has a name of its own."""

    def courier(channel: ListChannel, owner: str = "worker-1", **changes) -> Courier:
        return Courier(
            **{
                "channel": channel,
                "links": TrackedLinks(),
                "owner": owner,
                "source": SendingNow(channel.name, clock),
                "journal": Journal(tmp_path / "journals", owner),
                "watch": AlwaysChanged(),
                "desk": AtOnce(),
                "clock": clock,
                "stopping": lambda: False,
                "pause": clock.wait,
                **changes,
            }
        )

    return courier


@pytest.fixture
def courier(channel, hire) -> Courier:
    return hire(channel)


def let_it_arrive(watch: Watch) -> None:
    """A notice of PostgreSQL's is on its way for a moment."""
    if isinstance(watch, Notices):
        assert watch._poll.poll(10_000), "nothing came"


def person(number: int, *, channels=("email",), language="en", state="active", allowed=True, **declared) -> Subscriber:
    """A subscriber with one subscription a channel, on addresses that their number makes."""
    subscriber = Subscriber.objects.create(language=language, **declared)
    for name in channels:
        address = f"person{number}@example.org" if name == "email" else str(1000 + number)
        Subscription.objects.create(
            subscriber=subscriber,
            channel=name,
            address_encrypted=encrypt(address),
            address_hash=address_hash(channel=name, address=address),
            state=state,
            allows_messages=allowed,
        )
    return subscriber


@pytest.fixture
def everybody(db) -> Segment:
    return Segment.objects.get_or_create(code="everybody", defaults={"name": "Everybody", "rule": EVERYBODY})[0]


def write(broadcast: Broadcast, channel: str = "email", language: str = "en") -> Message:
    return Message.objects.create(
        broadcast=broadcast,
        channel=channel,
        language=language,
        subject=f"Subject {language}",
        body='<p>Read <a href="https://example.org/a">the table</a>.</p>',
        button_label="Read on",
        button_url="https://example.org/story",
    )


@pytest.fixture
def broadcast(everybody, django_user_model) -> Broadcast:
    """An approved broadcast by e-mail in English to everybody, due at ``START``."""
    broadcast = Broadcast.objects.create(title="October", channels=["email"], fallback_language="")
    broadcast.segments.add(everybody)
    write(broadcast)
    return broadcast


@pytest.fixture
def two_people(django_user_model):
    return [django_user_model.objects.create_user(username=name, password=None) for name in ("author", "second")]


@pytest.fixture
def approved(broadcast, two_people) -> Callable[[], Broadcast]:
    """Submit and approve the broadcast as it stands then; call it once the people are there."""

    def approve(send_at: datetime = START) -> Broadcast:
        editor, approver = two_people
        asked_at = START - timedelta(days=1)
        submission = broadcasts.submit(broadcast=broadcast, user=editor, now=asked_at)
        broadcasts.approve(
            broadcast=broadcast, submission_id=submission.pk, user=approver, send_at=send_at, now=asked_at
        )
        return broadcast

    return approve


@pytest.fixture
def sending(approved, clock) -> Callable[[], Broadcast]:
    """Approve the broadcast and start it."""

    def begin() -> Broadcast:
        broadcast = approved()
        assert lifecycle.start(broadcast_id=broadcast.pk, now=clock.now)
        broadcast.refresh_from_db()
        return broadcast

    return begin
