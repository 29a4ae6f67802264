"""A series in words."""

from django.utils.formats import time_format
from django.utils.translation import gettext as _

from .models import Series


def rhythm(series: Series) -> str:
    """When its editions go out, in a few words."""
    time = time_format(series.local_time, "TIME_FORMAT")
    if series.rhythm == Series.Rhythm.MONTHLY:
        return _("Every month on day %(day)d, %(time)s") % {"day": series.month_day, "time": time}
    days = ", ".join(str(Series.Weekday(day).label) for day in sorted(series.weekdays))
    return _("Every week on %(days)s, %(time)s") % {"days": days, "time": time}
