"""Pages of the site as the public, staff and programs see them: what counts, and that nothing else changes."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.middleware.cache import CacheMiddleware
from django.test import Client, RequestFactory
from django.utils import timezone
from wagtail.models import Page

from outreach.tracking.hits import recording
from outreach.tracking.models import PageDay
from outreach.tracking.reading import completion, visits
from outreach.tracking.web import visitors
from outreach.tracking.web.page_token import LEAST_SECONDS, PageToken, least_seconds
from outreach.tracking.web.page_views import HEADER, PageViews
from outreach.tracking.web.sources import reference
from tests.home.conftest import content, in_database, reader, site  # noqa: F401

STORY = "/en/stories/who-builds-roofs/"
PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile", "Sec-CH-UA-Mobile": "?1"}


@pytest.fixture(scope="module")
def loaded(django_db_blocker, content):
    with in_database(django_db_blocker, content) as report:
        yield report


@pytest.fixture(autouse=True)
def _own_key():
    visitors._known.clear()


def counted(**only):
    today = timezone.localdate()
    return visits(since=today, until=today + timedelta(days=2), **only)


def told():
    today = timezone.localdate()
    return completion(since=today, until=today + timedelta(days=2))


def token_in(page: str) -> str:
    return re.search(r'data-page="(\S+) \d+"', page)[1]


KINDS = [("/en/", "home"), (STORY, "story"), ("/fr/infographics/stock/", "infographic"), ("/en/work/", "topic")]


@pytest.mark.parametrize(("path", "kind"), KINDS)
def test_a_page_counts_with_its_language_and_leaves_no_trace_in_the_answer(site, reader: Client, ingest, path, kind):
    answer = reader.get(path, headers=PHONE)

    assert not answer.cookies
    assert HEADER not in answer
    assert "Cookie" not in answer.get("Vary", "")
    ingest()
    day = PageDay.objects.get()
    assert (day.views, day.visits, day.machine_views) == (1, 1, 0)
    assert (day.language, day.source, day.device) == (path[1:3], "direct", "mobile")
    assert Page.objects.get(pk=day.page_id).specific_class._meta.model_name == f"{kind}page"


def test_counting_asks_the_database_nothing(site, reader: Client, ingest, django_assert_num_queries):
    with django_assert_num_queries(0):
        PageViews(_shown)(RequestFactory().get(STORY))
    assert ingest().pages == 1


def _shown(request):
    from django.http import HttpResponse

    return HttpResponse("a page", headers={HEADER: f"{(Page.objects.none() and 0) or 1} en"})


def test_what_is_no_page_or_not_there_counts_nothing(site, reader: Client, ingest):
    for path in ("/en/nowhere/", "/en/subscribe/", "/robots.txt", "/health/", "/en/messages/"):
        reader.get(path)
    reader.head(STORY)

    assert ingest().pages == 0


def test_staff_count_nothing(site, ingest, django_user_model):
    staff = Client()
    staff.force_login(django_user_model.objects.create_superuser("staff", password=None))

    page = staff.get(STORY).content.decode()
    staff.post("/v/", {"page": token_in(page), "seconds": 99, "end": 1})

    assert ingest().pages == 0


def test_programs_are_counted_apart(site, reader: Client, ingest):
    reader.get(STORY, headers={"User-Agent": "Googlebot/2.1"})
    reader.get(STORY, headers={"Sec-Purpose": "prefetch"})
    reader.post("/v/", {"page": "x"}, headers={"User-Agent": "Googlebot/2.1"})

    assert ingest().drops == {}
    assert (counted().views, counted().machine_views) == (0, 2)


def test_nothing_of_the_visitor_is_noted(site, reader: Client, ingest):
    reader.get(STORY, headers={**PHONE, "Referer": "https://mail.example.org/inbox?user=7"}, REMOTE_ADDR="203.0.113.9")

    recording.journal().keep_up()
    noted = b"".join(file.read_bytes() for file in recording.folder().iterdir()).decode()
    assert noted
    for trace in ("203.0.113.9", "Android", "mail.example.org", "user=7"):
        assert trace not in noted


@pytest.mark.parametrize(
    ("address", "referer", "source"),
    [
        (STORY, "https://www.google.com/", "search"),
        (STORY, "http://testserver/en/", "site"),
        (f"{STORY}?b=5-0000000000", "", "direct"),
        (f"{STORY}?b={{}}", "https://www.google.com/", "broadcast"),
    ],
)
def test_a_view_says_where_it_came_from(site, reader: Client, ingest, address, referer, source):
    reader.get(address.format(reference(5)), headers={"Referer": referer} if referer else {})

    ingest()
    day = PageDay.objects.get()
    assert (day.source, day.broadcast_id) == (source, 5 if source == "broadcast" else None)


def test_a_page_that_a_cache_kept_counts_each_time(site, reader: Client, ingest, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages"}}
    settings.MIDDLEWARE = [*settings.MIDDLEWARE]
    place = settings.MIDDLEWARE.index("outreach.tracking.web.page_views.PageViews")
    settings.MIDDLEWARE.insert(place + 1, "tests.outreach.tracking.web.test_page_views.Kept")
    client = Client()

    first, second = client.get(STORY), client.get(STORY)
    caches["default"].clear()

    assert first.content == second.content
    assert HEADER not in second
    ingest()
    assert (counted().views, counted().visits) == (2, 1)


class Kept(CacheMiddleware):
    """Django's own cache of whole pages."""


# --- read to the end -------------------------------------------------------------------------------------------------


@pytest.fixture
def story(site, reader: Client) -> str:
    return reader.get(STORY, headers=PHONE).content.decode()


def tell(client: Client, token: str, *, after: float, **said):
    """What the script sends ``after`` seconds."""
    fields = {"page": token, "seconds": after, "end": 1, "path": STORY, "query": "", "from": "", **said}
    with time_machine.travel(timezone.now() + timedelta(seconds=after), tick=False):
        return client.post("/v/", fields, headers=PHONE)


@pytest.mark.parametrize(
    ("after", "said", "completed"),
    [
        (90, {}, 1),
        (1, {}, 0),
        (1, {"seconds": 90}, 0),
        (90, {"end": 0}, 0),
        (90, {"seconds": "nan"}, 0),
        (90, {"seconds": "-5"}, 0),
        (90, {"seconds": ""}, 0),
    ],
    ids=["read", "too fast", "claims more time than passed", "not to the end", "no number", "below nothing", "nothing"],
)
def test_a_page_is_read_when_its_end_was_seen_after_a_plausible_time(story, reader, ingest, after, said, completed):
    assert tell(reader, token_in(story), after=after, **said).status_code == 204

    ingest(timezone.now() + timedelta(minutes=5))
    assert (told().beacons, told().completed) == (1, completed)


def test_a_replayed_token_counts_once(story, reader, ingest):
    for _again in range(3):
        tell(reader, token_in(story), after=90)

    assert ingest(timezone.now() + timedelta(minutes=5)).drops == {"repeated": 2}
    assert (told().beacons, told().completed) == (1, 1)


def test_what_a_page_did_not_send_counts_nothing(story, reader, ingest):
    token = token_in(story)
    tell(reader, token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), after=90)
    tell(reader, "", after=90)
    tell(reader, token, after=2 * 24 * 3600)
    tell(reader, token, after=90, path="x" * 2000)
    assert reader.get("/v/").status_code == 405

    ingested = ingest()
    assert (ingested.pages, ingested.drops) == (0, {"token": 2, "time": 1})


def test_only_stories_and_infographics_have_the_script(site, reader: Client):
    assert "reading.js" in reader.get("/fr/infographics/stock/").content.decode()
    for path in ("/en/", "/en/work/", "/en/stories/", "/en/about/"):
        assert "reading.js" not in reader.get(path).content.decode()


def test_a_long_page_takes_longer_to_read():
    assert [least_seconds(words) for words in (0, 300, 100_000)] == [LEAST_SECONDS, 30, 120]


def test_a_token_holds_a_large_page_and_its_time():
    now = datetime(2030, 1, 1, tzinfo=timezone.get_default_timezone())
    assert len(PageToken(2**40, now, 120).text()) == 31
