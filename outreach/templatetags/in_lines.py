"""How templates show what was written in the editor where no markup may stand."""

import re
from html import unescape

from django import template
from django.utils.html import strip_tags

register = template.Library()

ITEM = re.compile(r"<li\b[^>]*>", re.IGNORECASE)
END = re.compile(r"</(?:p|li|h[1-6])>|<br\s*/?>", re.IGNORECASE)


@register.filter
def in_lines(body: str) -> str:
    """The words of a text, each paragraph and each item of a list in a line of its own."""
    lines = unescape(strip_tags(END.sub("\n", ITEM.sub("• ", body)))).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())
