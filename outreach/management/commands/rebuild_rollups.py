"""``manage.py rebuild_rollups``: count the ledger anew."""

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from outreach.broadcasts.models import Broadcast
from outreach.reach.rollups import EventsGone, counted, rebuild, sent_on


class Command(BaseCommand):
    """Rebuilds the rollups and people sets of every broadcast whose audience was ever fixed, of one, or of one day.

    A broadcast of which raw events were deleted keeps its counts, and is named.
    """

    help = "Rebuild the counts behind the reach pages from the ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the number of one broadcast and one day."""
        parser.add_argument("--broadcast", type=int, metavar="N", help="only the broadcast with this number")
        parser.add_argument(
            "--day", type=date.fromisoformat, metavar="YYYY-MM-DD", help="only what was settled on this day here"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, and say for each broadcast how many rollups it has now and how long that took."""
        number, day = options["broadcast"], options["day"]
        broadcasts = list(counted().select_related("freeze"))
        if number is not None:
            broadcasts = [broadcast for broadcast in broadcasts if broadcast.pk == number]
            if not broadcasts:
                raise CommandError(f"No broadcast {number} has an audience to count.")
        if day is not None:
            broadcasts = sent_on(day, broadcasts, now=timezone.now())
            if not broadcasts:
                raise CommandError(f"Nothing was sent on {day}.")
        for broadcast in broadcasts:
            self._rebuild(broadcast, day)

    def _rebuild(self, broadcast: Broadcast, day: date | None) -> None:
        begun = time.monotonic()
        name = f"{broadcast.pk} {broadcast}" + (f", {day}" if day else "")
        try:
            count = rebuild(broadcast=broadcast, day=day, now=timezone.now())
        except EventsGone:
            self.stdout.write(f"{name}: kept as it is, its raw events are gone")
        else:
            self.stdout.write(f"{name}: {count} rollups in {time.monotonic() - begun:.1f} s")
