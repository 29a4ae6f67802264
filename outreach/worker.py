"""The worker process, until it is told to stop.

It has one lane for each channel, one each for the bot, imports and the bounce mailbox, and one for everything else.
"""

import logging
import os
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

from django.db import connection

from .audience.choices import ChannelName
from .bell import listen
from .tasks import Tasks

logger = logging.getLogger(__name__)

IDLE_SECONDS = 1.0
SELDOM_SECONDS = 5.0
"""How often a lane looks for what is dear to look for and in no hurry, as figures that are to be counted anew."""
AFTER_FAILURE_SECONDS = 2.0
SWITCH_SECONDS = 0.0001
"""For how long a thread that computes may keep the others waiting. In Python's own five milliseconds a mail server is
through with all that stands on ten lines, and idle while the desk next door builds its questions to the ledger.
"""

Task = Callable[[], bool]


@contextmanager
def _interrupting_nobody() -> Iterator[None]:
    """Threads that begin herein take their turn as what works through a heap does (``SCHED_BATCH``, see ``sched(7)``).

    One that wakes up lets whoever has its processor go on for a moment: a mail server on the same machine would else be
    interrupted by each of its own answers. A policy that somebody chose stays, and where the system has no such thing,
    all is as usual.
    """
    if sys.platform != "linux":
        yield
        return
    is_changed = False
    with suppress(OSError):
        # A sandbox may refuse the question already, and musl knows none of these.
        if os.sched_getscheduler(0) == os.SCHED_OTHER:
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
            is_changed = True
    try:
        yield
    finally:
        if is_changed:
            with suppress(OSError):
                os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


class Lane(NamedTuple):
    """Tasks that are done one after the other; what is done ``seldom`` comes after them where it is time for it."""

    name: str
    tasks: list[Task]
    seldom: Sequence[Task] = ()


class Worker:
    """Runs the tasks in lanes, each a thread: a slow mail server never holds up the bot.

    A task says whether it did something; a lane that did nothing waits for the bell. A task that fails is logged, and
    the lane goes on with the next.
    """

    def __init__(self, *, clock: Callable[[], datetime] = partial(datetime.now, UTC)) -> None:
        self.owner = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._stopping = threading.Event()
        self._clock = clock
        self._single: Tasks | None = None

    def run(self) -> None:
        """Work until :meth:`stop` is called."""
        usual = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_SECONDS)
        try:
            with _interrupting_nobody():
                self._run_lanes()
        finally:
            sys.setswitchinterval(usual)

    def _run_lanes(self) -> None:
        tasks = self._made_tasks(threaded=True)
        threads = [threading.Thread(target=self._follow, args=(lane,), name=lane.name) for lane in lanes(tasks)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        tasks.close()

    def stop(self) -> None:
        """End every lane after the message that it is sending."""
        self._stopping.set()

    def run_once(self) -> bool:
        """Every task once, in this thread; whether one of them did something."""
        self._single = self._single or self._made_tasks(threaded=False)
        tasks = self._single
        did = [task() for lane in lanes(tasks) for task in (*lane.tasks, *lane.seldom)]
        return any(did)

    def _made_tasks(self, *, threaded: bool) -> Tasks:
        return Tasks(owner=self.owner, clock=self._clock, stopping=self._stopping, threaded=threaded)

    def _follow(self, lane: Lane) -> None:
        bell, again_at = listen(stopping=self._stopping), 0.0
        try:
            while not self._stopping.is_set():
                tasks = lane.tasks
                if time.monotonic() >= again_at:
                    tasks, again_at = [*tasks, *lane.seldom], time.monotonic() + SELDOM_SECONDS
                did = [self._safely(lane.name, task) for task in tasks]
                if not any(did):
                    bell.wait(IDLE_SECONDS)
        finally:
            bell.close()
            connection.close()

    def _safely(self, lane: str, task: Task) -> bool:
        try:
            return task()
        except Exception:
            logger.exception("%s failed and is tried again", lane)
            connection.close_if_unusable_or_obsolete()
            self._stopping.wait(AFTER_FAILURE_SECONDS)
            return False


def lanes(tasks: Tasks) -> list[Lane]:
    """All tasks, each in one lane; in this order where they share a thread, so that a round sends what it started."""
    office: list[Task] = [
        tasks.publish_pages,
        tasks.start_broadcasts,
        tasks.confirm_addresses,
        tasks.mail_fresh_links,
        tasks.welcome,
        tasks.tidy,
        tasks.forget,
        tasks.read_hits,
        tasks.close_broadcasts,
    ]
    return [
        Lane("office", office, seldom=[tasks.make_editions, tasks.count_reach]),
        Lane("imports", [tasks.import_people]),
        Lane("bot", [tasks.answer_bot], seldom=[tasks.ask_to_stay]),
        Lane("bounces", [tasks.read_bounces]),
        *(Lane(name, [partial(tasks.deliver, name)]) for name in ChannelName.values),
    ]
