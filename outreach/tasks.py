"""What a worker does, each a thin call of one service; ``outreach.worker`` says when."""

import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from django.conf import settings
from django.core.management import call_command

from .audience import retention
from .audience.confirmation import send_due_confirmations
from .audience.imports.carrying import Clerk
from .audience.inactivity import ask_to_stay
from .audience.preferences.mailing import send_due_links
from .broadcasts.photo_expiry import expire_photos
from .broadcasts.series.editions import make_due
from .channels.registry import channel
from .channels.telegram_client import BotClient
from .delivery import lifecycle, tidying, welcome
from .delivery.desk import AtOnce, Beside
from .delivery.engine import Courier
from .delivery.journal import Journal
from .delivery.watch import AlwaysChanged, watch
from .reach.rollups import rebuild_stale
from .reach.snapshots.closing import close_due
from .tracking import staying
from .tracking.hits.ingestion import read_journals
from .tracking.links import TrackedLinks
from .tracking.mailbox.collecting import collect
from .tracking.updates import poll
from .tracking.web.visitors import forget as forget_keys
from .tracking.web.visitors import office_day

logger = logging.getLogger(__name__)

FORGET_EVERY = timedelta(hours=1)
PUBLISH_EVERY = timedelta(minutes=1)
"""How often pages are looked through for some whose time to appear or to go has come."""
CLOSE_EVERY = timedelta(minutes=1)
"""How often broadcasts are looked for whose window is over, which is days long."""
READ_BOUNCES_EVERY = timedelta(minutes=5)
LOOK_EVERY = timedelta(minutes=5)
"""How often all open deliveries are searched for some that nobody holds."""


@dataclass
class Tasks:
    """The tasks of one worker, with the connections that it keeps open.

    ``clock`` gives UTC, ``stopping`` is set when the worker is to end. Where ``threaded`` is set, the ledger is written
    beside the sending; otherwise everything happens in the calling thread.
    """

    owner: str
    clock: Callable[[], datetime]
    stopping: Event
    threaded: bool = False
    journals: Path = field(default_factory=lambda: Path(settings.LOCAL_DIR) / "journals")
    hits: Path = field(default_factory=lambda: Path(settings.LOCAL_DIR) / "hits")
    _couriers: dict[str, Courier] = field(default_factory=dict)
    _desks: list[Executor] = field(default_factory=list)
    _bot: BotClient | None = None
    _clerk: Clerk | None = None
    _forgot_at: datetime | None = None
    _looked_at: datetime | None = None
    _published_at: datetime | None = None
    _closed_at: datetime | None = None
    _read_bounces_at: datetime | None = None

    def start_broadcasts(self) -> bool:
        """Start what is due."""
        return bool(lifecycle.start_due(now=self.clock()))

    def welcome(self) -> bool:
        """Line up the welcome message for who joined; it is sent like any other."""
        return bool(welcome.greet_all(now=self.clock()))

    def make_editions(self) -> bool:
        """Make the drafts of repeating broadcasts whose time comes near."""
        return bool(make_due(now=self.clock()))

    def deliver(self, channel_name: str) -> bool:
        """Send what is due on one channel, of every sending broadcast in turn, so that none waits for another's end."""
        courier = self._couriers.get(channel_name)
        if courier is None:
            courier = self._couriers[channel_name] = self._courier(channel_name)
        return bool(courier.work())

    def _courier(self, channel_name: str) -> Courier:
        owner = f"{self.owner}:{channel_name}"
        # First, because it is what can fail: on a full disk there are as many tries as rounds.
        journal = Journal(self.journals, owner)
        desk: Executor = Beside(f"{channel_name}-desk") if self.threaded else AtOnce()
        self._desks.append(desk)
        return Courier(
            channel=channel(channel_name),
            links=TrackedLinks(),
            owner=owner,
            source=lambda: lifecycle.sending_on(channel_name, now=self.clock()),
            journal=journal,
            watch=watch() if self.threaded else AlwaysChanged(),
            desk=desk,
            clock=self.clock,
            stopping=self.stopping.is_set,
            pause=self.stopping.wait,
        )

    def tidy(self) -> bool:
        """Recover from dead workers, carry out cancellations, finish what is done."""
        now = self.clock()
        tidying.tidy(journals=self.journals, now=now)
        if _is_over(LOOK_EVERY, since=self._looked_at, now=now):
            self._looked_at = now
            tidying.recover_orphans()
        return False

    def forget(self) -> bool:
        """Once an hour, remove what is not kept for ever or may no longer be shown."""
        now = self.clock()
        if _is_over(FORGET_EVERY, since=self._forgot_at, now=now):
            self._forgot_at = now
            for kind, number in retention.run(now=now).items():
                logger.info("%s removed: %s", kind, number)
            ask_to_stay(now=now)
            if photos := expire_photos(now=now):
                logger.info("%s photos whose consent has ended were taken off the site", photos)
        return False

    def publish_pages(self) -> bool:
        """Publish the pages whose time has come and take away those whose time is over, by Wagtail's own command."""
        now = self.clock()
        if _is_over(PUBLISH_EVERY, since=self._published_at, now=now):
            self._published_at = now
            call_command("publish_scheduled")
        return False

    def read_hits(self) -> bool:
        """Write what the web processes of this machine noted: clicks, opens, page views."""
        now = self.clock()
        forget_keys(day=office_day(now))
        return bool(read_journals(directory=self.hits, now=now).lines)

    def confirm_addresses(self) -> bool:
        """Ask new subscribers whether the address is theirs."""
        return bool(send_due_confirmations(now=self.clock()))

    def mail_fresh_links(self) -> bool:
        """Mail the links to the preference page that people asked for."""
        return bool(send_due_links(now=self.clock()))

    def import_people(self) -> bool:
        """Go on with a list of people by one chunk."""
        self._clerk = self._clerk or Clerk(self.clock)
        return self._clerk.work()

    def answer_bot(self) -> bool:
        """Read what people wrote to the bot, unless Telegram brings it by webhook."""
        if settings.TELEGRAM_WEBHOOK_SECRET:
            return False
        self._bot = self._bot or BotClient.from_settings()
        return bool(poll(client=self._bot, now=self.clock()))

    def ask_to_stay(self) -> bool:
        """Ask people through the bot who would soon be forgotten."""
        now = self.clock()
        if not staying.due(now=now).exists():
            return False
        self._bot = self._bot or BotClient.from_settings()
        return bool(staying.ask(client=self._bot, now=now))

    def read_bounces(self) -> bool:
        """Read the bounce mailbox, if there is one."""
        now = self.clock()
        is_due = _is_over(READ_BOUNCES_EVERY, since=self._read_bounces_at, now=now)
        if settings.BOUNCE_MAILBOX_URL and is_due:
            self._read_bounces_at = now
            collect(url=settings.BOUNCE_MAILBOX_URL, now=now)
        return False

    def count_reach(self) -> bool:
        """Rebuild the counts of broadcasts to which something happened."""
        return bool(rebuild_stale(now=self.clock()))

    def close_broadcasts(self) -> bool:
        """Store the figures of broadcasts whose window is over, for good."""
        now = self.clock()
        if not _is_over(CLOSE_EVERY, since=self._closed_at, now=now):
            return False
        self._closed_at = now
        return bool(close_due(now=now))

    def close(self) -> None:
        """Let every connection go."""
        for courier in self._couriers.values():
            try:
                courier.close()
            except Exception:
                logger.exception("%s could not write everything; the next worker reads its journal", courier.owner)
        for desk in self._desks:
            desk.shutdown()
        if self._bot:
            self._bot.close()


def _is_over(every: timedelta, *, since: datetime | None, now: datetime) -> bool:
    """Whether it is time again for what was done at ``since``; also where the clock was set back behind that."""
    return since is None or not since <= now < since + every
