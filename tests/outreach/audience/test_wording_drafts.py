"""Words are drafted from those in force, published in every finished language, and then stay."""

from datetime import UTC, datetime

import pytest
from wagtail.models import ModelLogEntry

from outreach.audience.choices import Purpose
from outreach.audience.models import Wording
from outreach.audience.wording import current_version, words
from outreach.audience.wording_drafts import (
    DraftExists,
    NothingChanged,
    Published,
    TextsMissing,
    draft,
    drop,
    publish,
    required_languages,
    texts_in_force,
    write,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(django_user_model):
    return django_user_model.objects.create_user("officer")


@pytest.fixture
def begun(officer, now):
    return draft(purpose="messages", reason="Plainer", user=officer, now=now)


def other_words():
    return {language: f"Other words ({language})" for language in required_languages()}


def test_a_draft_begins_with_the_words_in_force(begun):
    assert (begun.version, begun.published_at) == ("2026.2", None)
    assert dict(begun.texts.values_list("language", "text")) == texts_in_force("messages")
    assert set(texts_in_force("messages")) == set(required_languages())


def test_there_is_one_draft_of_a_purpose(begun, officer, now):
    with pytest.raises(DraftExists) as refused:
        draft(purpose="messages", reason="Again", user=officer, now=now)

    assert refused.value.draft == begun
    assert draft(purpose="open_tracking", reason="Other", user=officer, now=now).version == "2026.2"


def test_what_is_published_is_shown_from_then_on_and_logged(begun, officer, now):
    write(wording=begun, reason="Plainer still", texts=other_words(), user=officer, now=now)
    assert current_version("messages") == "2026.1"

    publish(wording=begun, user=officer, now=now)

    assert (current_version("messages"), words("messages", language="fr")) == ("2026.2", "Other words (fr)")
    begun.refresh_from_db()
    assert (begun.published_at, begun.published_by, begun.reason) == (now, officer, "Plainer still")
    actions = ModelLogEntry.objects.order_by("pk").values_list("action", "user__username")
    assert list(actions) == [(f"outreach.wording.{name}", "officer") for name in ("draft", "edit", "publish")]


def test_nothing_is_published_without_a_text_in_each_finished_language(begun, officer, now):
    texts = {**other_words(), "ht": ""}
    write(wording=begun, reason="", texts=texts, user=officer, now=now)

    with pytest.raises(TextsMissing) as refused:
        publish(wording=begun, user=officer, now=now)

    assert refused.value.languages == ["ht"]
    assert current_version("messages") == "2026.1"


def test_an_unfinished_language_may_wait(begun, officer, now, settings):
    assert {"acf"} == settings.UNFINISHED
    write(wording=begun, reason="", texts=other_words(), user=officer, now=now)
    publish(wording=begun, user=officer, now=now)

    assert words("messages", language="acf") == "Other words (en)"


def test_the_same_words_are_not_published_again(begun, officer, now):
    with pytest.raises(NothingChanged):
        publish(wording=begun, user=officer, now=now)


def test_what_is_published_can_be_neither_written_nor_dropped_nor_published_again(begun, officer, now):
    write(wording=begun, reason="", texts=other_words(), user=officer, now=now)
    publish(wording=begun, user=officer, now=now)

    for refused in (
        lambda: write(wording=begun, reason="", texts={}, user=officer, now=now),
        lambda: drop(wording=begun, user=officer, now=now),
        lambda: publish(wording=begun, user=officer, now=now),
    ):
        with pytest.raises(Published):
            refused()
    assert begun.texts.count() == len(required_languages())


def test_a_draft_can_be_dropped_and_its_number_is_free_again(begun, officer, now):
    drop(wording=begun, user=officer, now=now)

    assert not Wording.objects.exists()
    assert draft(purpose="messages", reason="", user=officer, now=now).version == "2026.2"


def test_numbers_begin_again_with_each_year(officer, now):
    later = now.replace(year=2027)
    for number in (1, 2):
        begun = draft(purpose="messages", reason="", user=officer, now=later)
        assert begun.version == f"2027.{number}"
        texts = dict.fromkeys(required_languages(), f"{number}")
        write(wording=begun, reason="", texts=texts, user=officer, now=later)
        publish(wording=begun, user=officer, now=later)


def test_the_year_is_the_offices(officer, now):
    last_evening = datetime(2027, 1, 1, 2, tzinfo=UTC)
    assert draft(purpose="messages", reason="", user=officer, now=last_evening).version == "2026.2"


def test_every_purpose_can_be_worded(officer, now):
    for purpose in Purpose:
        assert draft(purpose=purpose, reason="", user=officer, now=now).texts.exists()
