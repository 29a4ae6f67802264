"""What people agreed to must stay readable in the words that they saw."""

from hashlib import sha256

import pytest

from outreach.audience.choices import Purpose
from outreach.audience.wording import VERSIONS, current_version, words

SHOWN = {
    ("messages", "2026.1"): "dd265abb9c8c1225",
    ("gender_statistics", "2026.1"): "21c75d33fe3ec1dc",
    ("click_tracking", "2026.1"): "2eafcd8276501979",
    ("open_tracking", "2026.1"): "2e15cf5843ba2535",
}
"""The first 16 digits of the SHA-256 of every text that was ever shown, in English. Add to it; change nothing in it."""


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def test_no_text_changes_without_a_new_version():
    written = {
        (purpose.value, version): digest(words(purpose, version, "en"))
        for purpose, versions in VERSIONS.items()
        for version in versions
    }

    assert written == SHOWN, "a text that people agreed to was changed: put it back, and add a version"


def test_every_purpose_has_words():
    assert set(VERSIONS) == set(Purpose)
    assert all(words(purpose) == words(purpose, current_version(purpose)) for purpose in Purpose)


def test_versions_fit_into_the_ledger():
    assert all(0 < len(version) <= 20 for versions in VERSIONS.values() for version in versions)


def test_a_version_that_never_was_is_an_error():
    with pytest.raises(KeyError):
        words("messages", "1999.1")
