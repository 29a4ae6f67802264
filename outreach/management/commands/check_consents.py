"""Checks that what subscriptions allow is what the consent ledger grants."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from outreach.audience.granted import differences, mend


class Command(BaseCommand):
    """``manage.py check_consents [--mend]``: one line for each flag that differs; exit status 1 if one stays so."""

    help = "Compare what each subscription allows with the consent ledger; exit with 1 if they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--mend`` sets what differs to what the ledger grants."""
        parser.add_argument("--mend", action="store_true", help="set what differs to what the ledger grants")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each difference, then how many there are."""
        found = 0
        for difference in differences():
            found += 1
            self.stdout.write(str(difference))
        if options["mend"]:
            self.stdout.write(f"{mend()} flags set to what the ledger grants")
        else:
            self.stdout.write(f"{found} flags differ from the ledger")
            if found:
                sys.exit(1)
