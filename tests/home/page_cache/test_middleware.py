import gzip
import re

import pytest
from django.core.cache import close_caches
from django.core.cache.backends.locmem import LocMemCache
from django.core.signals import request_finished
from django.test import Client
from wagtail.models import Page

from home.models import HomePage, StoryPage
from home.page_cache import middleware, store

STORY = "/en/stories/who-builds-roofs/"


def test_second_reader_gets_what_the_first_one_got_without_a_query(site, reader: Client, django_assert_num_queries):
    first = reader.get(STORY)
    with django_assert_num_queries(0):
        second = reader.get(STORY)
    assert second.content == first.content
    assert second["Content-Type"] == first["Content-Type"]


def test_page_is_kept_compressed_and_sent_so_to_who_can_read_it(site, reader: Client):
    plain = reader.get(STORY).content
    response = reader.get(STORY, headers={"Accept-Encoding": "gzip, deflate"})
    assert response["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content) == plain
    assert "Accept-Encoding" in response["Vary"]
    assert int(response["Content-Length"]) == len(response.content) < len(plain) / 3


def test_reader_who_has_the_page_is_told_so_in_a_few_bytes(site, reader: Client):
    etag = reader.get(STORY)["ETag"]
    response = reader.get(STORY, headers={"If-None-Match": f'"other", {etag}'})
    assert (response.status_code, response.content) == (304, b"")
    assert reader.get(STORY, headers={"If-None-Match": '"other"'}).status_code == 200


def test_page_is_kept_with_the_headers_that_every_answer_has(site, reader: Client, settings):
    made = reader.get(STORY)
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name not in settings.PAGE_CACHE_HEADERS_OF]
    kept = Client(SERVER_NAME="testserver").get(STORY)
    assert settings.PAGE_CACHE_HEADERS_OF
    assert kept["Content-Security-Policy"] == made["Content-Security-Policy"]
    assert kept["X-Content-Type-Options"] == made["X-Content-Type-Options"] == "nosniff"


def test_browser_asks_each_time_whether_its_copy_is_still_good(site, reader: Client):
    assert reader.get(STORY)["Cache-Control"] == "no-cache"


def test_kept_page_tells_what_counts_views_which_page_it_is(site, rf, settings):
    told = []

    def counting(get_response):
        def count(request):
            response = get_response(request)
            told.append(response.headers["X-Shown-Page"])
            return response

        return count

    settings.MIDDLEWARE = [f"{__name__}.counter", *settings.MIDDLEWARE]
    globals()["counter"] = counting
    place = settings.MIDDLEWARE.index("outreach.tracking.web.page_views.PageViews")
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE[1 : place + 1],
        f"{__name__}.counter",
        *settings.MIDDLEWARE[place + 1 :],
    ]
    reader = Client(SERVER_NAME="testserver")
    reader.get(STORY)
    reader.get(STORY)
    page = StoryPage.objects.get(locale__language_code="en")
    assert told == [f"{page.pk} en"] * 2


def test_member_of_the_team_gets_a_page_made_now(site, reader: Client, admin_client: Client, django_assert_num_queries):
    reader.get(STORY)
    response = admin_client.get(STORY, headers={"Host": "testserver"})
    assert "ETag" not in response
    assert response.status_code == 200


def test_low_data_mode_is_kept_apart(site, reader: Client):
    normal = reader.get(STORY)
    reader.cookies["low_data"] = "1"
    reader.get(STORY)
    assert len({middleware.key_of(response.wsgi_request) for response in (normal, reader.get(STORY))}) == 2


@pytest.mark.parametrize(
    ("query", "counted"),
    [
        ("", ""),
        ("page=2", "page=2"),
        ("utm_source=x&page=2&b=7-abc", "page=2"),
        ("fbclid=1", ""),
        ("q=roof", None),
        ("page=" + "9" * 1000, None),
        ("&".join(f"page={number}" for number in range(50)), None),
    ],
)
def test_only_the_part_of_a_query_that_an_answer_depends_on_counts(query, counted):
    assert middleware.counted_query(query) == counted


@pytest.mark.parametrize("address", ["/en/subscribe/", "/en/nothing/", "/", "/en/messages/", "/health/"])
def test_what_is_no_page_is_not_kept(site, reader: Client, address):
    assert "ETag" not in reader.get(address)
    assert "ETag" not in reader.get(address)


def test_page_that_sets_a_cookie_is_not_kept(site, reader: Client, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.personal"]
    reader = Client(SERVER_NAME="testserver")
    assert "ETag" not in reader.get(STORY)


def personal(get_response):
    def answer(request):
        response = get_response(request)
        response.set_cookie("name", "value")
        return response

    return answer


def test_preview_and_post_go_past_the_cache(site, reader: Client):
    reader.get(STORY)
    assert reader.post(STORY).status_code != 304
    assert "ETag" not in reader.post(STORY)


def test_page_behind_a_password_is_not_kept(site, reader: Client):
    page = StoryPage.objects.get(locale__language_code="en")
    assert reader.get(STORY).status_code == 200
    page.view_restrictions.create(restriction_type="password", password="open")
    response = reader.get(STORY)
    assert "Who builds" not in re.sub("<title>.*?</title>", "", response.content.decode())
    assert "ETag" not in response


def test_page_made_while_something_is_published_is_not_kept(site, reader: Client, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.publishing"]
    reader = Client(SERVER_NAME="testserver")
    assert "ETag" not in reader.get(STORY)


def publishing(get_response):
    def answer(request):
        response = get_response(request)
        store.empty(["page:0"])
        return response

    return answer


def test_page_made_from_a_table_that_nobody_watches_is_not_kept(site, reader: Client, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.looking_elsewhere"]
    reader = Client(SERVER_NAME="testserver")
    assert "ETag" not in reader.get(STORY)


def looking_elsewhere(get_response):
    from django.contrib.auth.models import Group

    def answer(request):
        list(Group.objects.all())
        return get_response(request)

    return answer


def test_page_is_kept_no_longer_than_the_settings_and_the_day_of_the_office(settings):
    settings.OFFICE_TIME_ZONE = "America/Dominica"
    noon, late = 1_700_064_000.0, 1_700_106_600.0  # 12:00 and 23:50 in Dominica
    assert middleware.seconds_to_keep(noon) == 3600
    assert middleware.seconds_to_keep(late) == 600


def test_unknown_host_is_refused_as_without_a_cache(site):
    assert Client(SERVER_NAME="evil.example").get(STORY).status_code == 400


def test_nothing_is_kept_where_the_settings_say_so(site, reader: Client, settings):
    settings.PAGE_CACHE_SECONDS = 0
    reader.get(STORY)
    assert "ETag" not in reader.get(STORY)


def test_tag_that_the_cache_lost_empties_what_carried_it(site, reader: Client):
    reader.get(STORY)
    home = HomePage.objects.get(locale__language_code="en")
    Page.objects.filter(pk=home.pk).update(title="Another name")
    reader.get(STORY)
    store.cache().delete(f"{store.TAG}page:{home.pk}")
    store.empty(["page:0"])
    assert b"Another name" in reader.get(STORY).content


class ClosingCache(LocMemCache):
    """A cache whose connections have to be closed."""

    def close(self, **_kwargs):
        """There is something to close."""


@pytest.mark.parametrize(("backend", "closes"), [(LocMemCache, False), (ClosingCache, True)])
def test_caches_are_closed_after_an_answer_only_where_there_is_something_to_close(settings, backend, closes):
    name = f"{backend.__module__}.{backend.__qualname__}"
    settings.CACHES = {**settings.CACHES, "default": {"BACKEND": name}}
    request_finished.connect(close_caches)
    try:
        store.leave_open()
        assert request_finished.disconnect(close_caches) is closes
    finally:
        store.leave_open()
