"""How templates write a figure that may be hidden."""

from django import template

from outreach.reach import printing

register = template.Library()
register.filter("as_text", printing.as_text)
register.filter("status", printing.status)
register.filter("value_as_text", printing.value_as_text)
