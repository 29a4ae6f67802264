"""Definitions as a snapshot keeps them: the words and the formula with which its figures were counted.

What is kept is the English source of every text, so that a page can show it in the reader's language as long as the
metric still says the same. What was said otherwise then is shown as it was, in English.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from django.utils.functional import Promise
from django.utils.translation import override

from . import BY_SLUG, METRICS
from .metric import Change, Count, Given, Metric, Share

AnyMetric = TypeVar("AnyMetric", bound=Metric)

KINDS: dict[str, type[Metric]] = {"count": Count, "given": Given, "share": Share, "change": Change}
"""How a metric is computed, by the name under which that is kept."""


class KeptText(str):
    """A text that the metric no longer says; it is in ``language``, whatever the reader's."""

    __slots__ = ()
    language = "en"


class Definitions:
    """The closed list of metrics: as it was kept, or, where nothing was, as it is today."""

    def __init__(self, kept: Sequence[Mapping[str, Any]] | None = None) -> None:
        self.is_kept = kept is not None
        self.metrics: tuple[Metric, ...] = METRICS if kept is None else tuple(map(_read, kept))
        self._by_slug = {metric.slug: metric for metric in self.metrics}

    def of(self, metric: AnyMetric) -> AnyMetric:
        """A metric of today as it was defined; itself where it was not there yet, or was computed in another way."""
        found = self._by_slug.get(metric.slug)
        return found if isinstance(found, type(metric)) else metric


TODAY = Definitions()


@cache
def kept_definitions() -> tuple[dict[str, Any], ...]:
    """Today's list with all that defines a metric, in English, as values of JSON; not to be changed."""
    with override(None):
        return tuple(_written(metric) for metric in METRICS)


def _written(metric: Metric) -> dict[str, Any]:
    kind = next(name for name, each in KINDS.items() if type(metric) is each)
    return {"kind": kind} | {each.name: _plain(getattr(metric, each.name)) for each in fields(metric)}


def _plain(value: Any) -> Any:
    """A text as it stands in the code; everything else as JSON has it."""
    if isinstance(value, Promise):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _read(kept: Mapping[str, Any]) -> Metric:
    """The metric that was kept: texts that today's metric still says are its own, and can be translated."""
    today, now = BY_SLUG.get(kept["slug"]), _today().get(kept["slug"], {})
    if today is not None and now == kept:
        return today
    kind = KINDS[kept["kind"]]
    given = {each.name: _value(each.name, kept, now, today) for each in fields(kind) if each.name in kept}
    return kind(**given)


def _value(name: str, kept: Mapping[str, Any], now: Mapping[str, Any], today: Metric | None) -> Any:
    value = kept[name]
    if name in TEXTS and value:
        return getattr(today, name) if now.get(name) == value else KeptText(value)
    return tuple(value) if isinstance(value, list) else value


@cache
def _today() -> dict[str, dict[str, Any]]:
    return {each["slug"]: each for each in kept_definitions()}


TEXTS = frozenset(each.name for each in fields(Metric) if "Promise" in str(each.type))
"""The parts of a metric that are read, and so are translated."""
