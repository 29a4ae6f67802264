"""A template tag for the parts of a page that are kept."""

from typing import Any

from django import template
from django.conf import settings
from django.template import Context, Node, NodeList, TemplateSyntaxError
from django.template.base import Parser, Token
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from home.models.article import SitePage
from home.page_cache.parts import part

register = template.Library()


class PartNode(Node):
    """Renders what it holds once for each page, and anew when something in it has changed."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> SafeString:
        """The markup: kept for a live page as everybody sees it, made each time for anything else."""
        request, page = context.get("request"), context.get("page")
        if not isinstance(page, SitePage) or not page.live or request is None or getattr(request, "is_preview", False):
            return self.nodelist.render(context)
        return part((self.name, *_seen_as(request, page)), lambda: self.nodelist.render(context))


def _seen_as(request: Any, page: SitePage) -> tuple[Any, ...]:
    """What the markup of a page depends on beside the page; the same for all parts of one answer."""
    found: tuple[Any, ...] | None = getattr(request, "_seen_as", None)
    if found is None or found[0] != page.pk:
        found = request._seen_as = _all_seen_as(request, page)
    return found


def _all_seen_as(request: Any, page: SitePage) -> tuple[Any, ...]:
    known = {name: value for name, value in request.GET.items() if name in settings.PAGE_CACHE_PARAMETERS}
    asked = request.path, tuple(sorted(known.items()))
    low_data = getattr(request, "low_data", False)
    return page.pk, get_language(), request.scheme, request.get_host(), asked, low_data


@register.tag("part")
def do_part(parser: Parser, token: Token) -> PartNode:
    """``{% part name %}…{% endpart %}``: a part of a page that shows nothing of who reads it."""
    try:
        _tag, name = token.split_contents()
    except ValueError:
        raise TemplateSyntaxError("part takes one name") from None
    nodelist = parser.parse(("endpart",))
    parser.delete_first_token()
    return PartNode(name, nodelist)
