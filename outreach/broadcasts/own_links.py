"""Whether an address of this site leads somewhere: to a published page or a known view. Nothing is fetched."""

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import get_language_from_path, override
from django.utils.translation import gettext as _
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Site

from .links import is_own
from .sources import is_private


def why_nowhere(target: str) -> str:
    """Why readers would find nothing at ``target``, in a sentence; empty if it is fine, or another site's."""
    if not is_own(target):
        return ""
    path = unquote(urlsplit(target).path) or "/"
    if path.startswith(reverse("wagtailadmin_home")):
        return _("“%(target)s” is a page for staff, which readers can't open.") % {"target": target[:100]}
    if any(map(_is_answered, _ways(path))) or _is_redirected(target):
        return ""
    return _("“%(target)s” leads to no published page of this site.") % {"target": target[:100]}


def language_of(target: str) -> str:
    """The language in which this site answers at ``target``; empty where the address names none, or is another's."""
    return get_language_from_path(urlsplit(target).path) or "" if is_own(target) else ""


def _ways(path: str) -> Iterator[str]:
    """The path, and where the site leads on who asks for it: with a slash at its end, and below the first language."""
    slashed = path if path.endswith("/") else f"{path}/"
    yield from dict.fromkeys((path, slashed))
    if not get_language_from_path(path):
        yield f"/{settings.LANGUAGE_CODE}{slashed}"


def _is_answered(path: str) -> bool:
    with override(get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            match = resolve(path)
        except Resolver404:
            return False
        if match.url_name != "wagtail_serve":
            return True
        return _is_page(match.args[0] if match.args else match.kwargs.get("path", ""))


def _is_page(path: str) -> bool:
    """Whether Wagtail finds a page for everybody below the site's home page in the active language."""
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None:
        return False
    try:
        found = site.root_page.localized.specific.route(HttpRequest(), [part for part in path.split("/") if part])
    except Http404:
        return False
    return not is_private(found.page)


def _is_redirected(target: str) -> bool:
    parts = urlsplit(target)
    path = Redirect.normalise_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    site = Site.objects.filter(is_default_site=True).first()
    return bool(Redirect.get_for_site(site).filter(old_path__in=[path, path.split("?")[0]]).exists())
