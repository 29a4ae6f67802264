"""How templates write counts."""

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def grouped(value: int) -> str:
    """A whole number with its thousands set apart, as the active language does it."""
    return number_format(value, decimal_pos=0, force_grouping=True)
