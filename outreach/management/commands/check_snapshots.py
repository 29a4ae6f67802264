"""Check every stored snapshot; ends with 1 if one is damaged or contradicts the ledger without a correction."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from outreach.reach.snapshots.checking import check
from outreach.reach.snapshots.models import Snapshot


class Command(BaseCommand):
    """``check_snapshots``: digests, figures against sealed counts, and a recount from the rollups."""

    help = "Check that stored snapshots are intact and agree with the counts, or with the correction that explains why."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was found, then how many there are."""
        errors = 0
        for finding in check():
            errors += finding.is_error
            self.stdout.write(f"{finding.snapshot}: {finding.text}")
        self.stdout.write(f"{Snapshot.objects.count()} snapshots, {errors} with errors")
        if errors:
            raise CommandError(f"{errors} snapshots are damaged or unexplained.")
