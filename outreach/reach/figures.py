"""The figures of one snapshot as headlines and tables: the fixed catalogue of what anybody may read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach.delivery.models import Delivery, Exclusion

from . import metrics
from .cube import OPEN, Cube
from .disclosure import AtLeast, Cell, Hidden, Shown, Unknown
from .indicator_table import SLUG, indicator_table
from .machine_table import machine_table
from .metrics import Count, Metric
from .over_time_table import over_time_table
from .reports import Column, Figure, Row, Table
from .snapshots.reading import definitions_in, populations_in

GENDERS = ("woman", "man", "another", "undisclosed", "")
TIMES = ("1", "2", "3", "4", "5+")
BY_SEGMENT: tuple[Count, ...] = (
    metrics.REACHED,
    metrics.ACCEPTED,
    metrics.MISSED,
    metrics.BOUNCED,
    metrics.WITHDRAWN,
    metrics.CLICKED,
    metrics.COHORT_CLICKS,
)
"""The metrics of which there is a table of segment × gender, in the order in which they are offered."""

RATES: tuple[Metric, ...] = (metrics.DELIVERY_RATE, metrics.CLICK_RATE, metrics.LEAVING_RATE)
"""The shares that stand beside these metrics in a table along one axis."""

BY_AXIS = ("segment", "gender", "channel", "language", "group")
"""The axes of which there is a table of all these metrics and shares."""

NOT_ACCEPTED: tuple[Count, ...] = (metrics.BOUNCED, metrics.FAILED, metrics.UNSENT, metrics.MISSED)
"""Why what was lined up for somebody did not arrive, and all of it."""

NOT_ATTRIBUTABLE = gettext_lazy("Not attributable")


def catalogue() -> tuple[str, ...]:
    """The slugs of all tables that there can be, in their order; there are no others."""
    missed = ("missed_segment", "missed_gender", "reason")
    return (
        SLUG,
        *(metric.slug for metric in BY_SEGMENT),
        *BY_AXIS,
        "story",
        *missed,
        "machine",
        "month",
        "quarter",
        "times",
        "day",
        "broadcast",
    )


class Pages:
    """Puts the figures of one snapshot into headlines and tables, in the language in use."""

    def __init__(self, content: Mapping[str, Any], k: int) -> None:
        self.content, self.k = content, k
        self.cube = Cube(content["figures"][str(k)])
        self.defined = definitions_in(content)

    def figures(self) -> tuple[Figure, ...]:
        """The headlines."""
        of = self.defined.of
        everybody = self._row(metrics.REACHED, {})
        completeness = (of(metrics.COMPLETENESS), _completeness(everybody))
        beside = (
            metrics.TRACKABLE_SHARE,
            metrics.COHORT_CLICKS,
            metrics.MACHINE_CLICKS,
            metrics.OPEN_RATE,
            metrics.MACHINE_OPENS,
        )
        attempts = (metrics.ACCEPTED, metrics.BOUNCED)
        return (
            Figure(of(metrics.REACHED), everybody[-1], (completeness,)),
            Figure(*self._told(metrics.CLICKED), tuple(map(self._told, beside))),
            _female_headline(of(metrics.FEMALE_SHARE), _female_share(everybody), completeness),
            Figure(
                *self._told(metrics.DELIVERY_RATE),
                tuple(map(self._told, attempts)),
                _("Basis: accepted by the receiver's provider."),
            ),
        )

    def tables(self) -> tuple[Table, ...]:
        """The fixed catalogue; a table in which there is nothing is left out."""
        channels, groups, genders = (
            dict(Delivery._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
            for name in ("channel", "group", "gender")
        )
        segments = dict(self._segments())
        by_segment, by_gender = _("By segment"), _("By gender")
        found = [
            *([self._indicators()] if self.content["site"] else []),
            *(self._by_segment(metric) for metric in map(self.defined.of, self._counted())),
            self._by("segment", by_segment, _("Segment"), segments, list(segments), (*RATES, metrics.OPEN_RATE)),
            self._by("gender", by_gender, _("Gender"), genders, GENDERS),
            self._by("channel", _("By channel"), _("Channel"), channels),
            self._by("language", _("By language"), _("Language"), dict(settings.LANGUAGES)),
            self._by("group", _("By group"), _("Group"), groups),
            self._by_story(),
            self._missed("segment", _("Not accepted, by segment and reason"), _("Segment"), segments, list(segments)),
            self._missed("gender", _("Not accepted, by gender and reason"), _("Gender"), genders, GENDERS),
            self._by_reason(channels),
            machine_table(self.cube),
            *(
                over_time_table(self.cube, self._parts(unit), unit, self.defined.of(metrics.REACHED))
                for unit in ("month", "quarter")
            ),
            self._by_times(),
            self._by_day(),
            self._by_broadcast(),
        ]
        return tuple(table for table in found if table.rows)

    def _indicators(self) -> Table:
        populations = populations_in(self.content)
        return indicator_table(self.cube, self.content["site"], k=self.k, populations=populations, defined=self.defined)

    def _by_segment(self, metric: Count) -> Table:
        shared = metric.slug == metrics.COHORT_CLICKS.slug
        genders = dict(Delivery._meta.get_field("gender").flatchoices)
        labels = [str(genders[gender]) for gender in GENDERS] + [str(NOT_ATTRIBUTABLE)] * shared
        columns = [*map(Column, labels), Column(_("All")), self._column(metrics.COMPLETENESS)]
        places: list[tuple[str, dict[str, str]]] = [(name, {"segment": code}) for code, name in self._segments()]
        places += [(str(NOT_ATTRIBUTABLE), {"segment": OPEN})] * shared
        with_share = metric.slug == metrics.REACHED.slug
        columns += [self._column(metrics.FEMALE_SHARE)] * with_share
        rows = []
        for label, place in [*places, (_("All segments"), {})]:
            cells = self._row(metric, place, (*GENDERS, OPEN) if shared else GENDERS)
            shares = (_completeness(cells), *((_female_share(cells),) * with_share))
            rows.append(Row(label, (*cells, *shares), is_total=not place, is_open=OPEN in place.values()))
        name = _("%(metric)s by segment and gender") % {"metric": metric.name}
        return Table(metric.slug, name, _("Segment"), tuple(columns), tuple(rows), metric, charted=len(labels))

    def _counted(self) -> tuple[Count, ...]:
        """The metrics of :data:`BY_SEGMENT` as far as these figures know them."""
        if not self.cube.is_before:
            return BY_SEGMENT
        earlier = {metrics.WITHDRAWN: metrics.UNSUBSCRIBED}
        return tuple(earlier.get(each, each) for each in BY_SEGMENT if each is not metrics.MISSED)

    def _by(
        self,
        axis: str,
        name: str,
        heading: str,
        labels: Mapping[str, str | Promise],
        places: Sequence[str] | None = None,
        rates: tuple[Metric, ...] = RATES,
    ) -> Table:
        """All counts and rates along one axis, in the given ``places`` or in those that there are."""
        shown = (*self._counted(), *(() if self.cube.is_before else rates))
        if places is None:
            places = sorted(self.cube.places(axis) - {OPEN}, key=_place_in(labels))
        named = [(str(labels.get(place, place)), {axis: place}) for place in places]
        rows = []
        for label, place in [*named, (str(NOT_ATTRIBUTABLE), {axis: OPEN}), (_("All"), {})]:
            cells = tuple(self.cube.of(self.defined.of(each), place) for each in shown)
            rows.append(Row(label, cells, is_total=not place, is_open=OPEN in place.values()))
        columns = tuple(map(self._column, shown))
        return Table(axis, name, heading, columns, tuple(row for row in rows if _is_needed(row)), charted=1)

    def _missed(
        self, axis: str, name: str, heading: str, labels: Mapping[str, str | Promise], places: Sequence[str]
    ) -> Table:
        """Who was lined up and not reached, by why; of earlier definitions only the bounced are known."""
        named = [(str(labels.get(place, place)), {axis: place}) for place in places]
        rows = [
            Row(label, tuple(self.cube.of(each, place) for each in NOT_ACCEPTED), is_total=not place)
            for label, place in [*named, (_("All"), {})]
        ]
        columns = tuple(map(self._column, NOT_ACCEPTED))
        kept = () if self.cube.is_before else tuple(rows)
        return Table(f"missed_{axis}", name, heading, columns, kept, charted=len(NOT_ACCEPTED) - 1)

    def _by_story(self) -> Table:
        titles: dict[str, str] = {"": _("Other links"), OPEN: str(NOT_ATTRIBUTABLE), **self.content["stories"]}
        counts = {"story_clicked": "clicked", "story_cohort_clicks": "cohort_clicks"}
        known = {name: self.cube.read(whole) != Unknown() for name, whole in counts.items()}
        labels = {story: titles.get(story, story) for story in self.cube.places("story", tuple(counts))}
        rows = tuple(
            Row(
                label,
                tuple(self.cube.read(name, {"story": story}) if known[name] else Unknown() for name in counts),
            )
            for story, label in sorted(labels.items(), key=lambda item: (item[1].casefold(), item[0]))
        )
        columns = tuple(map(self._column, (metrics.CLICKED, metrics.COHORT_CLICKS)))
        return Table("story", _("Clicks by story"), _("Story"), columns, rows, charted=2)

    def _by_reason(self, channels: Mapping[str, str | Promise]) -> Table:
        reasons = dict(Exclusion._meta.get_field("reason").flatchoices)
        used = sorted(self.cube.places("channel", ("excluded",)), key=_place_in(channels))
        found = sorted(self.cube.places("reason", ("excluded",)), key=_place_in(reasons))
        places = [(str(reasons.get(reason, reason)), {"reason": reason}) for reason in found]
        columns = [Column(str(channels.get(channel, channel))) for channel in used]
        rows = [
            Row(
                label,
                tuple(
                    self.cube.read("excluded", {**place, **where})
                    for where in (*({"channel": channel} for channel in used), {})
                ),
                is_total=not place,
            )
            for label, place in ([*places, (_("All"), {})] if places else [])
        ]
        name = _("Who was not reached, by reason and channel")
        return Table(
            "reason",
            name,
            _("Reason"),
            (*columns, Column(_("All"))),
            tuple(rows),
            self.defined.of(metrics.EXCLUDED),
            charted=len(columns),
        )

    def _parts(self, unit: str) -> Sequence[Mapping[str, Any]]:
        """What is kept of each month or quarter; nothing of earlier definitions."""
        kept: Mapping[str, Sequence[Mapping[str, Any]]] = self.content.get("over_time", {}).get(str(self.k), {})
        return kept.get(unit, ())

    def _by_times(self) -> Table:
        found = self.cube.places("times", ("times",))
        rows = [Row(_times_label(times), (self.cube.read("times", {"times": times}),)) for times in TIMES if found]
        if rows:
            rows.append(Row(_("All"), (self.cube.of(metrics.REACHED),), is_total=True))
        columns = (self._column(metrics.REACHED),)
        return Table("times", _("How many messages people got"), _("Messages"), columns, tuple(rows), charted=1)

    def _by_day(self) -> Table:
        days = sorted(self.cube.places("day", ("accepted",)))
        rows = [Row(day, (self.cube.of(metrics.ACCEPTED, {"day": day}),)) for day in days]
        if rows:
            rows.append(Row(_("All"), (self.cube.of(metrics.ACCEPTED),), is_total=True))
        columns = (self._column(metrics.ACCEPTED),)
        return Table("day", _("Accepted per day"), _("Day"), columns, tuple(rows), charted=1)

    def _by_broadcast(self) -> Table:
        titles = {each["number"]: each["title"] for each in self.content["broadcasts"]}
        names = ("planned", "accepted", "people")
        rows = [
            Row(titles[each["broadcast"]], tuple(_read(each.get(name)) for name in names))
            for each in self.content["by_broadcast"][str(self.k)]
        ]
        if rows:
            rows.append(Row(_("All"), tuple(self.cube.read(name) for name in names), is_total=True))
        columns = tuple(map(self._column, (metrics.PLANNED, metrics.ACCEPTED, metrics.REACHED)))
        name = _("Planned and actual, by broadcast")
        return Table("broadcast", name, _("Broadcast"), columns, tuple(rows), charted=2)

    def _told(self, metric: Metric) -> tuple[Metric, Cell]:
        """A metric as these figures define it, and its figure of everybody."""
        defined = self.defined.of(metric)
        return defined, self.cube.of(defined)

    def _column(self, metric: Metric) -> Column:
        defined = self.defined.of(metric)
        return Column(str(defined.name), defined)

    def _row(self, metric: Count, place: dict[str, str], genders: Iterable[str] = GENDERS) -> tuple[Cell, ...]:
        """The cells of each gender, and last of all together."""
        places = [{**place, "gender": gender} for gender in genders]
        return tuple(self.cube.of(metric, each) for each in [*places, place])

    def _segments(self) -> list[tuple[str, str]]:
        """Code and name of each segment, as frozen with the latest broadcast that had it."""
        names = dict.fromkeys(self.cube.places("segment"), "") | self.content["segments"]
        named = [(code, name or code) for code, name in names.items() if code != OPEN]
        return sorted(named, key=lambda each: each[1].casefold())


def _read(stored: int | None) -> Cell:
    return Hidden() if stored is None else Shown(stored)


def _times_label(times: str) -> str:
    return _("5 and more") if times == "5+" else times


def _place_in(labels: Mapping[str, str | Promise]) -> Callable[[str], int]:
    """The order of the list of choices; what is no longer in it comes last."""
    places = {code: place for place, code in enumerate(labels)}
    return lambda code: places.get(code, len(places))


def _is_needed(row: Row) -> bool:
    """What cohorts left open has a row only if there is something in it."""
    return not row.is_open or any(cell not in (Shown(0), Unknown()) for cell in row.cells)


def _completeness(cells: Sequence[Cell]) -> Cell:
    """Who stated a gender among all that a row counts; see :func:`_by_name`."""
    return metrics.COMPLETENESS.cell(_by_name(cells))


def _female_share(cells: Sequence[Cell]) -> Cell:
    """Women among those of a row who stated a gender; see :func:`_by_name`."""
    return metrics.FEMALE_SHARE.cell(_by_name(cells))


def _by_name(cells: Sequence[Cell]) -> Callable[[str], Cell]:
    """The cells of a row by name: women, men, another gender, …, and last all.

    Nobody of a gender who could be seen is nobody there, so an unknown part counts for nothing.
    """
    named = dict(zip(metrics.STATED, cells, strict=False)) | {"people": cells[-1]}
    return lambda name: Shown(0) if name != "people" and named[name] == Unknown() else named[name]


def may_headline(completeness: Cell) -> bool:
    """Whether gender is known of so many that a female share may stand as a headline."""
    return isinstance(completeness, Shown | AtLeast) and completeness.value >= metrics.HEADLINE_COMPLETENESS


def no_headline() -> str:
    """Why there is no female share as a headline."""
    return _("No headline: gender is not known of enough of those reached.")


def _female_headline(metric: Metric, share: Cell, completeness: tuple[Metric, Cell]) -> Figure:
    if may_headline(completeness[1]):
        return Figure(metric, share, (completeness,))
    return Figure(metric, Unknown(), (completeness,), no_headline())
