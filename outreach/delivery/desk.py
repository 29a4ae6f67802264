"""Where the engine's work with the ledger is done: at once, or beside the sending in a thread of its own."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

from django.db import connection


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
