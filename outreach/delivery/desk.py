"""Where the engine's work with the ledger is done: at once, or beside the sending in a thread of its own."""

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)

DATABASE_TRIES = 6


class AtOnce(Executor):
    """Does everything when it is asked for, in the thread that asks: one step at a time."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":  # noqa: D102
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done


class Beside(ThreadPoolExecutor):
    """One thread with a database connection of its own, one thing after the other."""

    def __init__(self, name: str) -> None:
        super().__init__(max_workers=1, thread_name_prefix=name)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: D102
        self.submit(connection.close)
        super().shutdown(wait=wait, cancel_futures=cancel_futures)


class Desk:
    """What one worker has to do with the ledger, over a new connection where the old one was cut.

    ``pause`` waits for some seconds between two tries. ``is_unsure`` is set where an answer of the database was lost:
    what was asked for may have been done or not.
    """

    def __init__(self, executor: Executor, *, pause: Callable[[float], object]) -> None:
        self._executor = executor
        self._pause = pause
        self._jobs: deque[Future[Any]] = deque()
        self.is_unsure = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to be collected."""
        return not self._jobs

    def submit(self, job: Callable[..., Any], *arguments: Any, **named: Any) -> "Future[Any]":
        """Have something done; whoever asks looks after the answer."""
        return self._executor.submit(self.steadily, job, *arguments, **named)

    def do(self, job: Callable[..., Any], *arguments: Any, **named: Any) -> "Future[Any]":
        """Have something done of which only a failure matters: :meth:`collect` raises it."""
        self._jobs.append(self.submit(job, *arguments, **named))
        return self._jobs[-1]

    def collect(self, *, wait: bool) -> None:
        """Part with what is done, or with everything; raises the first failure."""
        while self._jobs and (wait or self._jobs[0].done()):
            self._jobs.popleft().result()

    def steadily(self, job: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Do it here and now, and again where the connection broke; raises what the last try raised."""
        for tries_left in reversed(range(DATABASE_TRIES)):
            try:
                return job(*arguments, **named)
            except (OperationalError, InterfaceError):
                self.is_unsure = True
                if not tries_left or connection.in_atomic_block:
                    raise
                logger.warning("the database connection broke; trying again")
                connection.close()
                self._pause(0.3 * (DATABASE_TRIES - tries_left))
        raise AssertionError
