"""How templates write days and months: as the site does, also in languages that Django has no formats for."""

from datetime import date

from django import template

from outreach.broadcasts.days import write_month

register = template.Library()


@register.filter
def month_of(day: date) -> str:
    """The month of a day with its year."""
    return write_month(day)
