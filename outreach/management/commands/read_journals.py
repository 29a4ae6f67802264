"""Reads the journals of this machine's web processes once."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from outreach.tracking.hits.ingestion import read_journals
from outreach.tracking.hits.recording import folder
from outreach.tracking.web.visitors import forget, office_day


class Command(BaseCommand):
    """``manage.py read_journals``: for a machine with a web server and no worker, as often as you like."""

    help = "Read the clicks and page views that this machine's web processes noted into the database, once."

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, and say how much came, and what was dropped for which reason."""
        now = timezone.now()
        forget(day=office_day(now))
        ingested = read_journals(directory=folder(), now=now)
        dropped = "".join(f", {number} {reason}" for reason, number in sorted(ingested.drops.items()) if number)
        self.stdout.write(
            f"{ingested.lines} lines: {ingested.events} events, {ingested.pages} page views and beacons{dropped}"
        )
