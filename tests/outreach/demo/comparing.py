"""Compares every cell of a report with what was counted anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from outreach.broadcasts.models import Broadcast
from outreach.delivery.models import Delivery, Exclusion
from outreach.reach.disclosure import AtLeast, Cell, FewerThan, Hidden, Shown, Unknown
from outreach.reach.indicators.populations import PopulationEstimate
from outreach.reach.indicators.records import Estimate
from outreach.reach.periods import parse
from outreach.reach.reports import Report, Row, Table
from outreach.reach.snapshots.models import Snapshot
from outreach.tracking.hits.machines import MachineReason

from .recount import OFFICE, OPEN, Published, Recount, active_subscribers, quotient, read_on_site

GENDERS = ("woman", "man", "another", "undisclosed", "")
OF_SEGMENTS = ("people", "accepted", "missed", "bounced", "withdrawn", "clicked", "cohort_clicks")
LANGUAGES = {"English": "en", "Français": "fr", "Español": "es", "Kreyòl ayisyen": "ht", "Kwéyòl": "acf"}
SHARES = {
    "trackable_share": ("trackable", "accepted"),
    "delivery_rate": ("accepted", "attempted"),
    "click_rate": ("clickers", "trackable_people"),
    "open_rate": ("opened", "open_trackable"),
    "leaving_rate": ("withdrawn", "accepted"),
}
"""The counts of which each share is made, by the name of its metric."""
PARTS_OF_ACCEPTED = ("withdrawn", "clicked")
TOTAL = "all"


@cache
def recount(*broadcasts: int) -> Recount:
    """These broadcasts counted anew, once for all reports that have the same."""
    return Recount(Broadcast.objects.filter(pk__in=broadcasts))


@dataclass(frozen=True)
class Counted:
    """A cell of a table of counts, and what was counted; ``whole`` is that of which it is a part."""

    table: str
    row: str
    column: str
    cell: Cell
    expected: int
    whole: int | None

    @property
    def is_hidden(self) -> bool:
        """Whether nobody may read it."""
        return isinstance(self.cell, Hidden)

    def is_telling(self, k: int) -> bool:
        """Whether it is one of fewer than ``k``, or leaves so few of its whole, or takes in all of it."""
        if 0 < self.expected < k:
            return True
        if self.whole is None:
            return False
        rest = self.whole - self.expected
        return 0 < rest < k or (self.expected > 0 and rest == 0)


class Reader:
    """Goes through one report. ``faults`` are the cells that disagree, ``counts`` those of tables of counts."""

    def __init__(self, read: Report) -> None:
        self.read = read
        self.faults = list[str]()
        self.counts = list[Counted]()
        self.compared = 0
        self.again = recount(*(each.pk for each in read.broadcasts))

    def go(self) -> "Reader":
        """Compare everything."""
        self._headlines()
        axes = {
            "segment": self._segments(),
            "gender": _codes(Delivery, "gender"),
            "channel": _codes(Delivery, "channel"),
            "language": LANGUAGES,
            "group": _codes(Delivery, "group"),
        }
        for table in self.read.tables:
            if table.slug in OF_SEGMENTS:
                self._by_segment(table)
            elif table.slug.removeprefix("missed_") in axes:
                axis = table.slug.removeprefix("missed_")
                self._by(table, axis, axes[axis])
            elif table.slug in ("month", "quarter"):
                self._over_time(table)
            elif hasattr(self, f"_{table.slug}"):
                getattr(self, f"_{table.slug}")(table)
            else:
                self.faults.append(f"{self.read.title}: nothing is counted anew for the table {table.slug}")
        if self.read.period:
            self._apart()
        return self

    def compare(self, where: str, cell: Cell, expected: Any) -> None:
        """A figure that is shown is the one that was counted; one that is hidden may be anything."""
        self.compared += 1
        if isinstance(cell, Shown):
            is_right = expected is not None and cell.value == expected
        elif isinstance(cell, AtLeast):
            is_right = expected is not None and cell.value <= expected
        elif isinstance(cell, FewerThan):
            is_right = expected is not None and 0 < expected < cell.value
        else:
            is_right = expected is None if isinstance(cell, Unknown) else isinstance(cell, Hidden)
        if not is_right:
            self.faults.append(f"{self.read.title}, {where}: {cell}, counted {expected}")

    def _count(self, table: str, row: str, column: str, cell: Cell, name: str, place: Mapping[str, str]) -> None:
        whole = self.again.count("accepted", **place) if name in PARTS_OF_ACCEPTED else None
        self._number(table, row, column, cell, self.again.count(name, **place), whole)

    def _number(
        self, table: str, row: str, column: str, cell: Cell, expected: int | None, whole: int | None = None
    ) -> None:
        self.compare(f"{table}: {row}, {column}", cell, expected)
        self.counts.append(Counted(table, row, column, cell, expected or 0, whole))

    # The headlines

    def _headlines(self) -> None:
        found = {figure.metric.slug: figure for figure in self.read.figures}
        assert set(found) == {"people", "clicked", "female_share", "delivery_rate"}
        for figure in found.values():
            for metric, cell in ((figure.metric, figure.cell), *figure.beside):
                self.compare(f"headline {metric.slug}", cell, self._headline(metric.slug))

    def _headline(self, slug: str) -> Any:
        if slug in ("completeness", "female_share"):
            return getattr(self.again, slug)("people")
        return self.again.share(*SHARES[slug]) if slug in SHARES else self.again.count(slug)

    # The tables

    def _by_segment(self, table: Table) -> None:
        name, codes = table.slug, self._segments()
        genders = (*GENDERS, OPEN) if name == "cohort_clicks" else GENDERS
        for row in table.rows:
            label = TOTAL if row.is_total else row.label
            place = {} if row.is_total else {"segment": OPEN if row.is_open else codes.pop(row.label)}
            for gender, cell in zip(genders, row.cells, strict=False):
                self._count(name, label, gender, cell, name, {**place, "gender": gender})
            whole, completeness, *female_share = row.cells[len(genders) :]
            self._count(name, label, TOTAL, whole, name, place)
            self.compare(f"{name}: {label}, completeness", completeness, self.again.completeness(name, **place))
            assert len(female_share) == (name == "people")
            for cell in female_share:
                self.compare(f"{name}: {label}, female share", cell, self.again.female_share(name, **place))
        missing = [code for code in codes.values() if self.again.count(name, segment=code)]
        assert not missing

    def _segments(self) -> dict[str, str]:
        kept = [broadcast.freeze.segments for broadcast in self.again.broadcasts]
        return {segment["name"]: code for segments in kept for code, segment in segments.items()}

    def _by(self, table: Table, axis: str, codes: Mapping[str, str]) -> None:
        for row in table.rows:
            label = TOTAL if row.is_total else row.label
            place = {} if row.is_total else {axis: OPEN if row.is_open else codes[row.label]}
            for column, cell in zip(table.columns, row.cells, strict=True):
                assert column.metric
                name = column.metric.slug
                if name in SHARES:
                    self.compare(f"{axis}: {label}, {name}", cell, self.again.share(*SHARES[name], **place))
                else:
                    self._count(axis, label, name, cell, name, place)
        shown = {codes[row.label] for row in table.rows if not row.is_total and not row.is_open}
        assert shown >= {code for code in codes.values() if self.again.count("accepted", **{axis: code})}

    def _over_time(self, table: Table) -> None:
        """The people of the broadcasts that ended in each month or quarter, and of all up to it."""
        by_part: dict[str, list[int]] = {}
        for each in self.again.broadcasts:
            assert each.finished_at
            day = each.finished_at.astimezone(OFFICE).date()
            code = f"{day:%Y-%m}" if table.slug == "month" else f"{day.year}-Q{(day.month + 2) // 3}"
            by_part.setdefault(parse(code).name, []).append(each.pk)
        until: list[int] = []
        for row in table.rows:
            own = [each.pk for each in self.again.broadcasts] if row.is_total else by_part.pop(row.label, [])
            until = own if row.is_total else [*until, *own]
            for column, cell, numbers in zip(("people", "until"), row.cells, (own, until), strict=True):
                self.compare(f"{table.slug}: {row.label}, {column}", cell, recount(*numbers).count("people"))
        assert not by_part

    def _machine(self, table: Table) -> None:
        """What people and machines did. What machines do tells of nobody, so it may be few."""
        people, shared, *reasons, total = table.rows
        expected: list[tuple[Row, tuple[Any, Any]]] = [
            (people, (self.again.count("clicked"), self.again.count("opened"))),
            (shared, (self.again.count("cohort_clicks"), None)),
            (total, (self.again.count("machine_clicks"), self.again.count("machine_opened"))),
        ]
        codes = {f"Machines: {label}": code for code, label in MachineReason.choices}
        for row in reasons:
            why = codes.pop(row.label)
            expected.append((row, (self.again.by_machines("click", why), self.again.by_machines("open", why))))
        for why in codes.values():
            assert not self.again.by_machines("click", why)
            assert not self.again.by_machines("open", why)
        for row, numbers in expected:
            for column, cell, number in zip(("clicks", "opens"), row.cells, numbers, strict=True):
                self.compare(f"machine: {row.label}, {column}", cell, number)

    def _story(self, table: Table) -> None:
        for row in table.rows:
            story = {"Other links": "", "Not attributable": OPEN}.get(row.label, row.label)
            for name, cell in zip(("clicked", "cohort_clicks"), row.cells, strict=True):
                self._number("story", row.label, name, cell, self.again.of_story(name, story))

    def _reason(self, table: Table) -> None:
        channels, reasons = _codes(Exclusion, "channel"), _codes(Exclusion, "reason")
        for row in table.rows:
            why = {} if row.is_total else {"reason": reasons[row.label]}
            for column, cell in zip(table.columns, row.cells, strict=True):
                on = {} if column.label == "All" else {"channel": channels[column.label]}
                self._number("reason", row.label, column.label, cell, self.again.excluded(**why, **on))

    def _times(self, table: Table) -> None:
        times = self.again.times()
        for row in table.rows:
            expected = times.total() if row.is_total else times["5+" if row.label == "5 and more" else row.label]
            self._number("times", row.label, "people", row.cells[0], expected)

    def _day(self, table: Table) -> None:
        for row in table.rows:
            day = None if row.is_total else date.fromisoformat(row.label)
            expected = self.again.accepted_on(day) if day else self.again.count("accepted")
            self._number("day", row.label, "accepted", row.cells[0], expected)

    def _broadcast(self, table: Table) -> None:
        by_title = {each.title: recount(each.pk) for each in self.again.broadcasts}
        for row in table.rows:
            again = self.again if row.is_total else by_title.pop(row.label)
            for name, cell in zip(("planned", "accepted", "people"), row.cells, strict=True):
                self._number("broadcast", row.label, name, cell, again.count(name))
        assert not by_title

    def _indicators(self, table: Table) -> None:
        expected = self._counted_indicators()
        for row in table.rows:
            assert row.metric
            if row.metric.slug == "population_coverage":
                self.compare(row.label, row.cells[0], self._of_population())
            elif row.metric.slug in expected:
                self.compare(row.label, row.cells[0], expected.pop(row.metric.slug))
            else:
                self.faults.append(f"{self.read.title}: nothing is counted anew for {row.label}")
        self.faults += [f"{self.read.title}: {name} is missing" for name in expected]

    def _campaign(self) -> int | None:
        assert self.read.snapshot
        return Snapshot.objects.get(pk=self.read.snapshot.number).campaign_id

    def _of_population(self) -> Fraction | None:
        """The people reached of all whose number the demo cites; it cites none for all campaigns together."""
        if not self._campaign():
            return None
        size = PopulationEstimate.objects.get(segment="", gender="")
        return Fraction(self.again.count("people") or 0, size.people)

    def _counted_indicators(self) -> dict[str, Any]:
        """The indicators of a period that are counted, by the names of their metrics."""
        again, period = self.again, self.read.period
        assert period
        days = (period.first_day, period.last_day)
        published = Published(*days)
        quoted, items, people = published.quoted(), len(published.items), again.count("people")
        frequency = quotient(again.count("accepted"), people)
        # Who can be written to is known in tens, so this share is in whole per cent.
        coverage = Fraction(100 * (people or 0), active_subscribers() // 10 * 10)
        return {
            "items": items,
            "translation_coverage": quotient(published.in_every_language(self._campaign()), items),
            "accessible_rate": quotient(published.accessible(), items),
            "women_quoted": quotient(quoted["woman"], quoted["woman"] + quoted["man"] + quoted["another"]),
            "attempted": again.count("attempted"),
            "people": people,
            "frequency": frequency and round(Decimal(frequency.numerator) / frequency.denominator, 2),
            "coverage": Fraction(round(coverage), 100),
            "female_share": again.female_share("people"),
            "completeness": again.completeness("people"),
            "visits": read_on_site("views", *days) or None,
            "machine_opened": again.count("machine_opened"),
            "completion_rate": quotient(read_on_site("completed", *days), read_on_site("beacons", *days)),
            **{
                name: again.share(*SHARES[name])
                for name in ("delivery_rate", "click_rate", "open_rate", "leaving_rate")
            },
        }

    def _apart(self) -> None:
        """Page views of the whole site if there are any, and the estimates whose last day lies in the period."""
        period = self.read.period
        assert period
        views = read_on_site("views", period.first_day, period.last_day)
        kept = Estimate.objects.filter(last_day__range=(period.first_day, period.last_day)).order_by("last_day", "pk")
        expected = [views] * bool(views) + [each.number for each in kept]
        found = [each.value.value if isinstance(each.value, Shown) else each.value for each in self.read.apart]
        if found != expected:
            self.faults.append(f"{self.read.title}, apart: {found}, counted {expected}")


def _codes(model: Any, field: str) -> dict[str, str]:
    return {str(label): str(code) for code, label in model._meta.get_field(field).flatchoices}
