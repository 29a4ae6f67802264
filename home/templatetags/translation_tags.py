"""Template tags of the staff pages of the translation of pages."""

from typing import Any

from django import template
from django.template import Context
from wagtail.models import Page

from home.translation.standing import source_of, standings

register = template.Library()


@register.inclusion_tag("home/admin/components/standings.html", takes_context=True)
def translation_standings(context: Context, page: Page) -> dict[str, Any]:
    """The table of the page's languages with their states; ``page`` is in any language, or is not saved yet."""
    source = source_of(page) if page.pk else None
    return {
        "source": source,
        "page": page,
        "standings": standings(source) if source else [],
        "request": context.get("request"),
    }
