"""Removes what is not kept for ever, and says what was removed."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from outreach.audience import retention
from outreach.audience.inactivity import ask_to_stay
from outreach.audience.removals import office_day, removed_on


class Command(BaseCommand):
    """``manage.py retention``: what a worker does every hour, once."""

    help = "Remove what is not kept for ever; print what went now, and what went today in all."

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove, and print each kind with its number."""
        now = timezone.now()
        removed = retention.run(now=now)
        asked = ask_to_stay(now=now)
        today = removed_on(office_day(now))
        for kind in sorted(today):
            self.stdout.write(f"{kind}: {removed[kind]} now, {today[kind]} today")
        self.stdout.write(f"{sum(removed.values())} removed; {asked} people are asked whether they want to stay")
