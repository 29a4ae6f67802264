"""How long something may be kept."""

from datetime import datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

from django.conf import settings


def seconds_to_keep(now: float) -> float:
    """As the settings say, and not beyond the end of the office's day: what a page shows may depend on the date."""
    here = datetime.fromtimestamp(now, ZoneInfo(settings.OFFICE_TIME_ZONE))
    midnight = datetime.combine(here.date() + timedelta(days=1), time_of_day(), here.tzinfo)
    return min(settings.PAGE_CACHE_SECONDS, midnight.timestamp() - now)
