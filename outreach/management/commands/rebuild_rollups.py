"""``manage.py rebuild_rollups``: count the ledger anew."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from outreach.broadcasts.models import Broadcast
from outreach.reach.rollups import rebuild


class Command(BaseCommand):
    """Rebuilds the rollups of one broadcast, or of every broadcast whose audience was ever fixed."""

    help = "Rebuild the counts behind the reach pages from the ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the number of one broadcast."""
        parser.add_argument("--broadcast", type=int, metavar="N", help="only the broadcast with this number")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, and say for each broadcast how many rollups it has."""
        campaign = Broadcast.objects.filter(kind=Broadcast.Kind.CAMPAIGN)
        broadcasts = campaign.filter(freeze__isnull=False).order_by("pk")
        if options["broadcast"] is not None:
            broadcasts = broadcasts.filter(pk=options["broadcast"])
            if not broadcasts:
                raise CommandError(f"No broadcast {options['broadcast']} has an audience to count.")
        for broadcast in broadcasts:
            self.stdout.write(f"{broadcast.pk} {broadcast}: {rebuild(broadcast=broadcast)} rollups")
