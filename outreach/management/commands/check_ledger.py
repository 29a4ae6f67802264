"""Prints the balance of every broadcast."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from outreach.delivery.balance import all_balances


class Command(BaseCommand):
    """``manage.py check_ledger``: one line a broadcast; exit status 1 if one does not balance."""

    help = "Print the balance of every broadcast; exit with 1 if one does not balance."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each balance."""
        faulty = False
        for balance in all_balances():
            self.stdout.write(str(balance))
            faulty = faulty or bool(balance.faults)
        if faulty:
            sys.exit(1)
