"""Where figures stand: still moving, closed or frozen, and since when. Pages, files and the API say it in one way."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach.broadcasts.days import write_day
from outreach.broadcasts.office_time import office_day

from .metrics import DEFINITIONS_VERSION
from .tables import Report


class Status(TextChoices):
    """How far figures can still change; the values stand in files and in the API."""

    PROVISIONAL = "provisional", gettext_lazy("Provisional")
    CLOSED = "closed", gettext_lazy("Closed")
    FROZEN = "frozen", gettext_lazy("Frozen")


@dataclass(frozen=True)
class Standing:
    """The status of a report. ``version`` is that of the snapshot that it shows, ``reason`` why it was corrected.

    ``taken_at`` is the moment of the count in UTC, ``taken_until`` that of the last one where there were several;
    ``begins`` and ``ends`` are the first and the last day in the office's zone, empty where it is open. ``newest`` is
    the snapshot that replaced the one that is shown, if one did. ``digest`` is the SHA-256 of what is stored.
    """

    status: Status
    begins: str
    ends: str
    taken_at: datetime | None
    definitions: str = DEFINITIONS_VERSION
    version: int | None = None
    reason: str = ""
    newest: int | None = None
    digest: str = ""
    taken_until: datetime | None = None

    @property
    def label(self) -> str:
        """The status for people, with its version."""
        if self.version is None:
            return str(self.status.label)
        return _("%(status)s, version %(number)d") % {"status": self.status.label, "number": self.version}

    @property
    def meaning(self) -> str:
        """What the status says of the figures."""
        return {
            Status.PROVISIONAL: _(
                "These totals can still change, so they are rounded down. Closed broadcasts and frozen periods have "
                "exact figures, by segment, gender, channel and more."
            ),
            Status.CLOSED: _("The time in which answers count is over: these figures never change."),
            Status.FROZEN: _("These figures never change. A correction would be a new version, with its reason."),
        }[self.status]

    @property
    def period(self) -> str:
        """The days that the figures cover, as they are written in files."""
        return _("%(start)s to %(end)s") % {"start": self.begins or "…", "end": self.ends or "…"}

    @property
    def days(self) -> str:
        """The same days as pages write them, in the language in use; a single day stands alone."""
        first, last = ("…" if not day else write_day(date.fromisoformat(day)) for day in (self.begins, self.ends))
        if first == last:
            return first
        return _("%(start)s to %(end)s") % {"start": first, "end": last}

    @property
    def in_file_name(self) -> str:
        """Period and version, like ``2026-11-18-to-2026-11-19-v2``."""
        version = f"v{self.version}" if self.version is not None else self.status.value
        days = [self.begins or "open", "to", self.ends or "open"] if self.begins or self.ends else []
        return "-".join([*days, version])


def standing(report: Report) -> Standing:
    """Where the figures of a report stand."""
    begins, ends = _day(report.begins), _day(report.ends)
    if report.period:
        begins, ends = report.period.first_day.isoformat(), report.period.last_day.isoformat()
    shown = report.snapshot
    if shown is None:
        until = report.counted_until
        return Standing(Status(report.status), begins, ends, report.counted_at, taken_until=until)
    return Standing(
        Status(report.status),
        begins,
        ends,
        report.counted_at,
        definitions=shown.definitions,
        version=shown.version,
        reason=shown.reason,
        newest=None if shown.is_newest else shown.newest,
        digest=shown.digest,
    )


def _day(moment: datetime | None) -> str:
    return office_day(moment).isoformat() if moment else ""
