"""The folder of kept pages does not grow without end, and is not read whole for every file."""

from unittest.mock import Mock

import pytest

from home.page_cache.files import LOOK_EVERY, FileCache


@pytest.fixture
def cache(tmp_path) -> FileCache:
    return FileCache(str(tmp_path / "cache"), {"OPTIONS": {"MAX_ENTRIES": 300}})


def test_it_holds_what_it_may_and_a_few_more(cache, tmp_path):
    for number in range(300 + 3 * LOOK_EVERY):
        cache.set(f"key{number}", number)

    assert len(list((tmp_path / "cache").iterdir())) <= 300 + LOOK_EVERY
    assert cache.get(f"key{number}") == number


def test_the_folder_is_read_only_now_and_then(cache, monkeypatch):
    listing = Mock(wraps=cache._list_cache_files)
    monkeypatch.setattr(cache, "_list_cache_files", listing)
    for number in range(2 * LOOK_EVERY):
        cache.set(f"key{number}", number)

    assert listing.call_count == 2
