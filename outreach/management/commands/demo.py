"""Runs the demo."""

import logging
import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from campaign_site.install import Unusable, check_port
from outreach.demo import accounts, programs
from outreach.demo.preparation import prepare
from outreach.demo.supervisor import ProgramEnded, Supervisor


class Command(BaseCommand):
    """``manage.py demo``: prepares the site on first start, then runs web server, worker and sandbox until Ctrl-C.

    ``PORT`` chooses the port. Exit status 1 if a program ended by itself.
    """

    help = "Prepare the demo and run its web server, worker and sandbox until Ctrl-C."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, run, end."""
        # make does not pass on a SIGKILL of its own; the demo ends with it all the same.
        parent = os.getppid() if "MAKELEVEL" in os.environ else None
        try:
            check_port(str(settings.PORT))
            # What the services log while they make the past is not news.
            logging.getLogger("outreach").setLevel(logging.WARNING)
            users = prepare(say=self._say)
            self._say("Starting web server, worker and sandbox …\n")
            environment = programs.environment()
            running = Supervisor(programs.programs(environment), environment=environment, parent=parent)
            running.run(lambda: self._ready(users))
        except Unusable as error:
            raise CommandError(str(error)) from error
        except ProgramEnded as error:
            raise CommandError(f"{error}; the demo has stopped.") from error
        except KeyboardInterrupt:
            self._say("\nStopped. The next start goes on from here.\n")
            sys.exit(130)
        self._say("\nStopped.\n")

    def _ready(self, users: list[accounts.Account]) -> None:
        self._say(
            f"\nready: {settings.SITE_URL}/\n\n"
            f"Staff sign in at {settings.SITE_URL}/admin/ with one of these names and passwords:\n"
            f"{accounts.table(users)}\n\n"
        )
        if settings.SANDBOX_EMAIL or settings.SANDBOX_TELEGRAM:
            self._say("Messages go to the sandbox on this machine, never to a real address.\n")
        self._say("Ctrl-C ends the demo.\n")

    def _say(self, text: str) -> None:
        self.stdout.write(text, ending="")
        self.stdout.flush()
