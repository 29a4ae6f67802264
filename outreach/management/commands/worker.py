"""Runs a worker."""

import gc
import signal
from typing import Any

from django.core.management.base import BaseCommand

from outreach.worker import Worker


class Command(BaseCommand):
    """``manage.py worker``: sends what is due, answers the bot, counts reach. Any number may run, on any machine."""

    help = "Send what is due, answer the bot and count reach, until stopped with SIGTERM or Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until a signal; the message that is being sent is finished first."""
        worker = Worker()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_signal: worker.stop())
        self.stdout.write(f"worker {worker.owner} is ready")
        self.stdout.flush()
        # What Django loaded stays for good: to look through it for garbage again and again takes a fifth of the time.
        gc.collect()
        gc.freeze()
        worker.run()
