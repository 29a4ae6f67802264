"""Whether an address of this site leads somewhere: to a published page or a known view. Nothing is fetched."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.translation import get_language_from_path, override
from django.utils.translation import gettext as _
from wagtail.contrib.redirects.models import Redirect
from wagtail.coreutils import get_dummy_request
from wagtail.documents import get_document_model
from wagtail.models import Site

from home.feeds import of_language
from home.infographics.views import find_infographic
from home.models import TopicPage
from outreach.row_numbers import row_number

from .campaign import Campaign
from .links import is_own
from .sources import is_private

MOST_REDIRECTS = 4
"""So many of the site's redirects are followed, one after the other."""


@dataclass(frozen=True)
class Place:
    """What was found at an address.

    ``why_nowhere`` says in a sentence why readers would find nothing there; empty if it is fine, unknown, or another
    site's. ``is_unknown`` is where this site alone could say what is there: a view that is not asked, as it may act.
    """

    why_nowhere: str = ""
    is_unknown: bool = False


def look_at(target: str) -> Place:
    """Look once for what readers find at ``target``."""
    if not is_own(target):
        return Place()
    if _is_for_staff(target):
        return Place(_("“%(target)s” is a page for staff, which readers can't open.") % {"target": target[:100]})
    leads = _leads_somewhere(target)
    if leads is False:
        return Place(_("“%(target)s” leads to no published page of this site.") % {"target": target[:100]})
    return Place(is_unknown=leads is None)


def why_nowhere(target: str) -> str:
    """The sentence of :func:`look_at`, for whom nothing else about ``target`` matters."""
    return look_at(target).why_nowhere


def language_of(target: str) -> str:
    """The language in which this site answers at ``target``; empty where the address names none, or is another's."""
    return get_language_from_path(urlsplit(target).path) or "" if is_own(target) else ""


def _path(target: str) -> str:
    return unquote(urlsplit(target).path) or "/"


def _is_for_staff(target: str) -> bool:
    return f"{_path(target)}/".startswith(reverse("wagtailadmin_home"))


def _leads_somewhere(target: str, redirects: int = MOST_REDIRECTS) -> bool | None:
    """Whether a reader finds something at the address, or at the end of its redirects; ``None`` if that is unknown."""
    if not is_own(target):
        return True
    if _is_for_staff(target):
        return False
    answers = {_is_answered(path) for path in _ways(_path(target))}
    if answers != {False}:
        return True if True in answers else None
    place = _redirected(target)
    return _leads_somewhere(place, redirects - 1) if place and redirects else False


def _ways(path: str) -> Iterator[str]:
    """The path, and where the site leads on who asks for it: with a slash at its end, and below the first language."""
    slashed = path if path.endswith("/") else f"{path}/"
    yield from dict.fromkeys((path, slashed))
    if not get_language_from_path(path):
        yield f"/{settings.LANGUAGE_CODE}{slashed}"


def _is_answered(path: str) -> bool | None:
    with override(get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            match = resolve(path)
        except Resolver404:
            return False
        if not match.args and not match.kwargs:
            return True
        known = KNOWN.get(match.url_name or "")
        try:
            return known(match) if known else None
        except Http404:
            return False


def _site() -> Site | None:
    return Site.objects.filter(is_default_site=True).select_related("root_page").first()


def _is_page(match: ResolverMatch) -> bool:
    """Whether Wagtail finds a page for everybody below the site's home page in the active language."""
    path = match.args[0] if match.args else match.kwargs.get("path", "")
    site = _site()
    if site is None:
        return False
    found = site.root_page.localized.specific.route(HttpRequest(), [part for part in path.split("/") if part])
    return not is_private(found.page)


def _is_document(match: ResolverMatch) -> bool:
    number, name = match.args
    document = get_document_model().objects.filter(pk=row_number(number)).select_related("collection").first()
    if document is None or document.filename != name:
        return False
    return not document.collection.get_view_restrictions().exists()


def _is_infographic(match: ResolverMatch) -> bool:
    return bool(find_infographic(match.kwargs["slug"]))


def _is_topic(match: ResolverMatch) -> bool:
    return bool(of_language(TopicPage, key=match.kwargs["topic"]))


def _is_campaign(match: ResolverMatch) -> bool:
    return Campaign.objects.filter(slug=match.kwargs["slug"]).exists()


def _may_be_file_of_campaign(match: ResolverMatch) -> bool | None:
    """Which files there are only the stages below know, and they would make one."""
    return None if _is_campaign(match) else False


def _is_shown(match: ResolverMatch) -> bool:
    """Whether a view that changes nothing has an answer for somebody who is not logged in."""
    request = get_dummy_request(site=_site())
    request.META["HTTP_HOST"] = urlsplit(settings.SITE_URL).netloc
    request.user = AnonymousUser()
    return bool(match.func(request, *match.args, **match.kwargs).status_code < 400)


def _is_always_answered(match: ResolverMatch) -> bool:
    return True


KNOWN: Mapping[str, Callable[[ResolverMatch], bool | None]] = {
    "wagtail_serve": _is_page,
    "wagtaildocs_serve": _is_document,
    "infographic_table": _is_infographic,
    "infographic_chart": _is_infographic,
    "infographic_picture": _is_infographic,
    "infographic_square": _is_infographic,
    "infographic_embed": _is_infographic,
    "topic_feed": _is_topic,
    "results": _is_campaign,
    "results_file": _may_be_file_of_campaign,
    "view_message": _is_shown,
    "broadcast_picture": _is_shown,
    "short_address": _is_always_answered,
}
"""How it is found whether a view has something for what its address names; any other one is not asked: it may act.

Each raises ``Http404`` or says no where there is nothing.
"""


def _redirected(target: str) -> str:
    """Where the site leads on from an address at which it has nothing; empty if nowhere."""
    parts = urlsplit(target)
    path = Redirect.normalise_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    redirects = Redirect.get_for_site(_site())
    # As the site does: the address with its query before that without, and what holds for this site before the rest.
    found = max(
        redirects.filter(old_path__in=[path, path.split("?")[0]]).select_related("redirect_page"),
        key=lambda redirect: (redirect.old_path == path, redirect.site_id is not None),
        default=None,
    )
    return urljoin(target, found.link) if found and found.link else ""
