"""Loads a results framework from a CSV file: all of it, or nothing and what is wrong with each line."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.refusals import Refused

from .framework import Indicator, Result
from .keeping import keep_entry, keep_indicator, keep_result, set_target
from .quarters import Quarter
from .records import Entry
from .units import Unit

REQUIRED = ("level", "result", "indicator")
OPTIONAL = (
    "indicator_code", "baseline", "baseline_date", "target", "actual", "actual_date", "female_share_actual",
    "source_of_verification", "assumption", "definition", "formula", "unit", "metric", "basis", "disaggregation",
    "method", "frequency", "owner", "limits", "target_quarter", "n", "baseline_n",
)  # fmt: skip
LEVEL = re.compile(r"(impact|objective|goal|outcome|output)\s*([A-Za-z0-9.-]*)", re.IGNORECASE)
LEVELS = {"objective": Result.Level.IMPACT, "goal": Result.Level.IMPACT}
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
MOST_BYTES, MOST_LINES = 1_000_000, 500


class Unreadable(Refused):
    """The file is no table with the columns that are needed."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a line of the file; the headings are line 1."""

    line: int
    sentence: str


@dataclass
class Loaded:
    """What was made, or with a dry run would be; nothing was saved where there are problems."""

    results: int = 0
    indicators: int = 0
    targets: int = 0
    entries: int = 0
    problems: list[Problem] = field(default_factory=list)


def load(*, campaign: Campaign, data: bytes, user: User | None, now: datetime, dry_run: bool = False) -> Loaded:
    """Add what the file says to a campaign's framework; raises ``Unreadable`` where it is no such table.

    The columns are :data:`REQUIRED` and any of :data:`OPTIONAL`. A line without a result belongs to that of the line
    before. A name that ends in ``(%)`` is a share. A target without a quarter is for the campaign's last one. Of a day
    that is written as a month, a baseline is of its first day and an actual of its last.
    """
    loaded = Loaded()
    with transaction.atomic():
        work = _Work(campaign, user, now, loaded)
        for line, values in _lines(data):
            # What a faulty line made before its fault stays until the end, so that the lines below it can be checked.
            try:
                work.add(values)
            except ValidationError as error:
                loaded.problems += [Problem(line, sentence) for sentence in _sentences(error)]
            except Refused as refusal:
                loaded.problems += [Problem(line, sentence) for sentence in refusal.reasons]
        if dry_run or loaded.problems:
            transaction.set_rollback(True)
    return loaded


def _lines(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Each line with its number and its values by column."""
    if len(data) > MOST_BYTES:
        raise Unreadable(_("The file is too large: at most 1 MB."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(_("Save the file as CSV in UTF-8.")) from None
    if "\0" in text:
        raise Unreadable(_("This is no CSV file."))
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        headings = [name.strip().lower() for name in next(reader, [])]
        _check_headings(headings)
        yield from _values(reader, headings)
    except csv.Error as error:
        raise Unreadable(_("Line %(line)d is no CSV: %(why)s") % {"line": reader.line_num, "why": error}) from None


def _check_headings(headings: list[str]) -> None:
    if missing := [name for name in REQUIRED if name not in headings]:
        raise Unreadable(_("These columns are missing: %(names)s.") % {"names": ", ".join(missing)})
    if unknown := [name for name in headings if name not in REQUIRED + OPTIONAL]:
        raise Unreadable(_("These columns are not known: %(names)s.") % {"names": ", ".join(unknown)[:300]})
    if len(set(headings)) < len(headings):
        raise Unreadable(_("A column stands there twice."))


def _values(reader: Any, headings: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    found = 0
    for row in reader:
        if not any(value.strip() for value in row):
            continue
        found += 1
        if found > MOST_LINES:
            raise Unreadable(_("The file has too many lines: at most %(most)d.") % {"most": MOST_LINES})
        if len(row) != len(headings):
            raise Unreadable(
                _("Line %(line)d has %(found)d values, but there are %(wanted)d columns.")
                % {"line": reader.line_num, "found": len(row), "wanted": len(headings)}
            )
        yield reader.line_num, dict(zip(headings, (value.strip() for value in row), strict=True))
    if not found:
        raise Unreadable(_("There is no line below the headings."))


class _Work:
    """Adds one line after the other."""

    def __init__(self, campaign: Campaign, user: User | None, now: datetime, loaded: Loaded) -> None:
        self.campaign, self.user, self.now, self.loaded = campaign, user, now, loaded
        self.result: Result | None = None
        self.made: dict[tuple[str, str, str], Result] = {}

    def add(self, values: dict[str, str]) -> None:
        """One line: its result where it is a new one, its indicator, its target and its actual."""
        get = values.get
        result = self._result(get("level", ""), get("result", ""), get("assumption", ""))
        name, unit = get("indicator", ""), _unit(get("unit", ""), get("indicator", ""))
        indicator = Indicator(
            result=result,
            code=get("indicator_code", ""),
            order=self.loaded.indicators + 1,
            name=name.removesuffix("(%)").strip(),
            unit=unit,
            metric=get("metric", ""),
            basis=_choice(get("basis", ""), Indicator.Basis, Indicator.Basis.CUMULATIVE, "basis"),
            baseline=_number(get("baseline", ""), "baseline") if unit != Unit.TEXT else None,
            baseline_text=get("baseline", "") if unit == Unit.TEXT else "",
            baseline_date=_day(get("baseline_date", ""), "baseline_date", last=False),
            baseline_n=_whole(get("baseline_n", ""), "baseline_n"),
            verification=get("source_of_verification", ""),
            **{name: get(name, "") for name in ("definition", "formula", "disaggregation", "method", "frequency")},
            **{name: get(name, "") for name in ("owner", "limits")},
        )
        keep_indicator(indicator=indicator, user=self.user, now=self.now, reason=_("Loaded from a file."))
        targets, entries = self._target(indicator, values), self._entry(indicator, values)
        self.loaded.indicators += 1
        self.loaded.targets += targets
        self.loaded.entries += entries

    def _result(self, level: str, statement: str, assumptions: str) -> Result:
        if not statement:
            if self.result is None:
                raise ValidationError({"result": _("Say which result this indicator belongs to.")})
            return self.result
        found = LEVEL.fullmatch(level)
        if not found:
            raise ValidationError({"level": _("Write Impact, Outcome or Output, with its number if it has one.")})
        word = found[1].lower()
        key = (LEVELS.get(word, word), found[2], statement)
        if key not in self.made:
            known = self.campaign.results.filter(level=key[0], statement=statement).first()
            self.made[key] = known or self._new_result(key, assumptions)
        self.result = self.made[key]
        return self.result

    def _new_result(self, key: tuple[str, str, str], assumptions: str) -> Result:
        level, code, statement = key
        order = self.campaign.results.count() + 1
        result = Result(campaign=self.campaign, level=level, code=code, statement=statement, order=order)
        result.assumptions = assumptions
        keep_result(result=result, user=self.user, now=self.now, reason=_("Loaded from a file."))
        self.loaded.results += 1
        return result

    def _target(self, indicator: Indicator, values: dict[str, str]) -> int:
        written, when = values.get("target", ""), values.get("target_quarter", "")
        if not written:
            if when:
                raise ValidationError({"target": _("There is a quarter, but no target.")})
            return 0
        words = indicator.unit == Unit.TEXT
        set_target(
            indicator=indicator,
            quarter=_quarter(when) if when else Quarter.of(self.campaign.ends_on),
            value=None if words else _number(written, "target"),
            text=written if words else "",
            user=self.user,
            now=self.now,
        )
        return 1

    def _entry(self, indicator: Indicator, values: dict[str, str]) -> int:
        written = values.get("actual", "")
        if not written:
            return 0
        last = _day(values.get("actual_date", ""), "actual_date", last=True)
        if last is None:
            raise ValidationError({"actual_date": _("Say on which day the actual was measured.")})
        words = indicator.unit == Unit.TEXT
        entry = Entry(
            indicator=indicator,
            first_day=min(self.campaign.starts_on, last),
            last_day=last,
            value=None if words else _number(written, "actual"),
            text=written if words else "",
            n=_whole(values.get("n", ""), "n"),
            method=values.get("method", ""),
            verification=values.get("source_of_verification", ""),
            female_percent=_number(values.get("female_share_actual", ""), "female_share_actual"),
        )
        keep_entry(entry=entry, user=self.user, now=self.now)
        return 1


def _choice(text: str, choices: type[models.TextChoices], default: str, column: str) -> str:
    if text and text.lower() not in choices.values:
        sentence = _("Write one of these: %(names)s.") % {"names": ", ".join(choices.values)}
        raise ValidationError({column: sentence})
    return text.lower() or default


def _unit(text: str, name: str) -> str:
    return _choice(text, Unit, Unit.SHARE if name.endswith("(%)") else Unit.COUNT, "unit")


def _number(text: str, column: str) -> Decimal | None:
    if not text:
        return None
    try:
        if not NUMBER.fullmatch(text) or not text.isascii():
            raise InvalidOperation
        return Decimal(text)
    except InvalidOperation:
        raise ValidationError(
            {column: _("Write a number like 1500 or 12.4, not “%(text)s”.") % {"text": text[:40]}}
        ) from None


def _whole(text: str, column: str) -> int | None:
    found = _number(text, column)
    if found is not None and found != found.to_integral_value():
        raise ValidationError({column: _("Write a whole number.")})
    return None if found is None else int(found)


def _day(text: str, column: str, *, last: bool) -> date | None:
    if not text:
        return None
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
            first = date.fromisoformat(f"{text}-01")
            return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1) if last else first
        return date.fromisoformat(text)
    except (ValueError, OverflowError):
        raise ValidationError({column: _("Write a day like 2026-10-31, or a month like 2026-10.")}) from None


def _quarter(text: str) -> Quarter:
    try:
        return Quarter.parse(text)
    except ValueError as error:
        raise ValidationError({"target_quarter": str(error)}) from None


def _sentences(error: ValidationError) -> Iterator[str]:
    if not hasattr(error, "error_dict"):
        yield from error.messages
        return
    for name, sentences in error.message_dict.items():
        for sentence in sentences:
            yield sentence if name == NON_FIELD_ERRORS else f"{name}: {sentence}"
