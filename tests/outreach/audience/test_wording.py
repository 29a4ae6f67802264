"""What people agreed to must stay readable in the words that they saw."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils.translation import override

from home.page_cache import store
from home.page_cache.recording import recording
from outreach.audience.choices import Purpose
from outreach.audience.models import Wording, WordingText
from outreach.audience.wording import VERSIONS, Wordings, Words, current_version, find, words

pytestmark = pytest.mark.django_db

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


@pytest.fixture
def published(now):
    """A second version of the words about messages, in English and French."""
    wording = Wording.objects.create(purpose="messages", version="2026.2", published_at=now)
    WordingText.objects.create(wording=wording, language="en", text="Write to me.")
    WordingText.objects.create(wording=wording, language="fr", text="Écrivez-moi.")
    return wording


def test_what_staff_published_comes_after_what_the_software_brings(published):
    assert current_version("messages") == "2026.2"
    assert words("messages", language="fr") == "Écrivez-moi."
    assert words("messages", "2026.1", "en").startswith("Yes, send me messages")
    assert current_version("open_tracking") == "2026.1"


def test_the_language_in_use_is_shown(published):
    with override("fr"):
        assert words("messages") == "Écrivez-moi."


def test_a_language_without_a_text_falls_back_to_english_and_says_so(published):
    assert find("messages", "2026.2", "es") == Words("2026.2", "en", "Write to me.")
    assert find("messages", "2026.1", "acf").language == "en"
    assert find("messages", "2026.1", "fr").language == "fr"


def test_nobody_sees_a_draft(published):
    draft = Wording.objects.create(purpose="messages", version="2026.3")
    WordingText.objects.create(wording=draft, language="en", text="Not yet.")

    assert current_version("messages") == "2026.2"
    with pytest.raises(KeyError):
        words("messages", "2026.3")


def test_versions_follow_each_other_by_when_they_were_published(published, now):
    earlier = Wording.objects.create(purpose="messages", version="2026.3", published_at=now - timedelta(hours=1))
    WordingText.objects.create(wording=earlier, language="en", text="Before.")

    assert Wordings.load().versions("messages") == ["2026.1", "2026.3", "2026.2"]


def test_a_page_with_every_wording_asks_once(published, django_assert_num_queries):
    with django_assert_num_queries(1):
        wordings = Wordings.load(["fr"])
        assert [wordings.words(purpose).version for purpose in Purpose] == ["2026.2", "2026.1", "2026.1", "2026.1"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE outreach_wordingtext SET text = 'Other words'",
        "UPDATE outreach_wording SET version = '2026.9'",
        "UPDATE outreach_wording SET published_at = NULL",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_published(published, change):
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_the_account_of_whoever_published_can_go(published, django_user_model):
    officer = django_user_model.objects.create_user("officer")
    Wording.objects.filter(pk=published.pk).update(published_by=officer)

    officer.delete()

    published.refresh_from_db()
    assert published.published_by is None


def test_triggers_are_made_again_after_each_migration(published):
    call_command("migrate", "outreach", verbosity=0)

    test_the_database_itself_refuses_to_change_what_was_published(
        published, "UPDATE outreach_wordingtext SET text = 'Other words'"
    )


def test_a_kept_page_that_shows_the_words_is_emptied_when_others_are_published(
    published, now, django_capture_on_commit_callbacks
):
    with recording() as recorded:
        current_version("messages")
    assert recorded.is_complete
    before = store.versions(recorded.tags)

    with django_capture_on_commit_callbacks(execute=True):
        later = Wording.objects.create(purpose="open_tracking", version="2026.2")
        later.published_at = now
        later.save()

    assert store.versions(recorded.tags) != before
    assert {"outreach_wording", "outreach_wordingtext"} <= settings.PAGE_CACHE_TABLES
