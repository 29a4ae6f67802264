import datetime

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page, PageLogEntry
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from home.models import HomePage, StoryPage, TranslationReview
from home.translation.states import NotATranslation, State, record_review, state, states

NOW = datetime.datetime(2026, 11, 1, 12, tzinfo=datetime.UTC)


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("translator")


@pytest.fixture
def reviewed(french_story: StoryPage, user: User) -> TranslationReview:
    return record_review(page=french_story, reviewed_by="A reader from Marigot", user=user, now=NOW)


def test_loaded_translation_is_not_reviewed(french_story: StoryPage):
    assert state(french_story) is State.UNREVIEWED


def test_review_is_recorded_with_who_when_and_in_the_page_history(reviewed: TranslationReview, french_story: StoryPage):
    assert state(french_story) is State.REVIEWED
    assert reviewed.reviewed_at == NOW
    assert PageLogEntry.objects.filter(page=french_story.pk, action="home.review_translation").exists()


def test_changed_translation_ends_the_review(reviewed: TranslationReview, french_story: StoryPage):
    StringTranslation.objects.filter(locale__language_code="fr", context__path="title").filter(
        context__object_id=french_story.translation_key
    ).update(data="Un autre titre")
    assert state(french_story) is State.UNREVIEWED


def test_publishing_the_same_words_again_keeps_the_review(reviewed: TranslationReview, french_story: StoryPage):
    french_story.save_revision().publish()
    assert state(french_story) is State.REVIEWED


def test_changed_source_makes_the_translation_stale(reviewed: TranslationReview, story, french_story: StoryPage):
    story.summary = "Something else."
    story.save_revision().publish()
    assert state(french_story) is State.STALE


def test_source_that_is_published_again_with_the_same_words_makes_nothing_stale(story, french_story: StoryPage):
    story.save_revision().publish()
    assert state(french_story) is State.UNREVIEWED


def test_synchronised_but_untranslated_text_keeps_the_translation_stale(story, french_story: StoryPage):
    story.summary = "Something else."
    story.save_revision().publish()
    Translation.objects.filter(source__object_id=story.translation_key).first().source.update_from_db()
    assert state(french_story) is State.STALE


def test_translation_that_left_the_translation_editor_is_reviewed_by_its_own_words(french_story: StoryPage, user: User):
    Translation.objects.filter(
        target_locale=french_story.locale, source__object_id=french_story.translation_key
    ).update(enabled=False)
    record_review(page=french_story, reviewed_by="Marie", user=user, now=NOW)
    assert state(french_story) is State.REVIEWED
    french_story.title = "Un autre titre"
    french_story.save_revision()
    assert state(StoryPage.objects.get(pk=french_story.pk)) is State.UNREVIEWED


def test_page_in_the_source_language_is_no_translation(story: StoryPage, user: User):
    with pytest.raises(NotATranslation):
        record_review(page=story, reviewed_by="Marie", user=user, now=NOW)


def test_states_tell_missing_draft_and_published(story: StoryPage):
    found = {language: value for language, (value, _page) in states([story])[story.pk].items()}
    assert found == {"fr": State.UNREVIEWED, "es": State.DRAFT, "ht": State.UNREVIEWED, "acf": State.MISSING}


def test_states_of_many_pages_take_no_more_queries(site, django_assert_max_num_queries):
    sources = list(Page.objects.filter(locale__language_code="en", depth__gt=1))
    with django_assert_max_num_queries(20):
        states(sources)


def test_editor_is_warned_until_a_native_speaker_has_read_the_translation(editor: Client, french_story: StoryPage):
    edit = reverse("wagtailadmin_pages:edit", args=[french_story.pk])
    review = reverse("home_review_translation", args=[french_story.pk])
    page = editor.get(edit).content.decode()
    assert "No native speaker has reviewed this translation" in page
    assert review in page
    editor.post(review, {"reviewed_by": "Marie"})
    assert "A native speaker has reviewed this translation." in editor.get(edit).content.decode()


def test_editor_of_a_stale_translation_is_led_to_what_synchronises_it(
    editor: Client, reviewed: TranslationReview, story, french_story: StoryPage
):
    story.title = "Something else"
    story.save_revision().publish()
    page = editor.get(reverse("wagtailadmin_pages:edit", args=[french_story.pk])).content.decode()
    source = TranslationSource.objects.get(object_id=story.translation_key)
    assert reverse("wagtail_localize:update_translations", args=[source.pk]) in page


def test_untranslated_page_can_not_be_reviewed(editor: Client, story, french_story: StoryPage):
    story.title = "Something else"
    story.save_revision().publish()
    TranslationSource.objects.get(object_id=story.translation_key).update_from_db()
    editor.post(reverse("home_review_translation", args=[french_story.pk]), {"reviewed_by": "Marie"})
    assert not TranslationReview.objects.exists()


def test_editor_of_the_source_is_not_warned(editor: Client, story: StoryPage):
    page = editor.get(reverse("wagtailadmin_pages:edit", args=[story.pk])).content.decode()
    assert "native speaker" not in page


def test_review_needs_a_name(editor: Client, french_story: StoryPage):
    response = editor.post(reverse("home_review_translation", args=[french_story.pk]), {"reviewed_by": ""})
    assert response.status_code == 200
    assert not TranslationReview.objects.exists()


def test_only_who_may_publish_records_a_review(client: Client, french_story: StoryPage, user: User):
    group = Group.objects.create(name="Writers")
    group.permissions.add(*Group.objects.get(name="Editors").permissions.filter(codename="access_admin"))
    GroupPagePermission.objects.create(
        group=group, page=HomePage.objects.get(locale=french_story.locale), permission_type="change"
    )
    user.groups.add(group)
    client.force_login(user)
    client.post(reverse("home_review_translation", args=[french_story.pk]), {"reviewed_by": "Marie"})
    assert not TranslationReview.objects.exists()


def test_report_lists_translations_by_state(editor: Client, reviewed: TranslationReview):
    page = editor.get(reverse("home_translation_states")).content.decode()
    assert "Reviewed" in page
    assert "Missing" in page
    only = editor.get(reverse("home_translation_states"), {"state": "reviewed"}).content.decode()
    assert "Two in three roofs" in only
    assert "Haiti is the largest" not in only


@pytest.mark.parametrize("slug", ["who-builds-roofs", "stock", "home", "work", "about", "stories"])
def test_editor_can_open_and_save_every_kind_of_page(editor: Client, slug):
    page = Page.objects.get(locale__language_code="en", slug=slug)
    assert editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200
