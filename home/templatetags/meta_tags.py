"""Template tags for the head of a page."""

from django import template
from django.template import Context

from home.meta import Meta, meta
from home.models.article import SitePage

register = template.Library()


@register.simple_tag(takes_context=True)
def page_meta(context: Context) -> Meta | None:
    """What the head of the page says: takes ``request``, ``frame``, ``page`` and ``picture`` from where it stands."""
    request, frame, page = context.get("request"), context.get("frame"), context.get("page")
    if request is None or frame is None:
        return None
    return meta(request, frame, page if isinstance(page, SitePage) else None, context.get("picture"))
