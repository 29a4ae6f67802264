"""Every kind of page that the public can open, found in a running demo: a new kind is audited from its first day.

Runs inside of the demo's own Django (``manage.py shell``), because only that knows its pages and its tokens.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx
from bs4 import BeautifulSoup, Tag
from django.conf import settings
from django.test import RequestFactory
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone, translation
from wagtail.images import get_image_model

from home.models import InfographicPage, StoryPage
from home.models.article import SitePage

FIND = "from tests.audit.places import tell; tell()"
"""What ``manage.py shell`` runs beside a demo."""
NO_PAGES = {
    "follow": "leads on from a link in a message",
    "opened": "the pixel of a message",
    "short_address": "leads on from a poster",
    "broadcast_picture": "the picture of a message",
    "mail_webhook": "takes the reports of mail providers",
    "test_leave": "stands in test messages alone",
    "results_file": "a file",
    "sandbox_phone_write": "takes a form",
    "sandbox_phone_press": "takes a form",
    "sandbox_phone_state": "takes a form",
    "infographic_embed": "stands in other sites; the page of an infographic has its address to copy",
    "sitemap_part": "a part of a large site map",
    "wagtail_serve": "all pages: they are found by their kinds",
}
"""Names of addresses at which nobody reads, and why; what answers with something else than HTML is known by that."""

STAFF_ONLY = ("admin/", "documents/", "django-admin/", "_util/", "api/")
MISSING = "nothing-is-here"
REFUSED = ("404", "forged", "late")
"""How the names of kinds end at which nothing is there."""
NONSENSE = "qqqzzz"


@dataclass(frozen=True)
class Place:
    """One page: a ``kind`` in a ``language``. ``body`` is shown in its stead where nobody can be led there."""

    kind: str
    language: str
    path: str
    body: str = ""


@dataclass
class Found:
    """What there is, one place of each kind and language; every story; and what is missing, in words."""

    places: list[Place] = field(default_factory=list)
    stories: list[Place] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @classmethod
    def parse(cls, text: str) -> "Found":
        """What :func:`tell` printed."""
        data = json.loads(text)
        places, stories = ([Place(**place) for place in data[name]] for name in ("places", "stories"))
        return cls(places, stories, data["faults"])


def tell() -> None:
    """Print what is found, as JSON."""
    print(json.dumps(asdict(find())))


def kinds() -> list[type[SitePage]]:
    """Every model of a page that can be published."""

    def below(model: type[SitePage]) -> Iterator[type[SitePage]]:
        for child in model.__subclasses__():
            if not child._meta.abstract:
                yield child
            yield from below(child)

    return sorted(set(below(SitePage)), key=lambda model: model.__name__)


def find() -> Found:
    """Every kind in every language: by the models, by the addresses, and by what the pages lead to."""
    search = _Search()
    languages = list(
        StoryPage.objects.live().values_list("locale__language_code", flat=True).distinct().order_by("locale_id")
    )
    for language in languages:
        for model in kinds():
            pages = list(model._default_manager.live().filter(locale__language_code=language, alias_of=None))
            if not pages:
                search.faults.append(f"the demo has no {model.__name__} in {language}")
            for kind, page in _one_of_each(model, pages).items():
                search.add(kind, language, page.get_url_parts()[2])
        for kind, path in _known_to_few(language):
            search.add(kind, language, path)
        search.add("404", language, f"/{language}/{MISSING}/")
        search.places["500", language] = Place("500", language, f"/{language}/{MISSING}/500/", _server_error(language))
    for name, route in names():
        if "<" not in route and "(?P" not in route:
            for language in languages:
                search.open(name, language, f"/{route.replace('LANGUAGE', language)}")
    search.follow()
    search.faults += [f"no page leads to “{name}” ({route}), and NO_PAGES does not say why" for name, route in names()
                      if name not in search.names and name not in NO_PAGES]  # fmt: skip
    return Found(list(search.places.values()), list(_stories()), search.faults)


def _stories() -> Iterator[Place]:
    for story in StoryPage.objects.live().filter(alias_of=None).order_by("pk"):
        yield Place("StoryPage", story.language, story.get_url_parts()[2])


def _one_of_each(model: type[SitePage], pages: Iterable[SitePage]) -> dict[str, SitePage]:
    """The page with the most pictures and words, and of infographics one of each form of chart."""
    found = {}
    for page in sorted(pages, key=_size):
        chart = f" {getattr(page, 'chart', '')}".rstrip() if isinstance(page, InfographicPage) else ""
        found[f"{model.__name__}{chart}"] = page
    return found


def _size(page: SitePage) -> tuple[int, int, int]:
    pictures = [field.attname for field in page._meta.fields if field.related_model is get_image_model()]
    body = getattr(page, "body", None)
    return sum(getattr(page, name) is not None for name in pictures), len(str(getattr(body, "raw_data", ""))), page.pk


def names() -> list[tuple[str, str]]:
    """The name and the route of every public address; a language's prefix is ``LANGUAGE/``."""

    def below(patterns: Iterable[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, str]]:
        for pattern in patterns:
            own = "LANGUAGE/" if type(pattern.pattern).__name__ == "LocalePrefixPattern" else str(pattern.pattern)
            route = prefix + own.removeprefix("^").removesuffix("$")
            if route.removeprefix("LANGUAGE/").startswith((*STAFF_ONLY, "media/", "health")):
                continue
            if isinstance(pattern, URLResolver):
                yield from below(pattern.url_patterns, route)
            elif pattern.name and not (pattern.callback and pattern.callback.__module__.startswith("wagtail.")):
                yield str(pattern.name), route

    return sorted(set(below(get_resolver().url_patterns, "")))


class _Search:
    """Follows the links of what was found to what was not yet."""

    def __init__(self) -> None:
        self.places: dict[tuple[str, str], Place] = {}
        self.faults: list[str] = []
        self.names: set[str] = set()
        self._waiting: list[tuple[Place, str]] = []
        self._opened: set[str] = set()
        self._client = httpx.Client(base_url=settings.SITE_URL, follow_redirects=False, timeout=30)

    def add(self, kind: str, language: str, path: str) -> None:
        """Take a page of which it is known that it is one."""
        self.open(kind, language, path, must=True)

    def open(self, kind: str, language: str, path: str, *, must: bool = False) -> None:
        """Look at an address, unless one of its kind is known in its language; take it if it is a page."""
        if (kind, language) in self.places or path in self._opened:
            return
        self._opened.add(path)
        answer = self._client.get(path, headers={"Accept-Language": language})
        self.names.add(_name(path))
        if not answer.headers.get("content-type", "").startswith("text/html") or answer.is_redirect:
            if must:
                self.faults.append(f"{path} ({kind}) answers {answer.status_code} and no page")
            return
        if answer.status_code in {405, 406}:
            return
        if answer.status_code >= 500 or (answer.status_code >= 400 and must and not kind.endswith(REFUSED)):
            self.faults.append(f"{path} ({kind}) answers {answer.status_code}")
        place = Place(kind, language, path)
        self.places[kind, language] = place
        self._waiting.append((place, answer.text))

    def follow(self) -> None:
        """Go on until no page leads to a kind that is not known."""
        while self._waiting:
            place, text = self._waiting.pop(0)
            for path in led_to(text, place):
                self._consider(path, place.language)

    def _consider(self, path: str, language: str) -> None:
        parts = urlsplit(path)
        first = parts.path.strip("/").split("/")[0]
        name = _name(parts.path)
        if not name or parts.path.lstrip("/").startswith((*STAFF_ONLY, "media/", "static/")):
            return
        language = first if first in dict(settings.LANGUAGES) else language
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        suffix = "".join(f" ?{key}" + ("=nothing" if value == NONSENSE else "") for key, value in sorted(asked.items()))
        if name != "wagtail_serve":
            self.open(f"{name}{suffix}", language, path)
        elif (asked or parts.path not in self._pages()) and (kind := self._kind_of(parts.path)):
            self.open(f"{kind}{suffix}", language, path)

    def _kind_of(self, path: str) -> str:
        """The kind of a page by its own address, or, of an address below it, with what stands there."""
        kept = self._pages().get(path)
        if kept:
            return kept
        above, rest = path, ""
        while above.strip("/"):
            above, _slash, last = above.rstrip("/").rpartition("/")
            rest = f"/{'…' if re.search(r'[0-9]', last) or rest else last}{rest}"
            if kept := self._pages().get(f"{above}/"):
                return f"{kept}{rest}"
        return ""

    def _pages(self) -> dict[str, str]:
        if not hasattr(self, "_known"):
            self._known = {
                page.get_url_parts()[2]: model.__name__
                for model in kinds()
                for page in model._default_manager.live()
                if page.get_url_parts()
            }
        return self._known


def _name(path: str) -> str:
    try:
        return str(resolve(urlsplit(path).path).url_name or "")
    except Resolver404:
        return ""


def led_to(text: str, place: Place) -> Iterator[str]:
    """Addresses of this site that a page leads to, and what its forms ask for: something, and nonsense."""
    soup = BeautifulSoup(text, "html.parser")
    for element in soup.select("a[href], area[href], link[href], iframe[src], img[src], source[srcset]"):
        address = str(element.get("href") or element.get("src") or str(element.get("srcset", "")).split(" ")[0])
        if own := _own(address, place.path):
            yield own
    for form in soup.select("form:not([method=post]):not([method=POST])"):
        own = _own(str(form.get("action", "")), place.path)
        if own:
            yield from (f"{own.partition('?')[0]}?{query}" for query in _queries(form, place.language))


def _queries(form: Tag, language: str) -> Iterator[str]:
    typed = [
        str(field["name"]) for field in form.select("input[name]") if field.get("type", "text") in {"text", "search"}
    ]
    fixed = {str(field["name"]): str(field.get("value", "")) for field in form.select("input[type=hidden][name]")}
    for word in (_word(language), NONSENSE) if typed else ():
        yield urlencode({**fixed, **dict.fromkeys(typed, word)})
    if not typed:
        for select in form.select("select[name]"):
            options = [str(option.get("value", "")) for option in select.select("option") if option.get("value")]
            yield from (urlencode({**fixed, str(select["name"]): value}) for value in options[-1:])


def _word(language: str) -> str:
    """A word that stands in a story of the language."""
    title = StoryPage.objects.live().filter(locale__language_code=language).latest("pk").title
    return max(re.findall(r"\w+", title), key=len)


def _own(address: str, base: str) -> str:
    """The path and query of an address of this site, or nothing."""
    parts = urlsplit(urljoin(f"{settings.SITE_URL}{base}", address))
    if f"{parts.scheme}://{parts.netloc}" != settings.SITE_URL:
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _server_error(language: str) -> str:
    with translation.override(language):
        handler = get_resolver().resolve_error_handler(500)
        return str(handler(RequestFactory().get(f"/{language}/")).content.decode())


def _known_to_few(language: str) -> Iterator[tuple[str, str]]:
    """Kinds and addresses that only a message or a phone leads to, made for this."""
    from outreach.audience import confirmation, subscriptions
    from outreach.audience.models import JoinRequest, Subscription
    from outreach.audience.preferences import links
    from outreach.broadcasts.campaign import Campaign
    from outreach.delivery.models import Delivery
    from outreach.sandbox import phones
    from outreach.sandbox.forgetting import forget as sandbox_forgets
    from outreach.tracking.archive import path_of
    from outreach.tracking.tokens import Token, Use, mint

    now = timezone.now()

    def link(name: str, asked_at: datetime) -> str:
        subscriptions.join(
            channel="email",
            # Who asks twice in a short time gets no second mail.
            address=f"{name}-{language}-{now:%H%M%S%f}@example.org",
            language=language,
            group="media",
            gender="woman",
            topics=["rights"],
            purposes={"messages", "gender_statistics"},
            method="form",
            source="",
            now=asked_at,
        )
        address = confirmation.link(request=JoinRequest.objects.latest("pk"), now=asked_at)
        return address.removeprefix(settings.SITE_URL)

    confirmed = link("confirmed", now)
    subscriptions.confirm(token=confirmed.strip("/").rpartition("/")[2], now=now)
    person = Subscription.objects.filter(state="active", channel="email").latest("pk")

    def page(made_at: datetime, *, proven: bool = True) -> str:
        token = links.token(subscription=person, proven=proven, now=made_at)
        return f"/{language}/preferences/{token}/"

    received = Delivery.objects.filter(message__language=language, channel="email", subscription__state="active")
    delivery = received.select_related("message").latest("pk")
    phone = phones.new_phone(name="Phone", language=language, now=now)
    phones.write(phone=phone, text="/start", now=now)
    forgotten = phones.new_phone(name="Phone", language=language, now=now)
    sandbox_forgets(mailboxes=[], chats=[forgotten.number])
    results = reverse("results", args=[Campaign.objects.filter(is_demo=True).latest("pk").slug])
    yield "results", f"/{language}/{results.strip('/').partition('/')[2]}/"
    yield "confirm again", confirmed
    yield "confirm", link("asked", now)
    yield "confirm too late", link("late", now - timedelta(days=30))
    yield "confirm forged", f"/{language}/confirm/forged/"
    yield "preferences", page(now)
    yield "preferences from a message", page(now, proven=False)
    yield "preferences saved", f"{page(now)}?changed=language.topics"
    yield "preferences too late", page(now - timedelta(days=2))
    yield "preferences forged", f"/{language}/preferences/forged/"
    yield "my_data", f"{page(now)}data/"
    yield "my_data needing a fresh link forged", f"{page(now, proven=False)}data/"
    yield "erase_me", f"{page(now)}erase/"
    yield "sandbox_phone", f"/sandbox/phone/{phones.token(phone)}/"
    yield "sandbox_phone of nobody", f"/sandbox/phone/{phones.token(forgotten)}/"
    yield "view_message", path_of(delivery.message)
    yield "view_message forged", f"/{language}/messages/forged/"
    yield "unsubscribe forged", "/u/forged"
    yield "unsubscribe", "/u/" + mint(Token(Use.UNSUBSCRIBE, delivery.message_id, delivery.pk))
