"""Takes photos off the site whose consent has ended: the site knows how, the worker knows when."""

from datetime import datetime

from home.editorial.office_day import office_day
from home.editorial.photos import expire


def expire_photos(*, now: datetime) -> int:
    """Remove the files of photos that may not be shown on the office's day at ``now``; how many photos there were."""
    return expire(day=office_day(now)).images
