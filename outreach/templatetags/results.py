"""How templates write the values of a results framework."""

from django import template

from outreach.reach.indicators import readings, wording

register = template.Library()
register.filter("words", readings.words)
register.filter("how", wording.how)
register.filter("rests_on", wording.basis)
register.filter("days", wording.days)
register.filter("coverage", wording.coverage)
register.filter("reported", lambda estimate: readings.words(readings.reported(estimate)))


@register.filter
def counted_women(estimate: object) -> str:
    """The women of an estimate, hidden where they are few."""
    whole, women = getattr(estimate, "number", 0), getattr(estimate, "women", None)
    return readings.words(readings.counted_women(women=women, whole=whole))


@register.filter
def baseline(indicator: object) -> str:
    """The baseline, or that it was not measured."""
    return wording.baseline(indicator)  # type: ignore[arg-type]
