"""The day on which the office is: consents begin and end with it, wherever a reader or an editor sits."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def office_day(now: datetime | None = None) -> date:
    """The day in the office's time zone at a moment, by default now."""
    return (now or timezone.now()).astimezone(ZoneInfo(settings.OFFICE_TIME_ZONE)).date()
