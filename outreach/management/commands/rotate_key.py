"""Writes everything encrypted anew under the newest key."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from outreach.audience.rotation import BATCH, Standing, rotate, standing

STEP = 20_000
"""After about so many rows the command says how far it is."""


class Command(BaseCommand):
    """``manage.py rotate_key``: after a new key was put in front of ``FIELD_ENCRYPTION_KEY`` and all was restarted."""

    help = (
        "Encrypt every address anew under the first of FIELD_ENCRYPTION_KEY, while people join and workers send. "
        "It may be broken off and started again. Exit with 1 while anything still needs an older key."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to look only."""
        parser.add_argument("--check", action="store_true", help="Change nothing; say what still needs an older key.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Turn over, or look; then say how every column stands."""
        found = standing() if options["check"] else rotate(tell=self._progress)
        for each in found:
            self._tell(each)
        if all(each.is_done for each in found):
            self.stdout.write("Everything is under the newest key; older ones can be taken out.")
            return
        if any(each.unreadable for each in found):
            self.stderr.write("Some rows can't be read under any of the keys: put the key back under which they are.")
        sys.exit(1)

    def _progress(self, standing: Standing) -> None:
        if (standing.newest + standing.unreadable) % STEP < BATCH:
            self.stdout.write(f"{standing.kept}: {standing.newest} …")

    def _tell(self, standing: Standing) -> None:
        self.stdout.write(
            f"{standing.kept}: {standing.newest} under the newest key, {standing.older} under an older one, "
            f"{standing.unreadable} unreadable"
        )
