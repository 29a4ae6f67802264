"""Kept pages are emptied and found valid alike wherever ``CACHE_URL`` keeps them."""

import pickle
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

import pytest
import time_machine
from django.core.cache.backends.base import BaseCache
from django.core.management import call_command
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings

from campaign_site.environment import Environment
from home.models import StoryPage
from home.page_cache import store
from home.page_cache.entry import Entry

STORY, ABOUT = "/en/stories/who-builds-roofs/", "/en/about/"
NOON = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)


@pytest.fixture(params=["locmem://", "db://kept_pages", "file://{folder}"], autouse=True)
def kept_there(request, db, monkeypatch, tmp_path) -> Iterator[BaseCache]:
    """The cache that an address names, as a deployment makes it."""
    monkeypatch.setenv("CACHE_URL", request.param.format(folder=tmp_path / "cache"))
    cache = Environment().cache("CACHE_URL", "")
    with override_settings(CACHES={"default": cache, "pages": {**cache, "KEY_PREFIX": "pages"}}):
        call_command("createcachetable", verbosity=0)
        store.cache().clear()
        yield store.cache()


def an_entry(text: str = "Who builds roofs") -> Entry:
    response = HttpResponse(text)
    return Entry.of(response, until=NOON.timestamp() + 60, versions={"page:5": "v1"}, generation="g1")


def test_entry_comes_back_as_it_was_kept(rf):
    entry = an_entry()
    entry.answer(rf.get("/", headers={"Accept-Encoding": "gzip"}))
    store.put("key", entry, seconds=60.5)
    found = store.find("key")
    assert found == entry
    assert pickle.loads(pickle.dumps(found)).answer(rf.get("/")).content == b"Who builds roofs"


def test_entry_is_dropped_after_its_time():
    with time_machine.travel(NOON, tick=False) as clock:
        store.put("key", an_entry(), seconds=60)
        clock.shift(timedelta(seconds=59))
        assert store.find("key")
        clock.shift(timedelta(seconds=2))
        assert store.find("key") is None


def test_versions_stay_until_their_tag_is_emptied():
    tags = [f"page:{number}" for number in range(300)]
    before = store.versions(tags)
    assert len(set(before.values())) == 300
    assert store.versions(tags) == before
    store.empty(["page:7"])
    after = store.versions(tags)
    assert {tag for tag in tags if after[tag] != before[tag]} == {"page:7"}


def test_version_that_was_lost_does_not_come_back(kept_there: BaseCache):
    before = store.versions(["page:7"])
    kept_there.delete(f"{store.TAG}page:7")
    assert store.versions(["page:7"]) != before


def test_generation_changes_with_each_emptying_and_with_nothing_else(kept_there: BaseCache):
    first = store.generation()
    store.put("key", an_entry(), seconds=60)
    store.versions(["page:7"])
    assert store.generation() == first
    store.empty(["page:7"])
    second = store.generation()
    store.empty_all()
    assert len({first, second, store.generation()}) == 3
    kept_there.clear()
    assert store.generation() not in {first, second}


def test_what_a_transaction_empties_is_emptied_at_once_and_together_in_the_end(django_capture_on_commit_callbacks):
    tags = ["page:7", "page:8", "page:9"]
    before = store.versions(tags)
    with django_capture_on_commit_callbacks() as callbacks:
        store.empty(["page:7"])
        store.empty(["page:8", "page:7"])
    at_once = store.versions(tags)
    (in_the_end,) = callbacks
    in_the_end()
    after = store.versions(tags)

    assert {tag for tag in tags if at_once[tag] != before[tag]} == {"page:7", "page:8"}
    assert {tag for tag in tags if after[tag] != at_once[tag]} == {"page:7", "page:8"}


def test_what_is_rolled_back_takes_nothing_along_that_is_emptied_beside_it(django_capture_on_commit_callbacks):
    tags = ["page:6", "page:7", "page:8", "page:9"]
    with django_capture_on_commit_callbacks() as callbacks:
        with transaction.atomic():
            store.empty(["page:7"])
        with suppress(ZeroDivisionError), transaction.atomic():
            store.empty(["page:6"])
            raise ZeroDivisionError
        store.empty(["page:8"])
        with suppress(ZeroDivisionError), transaction.atomic():
            store.empty(["page:9"])
            raise ZeroDivisionError
    before = store.versions(tags)
    for callback in callbacks:
        callback()

    changed = {tag for tag, version in store.versions(tags).items() if version != before[tag]}
    assert {"page:7", "page:8"} <= changed
    assert "page:6" not in changed


def test_a_cache_that_fails_in_the_end_stops_nobody(kept_there, monkeypatch, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        store.empty(["page:7"])
        monkeypatch.setattr(type(kept_there), "set", Mock(side_effect=OSError("No space left on device")))


def test_facts_are_remembered_once_committed(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        store.remember_facts(5, "told")
    assert store.facts(5) is None
    for callback in callbacks:
        callback()
    assert store.facts(5) == "told"


def test_what_one_server_kept_another_answers_until_it_is_emptied(site):
    one, other = Client(SERVER_NAME="testserver"), Client(SERVER_NAME="testserver")
    made = {address: one.get(address)["ETag"] for address in (STORY, ABOUT)}
    assert {address: other.get(address)["ETag"] for address in made} == made
    story = StoryPage.objects.get(locale__language_code="en")
    story.title = "Another title"
    story.save_revision().publish()
    assert b"Another title" in other.get(STORY).content
    assert b"Another title" in one.get(STORY).content
    store.empty_all()
    assert one.get(ABOUT)["ETag"] == other.get(ABOUT)["ETag"]
