"""What an import found or did, for the officer who reads it."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from outreach.audience.cells import printable, safe
from outreach.audience.models import Import, ImportRefusal

from .failures import WORDS, Unreadable
from .outcomes import Outcome
from .people import Reason

BOM = "\ufeff"
State = Import.State
REFUSED = (Outcome.SUPPRESSED, Outcome.LEFT, Outcome.STOPPED, Outcome.DUPLICATE, Outcome.INVALID)


@dataclass(frozen=True)
class Line:
    """One outcome with its rows in the trial and in what was done; ``None`` where that did not happen yet."""

    label: str
    trial: int | None
    done: int | None


@dataclass(frozen=True)
class Report:
    """How far an import is (in whole percent, never rounded up), and its rows by outcome."""

    percent: int
    lines: list[Line]
    refused: int
    new: int
    differs: bool
    failure: str

    @property
    def milestone(self) -> str:
        """What is said aloud to those who do not see the page: changes at each quarter."""
        return _("%(percent)d percent") % {"percent": self.percent // 25 * 25}


def of(found: Import) -> Report:
    """Read it from the row of the import."""
    trial, done = found.counts.get("trial"), found.counts.get("done")
    lines = [
        Line(str(outcome.label), _count(trial, outcome), _count(done, outcome))
        for outcome in Outcome
        if _count(trial, outcome) or _count(done, outcome) or outcome == Outcome.NEW
    ]
    shown: dict[str, Any] = done or trial or {}
    return Report(
        percent=found.rows_done * 100 // found.rows_total if found.rows_total else 100,
        lines=lines,
        refused=sum(shown.get(outcome.value, 0) for outcome in REFUSED),
        new=shown.get(Outcome.NEW.value, 0),
        differs=found.state == State.DONE and trial != done,
        failure=_failure(found.failure),
    )


def _count(counts: dict[str, int] | None, outcome: Outcome) -> int | None:
    return None if counts is None else counts.get(outcome.value, 0)


def _failure(text: str) -> str:
    code, _space, row = text.partition(" ")
    return Unreadable(code, int(row or 0)).words if code in WORDS else text


def refusals(found: Import) -> Iterator[str]:
    """The rows that were not taken as a CSV file: number, column and reason, nothing of what stands in them."""

    class Echo:
        def write(self, text: str) -> str:
            return text

    writer = csv.writer(Echo())
    yield BOM + writer.writerow([_("Row"), _("Column"), _("Reason")])
    rows = ImportRefusal.objects.filter(of=found).order_by("row", "id").values_list("row", "column", "reason")
    for row, column, reason in rows.iterator(chunk_size=2000):
        label = str(Reason(reason).label) if reason in Reason.values else reason
        yield writer.writerow([row, safe(printable(column)), label])
